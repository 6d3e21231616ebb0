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

from handrail._finding import Stage
from handrail._keep import type_of
from handrail._plan import Plan, arrange
from handrail._planner import Planner
from handrail._policy import Policy
from handrail._radius import Watched
from handrail._telemetry import log
from handrail.errors import FeatureError, HandrailError

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
        read: Reads policies and challenger; raises PolicyError. folders: Where they lie.
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

    def _look(self) -> object:
        found: list[object] = [self.today()]
        for folder in self.folders:
            with suppress(OSError):
                # What lies deep, such as an archive, never crowds out what is read.
                paths = sorted(folder.rglob("*"), key=lambda path: (len(path.parts), path))
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
        _check(core, planner)
        _swap(core, planner)
    core.refused = None


def demote(core: Core) -> None:
    """Take in which rules are demoted now; the policies stay."""
    with core.swapping:
        _swap(core, copy.copy(core.planner))


def _swap(core: Core, planner: Planner) -> None:
    """Make all plans anew and put them in place at once, with any that was opened meanwhile."""
    planner.tripped = frozenset(core.radius.cap.caps.tripped()) if core.radius else frozenset()
    plans: dict[str, Plan] = {}
    while True:
        opened = [(key, p) for key, p in core.plans.items() if key not in plans]
        plans.update((key, planner.plan(p.feature, p.stage)) for key, p in opened)
        with planner.pulse.lock:
            if core.plans.keys() <= plans.keys():
                now = monotonic_ns()  # A breaker may have opened since they were made.
                plans = {key: arrange(plan, now) for key, plan in plans.items()}
                core.planner, core.policies, core.plans = planner, tuple(planner.policies), plans
                break
    try:
        watch(core)
    except OSError as error:
        log("handrail.call_failed", "error", call="caps", error=type_of(error))


def _check(core: Core, planner: Planner) -> None:
    """Refuse what a declared feature cannot work with, whether it is open or not."""
    opened = {plan.feature.name for plan in core.plans.values()}
    for name, feature in core.features.items():
        if name in opened:
            problems = [p for p in core.check(feature, planner) if p.level == "error"]
            if problems and core.strict:
                raise FeatureError("\n".join(f"{p.where}: {p.what} {p.fix}" for p in problems))
        else:
            for stage in Stage:
                planner.plan(feature, stage)


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
    if core.source is not None and core.source.watch and core.source.changed():
        threading.Thread(target=_quietly, args=(core,), name="handrail-reload", daemon=True).start()
    if core.radius is not None:
        tripped = frozenset(core.radius.cap.caps.tripped())
        if tripped != core.planner.tripped:
            demote(core)


def _quietly(core: Core) -> None:
    with suppress(HandrailError):
        reload(core)


def watch(core: Core) -> None:
    """Have the blast radius of young rules watched."""
    if core.radius is not None:
        core.radius.watch(row for plan in core.plans.values() for row in plan.table.rows)


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
