"""Makes the plans: which modules take part, bound to plain callables, and what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from time import monotonic_ns
from typing import Any

from handrail._compile import active
from handrail._context import Context
from handrail._counting import Counting
from handrail._feature import Feature
from handrail._finding import Cause, Stage
from handrail._fingerprint import fingerprint
from handrail._health import Health
from handrail._inspect import Hook, Loaded, ModuleMode
from handrail._judged import Notices
from handrail._ladders import Mode
from handrail._ledger import SDK
from handrail._match import PolicyRef
from handrail._plan import CONTENT, LONG, NEVER, Plan, Provider, Pulse, Slot, Tally, arrange
from handrail._policy import Policy
from handrail._reading import sharing
from handrail._rules import Override, Rule
from handrail._seams import Approvals
from handrail._table import Table

COSTS = ("inline", "blocking", "remote")

DEEP_BUDGET_MS = 1000
"""How long ``post_publish`` and ``report`` may take in process where the feature does not say."""


class Planner:
    """Makes the plans of one Safety.

    Args:
        modules: What was taken in. policies: All of them; tables pick those that cover.
        budget_ms: For features that name none. complete_share: Share of calls run in full.
        state: Where conditions read counters. notices: What authors are told.
        approvals: What people let pass. challenger: Policies that shadow is worked out from.
        tripped: Hashes of rules that are demoted to shadow.
    """

    def __init__(
        self, modules: Sequence[Loaded], policies: Sequence[Policy], *, budget_ms: float,
        complete_share: float, state: Counting, notices: Notices, broken: Sequence[str] = (),
        approvals: Approvals | None = None, challenger: Sequence[Policy] = (),
        tripped: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.modules, self.policies, self.broken = modules, policies, broken
        self.budget_ms, self.complete_share = budget_ms, complete_share
        self.state, self.notices, self.approvals = state, notices, approvals
        self.challenger, self.tripped = challenger, tripped
        self.sharing = sharing(state)
        self.pulse = Pulse()
        self.tallies: dict[tuple[str, Stage], Tally] = {}

    def plan(self, feature: Feature, stage: Stage, now: datetime | None = None) -> Plan:
        """Make the plan of *feature* at *stage*; raises FeatureError or PolicyError.

        *now* is the moment whose rules hold, by default this one.
        """
        now = now or datetime.now(UTC)
        slots, skipped = self._slots(feature, stage)
        table = Table(self.policies, feature, stage, now=now, tripped=self.tripped)
        other = self._shadow_table(table, feature, slots, now)
        asked = table.derivations | (other.derivations if other else frozenset())
        plan = Plan(
            feature=feature, stage=stage, slots=slots, skipped=skipped,
            table=table, shadow_table=other, policy=_reference(table.policies),
            short=min(feature.max_text, LONG - 1),
            budget_ns=int(self._budget(feature, stage) * 1_000_000),
            derivations=self._derivations(slots, stage, asked),
            state=self.state, sharing=self.sharing, notices=self.notices,
            approvals=self.approvals, pulse=self.pulse, complete_share=self.complete_share,
            tally=self.tallies.setdefault((feature.name, stage), Tally()),
            missing=(*_missing(feature, stage, slots), *self._broken()),
            unserved=_unserved(slots), guards=stage is Stage.PRE_PUBLISH,
            changes_at=_changes_at((*table.policies, *self.challenger), self.modules, now),
        )  # fmt: skip
        return arrange(plan, monotonic_ns())

    def _budget(self, feature: Feature, stage: Stage) -> float:
        budget = feature.budget_ms or self.budget_ms
        if stage is Stage.PRE_PUBLISH:
            return budget
        return feature.deep_budget_ms or max(budget, DEEP_BUDGET_MS)

    def _broken(self) -> tuple[tuple[Any, ...], ...]:
        """A standing fault for each module that was asked for by name and could not be taken in."""
        return tuple(
            (name, Cause.MISSING, None, "quarantined", None, frozenset[str](), -1)
            for name in self.broken
        )

    def _slots(
        self, feature: Feature, stage: Stage
    ) -> tuple[tuple[Slot, ...], tuple[tuple[str, str], ...]]:
        planned, skipped = [], []
        for module in self.modules:
            hook = module.implementations.get(stage.value)
            if module.mode.current is Mode.OFF:
                skipped.append((module.name, "disabled"))
            elif hook is not None and module.manifest.serves(feature.surface):
                last = module.mode.current is Mode.SHADOW  # What is live never waits for it.
                planned.append((COSTS.index(hook.cost), last, module.name, module, hook))
            elif hook is not None:
                skipped.append((module.name, "not for this surface"))
        planned.sort(key=lambda p: p[:3])
        slots = tuple(
            self._slot(index, module, hook, stage)
            for index, (*_, module, hook) in enumerate(planned)
        )
        skipped += [(name, "quarantined") for name in self.broken]
        return slots, tuple(skipped)

    def _slot(self, index: int, module: Loaded, hook: Hook, stage: Stage) -> Slot:
        return Slot(
            index=index,
            name=module.name,
            module=module,
            call=bind(hook, module),
            cost=hook.cost,
            timeout_ns=None if hook.timeout_ms is None else int(hook.timeout_ms * 1e6),
            issues=module.manifest.findable,
            shadow=module.mode.current is Mode.SHADOW,
            health=self.pulse.health.setdefault((module.name, stage), Health()),
        )

    def _shadow_table(
        self, live: Table, feature: Feature, slots: Iterable[Slot], now: datetime
    ) -> Table | None:
        covering, stage = live.policies, live.stage
        modes = [(p.mode, p.expires) for p in covering]
        modes += [(r.mode, r.expires) for p in covering for r in p.rules]
        modes += [(o.mode, o.expires) for p in covering for o in p.overrides]
        shadow = frozenset({Mode.SHADOW})
        if self.challenger:
            return Table(self.challenger, feature, stage, now=now)
        in_shadow = any(active(*m, shadow, now) for m in modes) or any(s.shadow for s in slots)
        if not in_shadow and not live.demoted:
            return None
        both = frozenset({Mode.ENFORCE, Mode.SHADOW})
        return Table(self.policies, feature, stage, modes=both, now=now)

    def _derivations(
        self, slots: Iterable[Slot], stage: Stage, asked: frozenset[str]
    ) -> Mapping[str, Provider]:
        """What modules of a plan and its policies need, and what their providers need in turn.

        Nothing else is there to be asked for, wherever a hook runs.
        """
        # What is live comes last, so that a shadow provides only what nobody else does.
        offered = {
            name: (m, compute, kind)
            for mode in (Mode.SHADOW, Mode.ENFORCE)
            for m in self.modules
            if m.mode.current is mode
            for name, (compute, kind) in m.provided.items()
        }
        # Any hook may ask for the language.
        needed = {
            "language",
            *asked,
            *(name for slot in slots for name in slot.module.manifest.needs),
        }
        found: dict[str, Provider] = {}
        while open_ := (needed & offered.keys()) - found.keys():
            for name in open_:
                m, compute, kind = offered[name]
                health = self.pulse.health.setdefault((f"{m.name}.{name}", stage), Health())
                found[name] = Provider(name, m.name, compute, kind, m.manifest.issues, health)
                needed.update(m.manifest.needs)
        return found


def bind(hook: Hook, module: Loaded) -> Callable[..., Any]:
    """Turn a hook into a callable of (item, context)."""
    names, settings = hook.arguments, module.settings
    if names == ("item", "context"):
        return hook.function
    if names == ("item",):
        return partial(_first, hook.function)
    if names == ("item", "context", "settings"):
        return partial(_last, hook.function, settings)
    given = {"settings": settings, "memory": module.memory}
    return partial(_any, hook.function, names, given)


def _first(function: Callable[..., Any], item: Any, context: Context) -> Any:
    return function(item)


def _last(function: Callable[..., Any], settings: object, item: Any, context: Context) -> Any:
    return function(item, context, settings)


def _any(
    function: Callable[..., Any], names: tuple[str, ...], given: dict[str, object], item: Any,
    context: Context,
) -> Any:  # fmt: skip
    values = {"item": item, "context": context, "report": context._report, **given}
    return function(*[values[name] for name in names])


def _missing(feature: Feature, stage: Stage, slots: Iterable[Slot]) -> tuple[tuple[Any, ...], ...]:
    """A standing fault for each required issue that no module here covers, or if there is none."""
    if all(s.shadow for s in slots):
        nobody = (SDK, Cause.MISSING, None, "no module", None, frozenset[str](), -1)
    else:
        nobody = None
    covered = frozenset().union(*(s.module.manifest.issues for s in slots if not s.shadow))
    required = frozenset(feature.requires.issues.get(stage.value, ()))
    missing = tuple(
        (SDK, Cause.MISSING, None, name, None, frozenset({name}), -1)
        for name in sorted(required - covered)
    )
    return missing if nobody is None else (nobody, *missing)


def _unserved(slots: Iterable[Slot]) -> tuple[str, ...]:
    """The parts of an item that carry content and that no module here reads."""
    read = frozenset().union(*(s.module.manifest.reads for s in slots if not s.shadow))
    return tuple(part for part in CONTENT if part not in read)


def _changes_at(policies: Sequence[Policy], modules: Iterable[Loaded], now: datetime) -> int:
    """When a plan made *now* has to be made anew, in monotonic ns."""
    rules = [r for p in policies for r in p.rules]
    eases = [e for p in policies for e in p.exceptions]
    times = [t for part in (rules, eases) for r in part for t in (r.starts, r.ends) if t]
    overrides = [o for p in policies for o in p.overrides]
    times += _ends([*policies, *rules, *overrides, *(m.mode for m in modules)])
    soonest = min((t for t in times if t > now), default=None)
    if soonest is None:
        return NEVER
    return monotonic_ns() + (soonest - now) // timedelta(microseconds=1) * 1000


def _ends(shadows: Iterable[Policy | Rule | Override | ModuleMode]) -> list[datetime]:
    """The first moment after each day on which a shadow expires."""
    days = [s.expires for s in shadows if s.mode is Mode.SHADOW and s.expires is not None]
    return [datetime.combine(d, time.min, UTC) + timedelta(days=1) for d in days]


def _reference(policies: Sequence[Policy]) -> PolicyRef:
    name = "+".join(sorted(p.name for p in policies)) or "none"
    revision = policies[0].revision if len(policies) == 1 else fingerprint(
        sorted(p.revision for p in policies)
    )  # fmt: skip
    bundles = sorted({p.bundle for p in policies if p.bundle is not None})
    return PolicyRef(name=name, revision=revision, bundle="+".join(bundles) or None)


def expired(policies: Iterable[Policy], now: datetime | None = None) -> tuple[str, ...]:
    """The shadow policies and rules whose time is over, and enforced rules to look at again."""
    today = (now or datetime.now(UTC)).date()
    out = []
    for policy in policies:
        if policy.expires is not None and today > policy.expires:
            out.append(f"policy {policy.name!r} expired on {policy.expires}")
        out.extend(
            f"exception {each.id!r} of {policy.name!r} was due on {each.review_by}"
            for each in policy.exceptions
            if today > each.review_by
        )
        for rule in policy.rules:
            if rule.expires is not None and today > rule.expires:
                out.append(f"rule {rule.id!r} of {policy.name!r} expired on {rule.expires}")
            if rule.review_by is not None and today > rule.review_by:
                out.append(f"rule {rule.id!r} of {policy.name!r} was due on {rule.review_by}")
    return tuple(out)
