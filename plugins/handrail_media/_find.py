"""What media say: known ones, files that are more than a picture, and what could not be seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from handrail import Evidence, Finding, Item, Media, MediaHash, MediaHashes, UnseenError

from ._banks import Match
from ._settings import Settings
from ._sniff import MALWARE, ProblemError, Shape, sniff, stowaway

if TYPE_CHECKING:
    from ._bank import Bank

STOWED = {"archive": 0.6, "program": 0.6, "script": 0.6, "document": 0.4, "data": 0.2}
"""Scores of what hides in a picture's file."""

MISNAMED = 0.1
"""Score of a type that is not the one declared: noted, and no more."""

_EXCUSABLE = frozenset({"unknown_format", "no_bytes", "too_many_bytes"})


def findings(item: Item, hashes: MediaHashes, settings: Settings) -> Iterator[Finding]:
    """Find known media and stowaways; last of all raise UnseenError if something went unseen."""
    for bank in settings.opened.values():
        for number, match in bank.match(hashes):
            yield _known(bank, number, match)
    for number, medium in enumerate(item.media[: len(hashes)]):
        if medium.data is not None and len(medium.data) <= settings.max_bytes:
            yield from _file(number, medium, medium.data, settings.max_frames)
    problems = Counter(
        known.problem
        for medium, known in zip(item.media, hashes, strict=True)
        if known.problem is not None and not _excused(medium, known, settings)
    )
    if problems:
        raise UnseenError("media", problems.most_common(1)[0][0])


def _excused(medium: Media, known: MediaHash, settings: Settings) -> bool:
    """Whether it need not be a picture: exact hashes are all there is to compare."""
    return known.problem in _EXCUSABLE and any(
        fnmatch(medium.type.lower(), kind.lower()) for kind in settings.ignored_types
    )


def _known(bank: Bank, number: int, match: Match) -> Finding:
    source = f" of {bank.settings.source}" if bank.settings.source else ""
    entry = f", entry {match.entry}" if match.entry else ""
    near = f" at distance {match.distance}" if match.kind == "pdq" else ""
    quality = "" if match.quality is None else f", quality {match.quality}"
    counts = {"medium": number + 1, "distance": match.distance}
    if match.quality is not None:
        counts["quality"] = match.quality
    return Finding(
        match.issue,
        bank.settings.confidence,
        f"medium {number + 1} matches bank {bank.settings.name!r}{source} "
        f"by {match.kind.upper()}{near}{quality}{entry}",
        evidence=Evidence(counts=counts),
    )


def _file(number: int, medium: Media, data: bytes, frames: int) -> Iterator[Finding]:
    try:
        shape = sniff(data, frames)
    except ProblemError:
        return
    what = stowaway(data, shape.end)
    if what is not None:
        reason = f"medium {number + 1} is a picture with {_ARTICLES[what]} in its file"
        yield _sign(STOWED[what], reason, number)
    if not _declared(medium.type, shape):
        yield _sign(MISNAMED, f"medium {number + 1} is of another type than declared", number)


_ARTICLES = {
    "archive": "an archive",
    "program": "a program",
    "script": "a script",
    "document": "a document",
    "data": "unknown data",
}


def _sign(score: float, reason: str, number: int) -> Finding:
    return Finding(MALWARE, score, reason, evidence=Evidence(counts={"medium": number + 1}))


def _declared(named: str, shape: Shape) -> bool:
    """Whether a MIME type names the format: ``image/jpg`` is let pass for JPEG."""
    wanted = named.partition(";")[0].strip().lower()
    return wanted in {f"image/{shape.format.lower()}", "image/*", ""} | _ALSO.get(
        shape.format, set()
    )


_ALSO = {
    "JPEG": {"image/jpg", "image/pjpeg"},
    "PNG": {"image/apng", "image/x-png"},
    "BMP": {"image/x-ms-bmp", "image/x-bmp"},
    "AVIF": {"image/avif-sequence"},
}
