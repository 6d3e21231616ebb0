"""What a report and its call say, as far as it is kept."""

from __future__ import annotations

import json
from typing import Any

from handrail import Decision, Item, Report
from handrail_store._types import REVISION_MOST

WAVE = "integrity.coordinated_inauthentic"
"""The issue of a finding about those who report, with a count ``suspicion`` in hundredths."""

TEXT_MOST, PLACES_MOST, PLACE_MOST, NAME_MOST = 50_000, 200, 2_048, 2_000
"""What is kept of a report: characters of its text, its places, characters of each and of a name.
"""


def revision(item: Item | None) -> int | None:
    """The revision that was reported, as it is kept; None where nobody knows."""
    return None if item is None else min(item.revision, REVISION_MOST)


def minor(item: Item | None) -> bool:
    """Whether somebody around the item is known to be under 18."""
    if item is None:
        return False
    people = (item.author, *item.participants, *item.recipients)
    return any(p is not None and p.age is not None and p.age.value < 18 for p in people)


def suspicion(decision: Decision) -> float:
    """How much those who report look like a wave, as a module counted it, 0 to 1."""
    counts = [f.evidence.count("suspicion") for f in decision.findings if f.issue == WAVE]
    read = (float(c) for c in counts if isinstance(c, (int, float)))
    return min(1.0, max(0.0, max(read, default=0.0) / 100))


def content(report: Report) -> bytes:
    """What the reporter gave, as far as it is kept: at most so much of each."""
    said: dict[str, Any] = {
        "text": report.text[:TEXT_MOST], "good_faith": report.good_faith,
        "locations": [place[:PLACE_MOST] for place in report.locations[:PLACES_MOST]],
        "territory": list(report.territory), "due_at": report.due_at and report.due_at.isoformat(),
        "language": report.reporter and report.reporter.language,
        "cut": len(report.text) > TEXT_MOST or len(report.locations) > PLACES_MOST,
    }  # fmt: skip
    for name in ("name", "email", "reference", "law"):
        value = getattr(report, name)
        said[name] = None if value is None else value[:NAME_MOST]
    return json.dumps(said, separators=(",", ":")).encode()
