"""Effects: what a row of effects.csv allows, and a merge that knows no order."""

from __future__ import annotations

import functools
import itertools
import json
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import Audience, Effect, FrozenMap, InvalidValueError, UnknownNameError, effect_specs
from handrail._effect import about
from handrail._effect import merge_effects as merge
from handrail._effect_values import EVERYWHERE

SOME = st.sampled_from(["a", "b", "c"])
REGIONS = st.sampled_from(["DE", "FR", EVERYWHERE])
VALUES = {
    "names": st.sets(SOME, min_size=1),
    "regions": st.sets(st.sampled_from(["DE", "FR", "NO"]), min_size=1),
    "share": st.floats(0, 1),
    "ages": st.integers(0, 150) | st.dictionaries(REGIONS, st.integers(0, 21), min_size=1),
    "weights": st.dictionaries(
        st.sampled_from(["hate.speech", "fraud.scam"]), st.integers(1, 5), min_size=1
    ),
    "queues": st.dictionaries(SOME, st.sampled_from(["60m", "1h", "2h", "1d"]), min_size=1),
    "duration": st.sampled_from(["1h", "60m", "90d"]),
}


@st.composite
def effects(draw):
    """An effect of any row, with any target, audience and end."""
    spec = draw(st.sampled_from(sorted(effect_specs().values(), key=lambda s: s.name)))
    values = st.sampled_from(spec.order) if spec.value == "choice" else VALUES[spec.value]
    audience = st.none() | st.builds(Audience, st.lists(st.sampled_from(["DE", "FR"]), max_size=2))
    days = st.none() | st.integers(0, 3).map(lambda d: datetime(2026, 1, 1 + d, tzinfo=UTC))
    return Effect(
        spec.name,
        draw(values),
        draw(st.sampled_from(spec.targets)),
        audience=draw(audience),
        until=draw(days),
    )


class TestEffect:
    """One thing a decision asks for."""

    @given(effects())
    def test_survives_json(self, effect):
        """An effect is the same after JSON."""
        assert effect == Effect.from_json(json.loads(json.dumps(effect.to_json())))

    @given(effects())
    def test_can_be_a_key(self, effect):
        """Two equal effects have one hash."""
        assert 1 == len({effect, attrs.evolve(effect)})

    def test_acts_on_the_first_target_of_its_row(self):
        """A strike is the actor's without saying so."""
        assert "actor" == Effect("strike", {"hate.speech": 1}).target

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            pytest.param("label", "", id="empty label"),
            pytest.param("label", [], id="no label"),
            pytest.param("label", 5, id="number as label"),
            pytest.param("label", "x" * 201, id="endless label"),
            pytest.param("reach", -0.1, id="negative reach"),
            pytest.param("reach", 1.1, id="more than all"),
            pytest.param("reach", True, id="true as reach"),
            pytest.param("reach", float("nan"), id="NaN as reach"),
            pytest.param("reach", "0.2", id="text as reach"),
            pytest.param("min_viewer_age", -1, id="negative age"),
            pytest.param("min_viewer_age", {"DE": "16"}, id="text as age"),
            pytest.param("min_viewer_age", True, id="true as age"),
            pytest.param("min_viewer_age", {"XX": 18}, id="age in no region"),
            pytest.param("geo_block", ["XX"], id="no region"),
            pytest.param("geo_block", "US-CA", id="part of a country"),
            pytest.param("money", "take", id="unknown choice"),
            pytest.param("strike", 1, id="weight without an issue"),
            pytest.param("strike", {"hate.speech": 0}, id="weight of nothing"),
            pytest.param("strike", {"hate.speach": 1}, id="weight of an unknown issue"),
            pytest.param("review", "legal", id="queue without a deadline"),
            pytest.param("review", {"queue": None, "within": "1h"}, id="no queue"),
            pytest.param("review", {"queue": "legal", "within": "soon"}, id="soon"),
            pytest.param("preserve", "forever", id="forever"),
        ],
    )
    def test_refuses_a_value_of_another_kind(self, name, value):
        """A value that the row does not describe is refused."""
        with pytest.raises(InvalidValueError):
            Effect(name, value)

    def test_unknown_effect_names_the_nearest(self):
        """A misspelled effect is refused with the right spelling."""
        with pytest.raises(UnknownNameError, match="Did you mean 'geo_block'"):
            Effect("geo_blok", ["DE"])

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            pytest.param("geo_block", ["no"], id="region"),
            pytest.param("min_viewer_age", {"no": 16}, id="age by region"),
        ],
    )
    def test_unknown_region_names_the_nearest(self, name, value):
        """A region in small letters is refused with the code that is meant."""
        with pytest.raises(UnknownNameError, match=f"effect '{name}'.*'no'. Did you mean 'NO'"):
            Effect(name, value)

    def test_audience_of_everybody_is_none(self):
        """An audience that leaves nobody out is said in one way."""
        assert Effect("reach", 0.2) == Effect("reach", 0.2, audience=Audience())

    @pytest.mark.parametrize("subject", [5, ["a"]])
    def test_refuses_a_subject_that_is_no_id(self, subject):
        """Whom it is for is said by an id: anything else could be neither sorted nor a key."""
        with pytest.raises(InvalidValueError, match="subject: expected the id"):
            Effect("deny", ["gift"], "pair", subject=subject)

    def test_refuses_a_target_that_the_row_does_not_have(self):
        """A strike cannot act on an item."""
        with pytest.raises(UnknownNameError, match=r"effect 'strike': unknown target"):
            Effect("strike", {"hate.speech": 1}, "item")


class TestMerge:
    """Key by key, whatever came first."""

    @given(st.lists(effects(), max_size=6), st.randoms())
    def test_knows_no_order(self, some, random):
        """The same effects in another order merge into the same."""
        shuffled = random.sample(some, len(some))

        assert merge(some) == merge(shuffled)

    @given(st.lists(effects(), max_size=4), st.lists(effects(), max_size=4), effects())
    def test_knows_no_grouping(self, one, two, three):
        """What was merged before may be merged again with others."""
        assert merge([*merge(one), *merge([*two, three])]) == merge([*merge([*one, *two]), three])

    @given(st.lists(effects(), max_size=6))
    def test_saying_it_twice_changes_nothing(self, some):
        """A merge is idempotent."""
        assert merge(some) == merge([*some, *merge(some)])

    @pytest.mark.parametrize(
        ("name", "one", "two", "expected"),
        [
            pytest.param("reach", 0.2, 0.5, 0.2, id="the least reach"),
            pytest.param("label", "a", "b", ("a", "b"), id="all labels"),
            pytest.param("geo_block", ["DE"], ["FR"], ("DE", "FR"), id="all regions"),
            pytest.param("money", "freeze", "demonetize", "freeze", id="the hardest choice"),
            pytest.param("preserve", "1d", "36h", timedelta(hours=36), id="the longest"),
            pytest.param("min_viewer_age", 16, {"DE": 18}, {"*": 16, "DE": 18}, id="the oldest"),
            pytest.param("min_viewer_age", 18, {"DE": 16}, {"*": 18}, id="everywhere is here too"),
            pytest.param(
                "review",
                {"legal": "1d", "general": "1h"},
                {"legal": "2h"},
                {"legal": "2h", "general": "1h"},
                id="every queue at its soonest",
            ),
            pytest.param(
                "strike", {"hate.speech": 1}, {"hate.speech": 2}, {"hate.speech": 2},
                id="one strike an issue",
            ),
        ],
    )  # fmt: skip
    def test_rule_of_each_row(self, name, one, two, expected):
        """Each effect is merged as its row says."""
        (merged,) = merge([Effect(name, one), Effect(name, two)])

        assert (FrozenMap(expected) if isinstance(expected, dict) else expected) == merged.value

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"target": "session"}, id="another target"),
            pytest.param({"audience": Audience(["DE"])}, id="another audience"),
        ],
    )
    def test_keeps_apart(self, changes):
        """What acts on something else, or holds for others, is another effect."""
        effect = Effect("reach", 0.2)

        assert 2 == len(merge([effect, attrs.evolve(effect, **changes)]))

    @pytest.mark.parametrize("ends", list(itertools.permutations([1, 2, None])))
    def test_the_latest_end_holds_and_no_end_is_latest(self, ends):
        """An effect ends when the last who asked for it says so."""
        days = [d and datetime(2026, 1, d, tzinfo=UTC) for d in ends]
        asked = [Effect("reach", 0.2, until=day) for day in days]

        assert [None, datetime(2026, 1, 2, tzinfo=UTC)] == [
            merge(asked)[0].until,
            merge([e for e in asked if e.until])[0].until,
        ]

    def test_effects_come_in_one_order(self):
        """Merged effects are sorted by name, so that two records can be compared."""
        names = ["support", "label", "reach"]
        asked = [Effect(n, 0.2 if n == "reach" else "x") for n in names]

        assert sorted(names) == [e.name for e in merge(asked)]


class TestSpecs:
    """The rows of effects.csv."""

    def test_names(self):
        """These are all effects there are."""
        assert {
            "label", "reach", "min_viewer_age", "geo_block", "deny", "money", "strike", "support",
            "review", "preserve", "report_to",
        } == set(effect_specs())  # fmt: skip

    @pytest.mark.parametrize("spec", effect_specs().values(), ids=lambda spec: spec.name)
    def test_every_row_is_complete(self, spec):
        """Each effect says on what it acts, who may order it, and what it means."""
        assert all([spec.targets, spec.ordered_by, spec.meaning])

    def test_only_people_report_to_authorities(self):
        """Automation may propose a report, and no more."""
        assert "automation" not in effect_specs()["report_to"].ordered_by


class TestAudience:
    """For which viewers an effect holds."""

    def test_regions_have_no_order(self):
        """The same regions are the same audience."""
        assert Audience(["FR", "DE", "FR"]) == Audience(["DE", "FR"])

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            pytest.param({"regions": ["XX"]}, "regions: unknown region 'XX'", id="region"),
            pytest.param({"regions": ["de"]}, "Did you mean 'DE'", id="small letters"),
            pytest.param({"min_age": -1}, "min_age: expected whole years", id="negative"),
            pytest.param({"max_age": 151}, "max_age: expected whole years", id="nobody is so old"),
            pytest.param({"min_age": "18"}, "min_age: expected whole years", id="text"),
            pytest.param({"min_age": True}, "min_age: expected whole years", id="true"),
            pytest.param({"min_age": 18, "max_age": 13}, "min_age or more", id="upside down"),
        ],
    )
    def test_refuses(self, wrong, said):
        """A region that is none, and ages that nobody has, are refused."""
        with pytest.raises(InvalidValueError, match=said):
            Audience(**wrong)


def test_a_merge_of_many_is_a_merge_of_two_and_two():
    """Folding effects one by one gives what merging them at once gives."""
    asked = [Effect("label", name) for name in "abcd"]
    folded = functools.reduce(lambda done, e: merge([*done, e]), asked, ())

    assert merge(asked) == folded


@pytest.mark.parametrize("audience", [None, Audience(regions=["DE"])])
def test_about_somebody_is_the_same_effect(audience):
    """An effect made to be about somebody is the one that is read with that subject."""
    until = datetime(2027, 1, 1, tzinfo=UTC)
    plain = Effect("deny", ["gift"], "pair", audience=audience, until=until)

    assert attrs.evolve(plain, subject="bob") == about(plain, "bob")


def test_the_same_twice_is_not_read_again():
    """Of two effects that say the same the first stays, for thousands may say it."""
    one, two = (Effect("deny", ["gift"], "pair", subject="bob") for _ in range(2))

    assert merge([one, two])[0] is one
