"""Changing the policies of a running Safety: read, checked and compiled first, swapped in at once.

What cannot run is refused as a whole, and what ran before runs on.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic_ns
from typing import TYPE_CHECKING, TypeAlias

import attrs

from handrail._check import check_feature, refuse
from handrail._finding import Stage
from handrail._keep import type_of
from handrail._log import log
from handrail._plan import Plan, arrange, plan_key
from handrail._planner import Planner
from handrail._policy import Policy
from handrail._radius import Watched
from handrail.errors import HandrailError

if TYPE_CHECKING:
    from handrail._core import Core

FILES_MOST = 2_000
"""Files of a directory that are looked at for changes."""

Read: TypeAlias = "tuple[Sequence[Policy], Sequence[Policy]]"
"""Policies, and those of a challenger."""


def _utc_day() -> date:
    return datetime.now(UTC).date()


@attrs.define(eq=False)
class Source:
    """Policies that can be read again.

    Attributes:
        read: Reads policies and challenger; raises PolicyError. folders: Where they lie, in
            themselves or in a folder of theirs.
        watch: Whether a change there is taken in by itself. more: Policies given in code.
        today: Tells the day: a new one is a change, for legal deadlines have dates.
    """

    read: Callable[[], Read]
    folders: tuple[Path, ...] = ()
    watch: bool = False
    more: tuple[Policy, ...] = ()
    today: Callable[[], date] = _utc_day
    _seen: object = attrs.field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether a file was added, removed or written, or a day began, since the last look."""
        before, self._seen = self._seen, self._look()
        return before != self._seen

    def forget(self) -> None:
        """Take the next look for a change: this one could not be acted on."""
        self._seen = None

    def _look(self) -> object:
        found: list[object] = [self.today()]
        for folder in self.folders:
            with suppress(OSError):
                # A folder's own files first, so that an archive never crowds them out.
                paths = (*sorted(folder.glob("*")), *sorted(folder.glob("*/*")))
                found.extend(map(_state, paths[:FILES_MOST]))
        return found


def _state(path: Path) -> object:
    """What shows that a file was written; editors leave links there that lead nowhere."""
    try:
        status = path.stat()
    except OSError:
        return str(path)
    return str(path), status.st_mtime_ns, status.st_size


def replace(core: Core, policies: Iterable[Policy], challenger: Iterable[Policy] = ()) -> None:
    """Put other policies in force; where that raises, as opening a feature may, nothing changes."""
    with core.swapping:
        planner = copy.copy(core.planner)
        planner.policies, planner.challenger = tuple(policies), tuple(challenger)
        planner.tripped = _tripped(core)
        swap(core, planner, _checked(core, planner))
    core.refused = None


def demote(core: Core) -> None:
    """Take in which rules are demoted now; the policies stay."""
    with core.swapping:
        planner = copy.copy(core.planner)
        planner.tripped = _tripped(core)
        swap(core, planner, {})


def _tripped(core: Core) -> frozenset[str]:
    return frozenset(core.radius.cap.caps.tripped()) if core.radius else frozenset()


def swap(core: Core, planner: Planner, plans: dict[str, Plan]) -> None:
    """Put all plans in place at once: those that are made, and what else is open by now."""
    while True:
        opened = [(key, p) for key, p in core.plans.items() if key not in plans]
        plans.update((key, planner.plan(p.feature, p.stage)) for key, p in opened)
        with planner.pulse.lock:
            if core.plans.keys() <= plans.keys():
                now = monotonic_ns()  # A breaker may have opened since they were made.
                plans = {key: arrange(plans[key], now) for key in core.plans}
                core.planner, core.policies, core.plans = planner, tuple(planner.policies), plans
                break
    watch(core)


def _checked(core: Core, planner: Planner) -> dict[str, Plan]:
    """The plans of all declared features, open or not; refuses what one cannot work with."""
    opened = {plan.feature.name for plan in core.plans.values()}
    plans: dict[str, Plan] = {}
    for name, feature in core.features.items():
        made: dict[Stage, Plan] = {}
        if name in opened:
            refuse(check_feature(feature, core.registry, planner, made), strict=core.strict)
        else:
            made = {stage: planner.plan(feature, stage) for stage in Stage}
        plans.update((plan_key(name, stage), plan) for stage, plan in made.items())
    return plans


def reload(core: Core) -> None:
    """Read the policies again and put them in force; raises HandrailError, and shouts."""
    source = core.source
    if source is None:
        raise HandrailError("reload: these policies came from code; give the new ones")
    with core.reloading:
        try:
            policies, challenger = source.read()
            replace(core, (*policies, *source.more), challenger)
        except HandrailError as error:
            _refuse(core, str(error))
            raise
        except Exception as error:
            what = f"reload: reading the policies raised {type_of(error)}"
            _refuse(core, what)
            raise HandrailError(what) from error
        said(core)
        _tell_store(core)


def _tell_store(core: Core) -> None:
    """Have the store keep what is in force now; where it cannot, the policies are all the same."""
    tell = getattr(core.store, "reloaded", None)
    if callable(tell):
        try:
            tell()
        except Exception as error:
            log("handrail.call_failed", "error", call="reloaded", error=type_of(error))


def _refuse(core: Core, what: str) -> None:
    core.refused = what
    core.telemetry.count("handrail.policy.loads", "refused")
    log("handrail.policy_refused", "error", what=what)


def said(core: Core) -> None:
    """Say which revisions are in force now."""
    core.telemetry.count("handrail.policy.loads", "loaded")
    for policy in core.policies:
        log("handrail.policy_loaded", "info", policy=policy.name, revision=policy.revision,
            bundle=policy.bundle)  # fmt: skip


def look(core: Core) -> None:
    """Housekeeping: take in changed files, and what other processes did to rules."""
    source = core.source
    if source is not None and source.watch and source.changed():
        reader = threading.Thread(
            target=_quietly, args=(core,), name="handrail-reload", daemon=True
        )
        try:
            reader.start()
        except RuntimeError:  # The system may give no thread just now.
            source.forget()
    if _tripped(core) != core.planner.tripped:
        demote(core)


def _quietly(core: Core) -> None:
    with suppress(HandrailError):
        reload(core)


def watch(core: Core) -> None:
    """Have the blast radius of young rules watched."""
    if core.radius is not None:
        try:
            core.radius.watch(row for plan in core.plans.values() for row in plan.table.rows)
        except OSError as error:
            log("handrail.call_failed", "error", call="caps", error=type_of(error))


def trip(core: Core, watched: Watched) -> None:
    """Demote a rule that acts on too many established actors, or only say so."""
    if core.radius is None:
        return
    seen, hit = core.radius.counts(watched.mark)
    log(
        "handrail.cap_alarm" if watched.alarms else "handrail.rule_tripped", "error",
        rule=watched.rule, hash=watched.mark, acted_on=hit, established=seen,
        share=watched.share,
    )  # fmt: skip
    core.telemetry.count("handrail.cap", watched.rule, "alarm" if watched.alarms else "tripped")
    if not watched.alarms:
        try:
            core.radius.cap.caps.trip(watched.mark, watched.rule)
        except OSError as error:
            log("handrail.call_failed", "error", call="caps", error=type_of(error))
        demote(core)
