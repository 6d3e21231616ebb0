"""The official runtime: it refuses what CEL refuses, and answers what is not simple."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail import Actor, FrozenMap
from handrail_policyfiles.expression import ExpressionError, compile_condition
from handrail_policyfiles.expression import _official as official
from handrail_policyfiles.expression._check import check
from handrail_policyfiles.expression._types import DOUBLE, DYN, INT, STRING


@pytest.mark.parametrize(
    ("source", "given_values", "expected"),
    [
        ("item.id.matches('^[a-c]+$')", {"item_id": "abc"}, True),
        ("item.id.matches(r'\\d') || actor.age < 18", {"item_id": "x"}, None),
        ("item.id.matches(r'\\d') || actor.age < 18", {"item_id": "1"}, True),
        ("{'DE': 18, 'US': 21}[actor.region] > actor.age",
         {"actor_region": "US", "actor_age": 20}, True),
        ("{'DE': 18, 'US': 21}[actor.region] > actor.age",
         {"actor_region": "FR", "actor_age": 20}, None),
        ("item.revision + 1 > 2", {"item_revision": 2}, True),
        ("(links.count - 5) % 3 == -2", {"links_count": 3}, True),
        ("actor.tenure_days / 0.0 > 1", {"actor_tenure_days": 2}, True),
        ("10 / links.count == 3", {"links_count": 3}, True),
        ("string(links.count) == '3'", {"links_count": 3}, True),
        ("int(amount.value) == 12", {"amount_value": 12.5}, True),
        ("item.tags == ['a', 'b']", {"item_tags": frozenset({"b", "a"})}, True),
        ("item.id in lists.l && item.id.matches('a')", {"item_id": "a"}, True),
        ("item.region in lists.l || item.id.matches('b')", {"item_id": "a"}, None),
        ("item.region in lists.l || item.region in lists.m || item.id.matches('b')",
         {"item_id": "a", "item_region": "b"}, True),
        ("item.tags.exists(t, t in lists.l && t.matches('a'))", {"item_tags": frozenset("ab")},
         True),
        ("text.mentions('free money') && item.id.matches('a')",
         {"item_id": "a", "text_words": " free money "}, True),
        ("item.id.matches('a\ufffdb')", {"item_id": "a\ud800b"}, True),
        ("actor.tenure_days * 2.0 < 3 && item.id.matches('a')",
         {"item_id": "a", "actor_tenure_days": 1}, True),
    ],
)  # fmt: skip
def test_answers(answer, source, given_values, expected):
    """Patterns, tables, conversions and what may overflow are the runtime's."""
    assert expected is answer(source, {"l": frozenset("a"), "m": frozenset("b")}, **given_values)


@pytest.mark.parametrize(
    ("source", "given_values"),
    [
        ("item.revision + 9223372036854775807 > 0", {"item_revision": 2}),
        ("10 / links.count > 2", {"links_count": 0}),
        ("links.count + 9223372036854775807 > 0", {"links_count": 1}),
        ("item.attributes.a < 'b'", {"item_attributes": FrozenMap({"a": 1})}),
        ("item.revision + 1 > 2", {"item_revision": 2**70}),
    ],
)
def test_a_failure_is_raised(answer, source, given_values):
    """What goes wrong is no missing value: the SDK books it as a fault of the rule."""
    with pytest.raises((official.ConditionError, RuntimeError, OverflowError)):
        answer(source, **given_values)


def test_a_failure_is_a_code(answer):
    """The error has the runtime's code only, since its text may repeat what somebody wrote."""
    sent = FrozenMap({"a": "secret"})
    with pytest.raises(official.ConditionError) as caught:
        answer("timestamp(item.attributes.a) < now", item_attributes=sent)

    assert "INVALID_ARGUMENT" == str(caught.value)


def test_people_are_handed_over_whole(answer):
    """In the runtime too, a field that is not known is missing."""
    people = (Actor("a", age=30, tenure_days=2, region="DE"), Actor("b"))
    source = "participants.{}(p, p.id.matches('.') && p.age < 40 && p.tenure_days < 3)"

    assert (True, None) == (
        answer(source.format("exists"), participants=people),
        answer(source.format("all"), participants=people),
    )


@pytest.mark.parametrize("count", [64, 65])
def test_values_of_a_type_are_counted(count):
    """A condition asks for 64 different values of a type at most."""
    source = " || ".join(f'counter("c{n}") > 1' for n in range(count))
    if count == 64:
        assert count == len(compile_condition(source).inputs)
        return
    with pytest.raises(ExpressionError, match="more than 64"):
        compile_condition(source)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("links.count > 2 && item.tags.all(t, t < 3)", (1, 39)),
        ("score('hate.speech') < 1 &&\n actor.tenure_days < 3 && item.id == 3", (2, 35)),
    ],
)
def test_its_own_complaints_are_placed(monkeypatch, source, place):
    """What only the runtime refuses is blamed where it stands in the source."""
    monkeypatch.setattr("handrail_policyfiles.expression._operators.fits", lambda a, b: True)
    with pytest.raises(ExpressionError, match="CEL refuses this") as caught:
        compile_condition(source)

    assert place == (caught.value.line, caught.value.column)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_understood_is_never_refused(data, conditions):
    """Whatever is understood here is CEL, however deep it nests."""
    depth = data.draw(st.integers(0, 23))
    wrap = data.draw(st.sampled_from(["({})", "!({})", "({} || true)", "[1].all(x, {})"]))
    source = data.draw(conditions)
    for _ in range(depth):
        source = wrap.format(source)
    try:
        checked = check(source, {}, each=False)
    except ExpressionError:
        return

    assert official.Program(checked, {})


WORDS = [
    "(", ")", "[", "]", "{", "}", ",", ".", "?", ":", "&&", "||", "!", "-", "+", "<", "==", " in ",
    "true", "1", "2.5", "'a'", "actor.age", "item.tags", "item.attributes", "participants",
    "p", "lists.l", "duration('1h')", "now", "size(", ".exists(p,", ".matches(", "//", "\n", "\\",
    "'", "has(", "score(", "recipient.age",
]  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=12).map("".join))
def test_any_text_is_a_condition_or_has_an_error_with_a_place(source):
    """Whatever stands in a file, nothing but an ExpressionError comes out, and never from CEL."""
    said = ""
    try:
        compile_condition(source, lists={"l": frozenset()}, each=True)
    except ExpressionError as error:
        said = error.message

    assert "CEL refuses" not in said


@pytest.mark.parametrize(
    ("source", "types"),
    [
        ("item.attributes.a == item.id", [DYN, STRING]),
        ("item.attributes.a + 1 > 3", [INT, INT]),
        ("item.attributes.a * 2.0 > 3", [DOUBLE, DOUBLE]),
    ],
)
def test_types_are_told_apart(source, types):
    """What a host sends along has a type once it is there, or by what it is put together with."""
    checked = check(source, {}, each=False)

    assert types == [part.type for part in checked.root.args]
