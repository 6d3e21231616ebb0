"""Runs of digits that could be numbers to call: grouped, spaced out, or spelled as words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import attrs

from ._plain import View

DIGIT_WORDS = {
    "zero": "0", "oh": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "null": "0", "eins": "1", "zwei": "2", "zwo": "2", "drei": "3", "vier": "4", "fünf": "5",
    "sechs": "6", "sieben": "7", "acht": "8", "neun": "9",
    "zéro": "0", "un": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "sept": "7",
    "huit": "8", "neuf": "9",
    "cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6",
    "siete": "7", "ocho": "8", "nueve": "9",
    "um": "1", "dois": "2", "três": "3", "quatro": "4", "sete": "7", "oito": "8", "nove": "9",
    "due": "2", "tre": "3", "quattro": "4", "cinque": "5", "sei": "6", "sette": "7", "otto": "8",
    "ноль": "0", "один": "1", "два": "2", "три": "3", "четыре": "4", "пять": "5", "шесть": "6",
    "семь": "7", "восемь": "8", "девять": "9",
    "sıfır": "0", "bir": "1", "iki": "2", "üç": "3", "dört": "4", "beş": "5", "altı": "6",
    "yedi": "7", "sekiz": "8", "dokuz": "9", "meia": "6",
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
    "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70",
    "eighty": "80", "ninety": "90",
    "dix": "10", "onze": "11", "douze": "12", "treize": "13", "quatorze": "14", "quinze": "15",
    "vingt": "20", "trente": "30", "quarante": "40", "cinquante": "50",
    "soixante": "60", "diez": "10", "doce": "12", "trece": "13", "catorce": "14",
    "veinte": "20", "treinta": "30", "cuarenta": "40", "cincuenta": "50", "sesenta": "60",
    "setenta": "70", "ochenta": "80", "noventa": "90",
}  # fmt: skip
_WORD = "|".join(sorted(DIGIT_WORDS, key=len, reverse=True))
_BETWEEN = r"[\s().,\-/·•_*~–—|\\]"
EAST = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
"""Characters of scripts that have no spaces between words."""

_BEGINS = rf"(?:(?<![\w#$€£¥/=&?%+\-])|(?<=[{EAST}]))(?<!\d[.,:])"
_NUMERIC = re.compile(
    rf"{_BEGINS}(?P<plus>\(?\+\s?)?\(?(?:\d|[Oo](?=\d))"
    r"(?:[\s().\-/·•_*~–—|\\]{0,3}+[\dOo](?![a-wyzA-NP-Z]|_(?!\d)|x(?!\d))){6,20}+"
)
_LEET = re.compile(
    rf"{_BEGINS}\(?[\dOoIlSsBbZz](?:[\s().\-/]{{0,3}}+[\dOoIlSsBbZz](?![ac-km-rt-yAC-HJ-NP-RT-Y])){{8,13}}+(?!\w)"
)
_LETTERS = str.maketrans("OoIlSsBbZz", "0011558822")
_SPELT = re.compile(
    rf"(?<!\w)(?:plus\s)?(?:(?:(?:double|triple)\s)?(?:(?:{_WORD})(?![^\W\d])|\d|o(?=\d))"
    rf"{_BETWEEN}{{0,3}}+(?:(?:y|e|et|and|then)\s)?){{6,20}}",
    re.IGNORECASE,
)
_AND = re.compile(r"(?<!\w)(?:y|e|et|and|then)(?!\w)", re.IGNORECASE)
_TOKEN = re.compile(rf"(?:(double|triple)\s)?({_WORD}|\d|o(?=\d))", re.IGNORECASE)
_SCORES = re.compile(r"\d[\-–]\d(?:[\s,]{1,2}\d[\-–]\d){2,}")
_SINGLES = re.compile(r"(?<!\d)\d(?!\d)")
DIGITS = "0123456789"
LEAST = 7
_MOST = 15
WORDS_LEAST = 3
FIGURES_LEAST = 4
"""Digits from which a single word among them may be one of a number."""


@attrs.frozen
class Run:
    """Digits that stand together.

    Attributes:
        digits: The digits. plus: Whether a plus stands before them.
        span: The plain range, signs included. written: What stands there.
        words: Whether digits are spelled as words. spaced: Whether each stands alone.
        mixed: Whether letters or single words stand among them: a number only if it is called.
        counted: Whether words from ten on, or "and", are among them, as in years, scores and
            lists: a number only if it is called, or a numbering plan holds.
    """

    digits: str
    plus: bool
    span: tuple[int, int]
    written: str
    words: bool = False
    spaced: bool = False
    mixed: bool = False
    counted: bool = False


def runs(view: View, said: int) -> Iterator[Run]:
    """Yield the runs of 7 to 15 digits in a text, of whose words *said* are digits."""
    if view.digits >= LEAST:
        for match in _LEET.finditer(view.text):
            yield from _leet(match)
    if said >= WORDS_LEAST or (said and view.digits >= FIGURES_LEAST):
        for match in _SPELT.finditer(view.text):
            yield from _spelt(match)
    if view.digits >= LEAST:
        for match in _NUMERIC.finditer(view.text):
            yield from _numeric(match)


def _leet(match: re.Match[str]) -> Iterator[Run]:
    written = match[0].strip()
    letters = sum(map(str.isalpha, written))
    digits = re.sub(r"\D", "", written.translate(_LETTERS))
    if 1 <= letters <= 4 <= len(digits) - letters and not re.search("[A-Za-z]{2}", written):
        start = match.start() + match[0].index(written)
        span = (start, start + len(written))
        yield Run(digits, False, span, written, spaced=True, mixed=True)


def _numeric(match: re.Match[str]) -> Iterator[Run]:
    written = match[0].rstrip("Oo" if not match[0][-2:-1].isdigit() else "")
    if not match["plus"] and (opened := written.find("(", 1)) > 0:
        written = written[:opened].rstrip()
    if _SCORES.fullmatch(written.strip()) or _listed(written):
        return
    digits = re.sub(r"\D", "", re.sub("[Oo]", "0", written))
    if not LEAST <= len(digits) <= _MOST or _steps(digits) == {1}:
        return
    singles = len(_SINGLES.findall(written))
    spaced = (singles >= 6 and 10 * singles >= 8 * len(digits)) or bool(re.search("[Oo]", written))
    span = (match.start(), match.start() + len(written))
    yield Run(digits, match["plus"] is not None, span, written, spaced=spaced)


def _spelt(match: re.Match[str]) -> Iterator[Run]:
    said_so: list[tuple[str, str]] = []
    words, start, end = 0, -1, 0
    for token in _TOKEN.finditer(match[0]):
        said = token[2].lower()
        times = {"double": 2, "triple": 3}.get((token[1] or "").lower(), 1)
        digit = "0" if said == "o" else DIGIT_WORDS.get(said, said)
        said_so.extend([(said, digit)] * times)
        words += said in DIGIT_WORDS
        start, end = start if start >= 0 else token.start(), token.end()
    numbers = _numbers(said_so)
    joined = "".join(numbers)
    if LEAST <= len(joined) <= _MOST and not (_counts(joined) or in_steps(numbers)):
        span = (match.start() + start, match.start() + end)
        plus = match[0].lower().startswith("plus")
        few = words < WORDS_LEAST
        written = match[0][start:end]
        tens = any(len(digit) > 1 for _, digit in said_so) or bool(_AND.search(written))
        if words and (not few or len(joined) - words >= FIGURES_LEAST):
            yield Run(joined, plus, span, written, words=True, mixed=few, counted=tens)


def _numbers(said: list[tuple[str, str]]) -> list[str]:
    """Put together what is said in two words: "sixty seven", "soixante-dix-huit"."""
    numbers: list[str] = []
    open_ = ""
    for word, digits in said:
        if open_ and len(digits) == 1 and digits != "0":
            numbers[-1], open_ = f"{numbers[-1][0]}{digits}", ""
        elif open_ in ("soixante", "quatre-vingt") and digits[0] == "1":
            numbers[-1] = str(int(numbers[-1]) + int(digits))
            open_ = numbers[-1] if digits == "10" else ""
        elif word == "vingt" and numbers[-1:] == ["4"]:
            numbers[-1], open_ = "80", "quatre-vingt"
        else:
            numbers.append(digits)
            open_ = ""
            if len(digits) == 2 and digits[1] == "0" and digits != "10":
                open_ = word if word == "soixante" else digits
    return numbers


def _listed(written: str) -> bool:
    """Whether somebody counts in figures: "1 2 3 4 5 6 7 8 9 10"."""
    numbers = re.findall(r"\d+", written)
    pairs = len(numbers) > 5 and all(len(number) == 2 for number in numbers)
    return in_steps(numbers) or (pairs and numbers == sorted(set(numbers)))


def in_steps(numbers: list[str]) -> bool:
    """Whether numbers go up or down by one, or by the same round number."""
    steps = {int(b) - int(a) for a, b in itertools.pairwise(numbers)}
    if len(numbers) < 4 or len(steps) > 1:
        return False
    step = steps.pop()
    return abs(step) == 1 or (step != 0 and step % 10 == 0)


def _counts(digits: str) -> bool:
    """Whether somebody just counts, up or down."""
    return len(_steps(digits)) == 1


def _steps(digits: str) -> set[int]:
    return {int(b) - int(a) for a, b in itertools.pairwise(digits)}
