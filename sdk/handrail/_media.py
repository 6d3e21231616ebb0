"""The types of what is read off media: ``media_hashes`` and ``media_pictures``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock
from typing import TypeVar, overload

import attrs

T = TypeVar("T")


class _Lazy(Sequence[T]):
    """Values that are worked out when they are first read, once, in the thread of who reads."""

    def __init__(self, compute: Callable[[], Iterable[T]]) -> None:
        self._compute = compute
        self._lock = Lock()
        self._known: tuple[T, ...] | None = None

    def _all(self) -> tuple[T, ...]:
        if self._known is None:
            with self._lock:
                if self._known is None:
                    self._known = tuple(self._compute())
        return self._known

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._all()[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


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


class MediaHashes(_Lazy[MediaHash]):
    """The hashes of an item's media, in order, worked out when they are first read.

    That happens once, in the thread of who reads first. Where media come with their bytes it may
    take as long as opening the pictures does: read them in a hook of cost ``blocking``.

    Args:
        compute: Works them out.
    """


@attrs.frozen(kw_only=True, repr=False)
class Picture:
    """One look at a medium, made small: content, which no repr shows.

    Attributes:
        width: Pixels across. height: Pixels down.
        rgb: Three bytes a pixel, row after row from the top.
    """

    width: int
    height: int
    rgb: bytes

    def __repr__(self) -> str:
        return f"Picture({self.width} × {self.height})"


@attrs.frozen(kw_only=True)
class MediaPicture:
    """How one medium looks.

    Attributes:
        media: The medium's id.
        pictures: Its looks, upright: of an animation some frames, of a transparent picture also
            on white and on black; empty where there is nothing to see.
        problem: Why it could not be looked at, or not in full: a word such as ``truncated``.
    """

    media: str = attrs.field(repr=False)
    pictures: tuple[Picture, ...] = ()
    problem: str | None = None


class MediaPictures(_Lazy[MediaPicture]):
    """How an item's media look, in order, safely opened, worked out when they are first read.

    As with MediaHashes, read them in a hook of cost ``blocking``.

    Args:
        compute: Works them out.
    """
