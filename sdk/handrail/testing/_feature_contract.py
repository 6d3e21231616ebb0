"""The last metre: does a product carry out what was decided? Subclass FeatureContract and see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from handrail import Action, Decision, Feature, Safety, effect_specs
from handrail.testing._host import Host
from handrail.testing._make import make_actor, make_decision, make_item, sample_effect
from handrail.testing._trial import (
    OUTLASTING,
    Trial,
    check,
    degraded,
    end_of,
    hold_until,
    unknown_effect,
)


class FeatureContract:
    """Tests that hold a product to the decisions it is given.

    Subclass it at the top of a test file; pytest runs what it inherits. Each test makes a new
    host, writes the decision it will be given, submits an item, and looks what became of that.

    Attributes:
        feature: The feature as it is declared; ``carries_out`` says what is tested.
        host: A Host, or whatever makes one from the Safety it is to ask.
    """

    feature: Feature
    host: Callable[[Safety], Host]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a test once for each effect, and for each end of a hold, that the feature has."""
        names = self._effects()
        if "effect" in metafunc.fixturenames:
            metafunc.parametrize("effect", names)
        if "outlasting" in metafunc.fixturenames:
            metafunc.parametrize("outlasting", sorted(OUTLASTING & set(names)))
        if "otherwise" in metafunc.fixturenames:
            ends = [a for a in ("allow", "limit", "block") if self.feature.can(a)]
            metafunc.parametrize("otherwise", ends)

    def test_states_what_it_carries_out(self) -> None:
        """A policy can only be checked against a feature that says what it can do."""
        check(
            self.feature.carries_out is not None,
            "carries_out is not stated; list the actions and effects",
        )

    def test_asks_before_it_publishes(self) -> None:
        """The product asks about every item, once, with the text its author wrote."""
        trial = self._trial(make_decision())
        trial.submit()

        texts = [item.text for item in trial.safety.script.asked]
        check(texts, "the item was published unasked: call pre_publish first")
        check(len(texts) == 1, f"pre_publish was asked {len(texts)} times about one item")
        check(texts == [trial.item.text], "pre_publish was asked about another text")

    def test_allow_publishes(self) -> None:
        """ALLOW: everybody sees the item."""
        trial = self._trial(make_decision())
        trial.submit()

        trial.sees("ALLOW", visible=True)

    def test_allow_carries_out(self, effect: str) -> None:
        """ALLOW: an effect holds although nothing else was decided."""
        trial = self._trial(make_decision(effects=[sample_effect(effect)]))
        trial.submit()

        trial.has_effects("ALLOW")

    def test_nudge_asks(self) -> None:
        """NUDGE: nobody sees the item while its author is asked, with the notice."""
        trial = self._trial(make_decision(Action.NUDGE))
        trial.submit()

        trial.sees("NUDGE", visible=False)
        check(trial.host.asked(trial.item), "NUDGE: the author was not asked")
        trial.tells("NUDGE")

    def test_nudge_takes_a_confirmation(self) -> None:
        """NUDGE: sending again names the decision, and publishes."""
        nudge = make_decision(Action.NUDGE)
        trial = self._trial(nudge, make_decision())
        trial.submit()
        trial.host.confirm(trial.item)

        confirmed = [item.confirms for item in trial.safety.script.asked[1:]]
        wrong = "a confirmed NUDGE: ask pre_publish again, once, with confirms=decision.id"
        check(confirmed == [nudge.id], wrong)
        trial.sees("a confirmed NUDGE", visible=True)

    def test_nudge_confirmed_can_still_be_refused(self) -> None:
        """NUDGE: what is decided about the confirmed item counts."""
        trial = self._trial(make_decision(Action.NUDGE), make_decision(Action.BLOCK))
        trial.submit()
        trial.host.confirm(trial.item)

        trial.sees("a confirmed NUDGE that became a BLOCK", visible=False)

    def test_limit_publishes(self) -> None:
        """LIMIT: people can see the item."""
        trial = self._trial(make_decision(Action.LIMIT))
        trial.submit()

        trial.sees("LIMIT", visible=True)

    def test_limit_carries_out(self, effect: str) -> None:
        """LIMIT: the effect is in force, with the value that was decided."""
        trial = self._trial(make_decision(Action.LIMIT, effects=[sample_effect(effect)]))
        trial.submit()

        trial.has_effects("LIMIT")

    def test_hold_waits(self) -> None:
        """HOLD: nobody sees the item, it waits, and its author is told."""
        trial = self._trial(make_decision(Action.HOLD))
        trial.submit()

        trial.sees("HOLD", visible=False)
        trial.waits("HOLD", pending=True)
        trial.tells("HOLD")

    def test_hold_lasts_until_its_end(self) -> None:
        """HOLD: a second before its end the item still waits."""
        trial = self._trial(hold := make_decision(Action.HOLD))
        trial.submit()
        trial.host.later(end_of(hold) - timedelta(seconds=1))

        trial.sees("HOLD, a second before its end", visible=False)
        trial.waits("HOLD, a second before its end", pending=True)

    def test_hold_ends(self, otherwise: str) -> None:
        """HOLD: at its end, what was decided for then is carried out."""
        hold = make_decision(Action.HOLD, hold=hold_until(otherwise))
        trial = self._trial(hold)
        trial.submit()
        trial.host.later(end_of(hold) + timedelta(seconds=1))

        trial.sees(f"the end of a HOLD, otherwise {otherwise}", visible=otherwise != "block")
        trial.waits("the end of a HOLD", pending=False)

    def test_hold_carries_out(self, outlasting: str) -> None:
        """HOLD: an effect on people, money or cases holds while the item waits."""
        trial = self._trial(make_decision(Action.HOLD, effects=[sample_effect(outlasting)]))
        trial.submit()

        trial.has_effects("HOLD")

    def test_block_hides(self) -> None:
        """BLOCK: nobody sees the item, and its author is told."""
        trial = self._trial(make_decision(Action.BLOCK))
        trial.submit()

        trial.sees("BLOCK", visible=False)
        trial.tells("BLOCK")

    def test_block_is_for_good(self) -> None:
        """BLOCK: the item waits for nothing, and the end of holds does not publish it."""
        block = make_decision(Action.BLOCK)
        trial = self._trial(block)
        if not self.feature.can("hold"):
            pytest.skip(f"{self.feature.name} does not carry out hold")
        trial.submit()
        trial.waits("BLOCK", pending=False)
        trial.host.later(datetime.now(UTC) + timedelta(days=365))

        trial.sees("BLOCK, a year later", visible=False)

    def test_block_carries_out(self, outlasting: str) -> None:
        """BLOCK: no review, support or report that another issue asked for is lost."""
        trial = self._trial(make_decision(Action.BLOCK, effects=[sample_effect(outlasting)]))
        trial.submit()

        trial.has_effects("BLOCK")

    def test_carries_out_all_effects_at_once(self) -> None:
        """Several effects of one decision hold together."""
        trial = self._trial(make_decision(effects=[sample_effect(n) for n in self._effects()]))
        trial.submit()

        trial.sees("ALLOW with all effects", visible=True)
        trial.has_effects("ALLOW with all effects")

    def test_obeys_a_degraded_decision(self) -> None:
        """A decision that lost a module on its way is a decision: what it allows is published."""
        trial = self._trial(make_decision(**degraded()))
        trial.submit()

        trial.sees("a degraded ALLOW", visible=True)

    def test_obeys_a_degraded_refusal(self) -> None:
        """A degraded BLOCK or HOLD keeps the item back like any other."""
        able = [a for a in (Action.BLOCK, Action.HOLD) if self.feature.can(a.name.lower())]
        trial = self._trial(make_decision(able[0] if able else Action.BLOCK, **degraded()))
        trial.submit()

        trial.sees("a degraded refusal", visible=False)

    def test_survives_an_unknown_effect(self) -> None:
        """An effect of a later version is passed over; the rest is carried out."""
        known = [sample_effect(name) for name in self._effects()]
        trial = self._trial(make_decision(effects=[unknown_effect(), *known]))
        trial.submit()

        trial.sees("ALLOW with an effect nobody knows", visible=True)
        trial.has_effects("ALLOW with an effect nobody knows")

    def test_survives_silence(self) -> None:
        """A BLOCK without a notice still hides the item."""
        trial = self._trial(make_decision(Action.BLOCK, notice=None))
        trial.submit()

        trial.sees("BLOCK without a notice", visible=False)

    def test_keeps_items_apart(self) -> None:
        """What was decided about one item is not done to the next."""
        trial = self._trial(make_decision(Action.BLOCK), make_decision())
        trial.submit()
        trial.item = make_item("another text", author=make_actor())
        trial.submit()

        trial.sees("ALLOW, after a BLOCK for another item", visible=True)

    def teardown_method(self) -> None:
        """Close what the test opened."""
        for trial in self.__dict__.pop("_trials", ()):
            trial.safety.close()

    def _trial(self, *decisions: Decision) -> Trial:
        """A new host that will be given *decisions*; skips what the feature cannot carry out."""
        for word in (decision.action.name.lower() for decision in decisions):
            if not self.feature.can(word):
                pytest.skip(f"{self.feature.name} does not carry out {word}")
        trial = Trial(self.feature, type(self).host, decisions)
        self.__dict__.setdefault("_trials", []).append(trial)
        return trial

    @classmethod
    def _effects(cls) -> list[str]:
        """The effects the feature carries out."""
        return sorted(set(effect_specs()) & (cls.feature.carries_out or frozenset()))
