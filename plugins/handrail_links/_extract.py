"""Finding the links of an item, also those written so as not to look like links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from handrail import Context, Item, Link, Links

from ._hosts import TOP_LEVEL, WORD_LIKE, ascii_host, ip_address, registrable

MOST = 1_000
"""Links read from one item."""

_CACHED = 20_000
_LONGEST_HOST = 300
_LONGEST_PATH = 2_000
_HINT = re.compile(
    r"\.[^\W_]|/\s?/|[\[({]\s?\.|[\s(\[{]dot[\s)\]}]|\s\.\s?(?:com|net|org)\b", re.IGNORECASE
)
_DOT = (
    r"(?:\.|\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?"
    r"|\sdot\s(?=(?:com|net|org|info|io|gg|xyz|ru|shop|site|online|top|club)\b)"
    r"|\s\.\s?(?=(?:com|net|org)\b))"
)
_DOTS = re.compile(_DOT, re.IGNORECASE)
_LINK = re.compile(
    r"(?<![^\W_])(?P<scheme>https?|hxxps?|h\*\*ps?|ftp)\s?\[?:\]?\s?/\s?/++"
    r"(?P<authority>[^\s/?#\\<>\"]{1,300}+)(?P<path>[/?#\\][^\s<>\"]*+)?"
    rf"|(?<![\w\-@])(?P<host>[^\W_][\w\-]*+(?:{_DOT}[^\W_][\w\-]*+)++)(?P<mail>@[\w\-.]*+)?"
    r"(?P<port>:\d{1,5}+)?(?P<tail>[/?#][^\s<>\"]*+)?",
    re.IGNORECASE,
)
_PORT = re.compile(r":\d{0,5}$")
_PREFIX_LENGTH = re.compile(r"/\d{1,2}")
_AFTER = ".,;:!?'*_~|…“”»"
_CLOSING = {")": "(", "]": "[", "}": "{"}


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
    named = filter(None, map(read, item.links[: MOST - len(found)]))
    return Links((*found, *named))


def in_text(text: str) -> Iterator[Link]:
    """Yield the links in *text*."""
    plain = text if text.isascii() else text.translate(_PLAIN)
    if not _HINT.search(plain):
        return
    origin: range | list[int] = range(len(text))
    if len(plain) != len(text):
        origin = [i for i, c in enumerate(text) if _PLAIN[ord(c)]]
    for match in _LINK.finditer(plain):
        if link := _link(match):
            start, end = origin[match.start()], origin[match.start() + link[1] - 1] + 1
            disguised = link[2] or text[start:end] != plain[match.start() : match.start() + link[1]]
            yield _made(link[0], (start, end), disguised)


def read(url: str) -> Link | None:
    """Read a link that the host names; None if it has no host."""
    plain = url.strip().translate(_PLAIN)
    match = _LINK.match(plain) or _LINK.match(f"http://{plain.lstrip('/')}")
    link = _link(match) if match else None
    return _made(link[0], None, False) if link else None


_Parts = tuple[str, str, str, str, str]  # scheme, userinfo, host, port, path


def _made(parts: _Parts, span: tuple[int, int] | None, obfuscated: bool) -> Link:  # noqa: FBT001
    scheme, user, host, port, path = parts
    return Link(
        url=f"{scheme}://{user}{host}{port}{path}",
        host=host,
        domain=registrable(host),
        span=span,
        obfuscated=obfuscated,
    )


def _link(match: re.Match[str]) -> tuple[_Parts, int, bool] | None:
    """Return the parts of a link, its length, and whether it was obfuscated."""
    if match["scheme"] is None:
        return None if match["mail"] else _bare(match)
    scheme = match["scheme"].lower().replace("xx", "tt").replace("**", "tt")
    path = _trimmed(match["path"] or "")
    authority = match["authority"] if path else _trimmed(match["authority"])
    user, at, place = authority.rpartition("@")
    port = _PORT.search(place)
    place = place[: port.start()] if port else place
    host = ascii_host(unquote(_DOTS.sub(".", place)))
    if host is None:
        return None
    before = match.start("authority") - match.start()
    odd = scheme != match["scheme"].lower() or _DOTS.sub(".", place) != place
    parts = (scheme, user + at, host, port[0] if port else "", path[:_LONGEST_PATH])
    return parts, before + len(authority) + len(path), odd or match[0][len(scheme)] != ":"


def _bare(match: re.Match[str]) -> tuple[_Parts, int, bool] | None:
    written = match["host"][:_LONGEST_HOST]
    path = _trimmed(match["tail"] or "")
    port = match["port"] or ""
    addressed = bool(path) and not _PREFIX_LENGTH.fullmatch(path)
    kept = _cut(written, rooted=bool(path or port), addressed=addressed)
    if not kept:
        return None
    if len(kept) < len(match["host"]):
        path = port = ""
    host = ascii_host(_DOTS.sub(".", kept))
    if host is None:
        return None
    parts = ("http", "", host, port, path[:_LONGEST_PATH])
    return parts, len(kept) + len(port) + len(path), _DOTS.sub(".", kept) != kept


def _cut(written: str, *, rooted: bool, addressed: bool) -> str:
    """Cut *written* after its top-level domain; empty if it can hardly be meant as a link.

    An IP address is meant as one where it is *addressed*: with a path that is no prefix length.
    """
    labels = _DOTS.split(written)
    ends = [m.start() for m in _DOTS.finditer(written)] + [len(written)]
    if addressed and len(labels) == 4 and ip_address(".".join(labels)):
        return written
    www = labels[0].lower() == "www"
    for n in range(len(labels), 1, -1):
        name = labels[n - 1]
        if _top_level(name) and not (name.istitle() and not www and not labels[0].istitle()):
            whole = n == len(labels)
            doubtful = n == 2 and (name.lower() in WORD_LIKE or len(labels[0]) == 1)
            hardly = doubtful and not (rooted and whole)
            if not hardly or www:
                return written[: ends[n - 1]]
    return ""


def _top_level(name: str) -> bool:
    if name.isascii():
        return name.lower() in TOP_LEVEL
    return (ascii_host(f"a.{name}") or "").partition(".")[2] in TOP_LEVEL


def _trimmed(text: str) -> str:
    """Drop the punctuation of the sentence around a link."""
    opened = {closing: text.find(opening) for closing, opening in _CLOSING.items()}
    end = len(text)
    while end:
        last = text[end - 1]
        if last not in _AFTER and not (last in opened and not 0 <= opened[last] < end):
            break
        end -= 1
    return text[:end]
