"""Whether an age that a text states is its author's: parents, teachers and shops state others'."""

from __future__ import annotations

import re

_ABOUT = 50
"""Characters before and behind an age that may say whose it is."""

FAMILY = (
    "mom|mum|mama|mommy|mummy|mother|dad|daddy|papa|father|parent|grand\\w{2,6}|aunt|uncle|nanny|owner"
    "|mutter|mutti|vater|eltern|oma|opa|tante|maman|mère|père|mamá|madre|padre|mãe|mae|pai|mamma|babbo"
)
"""Who speaks of the age of a child, as an alternative of a pattern."""

_AT_WORK = (
    "teacher|coach|professor|principal|tutor|maestr[ao]|insegnante|lehrer(?:in)?|profesora?"
    "|professora?|enseignante?|docente|juf|meester"
)
_TITLED = r"(?:mr|mrs|ms|miss|mx|herr|frau)\.?\s\w{1,20}(?!\w|['’]s)"
_PETS = r"(?:dog|cat|puppy|pup|kitten|hund|katze)(?!\s(?:lover|person|fan|guy|girl|boy))"
_THINGS = r"(?:company|business|shop|store|brand|firma|firm|studio|band|founded|established|est\.)"
_WORDS = rf"(?:{FAMILY}|{_AT_WORK}|{_PETS}|{_THINGS})(?!\w|['’]s)"
_OWNED = re.compile(
    rf"(?<!\w)(?:my|our|the|her|his|ur|meine?|unsere?)\s(?:\w{{1,15}}\s)?{_WORDS}", re.IGNORECASE
)
"""Somebody that a child has."""

_BEFORE = re.compile(
    rf"(?<!\w)(?:(?:{FAMILY}|{_AT_WORK}|{_PETS})(?!\w|['’]s)|{_TITLED})[^\n|•]{{0,40}}$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"\s(?:{FAMILY})(?!\w)"
    rf"|[^\n|•]{{0,40}}(?<!\w)(?:(?:{_AT_WORK}|{_THINGS})(?!\w|['’]s)|{_TITLED})",
    re.IGNORECASE,
)
_AS = re.compile(
    rf"^[^\n|•]{{0,30}}(?<!\w)(?:as|come|als|como|comme)\s(?:an?\s|la\s|una?\s)?(?:{_AT_WORK})(?!\w)",
    re.IGNORECASE,
)
_TOLD = re.compile(r"(?<!\w)(?:my|our|the)\s(?!name|age|bio)\w{2,12}\s?:\s?[\"'“]?$", re.IGNORECASE)
_FIRST = re.compile(r"(?:i'?m|i\sam|i|faccio|sono|vado|ich|gehe|bin)(?!\w)", re.IGNORECASE)


def of_another(text: str, span: tuple[int, int]) -> bool:
    """Whether what stands around an age says that it is another's, or a thing's.

    Who says "I" is believed, unless they say as what, or what speaks ("my blog: I ...").
    """
    start, end = span
    before, behind = text[max(0, start - _ABOUT) : start], text[end : end + _ABOUT]
    if _AS.match(behind) or _TOLD.search(before):
        return True
    if _FIRST.match(text[start:end].lstrip()):
        return False
    return bool(_BEFORE.search(_OWNED.sub("", before)) or _BEHIND.match(_OWNED.sub("", behind)))
