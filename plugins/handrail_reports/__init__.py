"""Reports: how urgent each is, who files them, and whether they come as a coordinated wave.

The scoring is public and pure, for what handles reports besides this module.
"""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Manifest, Report, expand, hookimpl
from handrail.triage import DISMISSED, UPHELD, Claim, Reputation, Triage, Voice, belief, triage

from ._brigading import Suspicion, Wave, brigading
from ._clusters import Cluster, clusters
from ._filed import Filed
from ._find import findings
from ._memory import REPORTS, Reports
from ._reputation import Outcome, judged, reputation
from ._settings import Settings

__all__ = [
    "DISMISSED",
    "MANIFEST",
    "UPHELD",
    "Claim",
    "Cluster",
    "Filed",
    "Outcome",
    "Reputation",
    "Suspicion",
    "Triage",
    "Voice",
    "Wave",
    "belief",
    "brigading",
    "clusters",
    "judged",
    "report",
    "reputation",
    "triage",
]

MANIFEST = Manifest(
    name="reports",
    version="0.1",
    issues=(),
    hints=expand("*"),
    surfaces={"*"},
    languages={"*"},
    reads={"author", "participants", "recipients", "attributes"},
    settings=Settings,
    memory=Reports,
    counters={REPORTS},
    summary="How urgent a report is, and whether reports come as a coordinated wave.",
)


@hookimpl
def report(
    item: Item, report: Report, context: Context, settings: Settings, memory: Reports
) -> Iterator[Finding]:
    """Find how urgent the claim is, and a wave among those who make it."""
    filed = memory.read(item, report, context)
    filings = (*memory.of(filed), filed)
    return findings(item, filings, memory.bursts(filed), settings, context)
