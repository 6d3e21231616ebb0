"""One entry of a bank, and how its hash is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import attrs

from handrail import InvalidValueError

LENGTHS = {"pdq": 32, "md5": 16, "sha1": 20, "sha256": 32}
"""Bytes of each kind of hash."""

_ID = re.compile(r"[\w.:/+=@-]{1,64}", re.ASCII)


@attrs.frozen
class Entry:
    """A known hash.

    Attributes:
        kind: ``pdq``, ``md5``, ``sha1`` or ``sha256``. digest: The hash.
        id: The bank's own name for it, which findings repeat. issue: Where it differs from the
            bank's. tags: The bank's words for it.
    """

    kind: str
    digest: bytes
    id: str = ""
    issue: str | None = None
    tags: tuple[str, ...] = ()


def digest_of(text: str, kind: str) -> bytes:
    """Read a hash in hexadecimal; raises InvalidValueError that does not repeat it."""
    length = LENGTHS.get(kind)
    if length is None:
        raise InvalidValueError(f"expected a kind of hash, one of {', '.join(LENGTHS)}")
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != length or len(text) != 2 * length:
        raise InvalidValueError(f"{kind}: expected {2 * length} hexadecimal digits")
    return digest


def id_of(text: object) -> str:
    """Read an id; raises InvalidValueError for one that is long or odd."""
    if text in (None, ""):
        return ""
    if not _ID.fullmatch(str(text)):
        raise InvalidValueError("id: expected up to 64 letters, digits and . : / + = @ - _")
    return str(text)


def tags_of(text: str | None) -> tuple[str, ...]:
    """Read tags, separated by spaces or semicolons."""
    return tuple((text or "").replace(";", " ").split())


class Lines:
    """The lines of a file, counted, so that an error can say where it was.

    Attributes:
        line: The number of the last line that was given out.
    """

    def __init__(self, stream: Iterable[str]) -> None:
        self._stream = stream
        self.line = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._stream:
            self.line += 1
            yield line

    def text(self) -> str:
        """All of it."""
        return "".join(self._stream)
