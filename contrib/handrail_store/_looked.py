"""What workers looked at together: each work once, and apart what says nothing but that it was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias

import attrs

from handrail import Cause, Clean, Decision, Report, split_clean
from handrail_store._recall import seen
from handrail_store._work import Work

LOOKS = 2
"""How often the same is looked at where something failed: once more, for it multiplies the load."""

LOOK_AGAIN = timedelta(minutes=5)
"""How long after a decision that is not final the next look is due."""

PASSING = frozenset({Cause.ERROR, Cause.TIMEOUT, Cause.OVER_BUDGET, Cause.BREAKER_OPEN})
"""Causes of faults that may be over by then."""

Pair: TypeAlias = tuple[Work, Decision]
"""Work and its decision."""


@attrs.frozen(repr=False)
class Looked:
    """Works that were looked at, and their decisions.

    Attributes:
        pairs: All of them, in order. ids: Of their decisions.
        acting: Those whose decisions are no clean ALLOW, in order; all about reports are.
        clean: The other decisions, in order. shared: What those of one plan have in common.
    """

    pairs: Sequence[Pair]
    ids: Sequence[str]
    acting: Sequence[Pair]
    clean: Sequence[Clean]
    shared: Mapping[str, str]

    @classmethod
    def of(cls, looked: Iterable[tuple[Work, Decision | None]]) -> Looked:
        """Take them apart; of what comes twice the first counts."""
        first: dict[str, Pair] = {}
        for work, made in looked:
            if made is not None:
                first.setdefault(work.key, (work, made))
        pairs = list(first.values())
        clean, shared, rest = split_clean(made for _, made in pairs)
        if not rest:
            return cls(pairs, [each.id for each in clean], (), clean, shared)
        said = {id(made) for made in rest}
        acting = {work.key: (work, _again(work, made)) for work, made in pairs if id(made) in said}
        pairs = [acting.get(pair[0].key, pair) for pair in pairs]
        others = iter(clean)
        ids = [m.id if work.key in acting else next(others).id for work, m in pairs]
        return cls(pairs, ids, list(acting.values()), clean, shared)

    def seen(self) -> Looked:
        """The same; works that only name their item have the one that was looked at."""
        whole = {w.key: (seen(w, m), m) for w, m in self.acting if isinstance(w.subject, Report)}
        if not whole:
            return self
        pairs, acting = (
            [whole.get(pair[0].key, pair) for pair in each] for each in (self.pairs, self.acting)
        )
        return attrs.evolve(self, pairs=pairs, acting=acting)

    def only(self, wanted: Collection[str]) -> Looked:
        """Those with decisions of these ids."""
        if len(wanted) == len(self.ids):
            return self
        ids = frozenset(wanted)
        clean = [each for each in self.clean if each.id in ids]
        plans = {each.plan for each in clean}
        return Looked(
            pairs=[pair for pair, id_ in zip(self.pairs, self.ids, strict=True) if id_ in ids],
            ids=[id_ for id_ in self.ids if id_ in ids],
            acting=[pair for pair in self.acting if pair[1].id in ids],
            clean=clean, shared={mark: each for mark, each in self.shared.items() if mark in plans},
        )  # fmt: skip


def _again(work: Work, made: Decision) -> Decision:
    """The decision; not final where something failed that may be over by the next look."""
    passing = work.look < LOOKS and any(fault.cause in PASSING for fault in made.faults)
    return attrs.evolve(made, final=False) if passing else made
