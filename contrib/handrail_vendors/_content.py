"""What of an item is sent: its text, cut where the vendor's limit is, and the images in it."""

from __future__ import annotations

from collections.abc import Collection

from handrail import Item

from ._errors import VendorTooLongError
from ._usage import count

RECORD = 1_000
"""Characters that vendors charge for at once."""


def sent_text(item: Item, most: int, too_long: str, module: str) -> str:
    """The text to send: at most *most* characters, and valid UTF-8; "" where there is none.

    Raises VendorTooLongError for a longer one where *too_long* is ``fault``.
    """
    text = item.text
    if len(text) > most:
        count(module, cut=1)
        if too_long == "fault":
            raise VendorTooLongError("the text is longer than is sent")
        text = text[:most]
    # A lone surrogate is no text that JSON can carry.
    return "" if text.isspace() else text.encode("utf-8", "replace").decode("utf-8")


def sent_images(
    item: Item, formats: Collection[str], *, most: int, bytes_most: int, module: str
) -> list[tuple[str, bytes]]:
    """The images to send, each with its format by its first bytes; what it claims to be is unused.

    Images that are only an address are not fetched, nor is the address passed on.
    """
    there = [
        (kind, media.data)
        for media in item.media
        if media.data is not None
        and len(media.data) <= bytes_most
        and (kind := image_format(media.data)) in formats
    ]
    if left_out := len(item.media) - len(there[:most]):
        count(module, left_out=left_out)
    return there[:most]


def image_format(data: bytes) -> str:
    """``png``, ``jpeg``, ``gif``, ``webp``, ``bmp`` or ``tiff``, by the first bytes; else ""."""
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    starts = {
        b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif",
        b"BM": "bmp", b"II*\x00": "tiff", b"MM\x00*": "tiff",
    }  # fmt: skip
    return next((kind for start, kind in starts.items() if data.startswith(start)), "")


def records(characters: int) -> int:
    """Begun thousands of characters."""
    return -(-characters // RECORD)
