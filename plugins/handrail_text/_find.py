"""From hits to findings: one per issue, with a reason a moderator can read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from handrail import Evidence, Finding

from ._hits import Hit
from ._person import own, second

SPANS = 20
"""Spans a finding names at most."""

_INSULT = "harassment.bullying"
_NOUNS = {
    "fraud.scam": "scam phrase",
    "harassment.bullying": "insult",
    "hate.speech": "slur",
    "hate.threat": "hateful threat",
    "integrity.spam": "spam phrase",
    "self_harm.at_risk": "phrase of a person at risk",
    "self_harm.promotion": "call to self-harm",
    "sexual.explicit": "explicit term",
    "sexual.solicitation": "solicitation phrase",
    "violence.threat": "threat",
}

_MILD = 0.4
_NEAR = 24
_BEFORE = 40


def findings(hits: Iterable[Hit], text: str, aimed: float) -> Iterator[Finding]:
    """Yield one finding for each issue among *hits*, insults aimed at somebody *aimed* higher.

    What people call themselves is no insult.
    """
    by_issue: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        if not _own(hit, text):
            by_issue[hit.term.issue].append(hit)
    for issue, found in sorted(by_issue.items()):
        yield _finding(issue, found, text, aimed)


def _finding(issue: str, found: list[Hit], text: str, aimed: float) -> Finding:
    score = max(h.term.score for h in found)
    person = issue == _INSULT and score < 0.9 and any(_aimed(h, text) for h in found)
    if person:
        score = min(0.9, round(score + aimed, 3))
    counts = {"terms": len(found), "disguised": sum(h.disguised for h in found)}
    return Finding(
        issue,
        score=score,
        reason=_reason(issue, found, aimed=person),
        evidence=Evidence(spans=tuple((h.start, h.end) for h in found[:SPANS]), counts=counts),
    )


def _own(hit: Hit, text: str) -> bool:
    before = max(0, hit.start - _BEFORE)
    if hit.term.issue != _INSULT:
        return False
    return own(hit.term.language).search(text, before, hit.start) is not None


def _aimed(hit: Hit, text: str) -> bool:
    near = text[max(0, hit.start - _NEAR) : hit.end + _NEAR]
    return hit.term.score >= _MILD and second(hit.term.language).search(near) is not None


def _reason(issue: str, found: list[Hit], *, aimed: bool) -> str:
    mild = issue == _INSULT and all(h.term.score < _MILD for h in found)
    noun = "swear word" if mild else _NOUNS.get(issue, "term")
    reason = f"{len(found)} listed {noun if len(found) == 1 else _plural(noun)}"
    if aimed:
        reason += ", near a second person"
    if any(h.disguised for h in found):
        reason += ", in disguised spelling"
    return reason


def _plural(noun: str) -> str:
    head, of, rest = noun.partition(" of ")
    head, to, end = head.partition(" to ") if not of else (head, of, rest)
    return f"{head}s{to}{end}"
