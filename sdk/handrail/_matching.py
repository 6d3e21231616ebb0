"""One pass over a table: conditions are tested once, inputs read once, and rows are eased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from handrail._condition import MISSING, Input, Unknown
from handrail._finding import Action, Cause
from handrail._outcome import NOBODY
from handrail._rows import APPROVED, Ease, Guard, Matched, Row
from handrail._sieve import FAILED, Sieve

if TYPE_CHECKING:
    from handrail._actor import Actor
    from handrail._context import Context

ALLOW = Action.ALLOW
UNREAD = object()


class Matching:
    """See the module's docstring.

    Args:
        context: The call. scores: The highest score of each issue.
        pairs: The findings that count, each with its slot.

    Attributes:
        faults: What failed on the way, raw.
        subjects: The recipients that a guard held for. subject: The one being looked at.
    """

    __slots__ = ("_known", "context", "faults", "pairs", "scores", "subject", "subjects")

    def __init__(
        self, context: Context, scores: Mapping[str, float], pairs: Iterable[tuple[Any, int]]
    ) -> None:
        self.context, self.scores, self.pairs = context, scores, pairs
        self.faults: tuple[tuple[Any, ...], ...] = ()
        self.subjects: Mapping[int, tuple[str, ...]] = NOBODY
        self.subject: Actor | None = None
        # Values of inputs and answers of guards, by identity: both live as long as the table.
        self._known: dict[int, Any] = {}

    def free(self, sieve: Sieve, matched: list[Matched]) -> None:
        """Look at the rows that no score leads to."""
        matched += [
            (row, self.scores.get(row.issue or ""), row.action, ())
            for row in sieve.candidates(self.value)
            if row.guard is not None and self.holds(row.guard)
        ]

    def holds(self, guard: Guard) -> bool:
        """Whether a guard lets its rows count; worked out once."""
        key = id(guard)
        held: bool | None = self._known.get(key)
        if held is None:
            held = self._test(guard) if guard.simple else self._look(guard)
            self._known[key] = held
        return held

    def _look(self, guard: Guard) -> bool:
        for rollout, salt in guard.shares:
            if not rollout.includes(salt, self.context.item):
                return False
        if guard.test is None:
            return True
        return self._each(guard) if guard.each else self._test(guard)

    def _each(self, guard: Guard) -> bool:
        """Test a condition for each recipient, and remember for whom it holds."""
        shared, held = self._known, []
        for subject in self.context.item.recipients:
            self.subject, self._known = subject, dict(shared)
            if self._test(guard):
                held.append(subject.id)
        self.subject, self._known = None, shared
        self.subjects = {**self.subjects, id(guard): tuple(dict.fromkeys(held))}
        return bool(held)

    def _test(self, guard: Guard) -> bool:
        known, values, test = self._known, [], guard.test
        try:
            for key, source, optional in guard.inputs:
                value = known.get(key, UNREAD)
                if value is UNREAD:
                    value = known[key] = source.read(self.context, self)
                if value is MISSING:
                    if not optional:
                        return self._missing(guard)
                    value = None
                values.append(value)
            if test is None:
                return True
            answer = test(values[0]) if len(values) == 1 else test(*values)
            return self._missing(guard) if answer is None else bool(answer)
        except KeyboardInterrupt:
            raise
        except BaseException:  # No host cancels here, where nothing is awaited.
            self._fault(guard.rule, Cause.ERROR, guard.issues)
            return guard.unknown is Unknown.MATCH

    def value(self, source: Input) -> Any:
        """Read an input, once in a call; FAILED where that raises."""
        known, key = self._known, id(source)
        if key not in known:
            try:
                known[key] = source.read(self.context, self)
            except KeyboardInterrupt:
                raise
            except BaseException:
                return FAILED
        return known[key]

    def _missing(self, guard: Guard) -> bool:
        if guard.unknown in (Unknown.FAULT, None):
            self._fault(guard.rule, Cause.UNKNOWN, guard.issues)
        return guard.unknown is Unknown.MATCH

    def _fault(self, source: str, cause: Cause, issues: frozenset[Any]) -> None:
        fault = (source, cause, None, None, None, issues, -1)
        if fault not in self.faults:
            self.faults = (*self.faults, fault)

    def demote(self, matched: list[Matched]) -> list[Matched]:
        """Leave out rows whose cap tripped; each is a fault of this call."""
        for row, *_ in matched:
            if row.demoted:
                about = frozenset({row.issue} if row.issue else ())
                fault = (row.rule, Cause.TRIPPED, None, row.hash, None, about, -1)
                self.faults = (*self.faults, fault)
        return [one for one in matched if not one[0].demoted]

    def ease(self, matched: list[Matched], eases: Mapping[str, tuple[Ease, ...]]) -> list[Matched]:
        """Apply what exceptions and approvals leave: of several, the lowest ceiling."""
        return [self._eased(one, eases.get(one[0].issue or "", ())) for one in matched]

    def _eased(self, one: Matched, eases: tuple[Ease, ...]) -> Matched:
        row, score, taken, _ = one
        if row.protected or not (row.action or row.effects):
            return one
        if row.issue is not None and self._approved(row):
            return row, score, ALLOW, (APPROVED,)
        by = tuple(
            ease
            for ease in eases
            if row.weight > ease.at_most
            and (ease.below is None or score is None or score < ease.below)
            and ease.guard is not None
            and self.holds(ease.guard)
        )
        return row, score, min([taken, *(ease.at_most for ease in by)]), by

    def _approved(self, row: Row) -> bool:
        """Whether a person let this revision pass under this very rule."""
        approvals = self.context._plan.approvals
        if approvals is None:
            return False
        try:
            item, feature = self.context.item, self.context.feature
            return bool(approvals.approved(feature, item, str(row.issue), row.hash))
        except KeyboardInterrupt:
            raise
        except BaseException:
            self._fault("approvals", Cause.ERROR, frozenset({row.issue}))
            return False
