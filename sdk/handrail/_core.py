"""What both facades share: modules, policies, plans, the record; and what is wrong with them."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from time import monotonic_ns
from typing import Any

import attrs

from handrail import _call
from handrail._arguments import Modules, by_name, check_options, load, several
from handrail._check import Problem, check_feature, problems, refuse, standing
from handrail._context import Context, clock
from handrail._counting import State, counting
from handrail._decision import Decision
from handrail._durable import Durable
from handrail._enforcement import Enforcement
from handrail._feature import Feature
from handrail._files import Files
from handrail._finding import Action, Cause, Stage
from handrail._inspect import ModuleMode
from handrail._judged import NeutralNotices, Notices
from handrail._locks import RenewedLock
from handrail._log import log, prepare_log
from handrail._nudges import Nudges
from handrail._plan import NEVER, Plan, arrange, plan_key
from handrail._planner import Planner
from handrail._policy import Policy
from handrail._radius import Cap, Radius
from handrail._record import Recorder
from handrail._registry import Registry
from handrail._reload import Source, look, said, trip, watch
from handrail._seams import Approvals, Intake, Sink
from handrail._telemetry import Telemetry
from handrail._trips import account, count_guesses, look_after
from handrail._workers import Workers
from handrail.errors import (
    FeatureError,
    HandrailError,
    unknown,
)


@attrs.define(kw_only=True, eq=False)
class Core:
    """See the module's docstring; the arguments are those of Safety."""

    registry: Registry
    features: Mapping[str, Feature]
    policies: tuple[Policy, ...]
    planner: Planner
    telemetry: Telemetry
    recorder: Recorder
    workers: Workers
    intake: Intake | None
    strict: bool
    nudges: Nudges = attrs.field(factory=Nudges)
    plans: dict[str, Plan] = attrs.field(factory=dict)
    carriers: dict[str, Callable[[Enforcement], object]] = attrs.field(factory=dict)
    source: Source | None = None
    store: Durable | None = None
    radius: Radius | None = None
    refused: str | None = None
    files: Files = attrs.field(factory=Files)
    reloading: RenewedLock = attrs.field(factory=RenewedLock)
    swapping: RenewedLock = attrs.field(factory=RenewedLock)
    closed: bool = False

    @classmethod
    def make(
        cls, features: Iterable[Feature], *, modules: Modules, deny: Iterable[str],
        policy: Policy | Iterable[Policy], budget_ms: float,
        settings: Mapping[str, Mapping[str, Any]] | None,
        modes: Mapping[str, ModuleMode | Mapping[str, Any]] | None,
        sink: Sink | None, intake: Intake | None, state: State | None, notices: Notices | None,
        approvals: Approvals | None, challenger: Policy | Iterable[Policy], cap: Cap | None,
        source: Source | None, store: Durable | None, strict: bool,
        complete_share: float, trace_share: float,
    ) -> Core:  # fmt: skip
        """Load, check and connect everything; raises HandrailError for what cannot work."""
        registry = Registry(settings, modes)
        load(registry, modules, deny)
        policies = several(policy)
        check_options(sink, intake, budget_ms, complete_share, trace_share)
        planner = Planner(
            registry.loaded, policies, budget_ms=budget_ms, complete_share=complete_share,
            state=counting(state), notices=notices or NeutralNotices(),
            broken=[q.name for q in registry.quarantined if q.name in registry.named],
            approvals=approvals, challenger=several(challenger),
            tripped=frozenset(cap.caps.tripped()) if cap else frozenset(),
        )  # fmt: skip
        telemetry = Telemetry(trace_share)
        core = cls(
            registry=registry, features=by_name(features), policies=policies, planner=planner,
            telemetry=telemetry, recorder=Recorder(sink, telemetry), workers=Workers(),
            intake=intake, strict=strict, source=source, store=store,
            radius=Radius(cap) if cap else None,
        )  # fmt: skip
        core._begin()
        return core

    def _begin(self) -> None:
        self.telemetry.watch(self.planner.tallies)
        reference = weakref.ref(self)

        def tick() -> None:
            if (core := reference()) is not None:
                core.tick()

        def acted(contexts: list[Context]) -> None:
            core = reference()
            if core is not None and core.radius is not None:
                for watched in core.radius.observe(contexts):
                    trip(core, watched)

        self.recorder.on_tick(tick)
        if self.radius is not None:
            self.telemetry.on_batch(acted)
        for part in (self.recorder.retire, self.workers.close):
            weakref.finalize(self, part).atexit = False
        for broken in self.registry.quarantined:
            log("handrail.module_quarantined", "error", module=broken.name, reason=broken.reason)
        _say(standing(self))
        if self.source is not None:
            said(self)

    def open(self, name: str) -> Feature:
        """Get a feature ready; raises FeatureError where it cannot be guarded as it asks."""
        prepare_log()
        if self.planner.sharing is not None:
            self.planner.sharing.state.open()
        feature = self.features.get(name)
        if feature is None:
            raise FeatureError(str(unknown("feature", name, self.features)))
        if plan_key(name, Stage.REPORT) in self.plans:
            return feature
        made: dict[Stage, Plan] = {}
        planner = self.planner
        problems = check_feature(feature, self.registry, planner, made)
        refuse(problems, strict=self.strict)
        _say(problems)
        with self.planner.pulse.lock:
            for stage in Stage:
                if (key := plan_key(name, stage)) not in self.plans:
                    # Other policies may be in force by now.
                    plan = made.get(stage) if planner is self.planner else None
                    plan = plan or self.planner.plan(feature, stage)
                    self.plans = {**self.plans, key: plan}
        watch(self)
        return feature

    def plan(self, key: str) -> Plan:
        """The plan of the next call, while something is being watched: it may try a breaker."""
        plan, now = self.plans[key], monotonic_ns()
        for slot in plan.absent:
            if slot.health.probe(now):
                return arrange(plan, now, probing=slot)
        return plan

    def rearrange(self) -> None:
        """Arrange all plans anew, after a breaker or a move; one assignment swaps them."""
        with self.planner.pulse.lock:
            now, before = monotonic_ns(), self.plans
            after = self.plans = {key: arrange(plan, now) for key, plan in before.items()}
        changed = {
            (name, plan.stage.value, "open" if name in _left_out(plan) else "closed")
            for key, plan in after.items()
            for name in _left_out(plan) ^ _left_out(before[key])
        }
        for name, stage, state in sorted(changed):
            self.telemetry.count("handrail.breaker.changes", name, stage, state)
            log("handrail.breaker_changed", "warning", module=name, stage=stage, state=state)

    def tick(self) -> None:
        """Housekeeping, once per interval: bring moved modules back, look for a stuck loop."""
        clock.follow()
        now = monotonic_ns()
        health = list(self.planner.pulse.health.values())
        if any(0 < h.moved_until <= now for h in health):
            for h in health:
                h.moved_until = 0 if h.moved_until <= now else h.moved_until
            self.rearrange()
        if any(plan.changes_at <= now for plan in self.plans.values()):
            self.renew()
        look(self)
        self.files.look(self)
        if self.planner.sharing is not None:
            look_after(self.planner.sharing, self.telemetry)
        while self.workers.replaced > self._replaced():
            self.telemetry.count("handrail.loop.replaced")
            log("handrail.loop_replaced", "error")

    def renew(self) -> None:
        """Make anew the plans whose time is over: a rule starts or ends, a shadow expires."""
        now, made = monotonic_ns(), {}
        due = {key: plan for key, plan in self.plans.items() if plan.changes_at <= now}
        for key, plan in due.items():
            try:
                made[key] = self.planner.plan(plan.feature, plan.stage)
            except HandrailError as error:
                made[key] = attrs.evolve(plan, changes_at=NEVER)
                log("handrail.problem_found", "error", where=key, what=str(error))
        with self.planner.pulse.lock:
            # What another thread has put there meanwhile is looked at in the next interval.
            made = {key: plan for key, plan in made.items() if self.plans[key] is due[key]}
            self.plans = {**self.plans, **made}
        watch(self)

    def _replaced(self) -> int:
        return self.telemetry.counts("handrail.loop.replaced").get((), 0)

    def conclude(self, context: Context) -> Decision:
        """Decide a call whose hooks have all had their chance."""
        plan = context._plan
        if plan.sharing is not None:
            account(context, self.telemetry)
        if plan.learning:
            _call.learn(context)
        outcome = context._outcome = _call.outcome_of(context)
        if plan.sharing is not None:
            count_guesses(context, self.telemetry)
        if outcome.action is Action.NUDGE:
            outcome = context._outcome = self.nudges.settle(context, outcome)
        changed = False
        if context._faults is not None or plan.pulse.troubled:
            changed = _call.book(context)
        if context._late and _call.watch_inline(context):
            changed = True
            self._say_moved(plan)
        if changed:
            self.rearrange()
        return _call.decision(context, outcome.action)

    def _say_moved(self, plan: Plan) -> None:
        now = monotonic_ns()
        for slot in plan.inline_slots:
            if slot.health.moved_until > now:
                self.telemetry.count("handrail.modules.moved", slot.name, plan.stage)
                log("handrail.module_moved", "warning", module=slot.name, stage=plan.stage.value)

    def opens_case(self, decision: Decision) -> bool:
        """Whether a person has to see it, so that its record must be durable first."""
        return decision.action is Action.HOLD or any(e.name in _CASE for e in decision.effects)

    def due(self, context: Context) -> None:
        """Write down, before it is committed, what the record of a decision will say of itself."""
        sink = self.recorder.sink
        context._recorded = sink is not None and sink.durable

    def committed(self, context: Context, made: Decision, *, durable: bool) -> Decision:
        """The decision to return; where it should be durable and is not, that is a fault."""
        if durable == context._recorded:
            return made
        context._recorded = durable
        if not durable:
            context._sink_fault = Cause.TIMEOUT
        return _call.decision(context, made.action)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that should not stay as it is, worst first."""
        return problems(self)

    def flush(self) -> None:
        """Drain the buffer now."""
        self.recorder.drain()

    def close(self) -> None:
        """Drain a last time and let go of threads and the sink; further calls still answer."""
        if not self.closed:
            self.closed = True
            self.recorder.close()
            self.workers.close()
            if self.store is not None:
                self.store.close()
            if self.planner.sharing is not None:
                self.planner.sharing.state.close()


_CASE = frozenset({"review", "report_to", "preserve"})
"""Effects that somebody has to act on: what asks for one is durable before the call returns."""


def _left_out(plan: Plan) -> frozenset[str]:
    """The modules, and derivations of modules, that a plan leaves out for a while."""
    return plan.shut | {slot.name for slot in plan.absent}


def _say(problems: Iterable[Problem]) -> None:
    for problem in problems:
        if problem.level != "note":
            log("handrail.problem_found", "warning", where=problem.where, what=problem.what)
