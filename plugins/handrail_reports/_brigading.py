"""Whether those who report one item look like a coordinated wave: about them, not its author."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

import attrs

from handrail.settings import fraction, number, whole

from ._filed import Filed
from ._prints import Print, alike, bands

BURST = timedelta(minutes=10)
"""How close together reports stand in a burst."""

OLD = timedelta(days=2)
"""An item of this age has had its readers: a burst of reports needs another reason."""

_BURST, _BURST_OLD, _NEW, _TEXT, _ALLIES = 0.25, 0.4, 0.5, 0.6, 0.7
_COMPARED_MOST = 4
_ALLIES_LEAST = 3
"""People who have met before by chance are fewer."""


@attrs.frozen(kw_only=True)
class Wave:
    """What counts as a wave of reports.

    Attributes:
        people: Strangers (people of no standing) who must have reported it, 2 or more.
        standing: Credibility from which a reporter is no stranger.
        new_days: Days for which an account is new.
        usual_new: Share of new accounts that is usual among reporters.
    """

    people: int = attrs.field(default=5, validator=whole(2))
    standing: float = attrs.field(default=0.5, validator=fraction)
    new_days: float = attrs.field(default=7.0, validator=number(0))
    usual_new: float = attrs.field(default=0.2, validator=fraction)


DEFAULT = Wave()


@attrs.frozen
class Suspicion:
    """How much the strangers among reporters look like a coordinated wave, and why.

    Attributes:
        score: 0 to 1; not a probability.
        people: How many strangers reported it.
        burst: How many of them within one BURST.
        new: How many with a new account.
        same_text: How many wrote nearly what another of them wrote.
        allies: How many of them were in one earlier burst, about another item.
    """

    score: float = 0.0
    people: int = 0
    burst: int = 0
    new: int = 0
    same_text: int = 0
    allies: int = 0


def strangers(reports: Iterable[Filed], wave: Wave = DEFAULT) -> tuple[Filed, ...]:
    """Return the first report of each named person who has no standing, oldest first."""
    first: dict[str, Filed] = {}
    for report in sorted(reports, key=lambda r: r.at):
        if report.reporter is not None and report.credibility < wave.standing:
            first.setdefault(report.reporter, report)
    return tuple(first.values())


def brigading(
    reports: Iterable[Filed],
    earlier: Iterable[Collection[str]] = (),
    made: datetime | None = None,
    wave: Wave = DEFAULT,
) -> Suspicion:
    """Return how much the reports of one item look like a coordinated wave.

    Four signs count, each by the share of strangers who show it: a burst in time (more where the
    item is old), new accounts beyond the usual share, the same words, and having been in one
    earlier burst together. They combine as a noisy-or, with weights set by hand. A burst alone
    stays below 0.5: what is bad is reported by many at once, too. People with a standing are
    never part of a wave.

    Args:
        reports: The reports of one item.
        earlier: Who reported other items in bursts: a set of reporters for each.
        made: When the item was made, if that is known.
        wave: What counts as a wave.
    """
    found = strangers(reports, wave)
    people = len(found)
    if people < wave.people:
        return Suspicion(people=people)
    old = made is not None and found[0].at - made > OLD
    burst, new, same = _burst(found), _new(found, wave), _same_text(found)
    allies = _allies(found, earlier)
    unusual = max(0.0, new / people - wave.usual_new) / max(1e-9, 1 - wave.usual_new)
    doubt = 1 - (_BURST_OLD if old else _BURST) * burst / people
    doubt *= 1 - _NEW * min(1.0, unusual)
    doubt *= 1 - _TEXT * same / people
    doubt *= 1 - _ALLIES * allies / people
    return Suspicion(1 - doubt, people, burst, new, same, allies)


def _burst(found: Sequence[Filed]) -> int:
    """The most reports within one BURST; none where that is one."""
    times = [r.at for r in found]
    most = max(bisect_right(times, at + BURST) - n for n, at in enumerate(times))
    return most if most > 1 else 0


def _new(found: Sequence[Filed], wave: Wave) -> int:
    return sum(r.is_new(wave.new_days) for r in found)


def _same_text(found: Sequence[Filed]) -> int:
    """How many wrote nearly what another wrote; of many who may have, some are compared."""
    places: dict[Print, list[int]] = {}
    same: set[int] = set()
    for place, report in enumerate(found):
        for key in bands(report.text):
            met = places.setdefault(key, [])
            if near := [n for n in met if alike(found[n].text, report.text)]:
                same.update(near, (place,))
            if len(met) < _COMPARED_MOST:
                met.append(place)
    return len(same)


def _allies(found: Sequence[Filed], earlier: Iterable[Collection[str]]) -> int:
    people = {r.reporter for r in found}
    most = max((len(people.intersection(group)) for group in earlier), default=0)
    return most if most >= _ALLIES_LEAST else 0
