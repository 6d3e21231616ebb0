"""What a picture may be."""

from __future__ import annotations

import attrs

from ._sniff import FORMATS


@attrs.frozen(kw_only=True)
class Limits:
    """What a picture may be.

    Attributes:
        formats: The allowed ones. max_bytes, max_frames: The most of each.
        max_pixels: The most pixels of a JPEG, which can be decoded at a smaller size; two thirds
            of it are the most of any other format.
        frames: How many frames of an animation are looked at.
        exact_pixels: Pixels up to which a picture is hashed as it is; a larger one is shrunk by a
            whole factor first, which moves its hash by a few bits.
    """

    formats: tuple[str, ...] = FORMATS
    max_bytes: int = 20_000_000
    max_pixels: int = 50_000_000
    max_frames: int = 1_000
    frames: int = 8
    exact_pixels: int = 4_000_000

    def pixels(self, form: str) -> int:
        """The most pixels of a picture in this format."""
        return self.max_pixels if form == "JPEG" else self.max_pixels * 2 // 3
