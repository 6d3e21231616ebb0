"""From what was matched to a link's normal form: what a browser would open."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote

import attrs

from ._hosts import (
    ARTICLES,
    ATTRIBUTES,
    OBJECTS,
    PACKAGES,
    TOP_LEVEL,
    WORD_LIKE,
    ascii_host,
    ip_address,
)

_LONGEST_HOST = 300
_AHEAD = 20
_LONGEST_PATH = 2_000
_PORTS = {"http": ":80", "https": ":443", "ftp": ":21"}
_PORT = re.compile(r":\d{0,5}$")
_ENCODED_SLASH = re.compile(r"%2f", re.IGNORECASE)
_PREFIX_LENGTH = re.compile(r"/\d{1,2}")
_DOT_SEGMENT = re.compile(r"/(?:\.|%2e){1,2}(?=[/?#]|$)", re.IGNORECASE)
_AFTER = ".,;:!?'*_~|…“”»"
_CLOSING = {")": "(", "]": "[", "}": "{"}


@attrs.frozen
class Found:
    """A link that was found.

    Attributes:
        url: Its normal form. host: In ASCII. length: Of what was written.
        odd: Whether it was written so as not to look like a link.
    """

    url: str
    host: str
    length: int
    odd: bool


def with_scheme(match: re.Match[str], dots: re.Pattern[str]) -> Found | None:
    """Read what has a scheme, whatever its letters were hidden behind."""
    written = match["scheme"].lower()
    scheme = "ftp" if written[0] == "f" else "https" if written[-1] == "s" else "http"
    path = _trimmed(match["path"] or "")
    authority = match["authority"] if path else _trimmed(match["authority"])
    length = len(authority) + len(path)
    user, at, place = authority.rpartition("@")
    port = _PORT.search(place)
    place = place[: port.start()] if port else place
    named = dots.sub(".", place) if "[" in place or "&" in place or not place.isascii() else place
    if "%" in named and (cut := _ENCODED_SLASH.search(named)):
        # A scheme in percent-encoding goes on in it: "http%3A%2F%2Fhost%2Fpath".
        named, path = named[: cut.start()], unquote(named[cut.start() :]) + path
    host = ascii_host(unquote(named) if "%" in named else named)
    if host is None:
        return None
    before = match.start("authority") - match.start()
    odd = scheme != written or named != place or match[0][len(written)] != ":" or "%" in place
    url = _url(scheme, user + at + host, port[0] if port else "", path)
    return Found(url, host, before + length, odd)


def bare(match: re.Match[str], dots: re.Pattern[str]) -> Found | None:
    """Read what has no scheme; None if it can hardly be meant as a link."""
    path = _trimmed(match["tail"] or "")
    port = match["port"] or ""
    addressed = bool(path) and not _PREFIX_LENGTH.fullmatch(path)
    named, end = _cut(match, dots, rooted=bool(path or port), addressed=addressed)
    host = ascii_host(named) if named else None
    if host is None:
        return None
    if end < match.end("host"):
        path = port = ""
    written = match.string[match.start() : end]
    length = len(written) + len(port) + len(path)
    return Found(_url("http", host, port, path), host, length, named != written)


def spelled(named: str, length: int) -> Found | None:
    """Read a host whose dots were left out."""
    host = ascii_host(named)
    return Found(f"http://{host}", host, length, odd=True) if host else None


def _url(scheme: str, place: str, port: str, path: str) -> str:
    port = "" if port in (":", _PORTS[scheme]) else port
    if "\\" in path:
        path, sign, rest = _parted(path)
        path = path.replace("\\", "/") + sign + rest
    path = path[:_LONGEST_PATH]
    return f"{scheme}://{place}{port}{_straight(path) if _DOT_SEGMENT.search(path) else path}"


def _parted(path: str) -> tuple[str, str, str]:
    """A path, and what a question mark or a hash sign sets off."""
    end = min((n for n in (path.find("?"), path.find("#")) if n >= 0), default=len(path))
    return path[:end], path[end : end + 1], path[end + 1 :]


def _straight(path: str) -> str:
    """A path without ``.`` and ``..``, as a browser makes it."""
    head, sign, rest = _parted(path)
    kept: list[str] = []
    segments = head.split("/")[1:]
    for n, segment in enumerate(segments):
        dots = segment.lower().replace("%2e", ".")
        if dots == "..":
            kept = kept[:-1]
        if dots not in (".", ".."):
            kept.append(segment)
        elif n == len(segments) - 1:
            kept.append("")
    return f"/{'/'.join(kept)}{sign}{rest}"


def _labels(match: re.Match[str], dots: re.Pattern[str]) -> tuple[list[str], list[int], str]:
    """The labels of what was matched, where each ends, and how the first dot is written."""
    start = match.start("host")
    stop = min(match.end("host"), start + _LONGEST_HOST)
    # A dot in words may be one by what follows the host.
    found = [m for m in dots.finditer(match.string, start, stop + _AHEAD) if m.end() <= stop]
    starts, ends = [start, *(m.end() for m in found)], [*(m.start() for m in found), stop]
    labels = [match.string[a:b] for a, b in zip(starts, ends, strict=True)]
    return labels, ends, found[0][0].strip() if found else ""


def _cut(
    match: re.Match[str], dots: re.Pattern[str], *, rooted: bool, addressed: bool
) -> tuple[str, int]:
    """Return a host up to its top-level domain, and where it ends; empty if it is hardly meant.

    An IP address is meant as one where it is *addressed*: with a path that is no prefix length.
    """
    labels, ends, dot = _labels(match, dots)
    if addressed and len(labels) == 4 and ip_address(".".join(labels)):
        return ".".join(labels), ends[-1]
    first = labels[0].lower()
    if not rooted and (
        (first in ARTICLES and dot.isalpha()) or (len(labels) > 2 and first in PACKAGES)
    ):
        return "", 0
    www = first == "www"
    for n in range(len(labels), 1, -1):
        name = labels[n - 1]
        if _top_level(name) and not (name.istitle() and not www and not labels[0].istitle()):
            whole = n == len(labels)
            doubtful = n == 2 and (name.lower() in WORD_LIKE or _in_code(first, name))
            doubtful = doubtful or all(len(label) == 1 for label in labels[: n - 1])
            hardly = doubtful and not (rooted and whole)
            if not hardly or www:
                return ".".join(labels[:n]), ends[n - 1]
    return "", 0


def _in_code(first: str, name: str) -> bool:
    """Whether "self.name" is an attribute rather than a host."""
    return first in OBJECTS and name.lower() in ATTRIBUTES


def _top_level(name: str) -> bool:
    return name.lower() in TOP_LEVEL if name.isascii() else _foreign_top_level(name)


@lru_cache(maxsize=1_000)
def _foreign_top_level(name: str) -> bool:
    return (ascii_host(f"a.{name}") or "").partition(".")[2] in TOP_LEVEL


def _trimmed(text: str) -> str:
    """Drop the punctuation of the sentence around a link, and emoji behind it."""
    if not text or text[-1].isalnum() or text[-1] == "/":
        return text
    opened = {closing: text.find(opening) for closing, opening in _CLOSING.items()}
    end = len(text)
    while end:
        last = text[end - 1]
        closes = last in opened and not 0 <= opened[last] < end
        symbol = last > "\u2000" and not last.isalnum()
        if not (last in _AFTER or closes or symbol):
            break
        end -= 1
    return text[:end]
