"""Cases, decided: what was expected against what the policies say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from datetime import datetime, timedelta
from typing import Any

import attrs

from handrail import Decision, Effect, Feature, HandrailError, Policy, Preview, Rollout
from handrail.errors import unknown
from handrail_policyfiles._asks import EFFECTS
from handrail_policyfiles._bundle import Bundle, case_files
from handrail_policyfiles._cases import Case, read_cases
from handrail_policyfiles._diagnostic import BundleError
from handrail_policyfiles._kinds import Reading


@attrs.frozen(kw_only=True)
class CaseResult:
    """What became of one case.

    Attributes:
        name: The fact it states. place: ``file:line:column``.
        differences: What was decided otherwise, a phrase each; empty where it passed.
        decision: What was decided; None where the policies do not fit the feature.
    """

    name: str
    place: str
    differences: tuple[str, ...]
    decision: Decision | None = attrs.field(default=None, repr=False)

    @property
    def passed(self) -> bool:
        """Whether all was decided as expected."""
        return not self.differences


def run_cases(bundle: Bundle) -> tuple[CaseResult, ...]:
    """Decide every case beside the policies of *bundle*, without modules and without a record.

    A rule that counts for a share of people counts for whoever a case is about.
    Raises BundleError where a file of cases cannot be read.
    """
    reading = Reading(day=bundle.day)
    cases = [c for path in case_files(bundle.directory) for c in read_cases(path, reading)]
    if reading.found.errors:
        raise BundleError(reading.found.errors)
    previews: dict[tuple[object, ...], Preview] = {}
    bundle = attrs.evolve(bundle, policies=tuple(map(_for_all, bundle.policies)))
    return tuple(_result(case, bundle, previews) for case in cases)


def _for_all(policy: Policy) -> Policy:
    """The same for everybody: a case states what a rule means, and not whom it has drawn."""
    return attrs.evolve(
        policy,
        rollout=_whole(policy.rollout),
        rules=[attrs.evolve(rule, rollout=_whole(rule.rollout)) for rule in policy.rules],
        overrides=[attrs.evolve(rule, rollout=_whole(rule.rollout)) for rule in policy.overrides],
    )


def _whole(rollout: Rollout | None) -> Rollout | None:
    """Every share above 0 as 100."""
    if rollout is None:
        return None
    return Rollout({region: 100 if share else 0 for region, share in rollout.shares.items()})


def _result(case: Case, bundle: Bundle, previews: dict[tuple[object, ...], Preview]) -> CaseResult:
    key = (case.surface, case.feature, case.stage, case.now)
    try:
        if key not in previews:
            feature = Feature(name=case.feature, surface=case.surface)
            previews[key] = Preview(bundle.policies, feature, case.stage, now=case.now)
        decision = previews[key].decide(
            case.item, case.findings, report=case.report, faults=case.faults, state=case.state
        )
    except HandrailError as error:
        return CaseResult(name=case.name, place=case.place, differences=(str(error),))
    unheard = tuple(_unheard(case.expect, bundle))
    found = unheard or tuple(_differences(case.expect, decision, case.now))
    return CaseResult(name=case.name, place=case.place, differences=found, decision=decision)


def _unheard(expect: Mapping[str, Any], bundle: Bundle) -> Iterator[str]:
    """Rules that are named and not there: one that must not match would pass for ever."""
    known = _ids(bundle)
    named = (*expect.get("rules", ()), *expect.get("not_rules", ()), expect.get("decided_by"))
    for name in filter(None, named):
        # Rungs and rows of faults are called ISSUE:ACTION and faults[N].
        if not known & {name, name.split("/")[0]} and ":" not in name and "[" not in name:
            yield str(unknown("rule", name, known))


def _ids(bundle: Bundle) -> Set[str]:
    return {
        name
        for policy in bundle.policies
        for parts in (policy.rules, policy.overrides, policy.exceptions)
        for name in (part.id for part in parts)
    }


def _differences(expect: Mapping[str, Any], decision: Decision, now: datetime) -> Iterator[str]:
    action = decision.action.name.lower()
    if expect.get("action", action) != action:
        by = f" by {decision.decided_by}" if decision.decided_by else ""
        yield f"expected {expect['action']}, decided {action}{by}"
    for wanted in expect.get("effects", ()):
        yield from _missing(wanted, decision, now)
    for name in expect.get("without", ()):
        if any(effect.name == name for effect in decision.effects):
            yield f"the effect {name} is there"
    yield from _wrong_rules(expect, decision)
    shadow = (decision.shadow or decision).action.name.lower()
    if expect.get("shadow", shadow) != shadow:
        yield f"expected {expect['shadow']} in shadow, decided {shadow}"


def _wrong_rules(expect: Mapping[str, Any], decision: Decision) -> Iterator[str]:
    # A rung of an override is called OVERRIDE/ISSUE:ACTION.
    matched = {name for match in decision.rules for name in (match.rule, match.rule.split("/")[0])}
    for rule in expect.get("rules", ()):
        if rule not in matched:
            yield f"the rule {rule} does not match"
    for rule in expect.get("not_rules", ()):
        if rule in matched:
            yield f"the rule {rule} matches"
    if expect.get("decided_by", decision.decided_by) != decision.decided_by:
        yield f"expected {expect['decided_by']} to decide, {decision.decided_by or 'no rule'} does"


def _missing(wanted: Mapping[str, Any], decision: Decision, now: datetime) -> Iterator[str]:
    for name in (key for key in wanted if key in EFFECTS):
        there = [effect for effect in decision.effects if effect.name == name]
        if not there:
            yield f"the effect {name} is not there"
        elif not any(_fits(effect, wanted, now) for effect in there):
            yield f"the effect {name} is {'; '.join(_told(effect) for effect in there)}"


def _fits(effect: Effect, wanted: Mapping[str, Any], now: datetime) -> bool:
    said = effect.to_json()
    value = wanted[effect.name]
    if effect.name == "review" and "queue" in value:
        value = {value["queue"]: value["within"]}
    like = Effect(effect.name, value, effect.target, audience=wanted.get("audience"))
    return (
        said["value"] == like.to_json()["value"]
        and wanted.get("on", said["target"]) == said["target"]
        and ("audience" not in wanted or effect.audience == like.audience)
        and ("for" not in wanted or _lasts(effect, now) == _duration(wanted["for"]))
    )


def _lasts(effect: Effect, now: datetime) -> timedelta | None:
    return None if effect.until is None else effect.until - now


def _duration(text: str) -> timedelta:
    """The SDK's own reading of a duration."""
    value = Effect("preserve", text).value
    return value if isinstance(value, timedelta) else timedelta(0)


def _told(effect: Effect) -> str:
    said = effect.to_json()
    return ", ".join(f"{key} {said[key]}" for key in said if key != "name")
