"""Three features as a product would declare them, and what was decided about the sample."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from importlib.resources import files
from statistics import quantiles

import attrs

from handrail import Action, Decision, Feature, HandrailError, Item, Safety, starting_policy
from handrail_cli import show

PATIENT_MS = 5_000
"""The demo shows decisions, not how busy a machine is."""

MODULES = ("comments", "links", "text")
"""The modules that come with Handrail, by entry point."""

FEATURES = {
    "comments": Feature(
        name="video_comments",
        surface="comments",
        markets=["US", "DE"],
        requires={"issues": ["harassment.bullying", "integrity.spam"]},
    ),
    "live": Feature(
        name="live_chat",
        surface="live",
        markets=["US"],
        requires={"issues": ["harassment.bullying"]},
        carries_out=["nudge", "limit", "block", "label", "reach", "review", "support"],
        substitutes={"hold": "block"},
    ),
    "messages": Feature(
        name="direct_messages",
        surface="messaging",
        markets=["US"],
        requires={"issues": ["harassment.bullying", "fraud.phishing"]},
    ),
}
"""The features, by the file of the sample that plays them."""


SAMPLES = (*FEATURES, "wave")
"""The files of the sample; nobody wrote the wave, which is for trying out what stops one."""


@attrs.define(slots=False)
class Played:
    """One feature and what was decided about its part of the sample.

    Attributes:
        feature: What was declared. rows: Each item and its decision, in the order of the file.
    """

    feature: Feature
    rows: tuple[tuple[Item, Decision], ...]

    @cached_property
    def actions(self) -> Counter[Action]:
        """How many items met each action."""
        return Counter(decision.action for _, decision in self.rows)

    @cached_property
    def found(self) -> Counter[str]:
        """In how many items each issue was found."""
        return Counter(i for _, d in self.rows for i in {f.issue for f in d.findings})

    @cached_property
    def acted_on(self) -> Counter[str]:
        """How many of those met more than an ALLOW because of that issue."""
        return Counter(
            i
            for _, d in self.rows
            for i in {m.issue for m in d.rules if m.action is not Action.ALLOW}
            if i is not None
        )

    @cached_property
    def latency_us(self) -> tuple[float, float]:
        """The middle and the 99th percentile of how long a call took, in microseconds."""
        cuts = quantiles([d.latency_us for _, d in self.rows], n=100, method="inclusive")
        return cuts[49], cuts[98]


def lines(name: str) -> str:
    """Return one file of the sample as it is, in JSON Lines."""
    return files("handrail_demo").joinpath(f"data/{name}.jsonl").read_text(encoding="utf-8")


def sample(name: str) -> tuple[Item, ...]:
    """Return one file of the sample, such as ``comments``."""
    return tuple(Item.from_json(json.loads(line)) for line in lines(name).splitlines())


def run(modules: Iterable[str]) -> tuple[Played, ...]:
    """Decide the whole sample, feature by feature, with *modules* and the starting policies."""
    features = list(FEATURES.values())
    policies = [starting_policy(f.surface) for f in features]
    try:
        with Safety(
            features=features, modules=list(modules), policy=policies, budget_ms=PATIENT_MS
        ) as safety:
            show.quarantined(show.screen(error=True), safety.quarantined)
            return tuple(_play(safety, f, sample(name)) for name, f in FEATURES.items())
    except HandrailError as error:
        raise show.Stop(str(error)) from None


def _play(safety: Safety, feature: Feature, items: Iterable[Item]) -> Played:
    guarded = safety.feature(feature.name)
    return Played(feature, tuple((item, guarded.pre_publish(item)) for item in items))
