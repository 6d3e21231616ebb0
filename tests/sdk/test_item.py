"""Items and actors: frozen, checked at the boundary, JSON in and out without loss."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import Actor, Age, Amount, InvalidValueError, Item, Media

CANARY = "canary-7f3a"

# A high and a low surrogate in a row are one character once they have been through JSON.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.just("\ud800"))
IDS = st.text(min_size=1, max_size=512)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
REGIONS = st.sampled_from(["DE", "NO", "US-CA", "GB-ENG"])
LANGUAGES = st.sampled_from(["en", "pt-BR", "zh-Hant-TW"])
TIMES = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001  # hypothesis adds the zone.
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001  # As above.
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-9, minutes=-30))]),
)
TAGS = st.frozensets(TEXTS, max_size=3)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
ACTORS = st.builds(
    Actor,
    IDS,
    age=st.none() | st.builds(Age, st.integers(0, 150), st.sampled_from(["declared", "verified"])),
    tenure_days=st.none() | st.integers(0, 9999) | st.floats(0, 9999),
    region=st.none() | REGIONS,
    language=st.none() | LANGUAGES,
    relation=st.none() | NAMES,
    tags=TAGS,
)
MEDIA = st.builds(
    Media,
    id=IDS,
    type=TEXTS,
    url=st.none() | TEXTS,
    hashes=st.dictionaries(NAMES, TEXTS, max_size=2),
    data=st.none() | st.binary(max_size=50),
)
ITEMS = st.builds(
    Item,
    IDS,
    TEXTS,
    kind=NAMES,
    revision=st.integers(0, 10**9),
    confirms=st.none() | IDS,
    links=st.lists(TEXTS, max_size=3),
    media=st.lists(MEDIA, max_size=2),
    amount=st.none() | st.builds(Amount, st.decimals(0, 10**9, allow_nan=False), TEXTS),
    author=st.none() | ACTORS,
    participants=st.lists(ACTORS, max_size=2),
    recipients=st.lists(ACTORS, max_size=2),
    thread_id=st.none() | IDS,
    session_id=st.none() | IDS,
    visibility=st.none() | NAMES,
    relation=st.none() | NAMES,
    region=st.none() | REGIONS,
    language=st.none() | LANGUAGES,
    tags=TAGS,
    attributes=st.dictionaries(TEXTS, JSON, max_size=3),
    created_at=st.none() | TIMES,
)


def through_json(value):
    return type(value).from_json(json.loads(json.dumps(value.to_json())))


class TestItem:
    """What is looked at."""

    @given(ITEMS)
    def test_survives_json(self, item):
        """An item of any content is the same after JSON."""
        assert item == through_json(item)

    def test_carries_its_parent_through_json(self):
        """The parent's id is part of the JSON form."""
        assert "p" == through_json(Item("i", parent_id="p")).parent_id

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("\ud800 \udfff", id="lone surrogates"),
            pytest.param("a\0b", id="NUL"),
            pytest.param("x" * 1_000_000, id="a megabyte"),
            pytest.param("\u202eevil\u202c", id="right-to-left override"),
            pytest.param("\u200b" * 10_000, id="zero-width run"),
            pytest.param("e" + "\u0301" * 5_000, id="combining marks"),
            pytest.param("", id="nothing"),
        ],
    )
    def test_takes_whatever_people_write(self, text):
        """No text is too odd for an item."""
        assert text == through_json(Item("i", text)).text

    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param({"id": ""}, id="empty id"),
            pytest.param({"id": "x" * 513}, id="endless id"),
            pytest.param({"id": 7}, id="number as id"),
            pytest.param({"text": b"bytes"}, id="bytes as text"),
            pytest.param({"text": None}, id="no text"),
            pytest.param({"kind": "Live Segment"}, id="kind is no name"),
            pytest.param({"revision": -1}, id="negative revision"),
            pytest.param({"revision": True}, id="true as revision"),
            pytest.param({"revision": 1.0}, id="float as revision"),
            pytest.param({"confirms": ""}, id="empty confirmation"),
            pytest.param({"parent_id": "i"}, id="its own parent"),
            pytest.param({"links": 5}, id="number as links"),
            pytest.param({"links": [5]}, id="number as link"),
            pytest.param({"links": {"url": "x"}}, id="mapping as links"),
            pytest.param({"media": "photo"}, id="text as media"),
            pytest.param({"media": [5]}, id="number as medium"),
            pytest.param({"participants": 5}, id="number as participants"),
            pytest.param({"participants": ["ann"]}, id="text as participant"),
            pytest.param({"author": "ann"}, id="text as author"),
            pytest.param({"amount": 5}, id="number as amount"),
            pytest.param({"region": "Germany"}, id="region is no code"),
            pytest.param({"region": "de"}, id="region in lower case"),
            pytest.param({"language": "english language"}, id="language is no code"),
            pytest.param({"visibility": "Everyone!"}, id="visibility is no name"),
            pytest.param({"tags": [1]}, id="number as tag"),
            pytest.param({"attributes": [1]}, id="list as attributes"),
            pytest.param({"attributes": {"a": float("nan")}}, id="NaN"),
            pytest.param({"attributes": {"a": float("inf")}}, id="infinity"),
            pytest.param({"attributes": {"a": object()}}, id="an object"),
            pytest.param({"created_at": datetime(2026, 1, 1)}, id="naive time"),  # noqa: DTZ001
            pytest.param({"created_at": "2026-01-01"}, id="a day as time"),
            pytest.param({"created_at": "yesterday"}, id="a word as time"),
            pytest.param({"created_at": 0}, id="a number as time"),
        ],
    )
    def test_refuses_a_programmers_mistake(self, wrong):
        """What a host gets wrong is an InvalidValueError when the item is made."""
        with pytest.raises(InvalidValueError):
            Item(**{"id": "i", **wrong})

    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param({"id": CANARY * 100}, id="id"),
            pytest.param({"kind": CANARY + " "}, id="kind"),
            pytest.param({"region": CANARY}, id="region"),
            pytest.param({"created_at": CANARY}, id="time"),
            pytest.param({"media": [{"id": "m", "type": "t", "data": CANARY}]}, id="data"),
            pytest.param({"media": [{"id": "m", "type": [CANARY]}]}, id="type"),
            pytest.param({"amount": {"value": CANARY, "currency": "EUR"}}, id="amount"),
            pytest.param({"amount": {"value": 1, "currency": [CANARY]}}, id="currency"),
            pytest.param({"author": {"id": "a", "age": {"value": CANARY}}}, id="age"),
        ],
    )
    def test_error_does_not_repeat_the_value(self, wrong):
        """An error names the field, never what was in it."""
        with pytest.raises(InvalidValueError) as caught:
            Item.from_json({"id": "i", **wrong})

        assert CANARY not in str(caught.value)

    def test_depth_of_attributes_has_an_end(self):
        """Attributes nested without end are refused, not followed."""
        deep = {}
        deep["again"] = deep

        with pytest.raises(InvalidValueError, match="20 levels"):
            Item("i", attributes=deep)

    def test_takes_thousands_of_links(self):
        """The number of links has no limit at the boundary."""
        assert 5_000 == len(Item("i", links=[f"https://a.example/{n}" for n in range(5_000)]).links)

    def test_null_is_an_empty_list(self):
        """A host's null for nobody and nothing is an empty list."""
        item = Item("i", participants=None, recipients=None, media=None, links=None, tags=None)

        assert Item("i") == item

    def test_unknown_field_in_json_names_the_nearest(self):
        """A misspelled field is refused with the right spelling."""
        with pytest.raises(InvalidValueError, match=r"'txt'.*Did you mean 'text'"):
            Item.from_json({"id": "i", "txt": "hello"})

    def test_missing_field_in_json_is_named(self):
        """An item without an id is refused by name."""
        with pytest.raises(InvalidValueError, match="'id' is missing"):
            Item.from_json({"text": "hello"})

    def test_cannot_change(self):
        """An item is frozen."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            Item("i").text = "other"

    def test_is_frozen_all_the_way_down(self):
        """What the host does to its own lists later does not reach the item."""
        inner = ["a"]
        item = Item("i", attributes={"x": {"y": inner}})
        inner.append("b")

        assert ("a",) == item.attributes["x"]["y"]

    def test_can_be_a_key(self):
        """Two equal items have one hash."""
        one, two = (Item("i", attributes={"x": [1]}, tags=["t"]) for _ in "ab")

        assert {one} == {two}

    def test_repr_shows_no_content(self):
        """The repr of an item and of all its parts keeps text, ids and links to itself."""
        actor = Actor(CANARY, tags=[CANARY], region="DE")
        media = Media(id=CANARY, type=CANARY, url=CANARY, data=CANARY.encode())
        item = Item(
            CANARY, CANARY, links=[CANARY], media=[media], author=actor, participants=[actor],
            thread_id=CANARY, tags=[CANARY], attributes={CANARY: CANARY},
        )  # fmt: skip

        assert CANARY not in f"{item!r}{actor!r}{media!r}{item.attributes!r}"


class TestActor:
    """Somebody who acts."""

    @given(ACTORS)
    def test_survives_json(self, actor):
        """An actor is the same after JSON."""
        assert actor == through_json(actor)

    def test_age_is_declared_unless_said_otherwise(self):
        """A bare number is an age that somebody declared."""
        assert Age(15, "declared") == Actor("a", age=15).age

    def test_unknown_age_is_no_age(self):
        """An age nobody knows is None, which is no number to compare."""
        assert Actor("a").age is None

    def test_json_form_of_an_age(self):
        """An age says in JSON how it is known."""
        assert {"value": 15, "known_by": "declared"} == Actor("a", age=15).to_json()["age"]

    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param({"age": -1}, id="negative age"),
            pytest.param({"age": 151}, id="age of a tree"),
            pytest.param({"age": 17.5}, id="half a year"),
            pytest.param({"age": True}, id="true"),
            pytest.param({"age": "15"}, id="text"),
            pytest.param({"age": {"value": 15, "known_by": "guessed"}}, id="guessed"),
            pytest.param({"age": {"years": 15}}, id="unknown field"),
            pytest.param({"tenure_days": -1}, id="negative tenure"),
            pytest.param({"tenure_days": float("nan")}, id="NaN tenure"),
            pytest.param({"tenure_days": float("inf")}, id="endless tenure"),
            pytest.param({"tenure_days": True}, id="true as tenure"),
        ],
    )
    def test_refuses(self, wrong):
        """An impossible age or tenure is refused."""
        with pytest.raises(InvalidValueError):
            Actor("a", **wrong)


class TestAmount:
    """What a gift is worth."""

    def test_keeps_every_digit(self):
        """An amount is a decimal, digit by digit, through JSON."""
        item = Item("i", amount=Amount("12.50", "EUR"))

        assert "12.50" == str(through_json(item).amount.value)

    @pytest.mark.parametrize("value", [-1, 0.1, "NaN", "Infinity", "much", None])
    def test_refuses(self, value):
        """A float, a negative and what is no number are refused."""
        with pytest.raises(InvalidValueError):
            Amount(value, "EUR")

    def test_takes_a_decimal(self):
        """A Decimal is taken as it is."""
        assert Decimal("0.10") == Amount(Decimal("0.10"), "coins").value
