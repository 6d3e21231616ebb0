"""What conditions answer: a table of expressions and values, and the answer to each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handrail import Actor, FrozenMap
from handrail_policyfiles.expression import _official as official

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINOR, ADULT, SOMEBODY = Actor("m", age=15), Actor("a", age=40), Actor("s")


@pytest.mark.parametrize(
    ("source", "given", "expected"),
    [
        ("actor.age < 18", {"actor_age": 17}, True),
        ("actor.age < 18", {"actor_age": 18}, False),
        ("actor.age < 18", {}, None),
        ("actor.age < 18 || links.count > 2", {"links_count": 3}, True),
        ("actor.age < 18 || links.count > 2", {"links_count": 2}, None),
        ("actor.age < 18 && links.count > 2", {"links_count": 2}, False),
        ("actor.age < 18 && links.count > 2", {"links_count": 3}, None),
        ("!(actor.age < 18)", {}, None),
        ("actor.age < 18 || actor.tenure_days < 3", {"actor_tenure_days": 1}, True),
        ("actor.age < 18 || actor.tenure_days < 3", {"actor_tenure_days": 9}, None),
        ("actor.age < 18 && actor.tenure_days < 3", {"actor_age": 18}, False),
        ("actor.age < 18 && actor.tenure_days < 3", {"actor_age": 9}, None),
        ("actor.tenure_days < 3 && links.count > 2", {"actor_tenure_days": 2.5, "links_count": 3},
         True),
        ("actor.tenure_days in [1, 2]", {"actor_tenure_days": 2}, True),
        ("actor.age + 1 == 18", {"actor_age": 17}, True),
        ("links.count % 2 == 1", {"links_count": 3}, True),
        ("1 + 2 * 3 == 7", {}, True),
        ("2 - 1 - 1 == 0", {}, True),
        ("true || false && false", {}, True),
        ("actor.region in ['DE', 'AT']", {"actor_region": "AT"}, True),
        ("actor.region in ['DE', 'AT']", {}, None),
        ("'vip' in actor.tags", {"actor_tags": frozenset({"vip"})}, True),
        ("'vip' in actor.tags", {}, None),
        ("size(item.tags) == 2", {"item_tags": frozenset({"a", "b"})}, True),
        ("item.tags.exists(t, t == 'a')", {"item_tags": frozenset({"a", "b"})}, True),
        ("item.tags.all(t, t == 'a')", {"item_tags": frozenset({"a", "b"})}, False),
        ("item.tags.filter(t, t != 'a').size() == 1", {"item_tags": frozenset({"a", "b"})}, True),
        ("'b.test' in links.hosts", {"links_hosts": ("a.test", "b.test")}, True),
        ("amount.value >= 0.1", {"amount_value": "0.1"}, True),
        ("now - item.created_at < duration('36h')",
         {"now": NOW, "item_created_at": NOW - timedelta(hours=35)}, True),
        ("now >= timestamp('2026-06-01T14:00:00+02:00')", {"now": NOW}, True),
        ("actor.region == 'DE' ? actor.age < 18 : actor.age < 16",
         {"actor_region": "AT", "actor_age": 17}, False),
        ("actor.region == 'DE' ? true : actor.age < 16", {"actor_region": "DE"}, True),
        ("item.id.startsWith('a') && item.id.contains('b')", {"item_id": "ab"}, True),
    ],
)  # fmt: skip
def test_answers(answer, source, given, expected):
    """Missing values are unknown, false settles an && and true an ||."""
    assert expected is answer(source, **given)


@pytest.mark.parametrize(
    ("source", "people", "expected"),
    [
        ("participants.exists(p, p.age < 18)", [ADULT, MINOR], True),
        ("participants.exists(p, p.age < 18)", [SOMEBODY, MINOR], True),
        ("participants.exists(p, p.age < 18)", [SOMEBODY, ADULT], None),
        ("participants.exists(p, p.age < 18)", [ADULT], False),
        ("participants.exists(p, p.age < 18)", [], False),
        ("participants.all(p, p.age < 18)", [SOMEBODY, MINOR], None),
        ("participants.all(p, p.age < 18)", [SOMEBODY, ADULT], False),
        ("participants.exists_one(p, p.age < 18)", [MINOR, ADULT], True),
        ("participants.exists_one(p, p.age < 18)", [MINOR, MINOR], False),
        ("participants.exists_one(p, p.age < 18)", [MINOR, SOMEBODY], None),
        ("size(participants.filter(p, p.age < 18)) == 1", [MINOR, ADULT], True),
        ("size(participants.filter(p, p.age < 18)) == 1", [MINOR, SOMEBODY], None),
        ("participants.exists(p, p.age_known_by == 'declared')", [MINOR], True),
        ("participants.exists(p, 'vip' in p.tags)", [Actor("x", tags=["vip"])], True),
        ("participants.exists(p, p.id == 's')", [SOMEBODY], True),
        ("participants[1].age == 15", [ADULT, MINOR], True),
        ("participants[1].age == 15", [ADULT], None),
        ("participants.map(p, p.id) == ['a', 'm']", [ADULT, MINOR], True),
        ("participants.exists(p, participants.exists(q, q.age < p.age))", [ADULT, MINOR], True),
    ],
)
def test_answers_about_people(answer, source, people, expected):
    """Somebody whose age is not known is neither a minor nor an adult."""
    assert expected is answer(source, participants=tuple(people))


@pytest.mark.parametrize(
    ("source", "sent", "expected"),
    [
        ("item.attributes.a == 'x'", {"a": "x"}, True),
        ("item.attributes['a'] == 'x'", {"a": 1}, False),
        ("item.attributes.a == true", {"a": True}, True),
        ("item.attributes.a == true", {"a": 1}, False),
        ("item.attributes.a == 'x'", {}, None),
        ("item.attributes.a == 'x'", {"a": None}, None),
        ("'a' in item.attributes", {"a": "x"}, True),
        ("'a' in item.attributes", {"a": None}, False),
        ("item.attributes.a > 2", {"a": 2.5}, True),
        ("item.attributes.a > 2", {}, None),
        ("2 < item.attributes.a", {"a": 3}, True),
        ("item.attributes.a", {"a": True}, True),
        ("!item.attributes.a", {"a": True}, False),
        ("!item.attributes.a && true", {"a": False}, True),
        ("!item.attributes.a || false", {}, None),
        ("item.attributes.a ? false : true", {"a": False}, True),
        ("2.5 >= item.attributes.a", {"a": 3}, False),
        ("item.attributes.a == 2", {"a": 2.0}, True),
        ("item.attributes.a == 2", {"a": "2"}, False),
        ("item.attributes.a == 1", {"a": True}, False),
        ("item.attributes.a != 1", {"a": True}, True),
        ("item.attributes.a != 1", {}, None),
        ("item.attributes['a'] > 2 || item.id == 'no'", {"a": 1}, False),
        ("item.attributes.a.b == 'x'", {"a": {"b": "x"}}, True),
        ("item.attributes.a.b == 'x'", {"a": {}}, None),
        ("item.attributes.a.exists(x, x == 'y')", {"a": ["x", "y"]}, True),
    ],
)
def test_answers_about_attributes(answer, source, sent, expected):
    """A key that is not there, or null, is a missing value."""
    assert expected is answer(source, item_attributes=FrozenMap(sent))


@pytest.mark.parametrize(
    ("source", "words", "expected"),
    [
        ("text.mentions('Free MONEY!')", " get free money now ", True),
        ("text.mentions('free money')", " get free range money ", False),
        ("text.mentions('free')", " freedom ", False),
        ("text.mentions_any(['x', 'free money'])", " free money ", True),
        ("text.mentions_any(lists.scams)", " send free gift cards ", True),
        ("text.mentions_any(lists.scams)", " send gifts ", False),
    ],
)
def test_answers_about_words(answer, source, words, expected):
    """A phrase is looked for as words in a row, however they are written."""
    lists = {"scams": frozenset({"Gift cards", *(f"phrase {n}" for n in range(20))})}

    assert expected is answer(source, lists, text_words=words)


@pytest.mark.parametrize("more", ["", " && item.id.matches('a')"])
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"words": ["Banana", "sour MILK"]}, True),
        ({"words": ["bandana"]}, False),
        ({"words": []}, False),
        ({"words": ["!"]}, False),
        ({}, None),
    ],
)
def test_answers_about_words_that_came_with_the_item(answer, more, sent, expected):
    """Phrases may be an attribute of the item; without it nobody knows."""
    source = f"text.mentions_any(item.attributes.words){more}"

    assert expected is answer(
        source, text_words=" some sour milk ", item_attributes=FrozenMap(sent), item_id="a"
    )


@pytest.mark.parametrize("words", ["banana", 3, ["x"] * 1001, [1]])
def test_words_that_are_no_list_are_a_failure(answer, words):
    """Anything but a list of at most 1,000 texts is raised, for the SDK to book."""
    sent = FrozenMap({"words": words})

    with pytest.raises((TypeError, AttributeError)):
        answer(
            "text.mentions_any(item.attributes.words)", text_words=" banana ", item_attributes=sent
        )


@pytest.mark.parametrize("more", ["", " && item.id.matches('a')"])
def test_an_attribute_that_is_no_condition_is_a_failure(answer, more):
    """An attribute stands for a condition only where it is true or false."""
    with pytest.raises((TypeError, official.ConditionError)):
        answer(f"!item.attributes.a{more}", item_attributes=FrozenMap({"a": "x"}), item_id="a")


@pytest.mark.parametrize("value", ["3", True, [3]])
@pytest.mark.parametrize("more", ["", " && item.id.matches('a')"])
def test_an_attribute_of_another_type_is_a_failure(answer, value, more):
    """What is compared with a number and is none is raised, here as by the runtime."""
    with pytest.raises((TypeError, official.ConditionError)):
        answer(f"item.attributes.a > 2{more}", item_attributes=FrozenMap({"a": value}), item_id="a")


def test_a_list_is_looked_up(answer):
    """``lists.NAME`` is the bundle's list."""
    lists = {"court_2026_17": frozenset({"i1", "i2"})}

    assert [True, False] == [
        answer("item.id in lists.court_2026_17", lists, item_id=name) for name in ("i1", "i3")
    ]


def test_a_recipient_is_asked_about(answer):
    """Where a rule is tested for each recipient, ``recipient`` is that one."""
    assert answer("recipient.age < 18", each=True, recipient_age=15)
