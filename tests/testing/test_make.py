"""Factories fill in what a test does not care about, and the script answers what it was told."""

from __future__ import annotations

import asyncio

import pytest

from handrail import Action, AsyncSafety, Effect, Feature, HandrailError, Safety, effect_specs
from handrail.testing import (
    ScriptedSafety,
    finding,
    look,
    make_actor,
    make_decision,
    make_item,
    make_report,
    make_safety,
    raising,
)
from handrail.testing._make import sample_effect

WALL = Feature(name="wall", surface="comments", requires={"issues": ["hate.speech"]})


class TestFactories:
    """Each call makes another value, complete and valid."""

    @pytest.mark.parametrize("make", [make_item, make_actor, make_report, make_decision])
    def test_ids_differ(self, make):
        """Two values made by a factory are two."""
        assert make().id != make().id

    def test_item_takes_fields(self):
        """A test states the fields it is about."""
        assert ("hello", "gift") == (
            (item := make_item("hello", kind="gift")).text,
            item.kind,
        )

    def test_actor_is_a_known_adult(self):
        """An actor is of age unless a test says otherwise."""
        assert 30 == make_actor().age.value

    def test_report_is_about_an_item(self):
        """A report names the item it is about."""
        item = make_item()

        assert item == make_report(item).item

    @pytest.mark.parametrize("action", list(Action))
    def test_decision_is_complete(self, action):
        """A decision says what its action needs: the end of a hold, the words for the author."""
        decision = make_decision(action)
        speaks = action in {Action.NUDGE, Action.HOLD, Action.BLOCK}

        assert (action is Action.HOLD, speaks) == (
            decision.hold is not None,
            decision.notice is not None,
        )

    @pytest.mark.parametrize("name", effect_specs())
    def test_every_effect_has_a_sample(self, name):
        """An effect that is new in the table needs no edit in the contract."""
        assert name == sample_effect(name).name

    def test_safety_knows_common_surfaces(self):
        """A Safety made for a test has a feature for each common surface."""
        with make_safety() as safety:
            names = {feature.name for feature in safety.features}

        assert {"comments", "live", "messaging", "profiles"} == names

    def test_safety_takes_features(self):
        """A feature of one's own is declared beside them."""
        with make_safety(finding(), features=[WALL]) as safety:
            assert Action.BLOCK is safety.feature("wall").pre_publish(make_item()).action


class TestLook:
    """A module's findings, without a Safety around them."""

    def test_gives_findings(self):
        """What a module finds in a text is returned as it came."""
        assert ["hate.speech"] == [f.issue for f in look(finding("hate.speech"), "text")]

    def test_lets_exceptions_through(self):
        """What a module raises is seen."""
        with pytest.raises(ZeroDivisionError):
            look(raising(ZeroDivisionError), "text")

    def test_runs_async_hooks(self):
        """An async hook is awaited."""
        assert 1 == len(look(finding(cost="remote"), make_item(), stage="report"))

    def test_refuses_a_stage_without_hook(self):
        """A look at a stage that a module has no hook for says so."""
        module = finding()
        del module.report
        with pytest.raises(HandrailError, match="no report hook"):
            look(module, "text", stage="report")


class TestScriptedSafety:
    """A Safety that answers from a script."""

    @pytest.fixture(name="safety")
    def _safety(self):
        with ScriptedSafety(WALL) as safety:
            yield safety

    def test_is_a_safety(self, safety):
        """A host takes it for the real one."""
        assert (True, True) == (
            isinstance(safety, Safety),
            isinstance(safety.as_async(), AsyncSafety),
        )

    def test_allows_by_default(self, safety):
        """Nothing written, everything allowed."""
        assert Action.ALLOW is safety.feature("wall").pre_publish(make_item()).action

    def test_answers_in_order(self, safety):
        """Answers come in the order they were written; the last one stays."""
        safety.will_answer(make_decision("hold"), make_decision("block"))
        wall = safety.feature("wall")

        assert ["HOLD", "BLOCK", "BLOCK"] == [
            wall.pre_publish(make_item()).action.name for _ in range(3)
        ]

    def test_answers_about_the_item(self, safety):
        """A decision names the item it was asked about."""
        item = make_item(revision=3)
        decision = safety.feature("wall").pre_publish(item)

        assert (item.id, 3) == (decision.item, decision.revision)

    def test_keeps_what_it_was_asked(self, safety):
        """The items asked about can be looked at afterwards."""
        item = make_item()
        safety.feature("wall").pre_publish(item)

        assert [item] == safety.script.asked

    def test_answers_those_who_await(self, safety):
        """One script answers both faces."""
        safety.will_answer(make_decision("limit", effects=[Effect("reach", 0.5)]))
        wall = safety.as_async().feature("wall")

        assert Action.LIMIT is asyncio.run(wall.pre_publish(make_item())).action
