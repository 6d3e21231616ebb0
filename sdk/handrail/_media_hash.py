"""The type of the ``media_hashes`` derivation: what an item's pictures and files hash to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock
from typing import overload

import attrs


@attrs.frozen(kw_only=True, repr=False)
class MediaHash:
    """What one medium hashes to; personal data, which no repr shows.

    Attributes:
        media: The medium's id.
        pdq: The perceptual hash PDQ of the picture as people see it, 64 hexadecimal digits; None
            if there is none. Pictures whose hashes differ in at most 31 of 256 bits look alike.
        quality: How much there is to tell the picture by, 0 to 100, None if unknown; below 50 its
            ``pdq`` says nothing.
        others: More hashes of it, each with its quality: other frames, another orientation or
            background.
        sha256: Of the bytes, in hexadecimal. sha1: As well. md5: As well.
        problem: Why the picture could not be looked at, a word such as ``truncated``; None if it
            could.
    """

    media: str
    pdq: str | None = None
    quality: int | None = None
    others: tuple[tuple[str, int], ...] = ()
    sha256: str | None = None
    sha1: str | None = None
    md5: str | None = None
    problem: str | None = None

    def __repr__(self) -> str:
        return f"MediaHash(pdq={self.pdq is not None}, problem={self.problem})"


class MediaHashes(Sequence[MediaHash]):
    """The hashes of an item's media, in order, worked out when they are first read.

    That happens once, in the thread of who reads first. Where media come with their bytes it may
    take as long as opening the pictures does: read them in a hook of cost ``blocking``.

    Args:
        compute: Works them out.
    """

    def __init__(self, compute: Callable[[], Iterable[MediaHash]]) -> None:
        self._compute = compute
        self._lock = Lock()
        self._known: tuple[MediaHash, ...] | None = None

    def _all(self) -> tuple[MediaHash, ...]:
        if self._known is None:
            with self._lock:
                if self._known is None:
                    self._known = tuple(self._compute())
        return self._known

    @overload
    def __getitem__(self, index: int) -> MediaHash: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[MediaHash, ...]: ...
    def __getitem__(self, index: int | slice) -> MediaHash | tuple[MediaHash, ...]:
        return self._all()[index]

    def __iter__(self) -> Iterator[MediaHash]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __repr__(self) -> str:
        return "MediaHashes()"
