"""Which report is looked at first: a score from 0 to 1 that says what it is made of.

Pure, and here for what handles reports: the module that looks at them, the store that keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from math import exp, log1p
from typing import Any

import attrs

from handrail._beta import quantile
from handrail._issues import issue
from handrail.errors import InvalidValueError
from handrail.settings import flag, fraction, number, one_of

UPHELD = "reports_upheld"
"""The counter of reports that were right, by reporter."""

DISMISSED = "reports_dismissed"
"""The counter of reports that were not, by reporter."""

PRIOR = (2.0, 2.0)
"""Before anything is known: as if two reports had been right and two wrong."""

SEVERITY = {"info": 0.1, "low": 0.25, "medium": 0.5, "high": 0.75, "critical": 0.95}
"""What the kind of harm weighs, by the severity that the taxonomy gives it."""

SOURCES = {"user": 0.0, "notice": 0.3, "trusted_flagger": 0.6, "authority": 0.8}
"""The score that a report of each source has at least, least first."""

CORRELATION = 0.1
"""How alike the judgements of people are who look at one thing: ten of them are worth five."""

LARGEST = 1e6
"""The largest parameter of a reputation: evidence beyond it says nothing more."""

_LEVEL = 0.05
_TRUSTED_BELIEF = {"trusted_flagger": 0.9, "authority": 1.0}
_ASSUMED = 0.5
_ASSUMED_PROTECTED = 0.9
_IMMINENT, _MINOR, _REACH, _WAITING, _FRESH = 0.4, 0.25, 0.3, 0.3, 0.1
_VIEWS_MOST = 6.0
_DAY = timedelta(days=1)
_CERTAIN = 0.999
_if_known = attrs.validators.optional


def _check_span(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if not isinstance(value, timedelta) or value < timedelta(0):
        raise InvalidValueError(f"{field.name}: expected a timedelta of zero or more")


@attrs.frozen
class Claim:
    """What is said to be wrong, and what is known of it.

    Attributes:
        issue: A name of the taxonomy; ``other.unknown`` where nobody says.
        source: Of the reports: ``user``, ``notice`` (DSA Art. 16), ``trusted_flagger`` (Art. 22)
            or ``authority`` (Art. 9); of several, the last in this order.
        views: How many have seen the item, 0 or more; None if the host does not say.
        age: How long ago it was made; None if unknown.
        waiting: How long the first report has waited.
        minor: Whether somebody involved is known to be under 18.

    Raises UnknownNameError for an issue that is not in the taxonomy.
    """

    issue: str = attrs.field()
    source: str = attrs.field(default="user", validator=one_of(SOURCES), kw_only=True)
    views: float | None = attrs.field(default=None, validator=_if_known(number(0)), kw_only=True)
    age: timedelta | None = attrs.field(
        default=None, validator=_if_known(_check_span), kw_only=True
    )
    waiting: timedelta = attrs.field(default=timedelta(0), validator=_check_span, kw_only=True)
    minor: bool = attrs.field(default=False, validator=flag, kw_only=True)

    @issue.validator
    def _check_issue(self, _: object, value: str) -> None:
        issue(value)

    @property
    def protected(self) -> bool:
        """Whether it is about life, limb or a child: who says so hardly matters then."""
        kind = issue(self.issue)
        return (
            kind.severity == "critical"
            or kind.family in ("child_safety", "self_harm")
            or "imminent_harm_check" in kind.flags
        )


def _check_prior(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    pair = isinstance(value, tuple) and len(value) == 2
    if not (pair and all(type(n) in (int, float) and 0.01 <= n <= 1000 for n in value)):
        raise InvalidValueError(f"{field.name}: expected two numbers from 0.01 to 1000")


@attrs.frozen
class Reputation:
    """How far somebody's reports can be relied on: Beta(prior + upheld, prior + dismissed).

    Attributes:
        upheld: Reports that were right, each by what is left of its weight.
        dismissed: Reports that were not, likewise.
        prior: What was assumed before: the two parameters of a Beta distribution.
    """

    upheld: float = attrs.field(default=0.0, validator=number(0, LARGEST))
    dismissed: float = attrs.field(default=0.0, validator=number(0, LARGEST))
    prior: tuple[float, float] = attrs.field(default=PRIOR, validator=_check_prior)

    @property
    def mean(self) -> float:
        """The share of their reports that is right, as far as is known, 0 to 1."""
        right, wrong = self._parameters
        return right / (right + wrong)

    @property
    def lower(self) -> float:
        """What the share is above with 95 % probability: little evidence keeps it low, 0 to 1."""
        return quantile(_LEVEL, *self._parameters)

    @property
    def _parameters(self) -> tuple[float, float]:
        return self.prior[0] + self.upheld, self.prior[1] + self.dismissed


@attrs.frozen
class Voice:
    """One person who reports, however often.

    Attributes:
        credibility: How far they can be relied on, 0 to 1: ``Reputation.lower``.
        wave: How much they look like part of a coordinated wave, 0 to 1 (see Suspicion).
    """

    credibility: float = attrs.field(validator=fraction)
    wave: float = attrs.field(default=0.0, validator=fraction)


@attrs.frozen
class Triage:
    """How urgent a claim is, and why.

    Attributes:
        score: 0 to 1; an order of work, not a probability.
        parts: What each part adds, by name; they add up to the score.
    """

    score: float
    parts: tuple[tuple[str, float], ...]


def belief(voices: Iterable[Voice]) -> float:
    """Return how far the claim of *voices* can be relied on together, 0 to 1.

    A noisy-or, 1 - prod(1 - c), in which the more credible count first and further ones less:
    n people who agree with correlation r are worth n / (1 + (n - 1) r) independent ones (Kish's
    design effect, here r = CORRELATION). Who looks like part of a wave counts less by as much.
    Never less than what the most credible of them is worth alone, and one more voice, or a more
    credible one, never lowers it.
    """
    weighed, best = [], 0.0
    for voice in voices:
        evidence = -log1p(-min(voice.credibility, _CERTAIN))
        best = max(best, evidence)
        weighed.append(evidence * (1 - voice.wave))
    weighed.sort(reverse=True)
    total = sum(e * (_worth(n + 1) - _worth(n)) for n, e in enumerate(weighed))
    return 1 - exp(-max(total, best))


def _worth(people: int) -> float:
    return people / (1 + (people - 1) * CORRELATION) if people else 0.0


def triage(claim: Claim, voices: Iterable[Voice]) -> Triage:
    """Return how urgent *claim* is, reported by *voices*, one for each person.

    It begins with the severity of the issue, of which a part (half, or nine tenths where it is
    about life, limb or a child) is taken as said and the rest by ``belief``. Each further part
    closes a share of the distance to 1. Reputation orders work: no report scores zero. Trusted
    flaggers and authorities are believed whatever anybody's reputation, and have a least score.
    The weights are set by hand.
    """
    weight = SEVERITY[issue(claim.issue).severity]
    assumed = _ASSUMED_PROTECTED if claim.protected else _ASSUMED
    believed = max(belief(voices), _TRUSTED_BELIEF.get(claim.source, 0.0))
    parts = {"severity": weight * assumed, "reporters": weight * (1 - assumed) * believed}
    score = sum(parts.values())
    for name, share in _raises(claim):
        parts[name] = (1 - score) * share
        score += parts[name]
    parts["source"] = max(0.0, SOURCES[claim.source] - score)
    kept = tuple((name, part) for name, part in parts.items() if part > 0)
    return Triage(min(1.0, score + parts["source"]), kept)


def _raises(claim: Claim) -> Iterable[tuple[str, float]]:
    """What else makes a claim urgent: the share of the distance to 1 that each part closes."""
    imminent = "imminent_harm_check" in issue(claim.issue).flags
    yield "imminent_harm", _IMMINENT * imminent
    yield "minor", _MINOR * claim.minor
    yield "reach", _REACH * min(1.0, log1p(claim.views or 0) / log1p(10**_VIEWS_MOST))
    yield "waiting", _WAITING * min(1.0, claim.waiting / _DAY)
    yield "fresh", 0.0 if claim.age is None else _FRESH * 0.5 ** min(60.0, claim.age / _DAY)
