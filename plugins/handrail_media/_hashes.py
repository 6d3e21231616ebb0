"""The derivations: what each medium of an item hashes to, and how it looks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from handrail import (
    Context,
    Item,
    Media,
    MediaHash,
    MediaHashes,
    MediaPicture,
    MediaPictures,
    Picture,
)

from ._limits import Limits
from ._settings import Settings
from ._sniff import ProblemError

MEDIA_MOST = 100
"""Media of an item that are looked at; the others have the problem ``too_many_media``."""

SIDE_MOST = 640
"""Pixels of the longer side of a picture that others are given."""

_GIVEN = {"pdq": 64, "md5": 32, "sha1": 40, "sha256": 64}
_HEX = frozenset("0123456789abcdef")


def media_hashes(item: Item, context: Context, settings: Settings) -> MediaHashes:
    """Say how to hash the media of *item*; it is done once somebody reads them."""
    return hashes_of(item, settings)


def hashes_of(item: Item, settings: Settings) -> MediaHashes:
    """The hashes of an item's media, outside of a call."""
    return MediaHashes(partial(_all, item, settings))


def media_pictures(item: Item, context: Context, settings: Settings) -> MediaPictures:
    """Say how to open the media of *item*; it is done once somebody reads them."""
    return MediaPictures(partial(_pictures, item, settings))


def _pictures(item: Item, settings: Settings) -> Iterator[MediaPicture]:
    for number, medium in enumerate(item.media):
        if number >= MEDIA_MOST:
            yield MediaPicture(media=medium.id, problem="too_many_media")
        elif medium.data is None:
            yield MediaPicture(media=medium.id, problem="no_bytes")
        else:
            yield _opened(medium, medium.data, settings.limits)


def _opened(medium: Media, data: bytes, limits: Limits) -> MediaPicture:
    from ._open import measure, thumbnail, views

    looks: list[Picture] = []
    problem = None
    try:
        looks.extend(
            Picture(**thumbnail(view, SIDE_MOST))
            for view in views(data, measure(data, limits), limits)
            if view.name != "stored"
        )
    except ProblemError as error:
        problem = error.why
    return MediaPicture(media=medium.id, pictures=tuple(looks), problem=problem)


def _all(item: Item, settings: Settings) -> Iterator[MediaHash]:
    limits = settings.limits
    for number, medium in enumerate(item.media):
        if number >= MEDIA_MOST:
            yield MediaHash(media=medium.id, problem="too_many_media")
        elif medium.data is None:
            yield _given(medium)
        else:
            yield _computed(medium, medium.data, limits, turned=settings.turned)


def _given(medium: Media) -> MediaHash:
    """The hashes that the host has sent, where there are no bytes."""
    found: dict[str, Any] = {}
    problem = None if set(_GIVEN) & set(medium.hashes) else "no_bytes"
    for kind, length in _GIVEN.items():
        value = medium.hashes.get(kind)
        if value is None:
            continue
        lower = value.lower() if isinstance(value, str) else ""
        if len(lower) == length and set(lower) <= _HEX:
            found[kind] = lower
        else:
            problem = "no_hash"
    return MediaHash(media=medium.id, problem=problem, **found)


def _computed(medium: Media, data: bytes, limits: Limits, *, turned: bool) -> MediaHash:
    from ._open import measure, views
    from ._pdq import Pdq, dihedral, pdq

    hashes: list[Pdq] = []
    problem = None
    try:
        for view in views(data, measure(data, limits), limits):
            hashes += dihedral(view.pixels) if turned else [pdq(view.pixels)]
    except ProblemError as error:
        problem = error.why
    first = hashes[0] if hashes else None
    return MediaHash(
        media=medium.id,
        pdq=None if first is None else first.hex,
        quality=None if first is None else first.quality,
        others=tuple(dict.fromkeys((h.hex, h.quality) for h in hashes[1:])),
        sha256=hashlib.sha256(data).hexdigest(),
        sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        md5=hashlib.md5(data, usedforsecurity=False).hexdigest(),
        problem=problem,
    )
