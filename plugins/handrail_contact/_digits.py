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
    "yedi": "7", "sekiz": "8", "dokuz": "9",
}  # fmt: skip
_WORD = "|".join(sorted(DIGIT_WORDS, key=len, reverse=True))
_BETWEEN = r"[\s().,\-/·•_*~–—|\\]"
_NUMERIC = re.compile(
    r"(?<![\w#$€£¥/=&?%+\-])(?<!\d[.,:])(?P<plus>\(?\+\s?)?"
    r"\(?(?:\d|[Oo](?=\d))(?:[\s().\-/·•_*~–—|\\]{0,3}+[\dOo](?![a-wyzA-NP-Z_]|x(?!\d))){6,20}+"
)
_SPELT = re.compile(
    rf"(?<!\w)(?:plus\s)?(?:(?:(?:double|triple)\s)?(?:(?:{_WORD})(?![^\W\d])|\d)"
    rf"{_BETWEEN}{{0,3}}+){{7,20}}",
    re.IGNORECASE,
)
_TOKEN = re.compile(rf"(?:(double|triple)\s)?({_WORD}|\d)", re.IGNORECASE)
_SCORES = re.compile(r"\d[\-–]\d(?:[\s,]{1,2}\d[\-–]\d){2,}")
_SINGLES = re.compile(r"(?<!\d)\d(?!\d)")
DIGITS = "0123456789"
LEAST = 7
_MOST = 15
WORDS_LEAST = 3


@attrs.frozen
class Run:
    """Digits that stand together.

    Attributes:
        digits: The digits. plus: Whether a plus stands before them.
        span: The plain range, signs included. written: What stands there.
        words: Whether digits are spelled as words. spaced: Whether each stands alone.
    """

    digits: str
    plus: bool
    span: tuple[int, int]
    written: str
    words: bool = False
    spaced: bool = False


def runs(view: View) -> Iterator[Run]:
    """Yield the runs of 7 to 15 digits in a text."""
    if view.digits >= LEAST:
        for match in _NUMERIC.finditer(view.text):
            yield from _numeric(match)
    tokens = view.tokens
    if view.digits:
        tokens = [*map(str.strip, tokens, itertools.repeat(DIGITS))]
    if sum(map(DIGIT_WORDS.__contains__, tokens)) >= WORDS_LEAST:
        for match in _SPELT.finditer(view.text):
            yield from _spelt(match)


def _numeric(match: re.Match[str]) -> Iterator[Run]:
    written = match[0].rstrip("Oo" if not match[0][-2:-1].isdigit() else "")
    if not match["plus"] and (opened := written.find("(", 1)) > 0:
        written = written[:opened].rstrip()
    if _SCORES.fullmatch(written.strip()) or _listed(written):
        return
    digits = re.sub(r"\D", "", re.sub("[Oo]", "0", written))
    if not LEAST <= len(digits) <= _MOST:
        return
    singles = len(_SINGLES.findall(written))
    spaced = (singles >= 6 and 10 * singles >= 8 * len(digits)) or bool(re.search("[Oo]", written))
    span = (match.start(), match.start() + len(written))
    yield Run(digits, match["plus"] is not None, span, written, spaced=spaced)


def _spelt(match: re.Match[str]) -> Iterator[Run]:
    digits, words, start, end = [], 0, -1, 0
    for token in _TOKEN.finditer(match[0]):
        said = token[2].lower()
        times = {"double": 2, "triple": 3}.get((token[1] or "").lower(), 1)
        digits.append(DIGIT_WORDS.get(said, said) * times)
        words += said in DIGIT_WORDS
        start, end = start if start >= 0 else token.start(), token.end()
    joined = "".join(digits)
    if words >= WORDS_LEAST and LEAST <= len(joined) <= _MOST and not _counts(joined):
        span = (match.start() + start, match.start() + end)
        plus = match[0].lower().startswith("plus")
        yield Run(joined, plus, span, match[0][start:end], words=True)


def _listed(written: str) -> bool:
    """Whether somebody counts in figures: "1 2 3 4 5 6 7 8 9 10"."""
    numbers = [int(number) for number in re.findall(r"\d+", written)]
    steps = {b - a for a, b in itertools.pairwise(numbers)}
    return len(numbers) > 3 and len(steps) == 1 and abs(steps.pop()) == 1


def _counts(digits: str) -> bool:
    """Whether somebody just counts, up or down."""
    steps = {int(b) - int(a) for a, b in itertools.pairwise(digits)}
    return len(steps) == 1
