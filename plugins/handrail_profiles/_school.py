"""Classes that somebody says they are in, and the most years that pupils of them have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_END = r"(?=\s{0,3}(?:$|[\n!?;|)~·•✨.,،。！，、/]|[^\w\s]))"
_START = r"(?:^|(?<=[|•·;\n~✨➜→★☆♡♥.,!/(\[]))[ \t]{0,3}"
SCHOOLS = ("grade", "primaria", "elementare", " media", "年级")
"""What stands in every text that names a class without a figure."""

_FRENCH = {
    "cp": 7, "ce1": 8, "ce2": 9, "cm1": 10, "cm2": 11, "6": 12, "sixi": 12, "5": 13, "cinqui": 13,
    "4": 14, "quatri": 14, "3": 15, "troisi": 15,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "primero": 1, "segundo": 2, "tercero": 3, "cuarto": 4, "quinto": 5,
    "sexto": 6, "prima": 1, "seconda": 2, "terza": 3, "quarta": 4, "quinta": 5,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6,
}  # fmt: skip
_ITALIAN = r"(?<!\w)(?:faccio|sono\sin|vado\sin|frequento)\s(?:la\s)?"
_SPANISH = "primero|segundo|tercero|cuarto|quinto|sexto"
_AHEAD = 5
"""Years ahead from which whoever will leave a school is no student of a college."""

_LEAVING = 19
"""The most that pupils are old in the year in which they leave a high school."""

_CLASSES: Mapping[str, int] = {
    # How it is said, and how many years more than its number pupils of a class have at most.
    # English, German, Dutch.
    rf"(?:(?<![\w'])(?:i'?m|i\sam)\sin\s(?:the\s)?|{_START})"
    r"(?P<n>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)[\s\-]grade(?:r)?"
    r"(?!\w)(?!\s(?:teach|class|math|science|english|reading|parent|mom|dad))": 6,
    rf"(?:(?<!\w)(?:gehe?|bin)\sin\s(?:die|der)\s|{_START})(?P<n>[1-9]|1[0-3])(?:\.|te|ste)\s?klasse"
    r"(?!\w)(?!\s(?:lehr|klassenlehr))": 6,
    rf"(?:(?<!\w)(?:ik\s)?zit\sin\s|{_START})groep\s(?P<n>[3-8]){_END}": 4,
    # Spanish, Portuguese, Italian.
    rf"(?<!\w)(?:estoy|voy)\s(?:en|a)\s(?P<n>[1-6]|{_SPANISH})\s?[º°ª]?\s(?:grado\s)?de\sprimaria"
    r"(?!\w)": 6,
    r"(?<!\w)(?:estou|tô|to)\sno\s(?P<n>[1-9])\s?[º°]?\sano(?!\w)"
    r"(?!\s(?:d[aeo]|n[ao]|em)\s(?!(?:ensino\s)?fundamental|escola|prim[áa]ri[ao]))": 6,
    rf"{_ITALIAN}(?P<n>prima|seconda|terza)\smedia(?!\w)": 11,
    rf"{_ITALIAN}(?P<n>prima|seconda|terza|quarta|quinta)\selementare(?!\w)": 6,
    # Russian, Polish, Turkish.
    r"(?<!\w)учусь\sв\s(?P<n>[1-9]|1[01])(?:-?(?:м|ом|ем))?\s?(?:[а-е]\s)?классе?(?!\w)": 7,
    r"(?<!\w)chodzę\sdo\s(?P<n>[1-8])\.?\sklasy(?!\w)": 7,
    r"(?<!\w)(?P<n>[1-9]|1[0-2])\.\s?sınıf(?:a\sgidiyorum|tayım|\söğrencisiyim)(?!\w)": 6,
    # Chinese, Japanese, Korean.
    rf"(?:我(?:上|读|在|是)?|{_START})小学?(?P<n>[一二三四五六1-6])年级"
    rf"(?=(?:的?(?:小)?学生)?{_END})": 7,
    r"(?:^|[\s、。,.|/・])小(?:学(?:校)?)?(?P<n>[1-6])(?:年生?)?"
    r"(?=です|だよ|の女|の男|[\s、。!！|/・♡]|$)": 6,
    r"(?:^|[\s,.|/])(?:초등학교|초등|초)\s?(?P<n>[1-6])(?:\s?학년)?"
    r"(?=이에요|예요|입니다|이야|임|\s?[.,!|/]|\s?$)": 7,
}
_CLASS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), more) for pattern, more in _CLASSES.items()
)
_IN_FRANCE = re.compile(
    rf"(?:(?<!\w)(?:je\ssuis|j'suis|chui)\s|{_START})en\s(?:(?P<name>cp|ce1|ce2|cm1|cm2)"
    r"|(?P<year>[3-6]|sixi|cinqui|quatri|troisi)(?:[eè]?me|e))"
    rf"(?:(?=\sau\scoll[eè]ge)|{_END})",
    re.IGNORECASE | re.MULTILINE,
)
_LEAVERS = re.compile(r"(?<!\w)(?:class\sof|c/o)\s(?:20|['’])(?P<year>\d\d)(?!\d)", re.IGNORECASE)


def in_class(text: str, year: int) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the most years that pupils have of the classes that *text* names, and where."""
    for pattern, more in _CLASS:
        for match in pattern.finditer(text):
            said = match["n"].lower()
            yield (int(said) if said.isdecimal() else _ORDINALS[said]) + more, match.span()
    for match in _IN_FRANCE.finditer(text):
        yield _FRENCH[(match["name"] or match["year"]).lower()], match.span()
    for match in _LEAVERS.finditer(text):
        if (ahead := 2000 + int(match["year"]) - year) >= _AHEAD:
            yield _LEAVING - ahead, match.span()
