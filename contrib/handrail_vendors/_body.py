"""JSON to send; an image in it is encoded part by part, while it is sent."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

import attrs

IMAGE = "@image@"
"""Where in a request the image goes, as base64."""

SLICE = 49_152
"""Bytes of an image that are encoded at a time; a multiple of three, so that slices join."""


@attrs.frozen(repr=False)
class Body:
    """What is sent.

    Attributes:
        head: All that stands before the image, or simply all. image: Its bytes. tail: The rest.
    """

    head: bytes
    image: bytes = b""
    tail: bytes = b""

    @classmethod
    def of(cls, content: object, image: bytes = b"") -> Body:
        """Write *content* as JSON, with *image* in the place of IMAGE."""
        written = json.dumps(content).encode()
        if not image:
            return cls(written)
        head, _, tail = written.partition(IMAGE.encode())
        return cls(head, image, tail)

    def __len__(self) -> int:
        return len(self.head) + 4 * -(-len(self.image) // 3) + len(self.tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self.head
        for start in range(0, len(self.image), SLICE):
            yield base64.b64encode(self.image[start : start + SLICE])
        if self.tail:
            yield self.tail

    def digest(self) -> str:
        """SHA-256 in hexadecimal."""
        found = hashlib.sha256()
        for part in self:
            found.update(part)
        return found.hexdigest()
