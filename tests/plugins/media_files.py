"""Pictures and files for the tests of media, made on the spot."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image


def photo(width=320, height=240, seed=3):
    """A picture with slow colours all over, of full quality."""
    spots = np.random.default_rng(seed).integers(0, 256, (12, 9, 3)).astype(np.uint8)
    return Image.fromarray(spots).resize((width, height), Image.Resampling.BICUBIC)


def encoded(image, form="PNG", **options):
    """A picture as a file."""
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def chunk(kind, body):
    """A chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, *chunks, depth=8, colour=2, rows=b""):
    """A PNG file that says it has so many pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + data + chunk(b"IEND", b"")


def gif(frames, width=1, height=1):
    """A GIF file of so many small frames, twenty bytes each."""
    frame = b"\x2c" + struct.pack("<HHHH", 0, 0, width, height) + b"\0\x02\x02\x4c\x01\0"
    table = bytes(range(12))
    return (
        b"GIF89a" + struct.pack("<HH", width, height) + b"\x81\0\0" + table + frame * frames + b";"
    )
