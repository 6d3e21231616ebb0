"""Views: a text once more, read as if a disguise were not there; each knows its way back.

A view is a whole text, so that a phrase is found also where only one of its words is disguised.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import attrs

from handrail import Fold, Folded, fold

from ._skeleton import Skeleton

_SIGNS = re.compile(r"[1!|(+I](?:(?<=[1!|(+])[^\W\d_]|(?<=[^\W\d_]1)|(?<=[a-z]I))")
_AS_I = re.compile(r"[!|](?=[^\W_])")
_AS_L = re.compile(r"[!|](?=[^\W_])|1|(?<=[a-z])I")
_SPACED = re.compile(r"(?<![^ ])[^ ](?: {1,2}[^ ](?![^ ])){2,}+")
_SPACED_SIGN = re.compile(" [^ ] {1,2}[^ ] {1,2}[^ ](?![^ ])")
_JOINT = "[._~*\\-\u0640\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]"
"""Signs, emoji and the stroke that draws out Arabic words."""

_JOINTS = re.compile(
    rf"{_JOINT}{{1,3}}+(?=[^\W_])"
    rf"(?:(?<=[^\W_]{_JOINT})|(?<=[^\W_]{_JOINT}{{2}})|(?<=[^\W_]{_JOINT}{{3}}))"
)
_LINKED = re.compile(r"(?<!\S)\S{0,9}(?:://|www\.)\S*+")
_MASKED = re.compile(r"(?<![^\W_])(?<!\*)[^\W_]++(?:\*++[^\W_]++)++(?!\*)")

MASKED = 50_000
"""Words of the lists that masks are read as; those of later rows are not."""

_OTHERS = {0x28: "c", 0x2B: "t"}

_READINGS = 8
"""Words tried for one mask; a bound, as each costs another look at the whole text."""


LONE = 3
"""Letters that stand alone, from which on they may be one word."""


def has_signs(word: str) -> bool:
    """Whether a word has signs that ``as_i`` and ``as_l`` are for."""
    return _SIGNS.search(word) is not None


def has_joints(word: str) -> bool:
    """Whether a word has signs between its parts that ``joined`` leaves out."""
    return _JOINTS.search(word) is not None


def as_space(text: str) -> str:
    """Return *text* with each @ read as what stands between two words."""
    return text.replace("@", " ")


def as_i(text: str) -> str:
    """Return *text* with its ambiguous signs read as I."""
    return _AS_I.sub("i", text.translate(_OTHERS))


def as_l(text: str) -> str:
    """Return *text* with its ambiguous signs read as L."""
    return _AS_L.sub("l", text.translate(_OTHERS))


def unjoined(word: str) -> str:
    """Return *word* as ``joined`` reads it: an address keeps its signs."""
    return word if _LINKED.match(word) else _JOINTS.sub("", word)


def joined(text: str, whole: Folded, how: Fold) -> Iterator[Skeleton]:
    """Yield *text* without what stands between spaced letters, or between parts of words."""
    dropped = {i for m in _JOINTS.finditer(text) for i in range(*m.span())}
    if dropped and ("://" in text or "www." in text):
        dropped.difference_update(*(range(*m.span()) for m in _LINKED.finditer(text)))
    spaced = _SPACED.finditer(whole.plain) if _SPACED_SIGN.search(f" {whole.plain}") else ()
    for m in spaced:
        first, last = whole.origin(m.start()), whole.origin(m.end() - 1)
        letters = {whole.origin(i) for i in range(*m.span()) if whole.plain[i] != " "}
        dropped.update(set(range(first, last)) - letters)
    if dropped:
        kept = [i for i in range(len(text)) if i not in dropped]
        yield Skeleton.of(fold("".join(text[i] for i in kept), how), kept)


class Masks:
    """Words that an asterisk may hide, by length and first letter."""

    def __init__(self, how: Fold) -> None:
        self._how = how
        self._known = 0
        self._starred = attrs.evolve(how, keep="*")
        self._words: dict[tuple[int, str], set[str]] = defaultdict(set)

    def __getstate__(self) -> dict[str, object]:
        """Return what a copy has, which may learn more."""
        words = defaultdict(set, {first: {*words} for first, words in self._words.items()})
        return {**vars(self), "_words": words}

    def learn(self, plain: str) -> None:
        """Remember the words of the folded phrase *plain*; the shortest are not worth a mask."""
        if self._known >= MASKED:
            return
        for word in plain.split():
            if len(word) > 3:
                self._words[len(word), word[0]].add(word)
                self._known += 1

    def views(self, text: str) -> Iterator[Skeleton]:
        """Yield *text* with its masked words read as words that fit."""
        masked = [(m, words) for m in _MASKED.finditer(text) if (words := self._fitting(m[0]))]
        for n in range(max((len(words) for _, words in masked), default=0)):
            read, end = [], 0
            for m, words in masked:
                read += [text[end : m.start()], words[min(n, len(words) - 1)]]
                end = m.end()
            yield Skeleton.of(fold("".join((*read, text[end:])), self._how))

    def _fitting(self, raw: str) -> list[str]:
        plain = fold(raw, self._starred).plain
        if 2 * plain.count("*") > len(plain) or len(plain) != len(raw):
            return []
        words = self._words.get((len(plain), plain[0]), ())
        fits = (w for w in words if all(a in ("*", b) for a, b in zip(plain, w, strict=True)))
        return sorted(fits)[:_READINGS]
