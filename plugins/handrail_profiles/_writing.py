"""Other ways to write a name that are the same name: turned round, or in Latin letters."""

from __future__ import annotations

from collections.abc import Iterator

_LATIN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "ё": "e", "є": "ye",
    "ж": "zh", "з": "z", "и": "i", "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
    "я": "ya",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o", "ά": "a", "έ": "e",
    "ή": "i", "ί": "i", "ό": "o", "ύ": "y", "ώ": "o",
}  # fmt: skip
"""Cyrillic and Greek letters as passports write them (ICAO 9303, ELOT 743), nearly."""

_TABLE = str.maketrans(_LATIN)
_LEAST = 3
"""Letters that both words of a name have, to be the same turned round."""


def other_ways(name: str) -> Iterator[str]:
    """Yield the name with its two words turned round, and in Latin letters."""
    words = name.split()
    turned = len(words) == 2 and all(len(word) >= _LEAST for word in words)
    if turned:
        yield f"{words[1]} {words[0]}"
    latin = name.lower().translate(_TABLE)
    if latin != name.lower():
        yield latin
        if turned:
            yield " ".join(reversed(latin.split()))
