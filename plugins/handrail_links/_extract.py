"""Finding the links of an item, also those written so as not to look like links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

from attrs import evolve

from handrail import Context, Item, Link, Links

from ._hosts import registrable
from ._read import Found, bare, spelled, with_scheme

MOST = 1_000
"""Links read from one item."""

_CACHED = 20_000
_WORDS = "dot|d0t|punkt|punto|ponto"
_BIG = "com|net|org"
_SAID = f"{_BIG}|info|biz|io|gg|xyz|ru|shop|store|site|online|top|club|app|tv|de|uk|br|fr|ly|cc|eu"
_APART = f"{_BIG}|info|io|xyz|shop"
_HINT = re.compile(r"\.[^\W_]|[/\\]\s?[/\\]|%2f%2f", re.IGNORECASE)
_NEEDLES_ASCII = (
    "dot", "d0t", "punkt", "punto", "ponto", " point ", " punt ", " kropka ", " nokta ", " .",
    "[.", "(.", "{.", "<.", "|.", "\\.", ",com/", "&#", "&per",
)  # fmt: skip
_NEEDLES = (*_NEEDLES_ASCII, " точка ", "•", "·", "∙", "点", "點", "ドット", "डॉट")
_PIECES = (
    rf"\.[^\W_]|[/\\][/\\]|[/\\](?!\S)|%2f%2f|{_WORDS}|(?:point|punt)(?!\w)|kropka|nokta|(?<!\S)\."
    r"|[\[({<|]\.|,com/|&#|&per|www(?!\S)"
)
_PART_ASCII = re.compile(_PIECES)
_PART = re.compile(rf"{_PIECES}|[•·∙]|точка|[点點]|ドット|डॉट")
"""What a piece of a text between its spaces has, in lower case, if a link may stand there."""
_KEPT, _LONGEST = 50_000, 40
"""Words that are remembered, and the characters of one; bounds, for the memory."""

_OPENS, _CLOSES = r"[\[({<|*~\"'_\-]", r"[\])}>|*~\"'_\-]"
_ABROAD = (
    rf"\spoint\s(?=(?:com|org|fr)\b)|\spunt\s(?=(?:com|nl)\b)|\skropka\s(?=(?:{_BIG}|pl|eu)\b)"
    rf"|\snokta\s(?=(?:{_BIG}|tr)\b)|\sточка\s(?=(?:{_BIG}|ru|su|рф)\b)"
    rf"|\s?(?:ドット|डॉट)\s?(?=(?:{_BIG}|jp|in)\b)"
)
"""Dots in words of other languages, each before the endings that are said there."""

_ODD = re.compile(
    rf"[\[({{<|]\s?\.|{_OPENS}\s?(?:{_WORDS})\s?{_CLOSES}|\s(?:{_WORDS})\s|\s\.\s?(?:{_APART})\b"
    rf"|\sdotcom\s?(?:forward\s|slash\s|/)|\s\.[a-z]{{2,6}}/\w|\\\.|,com/"
    rf"|[•·∙]\s?(?:{_BIG})\b|&(?:#46|#x2e|period);|{_ABROAD}",
    re.IGNORECASE,
)
_ODD_DOT = (
    rf"(?:\.|\s?[\[({{<|*~\"']\s?(?:\.|{_WORDS})\s?[\])}}>|*~\"']\s?|[_\-](?:dot|d0t)[_\-]"
    rf"|[\[({{]\.(?=(?:{_BIG})\b)|\\\.(?=(?:{_BIG})\b)|,(?=com/)"
    rf"|\s(?:dot|d0t)\s(?=(?:{_SAID})\b|(?:me|to|be|co|us)(?:/|\sslash\s)"
    rf"|[\w\-]{{1,60}}\s(?:dot|d0t)\s(?:{_SAID}|co)\b)|\sdot(?=com\s?(?:forward\s|slash\s|/))"
    rf"|\spunkt\s(?=(?:{_BIG}|de|at|ch|se)\b)|\spunto\s(?=(?:{_BIG}|it|mx)\b)"
    rf"|\sponto\s(?=(?:{_BIG}|br|pt)\b)"
    rf"|\s?[•·∙]\s?(?=(?:{_BIG})\b)|&(?:#46|#x2e|period);|{_ABROAD}"
    rf"|\s\.(?=(?:gg|ly|me|ru|tv|co|to|be|cc|app|link|top|site|online|club|vip|store)/\w)"
    rf"|\s\.\s?(?=(?:{_APART})\b|[\w\-]{{1,60}}\s\.\s?(?:{_APART}|co)\b))"
)
_DOT = re.compile(r"\.")
_DOTS = re.compile(_ODD_DOT, re.IGNORECASE)
_SPELLED = re.compile(
    r"(?<![^\W_])www\s(?P<name>[a-z0-9][a-z0-9\-]{1,60})\s"
    rf"(?P<end>com?\s(?:uk|br|au|za|jp|mx|ar)|{_SAID})\b"
    r"|(?<![a-z0-9])(?P<said>[a-z0-9][a-z0-9\-]{1,60})\s?[点點]\s?"
    rf"(?P<last>{_BIG}|cn|top|vip|cc)(?![a-z0-9])",
    re.IGNORECASE,
)
"""Hosts whose dots are left out, or are a character of Chinese."""

_LETTERS = re.compile(r"(?<!\S)(?:\S\s){6,80}\S(?!\S)")
"""A word whose letters stand apart."""


_FRAMEWORK = re.compile(r"\s\.\s?(?:NET|Net)\b|^(?:ASP|ADO|ML|VB)\.(?:NET|Net)$")
"""C# and .NET" and "ASP.NET" name frameworks, and no hosts."""


_REST = r"(?:[^\s<>\"\[\]]|\[[^\s<>\"\]]*+\]?)*+"
"""What follows a host, up to a bracket that was opened before the link."""


def _pattern(dot: str, label: str) -> re.Pattern[str]:
    return re.compile(
        r"(?<![^\W_])(?P<scheme>h\s?[tx*_]\s?[tx*_]\s?p\s?s?|ttps?|ftp|fxp)\s?(?:\[?:\]?|%3a)\s?"
        r"(?:[/\\]\s?[/\\]|%2f%2f)[/\\]*+"
        r"(?P<authority>(?:[^\s/?#\\<>\"\[\]]|\[[^\s\[\]]{0,50}+\]){1,300}+)"
        rf"(?P<path>[/?#\\]{_REST})?"
        rf"|(?<![\w\-@])(?P<host>{label}(?:{dot}{label})++)(?P<mail>@[\w\-.]*+)?"
        rf"(?P<call>\((?=[)\"']))?(?P<port>:\d{{1,5}}+)?(?P<tail>[/?#\\]{_REST})?",
        re.IGNORECASE,
    )


_LINK = _pattern(r"\.", r"[^\W_][\w\-]*+")
_ODD_LINK = _pattern(_ODD_DOT, r"[^\W_](?:[^\W_]|[_\-](?!d[o0]t[_\-]))*+")


_EAST = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_GLUED = re.compile(
    rf"(?<![/.@\-\w])[{_EAST}]++(?=https?:|[a-z0-9][a-z0-9\-]*+\.[a-z])"
    rf"|(?<=[a-z0-9])(?P<end>\.(?:{_SAID}|cn|vip|jp|kr|me))[{_EAST}]++",
    re.IGNORECASE,
)
"""What stands at a host without a space, in scripts that have none between words."""


def _parted(match: re.Match[str]) -> str:
    return (match["end"] or "").ljust(len(match[0]))


class _Plain(dict[int, str]):
    """Each character in its compatibility form, where that is one character; none if unseen."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = unicodedata.normalize("NFKC", char)
        if unicodedata.category(char) == "Cf" or char in "\u034f\ufe0e\ufe0f":
            plain = ""
        elif len(plain) != 1:
            plain = char
        elif plain == "。":
            plain = "."
        if len(self) < _CACHED:
            self[code] = plain
        return plain


_PLAIN = _Plain()


def find_links(item: Item, context: Context) -> Links:
    """Return the links of *item*: those in its text, in order, then those the host named."""
    found = [*islice(in_text(item.text), MOST)]
    if not item.links:
        return Links(found)
    named = filter(None, map(read, item.links[: MOST - len(found)]))
    return Links((*found, *named))


_clean: set[str] = set()
"""Words met so far that can be no part of a link."""


def _hinting(text: str) -> bool:
    """Whether a link may stand in a text: by the words that are not known to be clean."""
    words = text.split()
    if _clean.issuperset(words):
        return False
    unsure = [word for word in words if word not in _clean]
    said = " ".join(unsure)
    if said.isascii():
        found = _PART_ASCII.search(said.lower())
    else:
        found = _PART.search(said.translate(_PLAIN).lower())
    if found:
        return True
    if len(_clean) >= _KEPT:
        _clean.clear()
    _clean.update(word for word in unsure if len(word) <= _LONGEST)
    return False


def in_text(text: str) -> Iterator[Link]:
    """Yield the links in *text*."""
    if not _hinting(text):
        return
    plain = text if text.isascii() else text.translate(_PLAIN)
    lower = plain.lower()
    needles = _NEEDLES_ASCII if plain.isascii() else _NEEDLES
    odd = any(map(lower.__contains__, needles)) and _ODD.search(plain) is not None
    spaced = "www " in lower or (needles is _NEEDLES and ("点" in lower or "點" in lower))
    apart = " . " in lower and _LETTERS.search(plain) is not None
    if not (odd or spaced or apart or _HINT.search(plain)):
        return
    origin: Sequence[int] = range(len(text))
    if len(plain) != len(text):
        origin = [i for i, c in enumerate(text) if _PLAIN[ord(c)]]
    found = _found(plain, odd=odd)
    if spaced or apart:
        found = iter(sorted((*found, *_spaced(plain), *_in_letters(plain)), key=_begins))
    for place, link in found:
        start, end = origin[place], origin[place + link.length - 1] + 1
        shown = plain[place : place + link.length]
        yield _made(link, (start, end), link.odd or text[start:end] != shown)


def _found(plain: str, *, odd: bool) -> Iterator[tuple[int, Found]]:
    """Yield where links begin in a plain text, and what they are."""
    pattern, dots = (_ODD_LINK, _DOTS) if odd else (_LINK, _DOT)
    if not plain.isascii():
        plain = _GLUED.sub(_parted, plain)
    for match in pattern.finditer(plain):
        if link := _meant(match, dots):
            yield match.start(), link


def _spaced(plain: str) -> Iterator[tuple[int, Found]]:
    """Yield "www name com", and "name点com"."""
    for match in _SPELLED.finditer(plain):
        name, end = match["said"] or f"www.{match['name']}", match["last"] or match["end"]
        if link := spelled(f"{name}.{end.replace(' ', '.')}", len(match[0])):
            yield match.start(), link


def _in_letters(plain: str) -> Iterator[tuple[int, Found]]:
    """Yield "n a m e . c o m"."""
    for match in _LETTERS.finditer(plain):
        written = _LINK.fullmatch(match[0][::2])
        if written and (link := _meant(written, _DOT)):
            yield match.start(), evolve(link, length=len(match[0]), odd=True)


def _begins(found: tuple[int, Found]) -> int:
    return found[0]


def _meant(match: re.Match[str], dots: re.Pattern[str]) -> Found | None:
    if match["scheme"] is not None:
        return with_scheme(match, dots)
    return (
        None
        if match["mail"] or match["call"] or _FRAMEWORK.search(match["host"])
        else bare(match, dots)
    )


def read(url: str) -> Link | None:
    """Read a link that the host names; None if it has no host."""
    plain = url.strip().translate(_PLAIN)
    match = _ODD_LINK.match(plain) or _ODD_LINK.match(f"http://{plain.lstrip('/')}")
    link = _meant(match, _DOTS) if match else None
    return _made(link, None, obfuscated=False) if link else None


def _made(link: Found, span: tuple[int, int] | None, obfuscated: bool) -> Link:  # noqa: FBT001
    return Link(
        url=link.url,
        host=link.host,
        domain=registrable(link.host),
        span=span,
        obfuscated=obfuscated,
    )
