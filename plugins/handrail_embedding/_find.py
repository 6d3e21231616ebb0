"""From scores to findings: one an issue, with the parts of a long text that it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handrail import Evidence, Finding

from ._model import Part, model
from ._settings import Settings

PROBABLE = {
    "harassment": ("harassment.bullying", "abuse of somebody"),
    "hate": ("hate.speech", "hate against a group"),
    "gendered": ("harassment.gendered", "contempt for women"),
    "hate_threat": ("hate.threat", "a threat or a call for violence against a group"),
    "violence": ("violence.threat", "a threat of violence"),
    "sexual": ("sexual.explicit", "sexually explicit text"),
    "self_harm": ("self_harm.at_risk", "a person at risk"),
}
"""The issue of each head whose score is a probability, and what it is like."""

RARE = {
    "at_risk": ("self_harm.at_risk", "a person at risk"),
    "bully": ("harassment.bullying", "belittling somebody"),
    "crime": ("fraud.payment", "an offer of forged or stolen papers, cards or accounts"),
    "cures": ("integrity.health_misinformation", "a false cure"),
    "dox": ("privacy.doxxing", "giving away where somebody is to be found"),
    "drugs": ("goods.drugs", "an offer of drugs"),
    "eating": ("self_harm.eating_disorder", "praise of starving"),
    "grooming": ("child_safety.grooming", "a lure of a minor"),
    "incitement": ("violence.incitement", "a call for violence"),
    "laundering": ("fraud.money_laundering", "money passed on for a share"),
    "phishing": ("fraud.phishing", "phishing"),
    "promotion": ("self_harm.promotion", "a call to end one's life"),
    "scam": ("fraud.scam", "a scam"),
    "sextortion": ("sexual.sextortion", "extortion with intimate pictures"),
    "solicitation": ("sexual.solicitation", "an offer of sex for money"),
    "spam": ("integrity.spam", "spam"),
    "threat": ("violence.threat", "a threat of violence"),
    "unsolicited": ("sexual.unsolicited", "an unwanted advance"),
    "weapons": ("goods.weapons", "an offer of weapons"),
}
"""The same of heads whose score says how rare it is: they have learned from written sentences."""

HEADS = PROBABLE | RARE

LEAST, MOST = 0.7, 0.85
"""The scores of a rare head that mean something; what is surer still is cut down to the most."""

AT_ONCE = frozenset({"live"})
"""Surfaces where nothing waits for a person, so that rare heads say nothing."""

FIRST = {"grooming": 0.6}
"""The most that a head says where more would block: a person looks first."""

ISSUES = frozenset({"harassment.bullying", "harassment.gendered", "hate.speech", "sexual.explicit"})
"""Issues measured on texts enough to rely on."""

HINTS = frozenset(issue for issue, _ in HEADS.values()) - ISSUES
"""The others."""

SPANS = 20
"""Spans a finding names at most."""


def findings(
    text: str, language: str | None, settings: Settings, surface: str = ""
) -> Iterator[Finding]:
    """Yield one finding for each issue whose score reaches the floor."""
    if not text.strip() or not settings.reads(language):
        return
    parts = model().parts(text, settings.windows)
    best: dict[str, tuple[float, str]] = {}
    for head, (issue, _) in (PROBABLE if surface in AT_ONCE else HEADS).items():
        score = max((_score(head, part) for part in parts), default=0.0)
        if score >= settings.floor and score > best.get(issue, (0.0, head))[0]:
            best[issue] = score, head
    for issue, (score, head) in best.items():
        over = [part for part in parts if _score(head, part) >= settings.floor]
        yield _finding(issue, HEADS[head][1], score, over, len(parts))


def _score(head: str, part: Part) -> float:
    score = part.scores[head]
    if head in PROBABLE:
        return score
    return min(score, FIRST.get(head, MOST)) if score >= LEAST else 0.0


def _finding(issue: str, noun: str, score: float, over: Sequence[Part], parts: int) -> Finding:
    reason = f"reads like {noun}"
    spans: tuple[tuple[int, int], ...] = ()
    if parts > 1:
        reason += f", in {len(over)} of {parts} parts"
        spans = tuple(part.span for part in over[:SPANS])
    return Finding(
        issue,
        score=round(score, 3),
        reason=reason,
        evidence=Evidence(spans=spans, counts={"parts": len(over)}),
    )
