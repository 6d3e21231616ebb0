"""A plan: everything one feature does at one stage, worked out before the first call.

A plan is immutable. When a breaker opens, a module is moved to the pool or a policy is replaced,
a new plan is arranged and swapped in by one assignment; a call reads one plan from begin to end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import monotonic_ns
from typing import Any

import attrs

from handrail._context import Context
from handrail._counting import Counting
from handrail._feature import Feature
from handrail._finding import Action, Cause, Stage
from handrail._health import Health
from handrail._inspect import Loaded
from handrail._issues import flagged
from handrail._judged import Notices
from handrail._keep import add_fault, place_of, type_of
from handrail._locks import RenewedLock
from handrail._match import PolicyRef
from handrail._outcome import CLEAR, Outcome
from handrail._reading import Sharing
from handrail._seams import Approvals
from handrail._table import Table

CONTENT = ("text", "media", "links", "amount")
"""The parts of an item that carry content."""

LONG = 2_000
"""Characters from which on a text is weighed while it waits for the record; the number of
entries bounds the shorter ones."""

GRACE_MS = 25.0
"""How much longer than its budget a call may take: waking up, deciding, and the record."""


@attrs.frozen(eq=False)
class Slot:
    """One module's place in a plan.

    Attributes:
        index: Its position in ``Plan.slots``. call: The hook, bound to take
            (item, context). shadow: Whether its findings only count for comparison.
    """

    index: int
    name: str
    module: Loaded
    call: Callable[..., Any] = attrs.field(repr=False)
    cost: str
    timeout_ns: int | None
    issues: frozenset[str]
    shadow: bool
    health: Health


@attrs.frozen(eq=False)
class Provider:
    """Who computes a derivation, how, what it must be, and how it has been doing.

    Its breaker is like a module's: one that fails or overruns again and again is left out.
    """

    name: str
    module: str
    compute: Callable[..., Any]
    type: type
    issues: frozenset[str]
    health: Health

    @property
    def label(self) -> str:
        """What metrics and logs call it."""
        return f"{self.module}.{self.name}"


@attrs.define(eq=False)
class Pulse:
    """What plans share that changes from call to call: whether any module needs watching."""

    troubled: bool = False
    health: dict[tuple[str, Stage], Health] = attrs.field(factory=dict)
    lock: RenewedLock = attrs.field(factory=RenewedLock)

    def feel(self) -> None:
        """Look at all modules again; one thread at a time, so that the last look counts."""
        with self.lock:
            self.troubled = any(h.troubled for h in list(self.health.values()))


EDGES_US = (10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000)
"""Upper edges of the duration buckets in microseconds; what is above has ``le="+Inf"``."""

BUCKETS = len(EDGES_US) + 1
NEVER = 1 << 62
"""A monotonic time that does not come."""

LANGUAGES_MOST = 500
"""Languages a plan remembers things for; items come with any."""


@attrs.define(eq=False)
class Tally:
    """What the drain counts per feature and stage; it outlives any plan.

    Attributes:
        clean: Calls that were a clean ALLOW. sampled: Calls looked at closely.
        present: The parts a feature can provide that any of those had.
        unmeasured: How many were in a language that a module was not measured in, by module.
        decided: The last decision by item id: its revision, shifted by 3 bits, and action.
        calls, runs: Sampled durations, of calls and by module: how many fell into each bucket.
    """

    clean: int = 0
    sampled: int = 0
    present: set[str] = attrs.field(factory=set)
    unmeasured: dict[str, int] = attrs.field(factory=dict)
    decided: dict[str, int] = attrs.field(factory=dict)
    calls: list[int] = attrs.field(factory=lambda: [0] * BUCKETS)
    runs: dict[str, list[int]] = attrs.field(factory=dict)


@attrs.frozen(eq=False, kw_only=True)
class Plan:
    """See the module's docstring.

    Attributes:
        slots: All modules planned, in coverage order. inline: The hooks that run in the
            caller's thread. inline_slots: Their slots.
        rest: What runs on our threads, after the inline ones. absent: Slots left out by an open
            breaker. shut: Labels of derivations left out likewise.
        skipped: Modules that do not take part, and why.
        table: What is enforced. shadow_table: The same with shadow rules; None if nothing is.
        static_faults: Faults of every call: what is required and missing, what is broken.
        learning: The slots of modules that remember something.
        stop_at: With this action reached, the rest cannot change anything; None: it always can.
        short: Characters up to which a text needs no look at its length.
        sharing: How its state is shared with other processes; None if it is not.
        tagged: What conditions read the kept tags of.
        quiet: Whether a call without findings and faults is a clean ALLOW without another look.
        broken: What to answer where the SDK itself fails. guards: Whether its decisions are
            what publishing is later held against. changes_at: When a
            rule starts or ends or a shadow expires, monotonic ns. templates, languages: Caches.
    """

    feature: Feature
    stage: Stage
    slots: tuple[Slot, ...]
    skipped: tuple[tuple[str, str], ...]
    table: Table
    shadow_table: Table | None
    budget_ns: int
    derivations: Mapping[str, Provider]
    state: Counting
    notices: Notices
    approvals: Approvals | None = None
    sharing: Sharing | None = None
    tagged: frozenset[str] = frozenset()
    pulse: Pulse
    tally: Tally
    complete_share: float
    missing: tuple[tuple[Any, ...], ...] = ()
    unserved: tuple[str, ...] = ()
    policy: PolicyRef
    inline: tuple[Callable[..., Any], ...] = attrs.field(default=(), repr=False)
    inline_slots: tuple[Slot, ...] = ()
    rest: tuple[Slot, ...] = ()
    absent: tuple[Slot, ...] = ()
    shut: frozenset[str] = frozenset()
    static_faults: tuple[tuple[Any, ...], ...] = ()
    eager: tuple[str, ...] = ()
    learning: tuple[Slot, ...] = ()
    stop_at: Action | None = None
    quiet: bool = False
    short: int = 0
    clear: Outcome = CLEAR
    broken: Outcome = CLEAR
    templates: dict[object, tuple[str, str]] = attrs.field(factory=dict)

    languages: dict[str | None, tuple[str, ...]] = attrs.field(factory=dict)
    guards: bool = False
    changes_at: int = NEVER

    @property
    def left_out(self) -> frozenset[str]:
        """The labels of the derivations whose breaker is open just now."""
        return frozenset(p.label for p in self.derivations.values() if p.health.open)

    def unmeasured(self, language: str | None) -> tuple[str, ...]:
        """The modules that were not measured in *language*."""
        names = self.languages.get(language)
        if names is None:
            names = tuple(s.name for s in self.slots if not s.module.manifest.measured_in(language))
            if len(self.languages) < LANGUAGES_MOST:
                self.languages[language] = names
        return names

    def derivation_did(
        self, context: Context, provider: Provider, cause: Cause | None,
        error: BaseException | None = None,
    ) -> None:  # fmt: skip
        """Book how a derivation did; a success counts once something has failed lately."""
        if cause is not None:
            self.derivation_failed(context, provider, cause, error)
        over = context._books().took > self.budget_ns // 2
        if cause is not None or over:
            provider.health.book(False, monotonic_ns())
            self.pulse.troubled = True
        elif self.pulse.troubled:
            provider.health.book(True, monotonic_ns())

    def derivation_failed(
        self, context: Context, provider: Provider, cause: Cause, error: BaseException | None = None
    ) -> None:
        """Book the fault of a derivation to its provider."""
        if context._outcome is not None:
            return  # Asked by a hook that was given up: the decision is out already.
        place = place_of(error)
        if cause is Cause.INVALID:
            place = f"{provider.name} not of the declared type"
        elif cause is Cause.BREAKER_OPEN:
            place, context._complete = f"provides {provider.name}", False
        # A fault of no slot counts; that of a module in shadow must not.
        shadow = (s.index for s in self.slots if s.shadow and s.name == provider.module)
        add_fault(
            context, provider.module, cause, type_of(error), place, None,
            provider.issues, next(shadow, -1),
        )  # fmt: skip


def plan_key(feature: str, stage: Stage) -> str:
    """The key of a plan: a string, because it is hashed in every call."""
    return f"{stage.value}:{feature}"


def arrange(plan: Plan, now: int, probing: Slot | None = None) -> Plan:
    """Work out what runs where, given how the modules have been doing."""
    absent = tuple(s for s in plan.slots if s.health.open and s is not probing)
    running = [s for s in plan.slots if s not in absent]
    inline = tuple(s for s in running if s.cost == "inline" and s.health.moved_until <= now)
    rest = tuple(s for s in running if s not in inline)
    broken = tuple(
        (s.name, Cause.BREAKER_OPEN, None, None, None, s.issues, s.index) for s in absent
    )
    faults = (*plan.missing, *broken)
    needs = {n for s in rest for n in s.module.manifest.needs}
    learning = tuple(s for s in running if s.module.learner is not None)
    shadow = plan.shadow_table is not None
    return attrs.evolve(
        plan,
        inline=tuple(s.call for s in inline),
        inline_slots=inline,
        rest=rest,
        absent=absent,
        shut=plan.left_out,
        static_faults=faults,
        eager=tuple(sorted(needs)),
        tagged=frozenset().union(*(t.tagged for t in (plan.table, plan.shadow_table) if t)),
        stop_at=None if shadow else _stop_at(plan.table, rest),
        learning=learning,
        quiet=not (rest or faults or plan.table.free or shadow or learning or plan.sharing),
        broken=plan.table.on_failure(frozenset().union(*(s.issues for s in plan.slots))),
        templates={},
    )


def _stop_at(table: Table, rest: Iterable[Slot]) -> Action | None:
    """The action from which on the rest can add nothing: no action, no effect, no evidence."""
    names = frozenset().union(*(s.issues for s in rest))
    if any(flagged(n, "mandatory_report", "preserve") for n in names):
        return None
    action, effects = table.reach(names)
    return None if effects else action
