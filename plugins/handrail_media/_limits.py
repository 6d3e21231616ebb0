"""What a picture may be."""

from __future__ import annotations

import attrs

from ._sniff import FORMATS


@attrs.frozen(kw_only=True)
class Limits:
    """What a picture may be.

    Attributes:
        formats: The allowed ones. max_bytes, max_pixels, max_frames: The most of each.
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
