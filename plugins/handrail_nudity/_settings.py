"""What a host can set about nudity, and the detector behind it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import attrs

from handrail import MissingExtraError
from handrail.settings import fraction, some_of, words

PARTS = {
    "anus": "ANUS_EXPOSED",
    "breast": "FEMALE_BREAST_EXPOSED",
    "buttocks": "BUTTOCKS_EXPOSED",
    "female_genitals": "FEMALE_GENITALIA_EXPOSED",
    "male_breast": "MALE_BREAST_EXPOSED",
    "male_genitals": "MALE_GENITALIA_EXPOSED",
}
"""Uncovered parts of the body that can be looked for, and what the detector calls them."""

USUAL = ("anus", "breast", "buttocks", "female_genitals", "male_genitals")


@cache
def detector() -> Any:
    """The detector, loaded once; raises MissingExtraError."""
    try:
        return import_module("nudenet").NudeDetector()
    except ImportError:
        raise MissingExtraError("nsfw", "looking for nudity") from None


@attrs.frozen(kw_only=True)
class Settings:
    """Which parts count, and from when on.

    Attributes:
        parts: Uncovered parts of the body that count.
        least: The score of the detector from which there is a finding; it knows none below 0.2.
    """

    parts: tuple[str, ...] = attrs.field(default=USUAL, converter=words, validator=some_of(PARTS))
    least: float = attrs.field(default=0.4, validator=fraction)

    def __attrs_post_init__(self) -> None:
        detector()  # A missing extra is said at start-up, not in the first call.
