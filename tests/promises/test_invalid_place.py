"""A fault ``invalid`` says what was invalid, in words that hold nothing of the value."""

from __future__ import annotations

import pytest

from handrail import Cause, Evidence, Finding

COSTS = ("inline", "blocking")


def finding(**changes):
    """A finding that is right but for *changes*."""
    return Finding(**{"issue": "integrity.spam", "score": 0.5, "reason": "seen", **changes})


@pytest.fixture(name="places")
def _places(module, guard, item):
    """Where the faults of a module stand that returns *found*."""

    def places(found, cost="inline"):
        decision = guard(module("broken", lambda item: found, cost=cost)).pre_publish(item)
        return [(f.cause, f.place) for f in decision.faults]

    return places


class TestFlaw:
    """What is wrong with one finding."""

    @pytest.mark.parametrize(
        ("wrong", "place"),
        [
            pytest.param(1, "yielded int", id="number"),
            pytest.param(None, "yielded None", id="nothing"),
            pytest.param(finding(issue="hate.speech"), "issue not in manifest", id="issue"),
            pytest.param(finding(score=1.5), "score not in 0..1", id="score"),
            pytest.param(finding(score=float("nan")), "score not in 0..1", id="no number"),
            pytest.param(finding(score="high"), "score not in 0..1", id="word for a score"),
            pytest.param(finding(reason=""), "no reason", id="no reason"),
            pytest.param(finding(reason=7), "no reason", id="number as reason"),
            pytest.param(finding(reason="x" * 501), "reason longer than 500 characters", id="long"),
            pytest.param(
                finding(evidence=Evidence(counts={"links": "many"})),
                "counts not numbers",
                id="count",
            ),
            pytest.param(
                finding(issue=[]), "a value that cannot be compared", id="unhashable issue"
            ),
        ],
    )
    @pytest.mark.parametrize("cost", COSTS)
    def test_is_named(self, places, wrong, place, cost):
        """The place of the fault is what is wrong with the first broken finding."""
        assert [(Cause.INVALID, place)] == places([wrong], cost)

    def test_name_of_a_class_made_while_running_is_not_told(self, places):
        """A class that nobody can import may have text for a name."""
        made = type("what the author wrote", (), {})

        assert [(Cause.INVALID, "yielded object")] == places([made()])


class TestMisreturn:
    """What is wrong with all that a hook returned."""

    @pytest.mark.parametrize("cost", COSTS)
    def test_no_list(self, places, cost):
        """A number in place of findings is named as such."""
        assert [(Cause.INVALID, "returned no list of findings")] == places(42, cost)

    @pytest.mark.parametrize("cost", COSTS)
    def test_too_many(self, places, cost):
        """Too many findings are named with the most there may be."""
        assert (Cause.INVALID, "more than 1000 findings") in places([finding()] * 1001, cost)


class TestDerivation:
    """What is wrong with a derivation."""

    def test_type(self, module, guard, item):
        """A provider that returns another type than it declares is told which derivation."""

        def compute(item, context) -> str:
            return 5

        def hook(item, context):
            context.derive("folded", str)

        asking = module("asking", hook, provides={"folded": compute}, needs={"folded": str})
        faults = guard(asking).pre_publish(item).faults

        assert "folded not of the declared type" in [f.place for f in faults]
