"""Which case is looked at first: what the SDK reckons of a claim, and how soon it is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

import attrs

from handrail import issue, issues
from handrail.triage import SEVERITY, SOURCES, Claim, Voice, triage

VOICES_MOST = 200
"""Reports of a case that are weighed, those with the highest priority of their own first."""

UNNAMED = "other.unknown"
DUE = 0.3
"""The share of the distance to 1 that a deadline closes which has come."""

_DAY = timedelta(days=1)


@attrs.frozen(kw_only=True)
class Said:
    """One report, as far as it counts for an order of work.

    Attributes:
        issue: What it names. source: As on a Report.
        credibility: How far its reporter can be relied on, 0 to 1.
        reporter: Who; None where they are unnamed.
    """

    issue: str
    source: str
    credibility: float
    reporter: str | None


def found(name: str | None) -> list[Said]:
    """What a decision says of a case: the issue it was for, with nobody who vouches for it.

    Nothing where it was for none, or for one that this process has not been told of.
    """
    if name is None or name not in issues():
        return []
    return [Said(issue=name, source="user", credibility=0.0, reporter=None)]


@attrs.frozen(kw_only=True)
class Around:
    """What else is known of a case.

    Attributes:
        views: How many have seen the item; None if unknown. minor: Whether a minor is involved.
        suspicion: How much its reporters look like a wave, 0 to 1.
        waiting: How long the first report has waited. left: How long until it is due; None for
            no deadline. age: How long ago the item was made; None if unknown.
    """

    views: float | None = None
    minor: bool = False
    suspicion: float = 0.0
    waiting: timedelta = timedelta(0)
    left: timedelta | None = None
    age: timedelta | None = None


def priority(said: Iterable[Said], around: Around) -> float:
    """Return the place of a case in the order of work, 0 to 1: severity, reach, precision, time.

    Of several claims, each a family of issues with who supports it, the most urgent counts. More
    reports, more credible ones, more views and less time only ever raise it. It orders work and
    nothing else: who has no standing is looked at later, and is looked at.
    """
    scores = [triage(claim, voices).score for claim, voices in _claims([*said], around)]
    score = max(scores, default=0.0)
    return 1 - (1 - score) * (1 - _pressure(around.left))


def _pressure(left: timedelta | None) -> float:
    return 0.0 if left is None else DUE / (1 + max(left, timedelta(0)) / _DAY)


def _claims(said: Sequence[Said], around: Around) -> Iterable[tuple[Claim, Sequence[Voice]]]:
    families: dict[str, list[Said]] = {}
    for each in said:
        families.setdefault(issue(each.issue).family, []).append(each)
    unnamed = [each for each in said if each.issue == UNNAMED]
    for heard in families.values():
        gravest = max((each.issue for each in heard), key=lambda n: SEVERITY[issue(n).severity])
        support = heard if unnamed and heard[0].issue == UNNAMED else [*heard, *unnamed]
        claim = Claim(
            gravest, source=max((each.source for each in heard), key=[*SOURCES].index),
            views=around.views, age=around.age, waiting=around.waiting, minor=around.minor,
        )  # fmt: skip
        yield claim, _voices(support, around.suspicion)


def _voices(heard: Sequence[Said], suspicion: float) -> Sequence[Voice]:
    """One voice a person; all who are unnamed may be one. Who has a standing is in no wave."""
    people: Mapping[str | None, float] = {
        who: max(each.credibility for each in heard if each.reporter == who)
        for who in {each.reporter for each in heard}
    }
    return [Voice(c, 0.0 if c >= 0.5 else suspicion) for c in people.values()]
