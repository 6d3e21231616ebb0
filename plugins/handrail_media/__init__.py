"""Known pictures and files, by hash banks; hashes of media for other modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from handrail import (
    AsyncSafety,
    Context,
    Finding,
    InvalidValueError,
    Item,
    Manifest,
    Media,
    MediaHash,
    MediaHashes,
    Report,
    Safety,
    hookimpl,
    issues,
)

from ._find import findings
from ._hashes import hashes_of, media_hashes, media_pictures
from ._settings import Settings

if TYPE_CHECKING:
    from ._bank import Bank

SHARED = frozenset(
    {
        "child_safety.csam",
        "child_safety.csam_synthetic",
        "sexual.ncii",
        "sexual.ncii_synthetic",
        "violence.terrorism",
    }
)
"""The issues that hash exchanges exist for: covered where there is a bank for them."""

MANIFEST = Manifest(
    name="media",
    version="0.1",
    issues=SHARED,
    hints=set(issues()) - SHARED,
    surfaces={"*"},
    languages={"*"},
    reads={"media"},
    needs={"media_hashes": MediaHashes},
    provides={"media_hashes": media_hashes, "media_pictures": media_pictures},
    settings=Settings,
    model_card="handrail_media/README.md",
    summary="Known pictures and files, by banks of hashes, and pictures that are more than that.",
)


@hookimpl(cost="blocking")
def pre_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find known media before anyone else can see them."""
    return findings(item, context.derive("media_hashes", MediaHashes), settings)


@hookimpl(cost="blocking")
def post_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find known media in what is published."""
    return findings(item, context.derive("media_hashes", MediaHashes), settings)


@hookimpl(cost="blocking")
def report(item: Item, report: Report, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find known media in what was reported."""
    return findings(item, context.derive("media_hashes", MediaHashes), settings)


def fingerprint(data: bytes) -> MediaHash:
    """Hash one file as items' media are hashed, at the default limits: to put it into a bank."""
    medium = Media(id="file", type="application/octet-stream", data=data)
    return hashes_of(Item("file", media=[medium]), Settings())[0]


def bank(safety: Safety | AsyncSafety, name: str) -> Bank:
    """Return an open bank, to add to it or remove from it; raises InvalidValueError."""
    for module in safety.modules:
        if isinstance(module.settings, Settings) and name in module.settings.opened:
            return module.settings.opened[name]
    raise InvalidValueError(f"no module 'media' with a bank {name[:40]!r} is loaded")
