"""Reports: what somebody says is wrong, with the fields of a notice under law."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import Actor, InvalidValueError, Item, Report, UnknownNameError

CANARY = "canary-7f3a"

# A high and a low surrogate in a row are one character once they have been through JSON.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.just("\ud800"))
WHEN = st.none() | st.datetimes(timezones=st.just(UTC))
REPORTS = st.builds(
    Report,
    id=st.just("r"),
    item=st.builds(Item, st.just("i"), TEXTS),
    reporter=st.none() | st.just(Actor("bo", age=30)),
    issue=st.sampled_from([None, "hate.speech"]),
    text=TEXTS,
    created_at=WHEN,
    locations=st.lists(TEXTS, max_size=3),
    name=st.none() | TEXTS,
    email=st.none() | TEXTS,
    good_faith=st.booleans(),
    reference=st.none() | TEXTS,
    law=st.none() | TEXTS,
    territory=st.sets(st.sampled_from(["DE", "FR", "IN"])),
    due_at=WHEN,
)

NOTICE = Report(
    id="r", item_id="i", source="notice", issue="hate.speech", text="It calls for violence.",
    locations=["https://example.com/i"], name="Bo", email="bo@example.com", good_faith=True,
)  # fmt: skip
ORDER = Report(
    id="r", item_id="i", source="authority", order="act", text="As stated.", reference="7/26",
    locations=["https://example.com/i"], law="StGB 86a", territory=["DE"],
)  # fmt: skip


@given(REPORTS)
def test_survives_json(report):
    """A report with all of its fields is the same after JSON."""
    assert report == Report.from_json(json.loads(json.dumps(report.to_json())))


def test_takes_the_id_from_its_item():
    """A report that carries its item names it."""
    assert "i" == Report(id="r", item=Item("i")).item_id


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({}, id="about nothing"),
        pytest.param({"item": Item("i"), "item_id": "j"}, id="about two items"),
        pytest.param({"item_id": "i", "source": "rumour"}, id="unknown source"),
        pytest.param({"item_id": "i", "issue": "hate.speach"}, id="unknown issue"),
        pytest.param({"item_id": "i", "text": 5}, id="number as text"),
        pytest.param({"item_id": "i", "email": 5}, id="number as address"),
        pytest.param({"item_id": "i", "good_faith": "yes"}, id="word as statement"),
        pytest.param({"item_id": "i", "locations": [5]}, id="number as place"),
        pytest.param({"item_id": "i", "territory": ["EU"]}, id="no region"),
        pytest.param({"item_id": "i", "order": "act"}, id="a user's order"),
        pytest.param({"item_id": "i", "source": "authority", "order": "x"}, id="unknown order"),
        pytest.param({"item_id": "i", "due_at": datetime(2026, 1, 1)}, id="naive time"),  # noqa: DTZ001  # That is the mistake.
    ],
)
def test_refuses(wrong):
    """A report that cannot be about one item, from a known source, is refused."""
    with pytest.raises(InvalidValueError):
        Report(id="r", **wrong)


def test_says_which_region_is_none():
    """A region that is in no list is named with the nearest."""
    with pytest.raises(UnknownNameError, match="territory"):
        Report(id="r", item_id="i", territory=["germany"])


@pytest.mark.parametrize("form", [repr, str])
def test_repr_shows_no_content(form):
    """A report keeps its text, its ids, and who reports, to itself."""
    report = Report(
        id=CANARY, item=Item(CANARY, CANARY), text=CANARY, locations=[CANARY], name=CANARY,
        email=CANARY, reference=CANARY, law=CANARY, reporter=Actor(CANARY),
    )  # fmt: skip

    assert CANARY not in form(report)


class TestMissing:
    """What the law asks for and a report lacks."""

    @pytest.mark.parametrize("report", [NOTICE, ORDER, Report(id="r", item_id="i")])
    def test_nothing(self, report):
        """A whole notice, a whole order and what a user says in the product lack nothing."""
        assert () == report.missing

    @pytest.mark.parametrize(
        ("without", "field"),
        [
            ({"text": " \n"}, "text"),
            ({"locations": ()}, "locations"),
            ({"name": None}, "name"),
            ({"email": None}, "email"),
            ({"email": "bo at example"}, "email"),
            ({"good_faith": False}, "good_faith"),
        ],
    )
    def test_of_a_notice(self, without, field):
        """A notice without one of the fields of Art. 16(2) says which."""
        assert (field,) == attrs.evolve(NOTICE, **without).missing

    @pytest.mark.parametrize("field", ["text", "locations", "reference", "law", "territory"])
    def test_of_an_order(self, field):
        """An order without one of the fields of Art. 9(2) says which."""
        empty = "" if field == "text" else None

        assert (field,) == attrs.evolve(ORDER, **{field: empty}).missing

    def test_an_order_to_inform_has_no_territory(self):
        """An order under Art. 10 is about somebody, wherever content is seen."""
        assert () == attrs.evolve(ORDER, order="inform", territory=()).missing

    def test_the_item_is_a_place(self):
        """A notice that carries its item need not say where it is."""
        assert () == attrs.evolve(NOTICE, item=Item("i"), locations=()).missing

    def test_offences_against_children_need_no_name(self):
        """Who reports the sexual abuse of a child may stay unnamed (Art. 16(2)(c))."""
        unnamed = attrs.evolve(NOTICE, issue="child_safety.csam", name=None, email=None)

        assert () == unnamed.missing
