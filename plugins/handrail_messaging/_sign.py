"""One thing noticed about a message and one recipient, and how those of a message join."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import attrs

from handrail import Evidence, Finding

from ._around import Span

SPANS_MOST = 20
REASONS_MOST = 3


@attrs.frozen
class Sign:
    """One thing noticed.

    Attributes:
        issue: What it points to. score: How much it says. reason: One phrase for a moderator.
        counts: Numbers for policies. signals: Those whose places in the text are evidence.
    """

    issue: str
    score: float
    reason: str
    counts: Mapping[str, int] = attrs.field(factory=dict)
    signals: frozenset[str] = frozenset()


def joined(signs: Iterable[Sign], spans: Mapping[str, list[Span]]) -> Iterator[Finding]:
    """Yield one finding for each issue: the highest score, all counts, where it says so."""
    by_issue: dict[str, list[Sign]] = defaultdict(list)
    for sign in signs:
        by_issue[sign.issue].append(sign)
    for issue, found in by_issue.items():
        ordered = sorted(found, key=lambda sign: (-sign.score, sign.reason))
        counts: dict[str, int] = {}
        for sign in ordered:
            for name, number in sign.counts.items():
                counts[name] = max(counts.get(name, 0), number)
        places = sorted(
            {s for sign in ordered for name in sign.signals for s in spans.get(name, ())}
        )
        reasons = list(dict.fromkeys(sign.reason for sign in ordered))[:REASONS_MOST]
        yield Finding(
            issue,
            score=ordered[0].score,
            reason="; ".join(reasons),
            evidence=Evidence(spans=places[:SPANS_MOST], counts=counts),
        )
