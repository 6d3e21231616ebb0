"""What policies would decide, without modules and without a record: for cases, tests and diffs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from time import monotonic_ns
from typing import Any

import attrs

from handrail._call import decision, outcome_of
from handrail._context import Context, unix_ns
from handrail._counting import NoState, State, counting
from handrail._decision import Decision
from handrail._feature import Feature
from handrail._fields import numbers
from handrail._finding import Fault, Finding, Stage
from handrail._health import Health
from handrail._inspect import Loaded, ModuleMode
from handrail._issues import expand
from handrail._item import Item
from handrail._judged import NeutralNotices
from handrail._keep import add_fault
from handrail._manifest import Manifest
from handrail._plan import Plan, Slot, arrange
from handrail._planner import Planner
from handrail._policy import Policy
from handrail._report import Report

_NOBODY = "preview"
"""The module of a finding that names none."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Preview:
    """Policies compiled for one feature, stage and moment.

    Args:
        policies: All of them; those that do not cover the feature are left out.
        feature: The feature. stage: The stage. now: The moment; by default this one.

    Raises FeatureError or PolicyError as ``safety.feature`` does.
    """

    def __init__(
        self, policies: Iterable[Policy], feature: Feature,
        stage: Stage | str = Stage.PRE_PUBLISH, *, now: datetime | None = None,
    ) -> None:  # fmt: skip
        self.feature, self.stage = feature, Stage(stage)
        self.now = now or datetime.now(UTC)
        self._plan = self._make([*policies])

    def _make(self, policies: list[Policy]) -> Plan:
        planner = Planner(
            [], policies, budget_ms=50, complete_share=1, state=NoState(), notices=NeutralNotices()
        )
        plan = planner.plan(self.feature, self.stage, self.now)
        return arrange(attrs.evolve(plan, missing=(), unserved=()), monotonic_ns())

    def decide(
        self, item: Item, findings: Iterable[Finding] = (), *, report: Report | None = None,
        faults: Mapping[Fault, Iterable[str]] | None = None, state: State | None = None,
    ) -> Decision:  # fmt: skip
        """Decide about an item in which modules found *findings*.

        Args:
            item: The item.
            findings: What was found, each with the module that found it.
            report: The report, at that stage.
            faults: What failed, and the issues or patterns that it left unseen.
            state: Counters and strikes; by default unknown.
        """
        found = [f if f.module else attrs.evolve(f, module=_NOBODY) for f in findings]
        failed = {fault: expand(issues) for fault, issues in (faults or {}).items()}
        slots = _slots([*(str(f.module) for f in found), *(fault.source for fault in failed)])
        context = self._context(item, slots, state)
        context._report = report
        index = {slot.name: slot.index for slot in slots}
        context._pairs = [(each, index[str(each.module)]) for each in found] or None
        for fault, names in failed.items():
            add_fault(
                context, fault.source, fault.cause, fault.error, fault.place, None, names,
                index[fault.source],
            )  # fmt: skip
        outcome = context._outcome = outcome_of(context)
        return decision(context, outcome.action)

    def _context(self, item: Item, slots: tuple[Slot, ...], state: State | None) -> Context:
        plan = attrs.evolve(
            self._plan, slots=slots, state=counting(state) if state else self._plan.state
        )
        since = self.now - _EPOCH
        micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
        context = Context(plan, item, micros * 1000 - unix_ns(0), numbers.next())
        context._end = context._stamps[0]
        context._times = {slot.index: 0 for slot in slots}
        return context


def _slots(names: Iterable[str]) -> tuple[Slot, ...]:
    return tuple(_slot(index, name) for index, name in enumerate(sorted(set(names))))


def _slot(index: int, name: str) -> Slot:
    manifest = Manifest(name=name, version="0", issues=(), surfaces="*", languages="*")
    loaded = Loaded(
        name=name, manifest=manifest, origin="preview", implementations={}, mode=ModuleMode()
    )
    return Slot(
        index=index, name=name, module=loaded, call=_nothing, cost="inline", timeout_ns=None,
        issues=frozenset(), shadow=False, health=Health(),
    )  # fmt: skip


def _nothing(*_: Any) -> None:
    return None
