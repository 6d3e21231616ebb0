"""Finding the links of an item, also those written so as not to look like links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import islice

from handrail import Context, Item, Link, Links

from ._hosts import registrable
from ._read import Found, bare, spelled, with_scheme

MOST = 1_000
"""Links read from one item."""

_CACHED = 20_000
_WORDS = "dot|d0t|punkt|punto|ponto"
_BIG = "com|net|org"
_SAID = f"{_BIG}|info|biz|io|gg|xyz|ru|shop|store|site|online|top|club|app|tv|de|uk|br|fr"
_APART = f"{_BIG}|info|io|xyz|shop"
_HINT = re.compile(r"\.[^\W_]|[/\\]\s?[/\\]|%2f%2f", re.IGNORECASE)
_NEEDLES = (
    "dot", "d0t", "punkt", "punto", "ponto", " .", "[.", "(.", "{.", "<.", "•", "·", "∙", "&#",
    "&per",
)  # fmt: skip
_PART = re.compile(
    rf"\.[^\W_]|[/\\][/\\]|[/\\](?!\S)|%2f%2f|{_WORDS}|(?<!\S)\.|[\[({{<]\.|[•·∙]|&#|&per|www(?!\S)"
)
"""What a piece of a text between its spaces has, in lower case, if a link may stand there."""
_KEPT, _LONGEST = 50_000, 40
"""Words that are remembered, and the characters of one; bounds, for the memory."""

_ODD = re.compile(
    rf"[\[({{<]\s?(?:\.|(?:{_WORDS})\s?[\])}}>])|\s(?:{_WORDS})\s|\s\.\s?(?:{_APART})\b"
    rf"|[•·∙]\s?(?:{_BIG})\b|&(?:#46|#x2e|period);",
    re.IGNORECASE,
)
_ODD_DOT = (
    rf"(?:\.|\s?[\[({{<]\s?(?:\.|{_WORDS})\s?[\])}}>]\s?|[\[({{]\.(?=(?:{_BIG})\b)"
    rf"|\s(?:dot|d0t)\s(?=(?:{_SAID})\b|[\w\-]{{1,60}}\s(?:dot|d0t)\s(?:{_SAID}|co)\b)"
    rf"|\spunkt\s(?=(?:{_BIG}|de|at|ch)\b)|\s(?:punto|ponto)\s(?=(?:{_BIG})\b)"
    rf"|\s?[•·∙]\s?(?=(?:{_BIG})\b)|&(?:#46|#x2e|period);"
    rf"|\s\.\s?(?=(?:{_APART})\b|[\w\-]{{1,60}}\s\.\s?(?:{_APART}|co)\b))"
)
_DOT = re.compile(r"\.")
_DOTS = re.compile(_ODD_DOT, re.IGNORECASE)
_WWW = re.compile(
    rf"(?<![^\W_])www\s(?P<name>[a-z0-9][a-z0-9\-]{{1,60}})\s(?P<end>{_BIG})\b", re.IGNORECASE
)


_FRAMEWORK = re.compile(r"\s\.\s?(?:NET|Net)\b")
"""C# and .NET" names a framework, and no host."""


def _pattern(dot: str) -> re.Pattern[str]:
    return re.compile(
        r"(?<![^\W_])(?P<scheme>h[tx*_]{2}ps?|ttps?|ftp|fxp)\s?(?:\[?:\]?|%3a)\s?"
        r"(?:[/\\]\s?[/\\]|%2f%2f)[/\\]*+"
        r"(?P<authority>[^\s/?#\\<>\"]{1,300}+)(?P<path>[/?#\\][^\s<>\"]*+)?"
        rf"|(?<![\w\-@])(?P<host>[^\W_][\w\-]*+(?:{dot}[^\W_][\w\-]*+)++)(?P<mail>@[\w\-.]*+)?"
        r"(?P<port>:\d{1,5}+)?(?P<tail>[/?#\\][^\s<>\"]*+)?",
        re.IGNORECASE,
    )


_LINK = _pattern(r"\.")
_ODD_LINK = _pattern(_ODD_DOT)


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
    unsure = [word for word in text.split() if word not in _clean]
    if not unsure:
        return False
    said = " ".join(unsure)
    if _PART.search((said if said.isascii() else said.translate(_PLAIN)).lower()):
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
    odd = any(map(lower.__contains__, _NEEDLES)) and _ODD.search(plain) is not None
    www = "www " in lower
    if not (odd or www or _HINT.search(plain)):
        return
    origin: Sequence[int] = range(len(text))
    if len(plain) != len(text):
        origin = [i for i, c in enumerate(text) if _PLAIN[ord(c)]]
    found = _found(plain, odd=odd)
    for place, link in sorted((*found, *_spaced(plain)), key=_begins) if www else found:
        start, end = origin[place], origin[place + link.length - 1] + 1
        shown = plain[place : place + link.length]
        yield _made(link, (start, end), link.odd or text[start:end] != shown)


def _found(plain: str, *, odd: bool) -> Iterator[tuple[int, Found]]:
    """Yield where links begin in a plain text, and what they are."""
    pattern, dots = (_ODD_LINK, _DOTS) if odd else (_LINK, _DOT)
    for match in pattern.finditer(plain):
        if link := _meant(match, dots):
            yield match.start(), link


def _spaced(plain: str) -> Iterator[tuple[int, Found]]:
    """Yield "www name com"."""
    for match in _WWW.finditer(plain):
        if link := spelled(f"www.{match['name']}.{match['end']}", len(match[0])):
            yield match.start(), link


def _begins(found: tuple[int, Found]) -> int:
    return found[0]


def _meant(match: re.Match[str], dots: re.Pattern[str]) -> Found | None:
    if match["scheme"] is not None:
        return with_scheme(match, dots)
    return None if match["mail"] or _FRAMEWORK.search(match["host"]) else bare(match, dots)


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
