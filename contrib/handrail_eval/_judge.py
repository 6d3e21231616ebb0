"""Who is measured: modules by what they find, or a whole policy by what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import attrs

from handrail import (
    Decision,
    Feature,
    GuardedFeature,
    HandrailError,
    Item,
    Loaded,
    Safety,
    Status,
    UnknownNameError,
    starting_policy,
)
from handrail_eval._shape import lookup

PATIENT_MS = 5_000
"""Nobody waits for a row: a busy machine must not change what is found."""

TOGETHER = "together"
"""The contender that has the highest score of all modules."""

POLICY = "policy"
"""The contender whose score is the action: 0, 0.25, 0.5, 0.75, 1 from ALLOW to BLOCK."""

MEASURED = "measured"
"""The name of the feature that stands for a surface."""

ANY = "*"
"""Stands for every issue in an answer."""


@attrs.frozen
class Answer:
    """What the contenders said of one item.

    Attributes:
        scores: The highest score by contender and issue; what is not there is 0.
        missed: Contenders that did not look, or look where they were not measured, and why.
    """

    scores: Mapping[str, Mapping[str, float]]
    missed: frozenset[tuple[str, str]]


class Judge(Protocol):
    """Whoever answers for items."""

    def ask(self, item: Item, surface: str) -> Answer:
        """Return what the contenders say of *item*."""

    def fitting(self, issues: frozenset[str]) -> tuple[str, ...]:
        """Return the contenders that can find any of *issues*."""

    def versions(self) -> Mapping[str, str]:
        """Return the version of each contender that has one."""


class Places:
    """The guarded feature of each surface, made when the first row of it comes.

    Args:
        feature: Returns what guards a surface.
    """

    def __init__(self, feature: Callable[[str], GuardedFeature]) -> None:
        self._make = feature
        self._features: dict[str, GuardedFeature] = {}

    def feature(self, surface: str) -> GuardedFeature:
        """Return what guards *surface*."""
        if surface not in self._features:
            self._features[surface] = self._make(surface)
        return self._features[surface]


@contextmanager
def places(make: Callable[[str], Safety]) -> Iterator[Places]:
    """Yield places, each with a Safety of its own, which are closed at the end."""
    with ExitStack() as stack:
        yield Places(lambda surface: stack.enter_context(make(surface)).feature(MEASURED))


@attrs.frozen
class ByModule:
    """Measures what modules find."""

    places: Places
    modules: Mapping[str, Loaded]

    def ask(self, item: Item, surface: str) -> Answer:
        """Return the scores of each module, and the highest of all."""
        decision = self.places.feature(surface).pre_publish(item)
        scores: dict[str, dict[str, float]] = {}
        for finding in decision.findings:
            for name in (finding.module or "", TOGETHER):
                issues = scores.setdefault(name, {})
                issues[finding.issue] = max(finding.score, issues.get(finding.issue, 0.0))
        return Answer(scores, missed(decision))

    def fitting(self, issues: frozenset[str]) -> tuple[str, ...]:
        """Return the modules that may find any of *issues*, and together if they are several."""
        names = tuple(sorted(n for n, m in self.modules.items() if m.manifest.findable & issues))
        return (*names, TOGETHER) if len(names) > 1 else names

    def versions(self) -> Mapping[str, str]:
        """Return the version of each module."""
        return {name: m.version for name, m in sorted(self.modules.items())}


@attrs.frozen
class ByPolicy:
    """Measures what a policy does, whatever for: its action is the score of every issue."""

    places: Places
    seen: dict[str, str] = attrs.field(factory=dict)

    def ask(self, item: Item, surface: str) -> Answer:
        """Return the action as a score."""
        decision = self.places.feature(surface).pre_publish(item)
        if (policy := decision.policy) is not None:
            self.seen[policy.name] = policy.revision
        gaps = frozenset((POLICY, f"{module}: {reason}") for module, reason in missed(decision))
        return Answer({POLICY: {ANY: decision.action / 4}}, gaps)

    def fitting(self, issues: frozenset[str]) -> tuple[str, ...]:
        """Return the policy, which answers for any issue."""
        return (POLICY,) if issues else ()

    def versions(self) -> Mapping[str, str]:
        """Return the revision of each policy that has decided so far."""
        return dict(sorted(self.seen.items()))


def missed(decision: Decision) -> frozenset[tuple[str, str]]:
    """Return the modules that did not run, failed or were not measured here, and why."""
    return frozenset(
        (c.module, f"failed: {c.reason}" if c.status is Status.FAILED else c.reason or c.status)
        for c in decision.coverage
        if c.reason or c.status is not Status.RAN
    )


def with_scores(answer: Answer, row: Mapping[str, object], fields: Iterable[str]) -> Answer:
    """Return *answer* with the scores that stand in a row, for any issue; what is none is 0."""
    scores, gone = dict(answer.scores), set(answer.missed)
    for field in fields:
        found = lookup(row, field)
        if isinstance(found, (int, float)) and 0 <= found <= 1:
            scores[field] = {ANY: float(found)}
        else:
            gone.add((field, "no score from 0 to 1 in the row"))
    return Answer(scores, frozenset(gone))


def installed(names: Iterable[str]) -> tuple[str, ...]:
    """Return the modules to measure: those named, else all installed that send nothing away."""
    if wanted := tuple(dict.fromkeys(names)):
        return wanted
    with Safety(modules="installed") as safety:
        return tuple(m.name for m in safety.modules if not m.manifest.sends)


def alone(modules: Iterable[str], surface: str) -> Safety:
    """Return a Safety in which modules look at everything, and nothing is decided."""
    return Safety(
        features=[Feature(name=MEASURED, surface=surface)],
        modules=list(modules),
        strict=False,
        complete_share=1.0,
        budget_ms=PATIENT_MS,
    )


def starting(modules: Iterable[str], surface: str) -> Safety:
    """Return a Safety with the starting policy of *surface*."""
    try:
        policy = starting_policy(surface)
    except UnknownNameError as error:
        raise HandrailError(f"{error} Name one of them with --surface.") from None
    return Safety(
        features=[Feature(name=MEASURED, surface=surface)],
        modules=list(modules),
        policy=policy,
        strict=False,
        budget_ms=PATIENT_MS,
    )


def configured(path: Path, feature: str) -> Safety:
    """Return what a settings file describes, without its record; raises for another feature."""
    safety = Safety.from_config(path, sink=None, budget_ms=PATIENT_MS)
    try:
        safety.feature(feature)
    except HandrailError:
        safety.close()
        raise
    return safety
