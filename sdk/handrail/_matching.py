"""One pass over a table: conditions are tested once, inputs read once, and rows are eased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from handrail._condition import MISSING, Input, Unknown
from handrail._finding import Action, Cause
from handrail._rows import APPROVED, Ease, Guard, Matched, Row

if TYPE_CHECKING:
    from handrail._actor import Actor
    from handrail._context import Context

ALLOW = Action.ALLOW

_FAILED = object()
"""The value of an input that could not be read: a fault of whatever rule asked for it."""


class Matching:
    """See the module's docstring.

    Args:
        context: The call. scores: The highest score of each issue.
        pairs: The findings that count, each with its slot.

    Attributes:
        faults: What failed on the way, raw.
        subjects: The recipients that a guard held for. subject: The one being looked at.
    """

    __slots__ = ("_held", "_values", "context", "faults", "pairs", "scores", "subject", "subjects")

    def __init__(
        self, context: Context, scores: Mapping[str, float], pairs: Iterable[tuple[Any, int]]
    ) -> None:
        self.context, self.scores, self.pairs = context, scores, pairs
        self.faults: list[tuple[Any, ...]] = []
        self.subjects: dict[int, tuple[str, ...]] = {}
        self.subject: Actor | None = None
        self._values: dict[int, Any] = {}
        self._held: dict[int, bool] = {}

    def free(self, rows: Iterable[Row], matched: list[Matched]) -> None:
        """Look at the rows that no score leads to."""
        matched.extend(
            (row, self.scores.get(row.issue or ""), row.action, ())
            for row in rows
            if row.guard is not None and self.holds(row.guard)
        )

    def holds(self, guard: Guard) -> bool:
        """Whether a guard lets its rows count; worked out once."""
        key = id(guard)
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = self._look(guard)
        return held

    def _look(self, guard: Guard) -> bool:
        for rollout, salt in guard.shares:
            if not rollout.includes(salt, self.context.item):
                return False
        if guard.test is None:
            return True
        return self._each(guard) if guard.each else self._test(guard, guard.test)

    def _each(self, guard: Guard) -> bool:
        """Test a condition for each recipient, and remember for whom it holds."""
        shared, held = self._values, []
        for subject in self.context.item.recipients:
            self.subject, self._values = subject, dict(shared)
            if guard.test is not None and self._test(guard, guard.test):
                held.append(subject.id)
        self.subject, self._values = None, shared
        self.subjects[id(guard)] = tuple(dict.fromkeys(held))
        return bool(held)

    def _test(self, guard: Guard, test: Any) -> bool:
        values = []
        for source, optional in guard.inputs:
            value = self._values.get(id(source), self)
            if value is self:
                value = self._values[id(source)] = self._read(source)
            if value is _FAILED:
                self._fault(guard, Cause.ERROR)
                return guard.unknown is Unknown.MATCH
            if value is MISSING:
                if not optional:
                    return self._missing(guard)
                value = None
            values.append(value)
        try:
            answer = test(*values)
            return self._missing(guard) if answer is None else bool(answer)
        except KeyboardInterrupt:
            raise
        except BaseException:  # No host cancels here, where nothing is awaited.
            self._fault(guard, Cause.ERROR)
            return False

    def _read(self, source: Input) -> Any:
        try:
            return source.read(self.context, self)
        except KeyboardInterrupt:
            raise
        except BaseException:
            return _FAILED

    def _missing(self, guard: Guard) -> bool:
        if guard.unknown in (Unknown.FAULT, None):
            self._fault(guard, Cause.UNKNOWN)
        return guard.unknown is Unknown.MATCH

    def _fault(self, guard: Guard, cause: Cause) -> None:
        fault = (guard.rule, cause, None, None, None, guard.issues, -1)
        if fault not in self.faults:
            self.faults.append(fault)

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
            return bool(approvals.approved(self.context.item, str(row.issue), row.hash))
        except KeyboardInterrupt:
            raise
        except BaseException:
            fault = ("approvals", Cause.ERROR, None, None, None, frozenset({row.issue}), -1)
            if fault not in self.faults:
                self.faults.append(fault)
            return False
