"""What is wrong, unguarded or unmeasured: at start-up, and after a while of running."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import attrs

from handrail._feature import Feature
from handrail._finding import Stage
from handrail._idle import idle
from handrail._inspect import Loaded
from handrail._ladders import Mode
from handrail._markets import market_languages
from handrail._plan import CONTENT, Plan
from handrail._planner import Planner, expired
from handrail._registry import Registry
from handrail._shared import Apart
from handrail.errors import FeatureError, HandrailError

if TYPE_CHECKING:
    from handrail._core import Core

ENOUGH = 50
"""Sampled calls after which a part that never came is called missing."""


@attrs.frozen
class Problem:
    """Something that should not stay as it is.

    Attributes:
        level: ``error``, ``warning`` or ``note``. where: A feature, module or policy.
        what: What is wrong. fix: What to do about it.
    """

    level: str
    where: str
    what: str
    fix: str = ""


def check_feature(
    feature: Feature, registry: Registry, planner: Planner, made: dict[Stage, Plan] | None = None
) -> list[Problem]:
    """What keeps *feature* from being guarded as it asks, and what its policy asks in vain.

    The plans that could be made are put into *made*.
    """
    made = {} if made is None else made
    where = f"Feature {feature.name!r}"
    found: list[Problem] = []
    live = [m for m in registry.loaded if m.mode.current is Mode.ENFORCE]
    serving = [m for m in live if m.manifest.serves(feature.surface)]
    if not serving:
        what = f"no loaded module serves the surface {feature.surface!r}."
        found.append(Problem("error", where, what, f"Load one; loaded: {_names(live)}."))
    for name in feature.requires.modules:
        if name not in {m.manifest.name for m in serving}:
            reason = next((f" ({q.reason})" for q in registry.quarantined if q.name == name), "")
            fix = "Install it and allow it under modules."
            found.append(Problem("error", where, f"requires module {name!r}{reason}.", fix))
    found.extend(Problem("error", where, *gap) for gap in _gaps(feature, serving))
    found.extend(Problem("error", where, *pin) for pin in _unpinned(feature, registry, planner))
    read = frozenset[str]().union(*(m.manifest.reads for m in serving))
    for part in (p for p in CONTENT if p in (feature.provides or ()) and p not in read):
        what = f"provides {part!r}, which no loaded module reads."
        found.append(Problem("warning", where, what, "Load a module that does."))
    found.extend(dict.fromkeys(_unplanned(feature, planner, made)))
    found.extend(Problem("warning", where, *doubt) for doubt in _doubts(feature, planner, live))
    found.extend(Problem("warning", where, *doubt) for doubt in _unprovided(made, live))
    found.extend(Problem("note", where, *note) for note in _unstated(feature))
    return found


def refuse(problems: Iterable[Problem], *, strict: bool) -> None:
    """Raise FeatureError for what a feature cannot be guarded with; not *strict* lets it pass."""
    errors = [p for p in problems if p.level == "error"]
    if errors and strict:
        raise FeatureError("\n".join(f"{p.where}: {p.what} {p.fix}".rstrip() for p in errors))


def _unplanned(feature: Feature, planner: Planner, made: dict[Stage, Plan]) -> Iterator[Problem]:
    """What keeps plans from being made; those that can be are put into *made*."""
    where = f"Feature {feature.name!r}"
    for stage in Stage:
        try:
            made[stage] = planner.plan(feature, stage)
        except HandrailError as error:
            yield Problem("error", where, str(error).removeprefix(where).lstrip(": "))


def _unpinned(feature: Feature, registry: Registry, planner: Planner) -> Iterator[tuple[str, str]]:
    """The versions that its policies were written for and that are not what would run."""
    fix = "Load that version, or look at the policy again and change its modules."
    for policy in planner.policies:
        modes = {Mode.ENFORCE, policy.mode}
        if policy.mode is Mode.OFF or not any(
            policy.covers(feature.surface, feature.name, stage) for stage in Stage
        ):
            continue
        for name, version in sorted(policy.modules.items()):
            there = [m.manifest.version for m in registry.loaded
                     if m.manifest.name == name and m.mode.current in modes]  # fmt: skip
            if version not in there:
                what = f"policy {policy.name!r} is written for {name} {version}, and"
                yield f"{what} {', '.join(there) or 'none'} is loaded.", fix


def _unprovided(made: Mapping[Stage, Plan], live: list[Loaded]) -> Iterator[tuple[str, str]]:
    """What conditions ask for and nobody finds: they see only what the host sends."""
    offered = {name for module in live for name in module.provided}
    asked = {name for plan in made.values() for name in plan.table.derivations}
    for name in sorted(asked - offered):
        what = f"conditions ask for {name}, and no loaded module finds them in a text."
        yield what, "Load a module that does; until then only those the host lists count."


def _doubts(feature: Feature, planner: Planner, live: list[Loaded]) -> Iterator[tuple[str, str]]:
    """What can hardly be meant: no policy, or a surface that only modules for all serve."""
    place = (feature.surface, feature.name, Stage.PRE_PUBLISH)
    if not any(policy.covers(*place) for policy in planner.policies):
        what = "no policy covers it: nothing that is found has any effect."
        yield what, "Give it one, such as a starting policy."
    named = {surface for module in live for surface in module.manifest.surfaces}
    if feature.surface not in named and (near := _near(feature.surface, named)):
        yield f"no loaded module names the surface {feature.surface!r}.", f"Did you mean {near!r}?"


def _near(name: str, names: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(names), n=1, cutoff=0.75)), None)


def _unstated(feature: Feature) -> Iterator[tuple[str, str]]:
    if feature.carries_out is None:
        what = "does not state what it can carry out; everything is assumed."
        yield what, "List actions and effects in carries_out."
    if feature.provides is None:
        what = "does not state what it provides; conditions are not checked against it."
        yield what, "List what it sends in provides."


def _gaps(feature: Feature, serving: list[Loaded]) -> Iterator[tuple[str, str]]:
    for stage, names in feature.requires.issues.items():
        hooked = [m for m in serving if stage in m.implementations]
        for name in names:
            covering = [m for m in hooked if name in m.manifest.issues]
            if not covering:
                hinting = [m for m in hooked if name in m.manifest.hints]
                fix = f"Modules with that hook: {_names(hooked)}."
                fix += f" {_names(hinting)} gives hints of it only." if hinting else ""
                yield f"requires {name} at {stage}, which no loaded module covers.", fix
                continue
            for market in feature.markets:
                languages = market_languages()[market]
                if not any(m.manifest.measured_in(each) for m in covering for each in languages):
                    what = f"requires {name} at {stage}; {_names(covering)} is not measured"
                    where = f"in a language of {market} ({', '.join(languages)})."
                    yield f"{what} {where}", "Load a module that is."


def _names(modules: list[Loaded]) -> str:
    return ", ".join(m.name for m in modules) or "none"


def problems(core: Core) -> tuple[Problem, ...]:
    """All problems of a Safety, worst first."""
    found = [
        Problem("error", f"Module {broken.name!r}", f"quarantined: {broken.reason}")
        for broken in core.registry.quarantined
    ]
    found.extend(standing(core))
    for feature in core.features.values():
        found.extend(check_feature(feature, core.registry, core.planner))
    found.extend(_seen(core))
    found.extend(_felt(core))
    order = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda p: order[p.level]))


def _left_out(registry: Registry) -> Iterator[Problem]:
    """Installed modules that are not taken in unless they are named."""
    if registry.unasked:
        what = f"allow: installed leaves out {', '.join(registry.unasked)}"
        what += ", which would send something off the host."
        yield Problem("note", "modules", what, "Name what you want under allow, or deny it.")
    for name, why in registry.lacking.items():
        what = f"allow: installed leaves out {name!r}: {why}."
        yield Problem("note", "modules", what, "Install it, or deny the module.")


def standing(core: Core) -> Iterator[Problem]:
    """What no feature is to blame for, known before the first call."""
    if core.registry.skipped_under_tests:
        what = "allow: installed loads nothing while tests run."
        yield Problem("warning", "modules", what, "Name the modules a test needs.")
    yield from _left_out(core.registry)
    if core.refused is not None:
        what = f"the last reload was refused: {core.refused}; what ran before runs on."
        yield Problem("error", "policies", what, "Mend them, and reload.")
    for name, why in core.files.refused.items():
        what = f"a changed file was refused: {why}; what was read before still holds."
        yield Problem("error", f"Module {name!r}", what, "Mend the file; it is then taken in.")
    for module in core.registry.loaded:
        yield from _module_problems(module)
    yield from _unshared(core)
    if core.source is not None and core.source.folders and core.radius is None:
        what = "no blast-radius cap: a young rule may act on everybody before anyone notices."
        yield Problem("note", "policies", what, "Say policies: {cap: {file: caps.jsonl}}.")
    for policy in core.policies:
        if policy.limits_nothing:
            what = "may LIMIT, and says no effects of it: the item is published as it is."
            yield Problem("warning", f"Policy {policy.name!r}", what, "Say limits.")
    for level, where, what, fix in idle(core.policies, [*core.features.values()]):
        yield Problem(level, where, what, fix)
    for text in expired(core.policies):
        yield Problem("warning", "policies", text, "Promote it, renew it, or remove it.")


def _unshared(core: Core) -> Iterator[Problem]:
    """Counts that every process keeps for itself."""
    counting = sorted(m.name for m in core.registry.loaded if m.manifest.counters)
    tried = isinstance(core.planner.state, Apart)
    if counting and core.planner.sharing is None and not tried:
        what = f"counts of {', '.join(counting)} stay in one process, and are gone with it."
        fix = "With several processes, share them: state: {redis_env: REDIS_URL}."
        yield Problem("note", "state", what, fix)


def _module_problems(module: Loaded) -> Iterator[Problem]:
    where = f"Module {module.name!r}"
    if not module.manifest.languages:
        yield Problem("note", where, "says in no language how well it does (languages is empty).")
    if module.mode.mode is Mode.OFF:
        yield Problem("note", where, "is off.", "Turn it on under modes, or take it out.")
    if module.mode.mode is Mode.SHADOW and module.mode.current is Mode.OFF:
        what = f"its shadow expired on {module.mode.expires}; it is off."
        yield Problem("warning", where, what, "Promote it, renew it, or remove it.")


def _seen(core: Core) -> Iterator[Problem]:
    """What calls so far have shown: parts that never come, languages nobody measured."""
    core.flush()
    for (name, stage), tally in list(core.planner.tallies.items()):
        feature = core.features[name]
        if stage is not Stage.PRE_PUBLISH or tally.sampled < ENOUGH:
            continue
        for part in sorted(feature.provides or ()):
            if part != "views" and part not in tally.present:
                what = f"provides {part!r}, but none of {tally.sampled} sampled items had it."
                yield Problem("warning", f"Feature {name!r}", what, "Send it, or take it out.")
        for module, count in list(tally.unmeasured.items()):
            if 2 * count > tally.sampled:
                share = f"{count} of {tally.sampled} sampled items"
                what = f"{share} are in no language {module!r} was measured in."
                yield Problem("warning", f"Feature {name!r}", what)
    for (feature_name, reason), count in core.telemetry.counts("handrail.unguarded").items():
        where, items = (
            f"Feature {feature_name!r}",
            "1 item was" if count == 1 else f"{count} items were",
        )
        if reason == "no decision":
            what = f"{items} published with no decision that this process knows of."
            yield Problem("warning", where, what, "Ask pre_publish; another process may have.")
        else:
            what = f"{items} published {reason}."
            yield Problem("error", where, what, "Obey what pre_publish says.")
    unserved = core.telemetry.counts("handrail.unserved")
    for feature_name, part in sorted({(f, p) for f, _, p in unserved}):
        what = f"sends {part!r}, which no loaded module reads."
        yield Problem("warning", f"Feature {feature_name!r}", what, "Load a module that does.")


def _felt(core: Core) -> Iterator[Problem]:
    """What is going wrong just now: modules left out, a record with holes."""
    for (name, stage), health in sorted(core.planner.pulse.health.items()):
        if health.open:
            what = f"is left out at {stage.value} for a while: its breaker is open."
            yield Problem("warning", f"Module {name!r}", what, "See handrail.faults for the cause.")
    sharing = core.planner.sharing
    if sharing is not None and not sharing.state.up:
        what = f"{sharing.state.source} cannot be asked; each process counts for itself."
        yield Problem("warning", "state", what, "See whether the server runs and answers in time.")
    tripped = core.radius.cap.caps.tripped() if core.radius else {}
    for mark, rule in sorted(tripped.items()):
        what = f"acted on too many established people, and is in shadow (hash {mark})."
        yield Problem("error", f"Rule {rule!r}", what, "Mend it, or handrail policy confirm it.")
    if core.radius is not None and core.radius.unwritten is not None:
        what = "what the cap saw of rules cannot be written down, and is lost with this process."
        yield Problem("error", "policies", what, "See whether the cap's file can be written.")
    for metric, what in (
        ("handrail.record.dropped", "entries were dropped: too much waited."),
        ("handrail.sink.failures", "times the sink refused."),
    ):
        if count := core.telemetry.counts(metric).get(()):
            yield Problem("error", "record", f"{count} {what}", "See whether the sink can keep up.")
