"""Statements of how old somebody is: said in the first person, or standing alone in a profile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

import attrs

from ._school import SCHOOLS, in_class
from ._tongues import NUMBERS, of_children, said, unowned
from ._whose import of_another

Kind: TypeAlias = Literal["said", "alone", "asl", "grade", "born"]

LONGEST = 5_000
"""Characters read of a biography."""

YOUNGEST = 5
"""Whoever says less means months, marks, or nothing."""

_WORDS = {
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12,
    "dreizehn": 13, "onze": 11, "douze": 12, "treize": 13, "once": 11, "doce": 12, "trece": 13,
    "doze": 12, "treze": 13, "undici": 11, "dodici": 12, "tredici": 13, "dix": 10, "neuf": 9,
    "diez": 10, "nueve": 9, "nove": 9, "dieci": 10,
}  # fmt: skip
_AGE = rf"(?P<age>\d{{1,2}}(?!\d)|(?:{'|'.join(_WORDS)})(?!\w))"
_OLD = (
    r"(?:y\s?/\s?o(?!\w)|y\.o\.|yo(?!\w)|(?:yrs?|years?)[\s\-]old(?!\w)(?!\s(?:son|daughter|boy'?s"
    r"|girl'?s|kid|child|dog|cat|whisk|car|house|brand|company|business|site|student'?s\sm))"
    r"|jahre(?:\salt)?(?!\w)|jähr?ig(?!\w)|ans(?!\w)|añ(?:os|itos)(?!\w)|an(?:os|inhos)(?!\w)|anni(?!\w)|jaar(?!\w))"
)
_STOP = (
    r"(?=\s{0,3}(?:$|[\n!;|)~·•✨]|[.,](?!\d)|[\-–—/]\s|(?:and|but|so|from|und|aber|aus|et|mais|y|pero"
    r"|e|mas|ma|f|m|w|girl|boy|female|male|gamer|student|schüler(?:in)?|lol|lmao|haha\w*|xd|rn|btw|tho|pls"
    r"|please|don'?t|dni|idk|she|he|they|live|who)(?![\w'])|[^\w\s%$€£¥'\"°:/.,\-+*#&=]))"
)
_SAID = re.compile(
    rf"(?<![\w'])(?:i'?m|i\sam|my\sage\sis|ich\sbin|bin|j'?ai|tengo|tenho|ho|ik\sben)\s{{1,2}}"
    rf"(?:(?:only|just|now|currently|actually|turning|erst|gerade|nur|solo|só|seulement)\s)?"
    rf"{_AGE}(?:\s?{_OLD})?{_STOP}",
    re.IGNORECASE,
)
_UNIT_NEEDED = re.compile(r"(?:bin|j'?ai|tengo|tenho|ho)\s", re.IGNORECASE)
_HAS_UNIT = re.compile(_OLD, re.IGNORECASE)
_NOT_NOW = re.compile(
    r"(?<!\w)(?:since|when|whenever|if|like|as|until|till|before|after|thinks?|thought|feels?|says?"
    r"|said|wish|because|was|not|seit|als|wenn|ob|wie|depuis\sque|quand|lorsque|si|comme|desde\sque"
    r"|cuando|como|quando|se|come|da\squando)\s{1,2}(?:that\s|que\s)?$",
    re.IGNORECASE,
)
_START = r"(?:^|(?<=[|•·;\n~✨➜→★☆♡♥.,!(\[]))[ \t]{0,3}"
_TURNED = re.compile(
    rf"(?:(?<![\w'])i\s(?:have\s)?(?:just\s|recently\s)?|{_START}(?:just\s|recently\s))turned\s"
    rf"{_AGE}(?:\s?{_OLD})?{_STOP}",
    re.IGNORECASE | re.MULTILINE,
)
_ALONE = re.compile(
    rf"{_START}(?:age[d]?\s?[:=\-]?\s{{0,2}}|alter\s?:\s?|edad\s?:\s?|âge\s?:\s?|idade\s?:\s?)?"
    rf"{_AGE}\s?{_OLD}{_STOP}"
    rf"|{_START}(?:age|alter|edad|âge|idade|età)\s?[:=\-]\s{{0,2}}(?P<age2>\d{{1,2}}){_STOP}",
    re.IGNORECASE | re.MULTILINE,
)
_ASL = re.compile(
    rf"{_START}(?P<age>\d{{1,2}})\s?[/|,]\s?(?:f|m|female|male|girl|boy|nb|w)(?=\s?(?:[/|,\n]|$))"
    rf"|{_START}(?:f|m)\s?[/|]\s?(?P<age2>\d{{1,2}})(?=\s?(?:[/|,\n]|$))"
    rf"|(?:^|[|•·;\n]\s?)(?P<age3>\d{{1,2}})(?:f|m)(?=\s?(?:[/|,\n]|$))",
    re.IGNORECASE | re.MULTILINE,
)
_GRADE = re.compile(
    rf"(?:(?<![\w'])(?:i'?m|i\sam|currently|i\sgo|ich\sgehe|ich\sbin|je\ssuis)\s(?:now\s)?(?:in|a|en|to)"
    rf"\s(?:the\s|die\s|der\s)?|{_START})"
    r"(?:in\s)?(?:(?P<grade>[1-9]|1[0-2])(?:st|nd|rd|th)[\s\-]grade(?:r|d)?|grade\s(?P<grade2>[1-9]|1[0-2])"
    r"|year\s(?P<year>[1-9]|1[0-3])|(?P<klasse>[1-9]|1[0-3])\.\s?klasse)(?![\w'])"
    r"(?!\s(?:teach|class|math|science|english|reading|student'?s|parent|mom|dad|lehr|curric|lead|of\s|at\sx))",
    re.IGNORECASE | re.MULTILINE,
)
_BORN = re.compile(
    rf"(?:(?<![\w'])(?:i\swas|i'?m|ich\sbin|je\ssuis)\s|{_START})"
    r"(?:born|b\.|geboren|née?|nacid[oa]|nascid[oa]|nat[oa])\s(?:in\s|on\s|en\s|em\s|nel\s|am\s)?"
    r"(?:[\w.]{1,9}\s){0,2}(?P<born>(?:19|20)\d\d)(?!\d)(?!\s?(?:in|by|from|out)\s(?:a|the|our))",
    re.IGNORECASE | re.MULTILINE,
)


_DAY = r"\d{1,2}[./\-]\d{1,2}[./\-]"
_BIRTHDAY = re.compile(
    rf"{_START}(?:(?:my\s)?(?:b-?day|birthday|dob|geb(?:urtstag|\.)?|anniversaire|cumple(?:años)?)\W{{1,3}}"
    rf"|[🎂🎈]\s?){_DAY}(?P<born>20\d\d)(?!\d)"
    rf"|{_START}(?:(?P<baby>20\d\d)\s(?:baby|babe|kid)|(?:jahrgang|jg\.?|made\sin)\s(?P<made>20\d\d))"
    r"(?=\s{0,3}(?:$|[\n!;|)~·•✨./]|,\s?(?:she|he|they|\d)))",
    re.IGNORECASE | re.MULTILINE,
)


@attrs.frozen
class Stated:
    """An age that a text states.

    Attributes:
        age: The most years that are meant. kind: How it is said. span: Where, in the text.
    """

    age: int
    kind: Kind
    span: tuple[int, int]

    def repeats(self, other: Stated) -> bool:
        """Whether it is what another says, read at the same place."""
        (start, end), (first, last) = self.span, other.span
        return (self.age, self.kind) == (other.age, other.kind) and start < last and first < end


def stated(text: str, year: int) -> Iterator[Stated]:
    """Yield the ages that *text* states of its author, as of *year*; of YOUNGEST years or more."""
    read = text[:LONGEST].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if (
        any(map(str.isdigit, read))
        or "岁" in read
        or "歲" in read
        or any(word in read.lower() for word in _WORDS)
        or any(word in read.lower() for word in (*SCHOOLS, *NUMBERS))
    ):
        kept: list[Stated] = []
        for each in _all(read, year):
            if YOUNGEST <= each.age <= 120 and not any(map(each.repeats, kept)):
                kept.append(each)
        yield from kept


def _all(text: str, year: int) -> Iterator[Stated]:
    for match in _SAID.finditer(text):
        bare = _UNIT_NEEDED.match(match[0]) and not _HAS_UNIT.search(match[0])
        if not bare and not _NOT_NOW.search(text[max(0, match.start() - 30) : match.start()]):
            yield Stated(_number(match["age"]), "said", match.span())
    yield from (Stated(age, "said", span) for age, span in said(text))
    yield from (Stated(age, "asl", span) for age, span in unowned(text))
    yield from (each for each in _shared(text, year) if not of_another(text, each.span))
    for match in _ALONE.finditer(text):
        if of_children(text[max(0, match.start() - 50) : match.start()]):
            continue
        yield Stated(_number(match["age"] or match["age2"]), "alone", match.span())
    for match in _ASL.finditer(text):
        yield Stated(int(match["age"] or match["age2"] or match["age3"]), "asl", match.span())
    for match in _GRADE.finditer(text):
        yield Stated(_of_grade(match), "grade", match.span())
    for match in _BORN.finditer(text):
        yield Stated(year - int(match["born"]), "born", match.span())


def _shared(text: str, year: int) -> Iterator[Stated]:
    """Yield the ages that parents, teachers and shops state in the same words."""
    yield from (Stated(age, "grade", span) for age, span in in_class(text, year))
    for match in _TURNED.finditer(text):
        yield Stated(_number(match["age"]), "said", match.span())
    for match in _BIRTHDAY.finditer(text):
        born = match["born"] or match["baby"] or match["made"]
        yield Stated(year - int(born), "born", match.span())


def _number(said: str) -> int:
    return _WORDS[said.lower()] if said.lower() in _WORDS else int(said)


def _of_grade(match: re.Match[str]) -> int:
    """The most that pupils of a grade are old who never repeated one."""
    if match["year"]:
        return int(match["year"]) + 5
    return int(match["grade"] or match["grade2"] or match["klasse"]) + 6
