"""Signs of nudity in pictures, by a small detector; never more than a hint."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Manifest, MediaPictures, Report, hookimpl

from ._find import NUDITY, findings
from ._settings import Settings

MANIFEST = Manifest(
    name="nudity",
    version="0.1",
    issues=set(),
    hints={NUDITY},
    surfaces={"*"},
    languages={"*"},
    reads={"media"},
    needs={"media_pictures": MediaPictures},
    settings=Settings,
    model_card="handrail_nudity/README.md",
    summary="Uncovered body parts in pictures, by the detector NudeNet.",
)


@hookimpl(cost="blocking")
def pre_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find signs of nudity before anyone else can see them."""
    return findings(context.derive("media_pictures", MediaPictures), settings)


@hookimpl(cost="blocking")
def post_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find signs of nudity in what is published."""
    return findings(context.derive("media_pictures", MediaPictures), settings)


@hookimpl(cost="blocking")
def report(item: Item, report: Report, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find signs of nudity in what was reported."""
    return findings(context.derive("media_pictures", MediaPictures), settings)
