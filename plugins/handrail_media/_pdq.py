"""PDQ, Meta's perceptual hash of pictures, in numpy: the same bits as the reference gives.

Sums run in single precision and in the order of the reference, since a bit of the hash may hang
on the last digit. The algorithm: https://github.com/facebook/ThreatExchange/tree/main/pdq
"""

from __future__ import annotations

from functools import cache

import attrs
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

SIDE = 64
RED, GREEN, BLUE = 0.299, 0.587, 0.114
STRIP = 32
"""Rows whose luma is worked out at a time: what is small stays in the cache."""

LEAST = 5
"""Pixels a side must have to be hashed at all."""


@attrs.frozen(repr=False)
class Pdq:
    """One hash.

    Attributes:
        bits: 256 bits as four words, the highest first. quality: 0 to 100; below 50 a picture has
            too little in it to be told from others.
    """

    bits: tuple[int, int, int, int]
    quality: int

    @property
    def hex(self) -> str:
        """The hash as 64 hexadecimal digits."""
        return "".join(f"{word:016x}" for word in self.bits)

    def __repr__(self) -> str:
        return f"Pdq(quality={self.quality})"


def pdq(pixels: Pixels) -> Pdq:
    """Hash a picture: rows × columns of grey, or of red, green and blue, 0 to 255."""
    if min(pixels.shape[:2]) < LEAST:
        return Pdq((0, 0, 0, 0), 0)
    small = shrink(luma(pixels))
    return Pdq(_bits(transform(small)), quality(small))


def dihedral(pixels: Pixels) -> tuple[Pdq, ...]:
    """Hash a picture and its seven turned and mirrored forms, itself first.

    The order is the reference's: as it is, turned by 90, 180 and 270 degrees, mirrored at the
    horizontal and the vertical axis, and at the two diagonals. The reference works the others out
    from the waves of the first, which misses by up to 22 bits; here each is what ``pdq`` gives
    for the turned picture, but for a few bits that may hang on its margins.
    """
    if min(pixels.shape[:2]) < LEAST:
        return (Pdq((0, 0, 0, 0), 0),) * 8
    plain, upset, mirrored, half = _small_forms(luma(pixels))
    forms = (
        plain,
        mirrored.T,
        half,
        upset.T,
        upset,
        mirrored,
        plain.T,
        half.T,
    )
    return tuple(Pdq(_bits(transform(small)), quality(small)) for small in forms)


def luma(pixels: Pixels) -> Floats:
    """Brightness of each pixel, in the order and precision of the reference's Python binding."""
    if pixels.ndim == 2:
        grey = np.arange(256)
        table: Floats = (grey * RED + grey * GREEN + grey * BLUE).astype(np.float32)
        return table[pixels]
    bright = np.empty(pixels.shape[:2], np.float32)
    for first in range(0, len(pixels), STRIP):
        strip = pixels[first : first + STRIP]
        sums = strip[..., 0] * RED
        sums += strip[..., 1] * GREEN
        sums += strip[..., 2] * BLUE
        bright[first : first + STRIP] = sums
    return bright


def shrink(bright: Floats) -> Floats:
    """Blur with two tent filters and keep 64 × 64 points (the reference's Jarosz filter)."""
    rows, columns = bright.shape
    if rows == columns == SIDE:
        return bright
    return _shrunk(bright, _points(rows), _points(columns))


def _shrunk(bright: Floats, rows: list[int], columns: list[int]) -> Floats:
    along, across = map(_window, bright.shape)
    image = _box(np.ascontiguousarray(bright.T), across, slice(None))
    image = _box(np.ascontiguousarray(image.T), along, slice(None))
    image = _box(np.ascontiguousarray(image.T), across, columns)
    return _box(np.ascontiguousarray(image.T), along, rows)


def _small_forms(bright: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """The 64 × 64 points of a picture, upside down, mirrored, and both."""
    rows, columns = bright.shape
    if rows == columns == SIDE:
        return bright, bright[::-1], bright[:, ::-1], bright[::-1, ::-1]
    both_rows, both_columns = (_points(n) + _points_behind(n) for n in (rows, columns))
    points = _shrunk(bright, both_rows, both_columns)
    top, bottom = points[:SIDE], points[SIDE:]
    return top[:, :SIDE], bottom[:, :SIDE], top[:, SIDE:], bottom[:, SIDE:]


def _points_behind(length: int) -> list[int]:
    """Where the points of the mirrored picture lie in this one.

    A window of even length reaches farther ahead than behind, once in each of the two passes.
    """
    shift = 0 if _window(length) % 2 else 2
    return [max(0, length - 1 - point - shift) for point in _points(length)]


def _window(length: int) -> int:
    return (length + 2 * SIDE - 1) // (2 * SIDE)


def _points(length: int) -> list[int]:
    return [int((n + 0.5) * length / SIDE) for n in range(SIDE)]


def _box(image: Floats, window: int, wanted: slice | list[int]) -> Floats:
    """Means of *window* rows around each of the *wanted* ones, by a running sum down the rows."""
    length = len(image)
    ahead, behind = (window + 2) // 2, window - (window + 2) // 2
    total = np.zeros(image.shape[1], np.float32)
    for row in image[: ahead - 1]:
        total += row
    sums = np.empty_like(image)
    for n, row in enumerate(sums):
        if n + ahead <= length:
            total = np.add(total, image[n + ahead - 1], out=row)
        if n > behind:
            total = np.subtract(total, image[n - behind - 1], out=row)
    places = np.arange(length)
    sizes = np.minimum(places + ahead, length) - np.maximum(places - behind, 0)
    means: Floats = np.divide(sums[wanted], sizes[wanted, None].astype(np.float32))
    return means


@cache
def _cosines() -> Floats:
    """16 × 64 of the discrete cosine transform, without the constant row."""
    wave = np.arange(1, 17)[:, None] * (2 * np.arange(SIDE)[None, :] + 1)
    scale = float(np.float32(np.sqrt(2.0 / SIDE)))
    return np.array(scale * np.cos((np.pi / 2 / SIDE) * wave), np.float32)


def transform(small: Floats) -> Floats:
    """The 16 × 16 lowest waves of the 64 × 64 points."""
    cosines = _cosines()
    half = np.zeros((16, SIDE), np.float32)
    for k in range(SIDE):
        half += cosines[:, k, None] * small[None, k, :]
    waves = np.zeros((16, 16), np.float32)
    for k in range(SIDE):
        waves += half[:, k, None] * cosines[None, :, k]
    return waves


def quality(small: Floats) -> int:
    """How much there is to tell the picture by: its gradients, 0 to 100."""
    steps = 0
    for first, second in ((small[:-1], small[1:]), (small[:, :-1], small[:, 1:])):
        steep = (first - second) * np.float32(100) / np.float32(255)
        steps += int(np.abs(steep.astype(np.int32)).sum())
    return min(steps // 90, 100)


def _bits(waves: Floats) -> tuple[int, int, int, int]:
    flat = np.ascontiguousarray(waves).reshape(-1)
    middle = np.partition(flat, 127)[127]
    words = np.packbits((flat > middle)[::-1]).view(">u8")
    return int(words[0]), int(words[1]), int(words[2]), int(words[3])
