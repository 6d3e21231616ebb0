"""Strikes: confirmed by people, once for each issue and item, fading, undone."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from contrib.store.conftest import plans_of
from hypothesis import given
from hypothesis import strategies as st

from handrail import Effect, InvalidValueError, Target, issues
from handrail_store._ladder import (
    Step,
    Term,
    follows,
    ladder,
    read_ladder,
    read_terms,
    term_of,
    terms,
)
from handrail_store._strikes import Offence

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BULLYING = "harassment.bullying"


def offence(item="i1", issue=BULLYING, actor="ann", **fields):
    return Offence(
        actor=actor, issue=issue, feature="video_comments", item=item, decision=f"d-{item}",
        **fields,
    )  # fmt: skip


@pytest.fixture(name="strike")
def _strike(store):
    """Confirm a violation: ``strike(item, issue)``; return what follows."""

    def strike(*args, **fields):
        with store.write() as connection:
            return store.strikes.confirm(connection, offence(*args, **fields), by="rita")

    return strike


def test_first_offence_is_explained(store, strike):
    """A first offence shows the rule, and weighs nothing."""
    (effect,) = strike()

    assert ("support", ("rules",), Target.ACTOR) == (effect.name, effect.value, effect.target)
    assert 0 == store.strikes.weight("ann")


def test_weight_reads_no_rows(store, strike):
    """What somebody's strikes weigh is in an index; a row by itself may be anywhere on the disk."""
    strike()
    plan = " ".join(plans_of(store, lambda: store.strikes.weight("ann")))

    assert "USING COVERING INDEX ix_strikes_of" in plan or "Index Only Scan" in plan


def test_confirming_reads_no_rows(store, strike):
    """Whether it is a first offence is in the index, too, however many somebody has."""
    strike()
    plan = plans_of(store, lambda: strike("i2"))

    assert not [line for line in plan if "strikes" in line and "actor" in line and not (
        "COVERING INDEX ix_strikes_of" in line or "Index Only Scan" in line
        or ("issue" in line and "feature" in line and "item" in line)
    )]  # fmt: skip


def test_ids_of_any_length(store):
    """Two ids that no index has room for are no reason to fail a person who decides."""
    some = random.Random(7)
    actor, item = (
        "".join(chr(some.randrange(0x10000, 0x2FFFF)) for _ in range(512)) for _ in range(2)
    )
    with store.write() as connection:
        for _ in range(2):
            long = attrs.evolve(offence(item, actor=actor), decision="d")
            store.strikes.confirm(connection, long, by="rita")

    assert [item] == [each.item for each in store.strikes.of(actor)]


def test_two_who_confirm_at_once_make_one(store, strike):
    """The same violation that two people confirm counts once."""
    with ThreadPoolExecutor(4) as threads:
        made = [*threads.map(lambda _: strike(), range(4))]

    assert (1, 1) == (sum(map(bool, made)), len(store.strikes.of("ann")))


def test_confirmed_before_a_thousand_others(store, strike, clock, monkeypatch):
    """The oldest of many is not confirmed a second time, and nothing fails."""
    monkeypatch.setattr("handrail_store._strikes.SHOWN_MOST", 2)
    for item in ("i1", "i2", "i3"):
        strike(item, issue="violence.threat")
        clock.forward(seconds=1)

    assert () == strike("i1", issue="violence.threat")


def test_grave_offence_is_not_explained(strike):
    """One threat is past explaining."""
    (effect,) = strike(issue="violence.threat")

    assert "deny" == effect.name


def test_second_offence_counts(store, strike, clock):
    """What follows the explanation is a pause, with an end."""
    strike()
    (effect,) = strike("i2")

    assert ("deny", clock.at + timedelta(hours=24)) == (effect.name, effect.until)
    assert 1 == store.strikes.weight("ann")


def test_counts_once_for_issue_and_item(store, strike):
    """The same item is no second offence."""
    strike(issue="violence.threat")

    assert () == strike(issue="violence.threat")
    assert 1 == len(store.strikes.of("ann"))


def test_policy_says_what_it_weighs(store, strike):
    """A weight of the policy's goes before the table's."""
    strike(issue="violence.threat", weight=0.25)

    assert 0.25 == store.strikes.weight("ann")


def test_half_is_left_after_a_half_life(store, strike, clock):
    """A strike fades."""
    strike(issue="violence.threat")
    clock.forward(days=180)

    assert pytest.approx(1.0) == store.strikes.weight("ann")


def test_long_ago_is_a_first_offence_again(strike, clock):
    """Once a strike is forgotten, the next offence is explained."""
    strike(issue="violence.threat")
    clock.forward(days=180 * 4)

    assert "support" == strike("i2")[0].name


@pytest.mark.parametrize("name", [n for n, i in issues().items() if "non_punitive" in i.flags])
def test_nobody_is_punished_for_being_at_risk(store, strike, name):
    """Issues that nobody is punished for give no strike."""
    assert () == strike(issue=name)
    assert () == store.strikes.of("ann")


class TestUndo:
    """A won appeal takes a strike back."""

    def test_weighs_nothing(self, store, strike):
        """What was undone weighs nothing, and stays to be seen."""
        strike(issue="violence.threat")
        with store.write() as connection:
            assert 1 == store.strikes.undo(connection, decision="d-i1", by="saul")

        assert (0, "saul") == (store.strikes.weight("ann"), store.strikes.of("ann")[0].undone_by)

    def test_twice_is_once(self, store, strike):
        """Undoing again does nothing."""
        strike()
        with store.write() as connection:
            store.strikes.undo(connection, decision="d-i1", by="saul")
            assert 0 == store.strikes.undo(connection, decision="d-i1", by="saul")

    def test_may_be_confirmed_again(self, store, strike):
        """What was undone by mistake counts again once it is confirmed again."""
        strike(issue="violence.threat")
        with store.write() as connection:
            store.strikes.undo(connection, id=store.strikes.of("ann")[0].id, by="saul")
        strike(issue="violence.threat")

        assert (1, 2) == (len(store.strikes.of("ann")), store.strikes.weight("ann"))

    def test_is_in_the_audit_log(self, store, strike):
        """Who confirmed and who undid is in the chain."""
        strike()
        with store.write() as connection:
            store.strikes.undo(connection, decision="d-i1", by="saul")

        assert 2 == store.chain()

    def test_says_which(self, store):
        """Undoing needs to know what."""
        with store.write() as connection, pytest.raises(InvalidValueError, match="strike, or"):
            store.strikes.undo(connection, by="saul")


class TestLadder:
    """What follows is data."""

    @pytest.mark.parametrize(
        ("weight", "names"),
        [
            (0, {"rules"}),
            (1, {"comments"}),
            (2.9, {"comments", "live", "messaging"}),
            (8, {"account"}),
            (99, {"account"}),
        ],
    )
    def test_highest_rung_that_is_reached(self, weight, names):
        """The highest step counts, and no other."""
        (effect,) = follows(weight, ladder(), NOON)

        assert names == set(effect.value)

    @given(st.floats(0, 50), st.floats(0, 50))
    def test_more_strikes_never_mean_less(self, one, two):
        """A step further up is at least as high."""
        fewer, more = sorted((one, two))
        steps = [step.at for step in ladder()]
        reached = [max(at for at in steps if at <= weight + 1e-9) for weight in (fewer, more)]

        assert sorted(reached) == reached

    @pytest.mark.parametrize("name", sorted(issues()))
    def test_every_issue_weighs_something(self, name):
        """No issue is without a row."""
        assert term_of(name, terms()).weight > 0

    def test_most_exact_row_counts(self):
        """An issue goes before its family, a family before all."""
        rows = [
            Term(issue=name, weight=weight, half_life="1d", education=False)
            for name, weight in [("*", 1), ("hate.*", 2), ("hate.speech", 3)]
        ]

        assert [3, 2, 1] == [
            term_of(n, rows).weight for n in ("hate.speech", "hate.threat", "fraud.scam")
        ]

    def test_files_are_read(self, tmp_path):
        """A platform has its own tables."""
        path = tmp_path / "ladder.csv"
        path.write_text("at,effect,value,for,why\n3,reach,0.5,7d,Quieter\n")

        assert (Step(at=3, effect="reach", value=0.5, lasts=timedelta(days=7), why="Quieter"),) == (
            read_ladder(path)
        )

    @pytest.mark.parametrize(
        ("row", "says"),
        [
            ("1,denny,comments,24h,", "deny"),
            ("1,deny,,24h,", "names"),
            ("x,deny,comments,24h,", "could not convert"),
            ("1,deny,comments,soon,", "duration"),
            ("1,label,rude,24h,x,y", "5 columns"),
        ],
    )
    def test_mistake_is_placed(self, tmp_path, row, says):
        """A wrong row is named by file and line."""
        path = tmp_path / "ladder.csv"
        path.write_text(f"at,effect,value,for,why\n{row}\n")

        with pytest.raises(InvalidValueError, match=rf"ladder\.csv:2: .*{says}"):
            read_ladder(path)

    def test_unknown_issue_is_placed(self, tmp_path):
        """A wrong issue is named by file and line."""
        path = tmp_path / "strikes.csv"
        path.write_text("issue,weight,half_life,education,why\nhate.speach,1,90d,yes,\n")

        with pytest.raises(InvalidValueError, match=r"strikes\.csv:2: .*hate\.speech"):
            read_terms(path)


@given(st.floats(0.001, 1000), st.floats(0, 4000), st.floats(0, 4000))
def test_a_strike_only_ever_fades(weight, one, two):
    """Later, less is left."""
    from handrail_store._strikes import _strike

    row = {
        "id": "s", "actor": "a", "issue": BULLYING, "feature": "f", "item": "i",
        "weight": weight, "half_life_s": 90 * 86_400, "education": False, "decision": None,
        "confirmed_at": NOON, "confirmed_by": "rita", "undone_at": None, "undone_by": None,
    }  # fmt: skip
    sooner, later = (_strike(row, NOON + timedelta(days=d)).left for d in sorted((one, two)))

    assert weight >= sooner >= later >= 0


def test_effect_ends_when_the_rung_says():
    """What a step does ends by itself."""
    assert Effect("deny", ["live"], "actor", until=NOON + timedelta(days=1)) == (
        Step(at=1, effect="deny", value=["live"], lasts=timedelta(days=1)).made(NOON)
    )


def test_a_third_within_the_time_is_the_third(store, clock):
    """However long after the second: what follows does not hang on minutes."""
    made = []
    for number in range(3):
        offence = Offence(
            actor="ann", issue="harassment.stalking", feature="f", item=f"i{number}", decision="d",
            weight=1.0,
        )  # fmt: skip
        with store.write() as connection:
            made = store.strikes.confirm(connection, offence, by="rita")
        clock.forward(hours=7)

    assert 3 == store.strikes.weight("ann")
    assert ["uploads" in effect.value for effect in made if effect.name == "deny"] == [True]
