"""What a file is, by its own bytes: format, size and frames, read before anything is decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from struct import Struct, error

import attrs

PARTS = 200_000
"""Blocks of a file that are walked over; a picture of 20 MB has some 80,000."""

_BIG, _LITTLE = Struct(">I"), Struct("<I")
_TWO_BIG, _TWO_LITTLE = Struct(">HH"), Struct("<HH")
_LONG_LITTLE = Struct("<ii")


class ProblemError(Exception):
    """A picture cannot be looked at; the only argument says why, in a lower_snake word."""

    @property
    def why(self) -> str:
        """The word."""
        return str(self.args[0])


@attrs.frozen(kw_only=True)
class Shape:
    """What a file says of itself.

    Attributes:
        format: As Pillow calls it. width, height: Pixels; of an animation, of its largest frame.
        frames: How many, as far as they were counted. end: Where the picture ends in the file;
            None where that is not known.
    """

    format: str
    width: int
    height: int
    frames: int = 1
    end: int | None = None


def sniff(data: bytes, most_frames: int) -> Shape:
    """Read what *data* is; stops counting frames beyond *most_frames*.

    Raises ProblemError: ``unknown_format``, ``truncated``, ``broken``, ``too_many_parts``.
    """
    for starts, read in _READERS:
        if starts(data):
            try:
                shape = read(data, most_frames)
            except (error, IndexError):
                raise ProblemError("truncated") from None
            if not 0 < shape.width <= 65_535 or not 0 < shape.height <= 65_535:
                raise ProblemError("broken")
            return shape
    raise ProblemError("unknown_format")


def _counted() -> Iterator[None]:
    """Allow so many steps of a walk, then refuse."""
    for _ in range(PARTS):
        yield
    raise ProblemError("too_many_parts")


def _png(data: bytes, _: int) -> Shape:
    width, height = _BIG.unpack_from(data, 16)[0], _BIG.unpack_from(data, 20)[0]
    frames, at = 1, 8
    for _step in _counted():
        length, kind = _BIG.unpack_from(data, at)[0], data[at + 4 : at + 8]
        if kind == b"acTL":
            frames = _BIG.unpack_from(data, at + 8)[0]
        at += 12 + length
        if kind == b"IEND":
            break
    return Shape(format="PNG", width=width, height=height, frames=frames, end=at)


def _gif(data: bytes, most_frames: int) -> Shape:
    width, height = _TWO_LITTLE.unpack_from(data, 6)
    at = 13 + _colours(data[10])
    frames = 0
    steps = _counted()
    while data[at] != 0x3B:
        next(steps)
        if data[at] == 0x2C:
            left, top = _TWO_LITTLE.unpack_from(data, at + 1)
            across, down = _TWO_LITTLE.unpack_from(data, at + 5)
            width, height = max(width, left + across), max(height, top + down)
            at += 11 + _colours(data[at + 9])
            frames += 1
            if frames > most_frames:
                return Shape(format="GIF", width=width, height=height, frames=frames)
        elif data[at] == 0x21:
            at += 2
        else:
            raise ProblemError("broken")
        while data[at]:
            next(steps)
            at += 1 + data[at]
        at += 1
    return Shape(format="GIF", width=width, height=height, frames=frames, end=at + 1)


def _colours(flags: int) -> int:
    """Bytes of the colour table that *flags* announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _jpeg(data: bytes, _: int) -> Shape:
    at = 2
    for _step in _counted():
        if data[at] != 0xFF:
            raise ProblemError("broken")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _FRAMES:
            height, width = _TWO_BIG.unpack_from(data, at + 5)
            end = data.rfind(b"\xff\xd9")
            return Shape(
                format="JPEG", width=width, height=height, end=end + 2 if end > at else None
            )
        elif marker in _BARE:
            at += 2
        else:
            at += 2 + _TWO_BIG.unpack_from(data, at + 2)[0]
    raise ProblemError("broken")


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset((0x01, *range(0xD0, 0xD8)))


def _webp(data: bytes, _: int) -> Shape:
    end = 8 + _LITTLE.unpack_from(data, 4)[0]
    width = height = frames = 0
    at = 12
    for _step in _counted():
        if at + 8 > min(end, len(data)):
            break
        kind, length = data[at : at + 4], _LITTLE.unpack_from(data, at + 4)[0]
        body = at + 8
        if kind == b"VP8X":
            wide, high = data[body + 4 : body + 7], data[body + 7 : body + 10]
            width, height = (int.from_bytes(each, "little") + 1 for each in (wide, high))
        elif kind == b"VP8 " and not width:
            width, height = (n & 0x3FFF for n in _TWO_LITTLE.unpack_from(data, body + 6))
        elif kind == b"VP8L" and not width:
            bits = _LITTLE.unpack_from(data, body + 1)[0]
            width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        frames += kind == b"ANMF"
        at = body + length + (length & 1)
    return Shape(format="WEBP", width=width, height=height, frames=max(frames, 1), end=end)


def _bmp(data: bytes, _: int) -> Shape:
    if _LITTLE.unpack_from(data, 14)[0] == 12:
        width, height = _TWO_LITTLE.unpack_from(data, 18)
    else:
        width, height = _LONG_LITTLE.unpack_from(data, 18)
    return Shape(format="BMP", width=abs(width), height=abs(height))


def _avif(data: bytes, _: int) -> Shape:
    width = height = 0
    at = data.find(b"ispe", 0, 65_536)
    while at >= 0:
        wide, high = _BIG.unpack_from(data, at + 8)[0], _BIG.unpack_from(data, at + 12)[0]
        width, height = max(width, wide), max(height, high)
        at = data.find(b"ispe", at + 4, 65_536)
    return Shape(format="AVIF", width=width, height=height)


_READERS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes, int], Shape]], ...] = (
    (lambda d: d.startswith(b"\xff\xd8\xff"), _jpeg),
    (lambda d: d.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    (lambda d: d.startswith((b"GIF87a", b"GIF89a")), _gif),
    (lambda d: d.startswith(b"RIFF") and d[8:12] == b"WEBP", _webp),
    (lambda d: d[4:8] == b"ftyp" and d[8:12] in {b"avif", b"avis"}, _avif),
    (lambda d: d.startswith(b"BM") and len(d) > 26, _bmp),
)

FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "WEBP")
"""What can be looked at."""

MALWARE = "dangerous_knowledge.malware"
"""What a picture that is something else, too, is a sign of."""

_SIGNATURES = (
    (b"PK\x03\x04", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"%PDF-", "document"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"<script", "script"),
    (b"<html", "script"),
    (b"<?php", "script"),
    (b"#!/", "script"),
)


def stowaway(data: bytes, end: int | None) -> str | None:
    """Say what else hides in a picture's file: behind its end, or in words a browser would run.

    One of ``archive``, ``document``, ``program``, ``script``, ``data`` (something unknown of more
    than 4 KB), or None.
    """
    behind = data[end:] if end is not None else b""
    for signature, what in _SIGNATURES:
        if behind.lstrip(b"\0\r\n\t ")[:64].lower().startswith(signature.lower()):
            return what
    if _is_archive(data):
        return "archive"
    spots = (data[:4_096].lower(), data[-4_096:].lower())
    if any(tag in spot for spot in spots for tag in (b"<script", b"<html", b"<?php")):
        return "script"
    return "data" if len(behind) > 4_096 and behind.strip(b"\0") else None


def _is_archive(data: bytes) -> bool:
    """Whether a ZIP's directory stands where the record at the end of the file says it does."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or at + 22 > len(data):
        return False
    first = at - _LITTLE.unpack_from(data, at + 12)[0]
    return 0 <= first < at and data.startswith(b"PK\x01\x02", first)
