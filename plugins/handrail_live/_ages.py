"""Ages that people on stage say of themselves, in what was transcribed."""

from __future__ import annotations

import re

from handrail import Text

from ._cues import READ_MOST

YOUNGEST, GROWN = 5, 18

_NUMBERS = (
    "five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
    "funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn",
    "cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete",
    "cinq six sept huit neuf dix onze douze treize quatorze quinze seize _",
    "cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete",
    "cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici _",
)
_WORDS = {
    word: YOUNGEST + place
    for tongue in _NUMBERS
    for place, word in enumerate(tongue.split())
    if word != "_"
}
_AGE = rf"(?P<age>\d{{1,2}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_YEARS = r"(?:years?|yrs?|jahre?|anos|anitos|aninhos|ans|anni|yo)"
_END = r"(?![^ ])"
_FIRST = re.compile(
    r"(?<![^ ])(?:i m|im|i am|my age is|i (?:just |will )?turn(?:ed)?|ich bin|ich werde)"
    rf"(?: (?:only|just|now|actually|like|turning|erst|gerade|nur|schon))? {_AGE}{_END}"
    rf"(?! (?:minutes?|min|hours?|days?|weeks?|months?|seconds?|percent|feet|foot|cm|kg|pounds|"
    r"points|kills|levels?|minuten|stunden|tage|wochen|monate|th|st|nd|rd|of|out|in|to|and a|am"
    r"|pm|uhr))"
)
_HAS = re.compile(
    rf"(?<![^ ])(?:tengo|j ai|tenho|ho|cumpli|fiz|ho compiuto)(?: (?:solo|so|seulement|apenas))? "
    rf"{_AGE} {_YEARS}{_END}(?! (?:de|di|d) )"
)
_CLASS = re.compile(
    rf"(?<![^ ])(?:i m|im|i am|i go|ich bin|ich gehe) (?:now )?(?:in|to) (?:the |der |die )?"
    rf"(?P<grade>[1-9]|1[0-2])(?:st|nd|rd|th)? (?:grade|klasse){_END}"
)
_NOT_NOW = re.compile(
    r"(?<![^ ])(?:since|when|if|like|as|until|before|after|feels?|thought|was|als|wenn|seit|cuando"
    r"|quand|quando)(?: that)? $"
)


def said_age(text: Text) -> int | None:
    """Return the lowest age under 18 that *text* says of who speaks; None where it says none."""
    plain = text.plain[:READ_MOST]
    found = [
        _number(match["age"])
        for pattern in (_FIRST, _HAS)
        for match in pattern.finditer(plain)
        if not _NOT_NOW.search(plain[max(0, match.start() - 20) : match.start()])
    ]
    found += [int(match["grade"]) + 6 for match in _CLASS.finditer(plain)]
    return min((age for age in found if YOUNGEST <= age < GROWN), default=None)


def _number(said: str) -> int:
    return int(said) if said.isdigit() else _WORDS[said]
