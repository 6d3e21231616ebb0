"""Lists of hosts in files: a domain a line, with all its subdomains."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from handrail import InvalidValueError

from ._hosts import ascii_host

MOST = 1_000_000
"""Domains a list may have."""

LARGEST = 100_000_000
"""Bytes a list may have."""

_LONGEST_LINE = 1_000
_NAME = re.compile(r"[\w.\-]+|\[[0-9a-fA-F:.]+\]")
_EXPECTED = "expected a domain such as example.com, its subdomains go with it"


def read_hosts(content: bytes, where: str) -> frozenset[str]:
    """Read a list; an InvalidValueError starts with ``where:line``.

    Empty lines, and what stands behind a ``#``, are left out. Names may be international ones.
    """
    return frozenset(_names(content, where))


def _names(content: bytes, where: str) -> Iterator[str]:
    number = 0
    for line, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        text = raw.partition(b"#")[0].strip()
        if not text:
            continue
        number += 1
        if number > MOST:
            raise InvalidValueError(f"{where}:{line}: expected at most {MOST:,} domains")
        try:
            yield host_of(text.decode("utf-8") if len(text) < _LONGEST_LINE else "")
        except UnicodeError:
            raise InvalidValueError(f"{where}:{line}: not in UTF-8") from None
        except InvalidValueError as error:
            raise InvalidValueError(f"{where}:{line}: {error}") from None


def host_of(name: str) -> str:
    """Return a domain that a host lists in its ASCII form; raises InvalidValueError.

    A pattern is none: it is refused, and never run.
    """
    plain = name.strip().strip(".").lower()
    host = None
    if _NAME.fullmatch(plain):
        host = ascii_host.__wrapped__(plain)  # A list would push what texts have out of the cache.
    if host is None:
        raise InvalidValueError(_EXPECTED)
    return host


def names(value: object) -> tuple[str, ...]:
    """Convert one domain or several to a tuple."""
    given = (value,) if isinstance(value, str) else value
    if not isinstance(given, Iterable):
        raise InvalidValueError("expected one or more domains")
    return tuple(map(str, given))


def hosts_of(field: str, listed: Iterable[str]) -> Iterator[str]:
    """Yield the domains of a setting in their ASCII form, and refuse what is none."""
    for n, name in enumerate(listed):
        try:
            yield host_of(name)
        except InvalidValueError as error:
            raise InvalidValueError(f"{field}[{n}]: {error}") from None


def under(host: str, listed: frozenset[str]) -> bool:
    """Whether *host*, or a domain above it, is listed."""
    if not listed:
        return False
    if host in listed:
        return True
    place = host.find(".")
    while place >= 0:
        host = host[place + 1 :]
        if host in listed:
            return True
        place = host.find(".")
    return False
