"""From scores to findings: one an issue, with the parts of a long text that it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handrail import Evidence, Finding

from ._model import Part, model
from ._settings import Settings

HEADS = {
    "harassment": ("harassment.bullying", "abuse of somebody"),
    "hate": ("hate.speech", "hate against a group"),
    "gendered": ("harassment.gendered", "contempt for women"),
    "hate_threat": ("hate.threat", "a threat or a call for violence against a group"),
    "violence": ("violence.threat", "a threat of violence"),
    "sexual": ("sexual.explicit", "sexually explicit text"),
    "self_harm": ("self_harm.at_risk", "a person at risk"),
}
"""The issue of each head, and what it is like."""

HINTS = frozenset({"hate.threat", "self_harm.at_risk", "violence.threat"})
"""Issues measured on too few texts to rely on."""

ISSUES = frozenset(issue for issue, _ in HEADS.values()) - HINTS

SPANS = 20
"""Spans a finding names at most."""


def findings(text: str, settings: Settings) -> Iterator[Finding]:
    """Yield one finding for each issue whose score reaches the floor."""
    if not text.strip():
        return
    parts = model().parts(text, settings.windows)
    for head, (issue, noun) in HEADS.items():
        over = [part for part in parts if part.scores[head] >= settings.floor]
        if over:
            yield _finding(issue, noun, head, over, len(parts))


def _finding(issue: str, noun: str, head: str, over: Sequence[Part], parts: int) -> Finding:
    reason = f"reads like {noun}"
    spans: tuple[tuple[int, int], ...] = ()
    if parts > 1:
        reason += f", in {len(over)} of {parts} parts"
        spans = tuple(part.span for part in over[:SPANS])
    return Finding(
        issue,
        score=round(max(part.scores[head] for part in over), 3),
        reason=reason,
        evidence=Evidence(spans=spans, counts={"parts": len(over)}),
    )
