"""After publishing nobody waits at the keyboard: the deep stages have a budget of their own."""

from __future__ import annotations

import pytest

from handrail import Feature, Item, Report

ITEM = Item(id="item-1", text="hello", language="en")
DEEP = ("post_publish", "report")


@pytest.fixture(name="left")
def _left(make, module):
    """Ask a feature with some budgets; return the ms a hook has at a stage."""

    def left(stage, budget_ms=50, **budgets):
        seen = []
        reads = module(
            "reads", lambda item, context: seen.append(context.remaining_ms), stage=stage
        )
        feature = Feature(name="comments", surface="comments", **budgets)
        guarded = make(reads, features=[feature], budget_ms=budget_ms).feature("comments")
        getattr(guarded, stage)(Report(id="r", item=ITEM) if stage == "report" else ITEM)
        return seen[0]

    return left


@pytest.mark.parametrize("stage", DEEP)
def test_is_a_second(left, stage):
    """A feature that does not say gives them a second, however short its ``pre_publish``."""
    assert 100 < left(stage, budget_ms=5) <= 1000


@pytest.mark.parametrize("stage", DEEP)
def test_is_what_the_feature_says(left, stage):
    """A feature may give them another budget."""
    assert 5000 < left(stage, deep_budget_ms=50_000) <= 50_000


@pytest.mark.parametrize("stage", DEEP)
def test_is_never_less_by_default(left, stage):
    """Where ``pre_publish`` has more than a second, they have as much."""
    assert 5000 < left(stage, budget_ms=50_000)


def test_is_not_that_of_pre_publish(left):
    """Somebody waits for ``pre_publish``, whose budget stays its own."""
    assert left("pre_publish", budget_ms=50, deep_budget_ms=50_000) <= 50
