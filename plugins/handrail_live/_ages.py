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
_OLD = r"(?: (?P<old>(?:years?|yrs?) (?:old|of age)|y ?o|jahre alt)| jahre)?"
_END = r"(?![^ ])"
_FIRST = re.compile(
    r"(?<![^ ])(?:i m|im|i am|my age is|i (?:just |will )?turn(?:ed)?|ich bin|ich werde)"
    rf"(?: (?:only|just|now|actually|like|turning|erst|gerade|nur|schon))? {_AGE}{_END}"
    rf"(?:{_OLD}{_END})"
)
_HAS = re.compile(
    rf"(?<![^ ])(?:tengo|j ai|tenho|ho|cumpli|fiz|ho compiuto)(?: (?:solo|so|seulement|apenas))? "
    rf"{_AGE} {_YEARS}{_END}(?P<old>(?!))?"
)
_CLASS = re.compile(
    rf"(?<![^ ])(?:i m|im|i am|i go|ich bin|ich gehe) (?:now )?(?:in|to) (?:the |der |die )?"
    rf"(?P<grade>[1-9]|1[0-2])(?:st|nd|rd|th)? (?:grade|klasse){_END}"
)
_STOP = re.compile(
    r"\s{0,3}(?:$|[.,](?!\d)|[-–—]\s(?!\d)|[^\w\s%$€£¥'’\"″°:/.,+*#&=–—-]"
    r"|(?:and|und|et|y|e)(?!\w)(?!\s(?:\d|oh\b|a\s(?:half|quarter)\s))"
    r"|(?:but|so|from|aber|aus|mais|pero|mas|ma|girl|boy|gamer|student|lol|lmao|haha\w{0,20}|xd|rn"
    r"|btw|by\sthe\sway|tho|pls|please|don'?t|idk|she|he|they|who|i|i['’]?m|my|at|now|today"
    r"|yesterday|last|hi|hey|hello|guys|actually|heute|gestern|hoy|ayer|hier|oggi|ieri|hoje|ontem"
    r")(?!['’]?\w))",
    re.IGNORECASE,
)
"""What comes after an age: an end, or what begins anew; anything else was counted in years."""

_NOT_NOW = re.compile(
    r"(?<![^ ])(?:since|when|if|like|as|until|before|after|feels?|thought|thinks?|says?|said"
    r"|was|als|wenn|seit|cuando"
    r"|quand|quando)(?: that)? $"
)


def said_age(text: Text) -> int | None:
    """Return the lowest age under 18 that *text* says of who speaks; None where it says none."""
    plain = text.plain[:READ_MOST]
    found = [
        _number(match["age"])
        for pattern in (_FIRST, _HAS)
        for match in pattern.finditer(plain)
        if (match["old"] or _stops(text, match))
        and not _NOT_NOW.search(plain[max(0, match.start() - 20) : match.start()])
    ]
    found += [int(match["grade"]) + 6 for match in _CLASS.finditer(plain) if _stops(text, match)]
    return min((age for age in found if YOUNGEST <= age < GROWN), default=None)


def _stops(text: Text, match: re.Match[str]) -> bool:
    """Whether nothing is counted after *match*; folding takes the signs that tell."""
    return _STOP.match(text.raw, text.fold().span(*match.span())[1]) is not None


def _number(said: str) -> int:
    return int(said) if said.isdigit() else _WORDS[said]
