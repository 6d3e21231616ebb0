"""What would cost too much is refused at once, with a place."""

from __future__ import annotations

from time import process_time

import pytest

from handrail import Actor
from handrail_policyfiles.expression import ExpressionError, compile_condition

BOMBS = {
    "a megabyte": "true || " * 130_000 + "true",
    "parentheses": "(" * 4900 + "true" + ")" * 4900,
    "lists": "[" * 4900 + "]" * 4900,
    "maps": "{" * 9000,
    "negations": "!" * 9900 + "true",
    "signs": "-" * 9900 + "1 == 1",
    "a long sum": "1" + "+1" * 4000 + " == 1",
    "fields": "item.attributes" + ".a" * 4900 + " == 1",
    "choices": "true ? true : " * 600 + "true",
    "calls": "size(" * 1900,
    "a text without end": "'" + "\\" * 9001,
    "quotation marks": '"' * 9001,
    "a number": "1" * 9900 + " == 1",
    "a hexadecimal number": "0x" + "f" * 9900 + " == 1",
    "three lists deep": "participants.all(a, participants.all(b, participants.all(c, true)))",
    "a pattern": "item.id.matches('a{1000}{1000}{1000}')",
    "a duration": "now - now < duration('" + "1h" * 4000 + "')",
}
NESTED = "participants.exists(a, participants.exists(b, b.id == 'x' + a.id))"


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS)
def test_refuses(source):
    """A bomb is refused within a second, in a short text with a place."""
    start = process_time()
    with pytest.raises(ExpressionError) as caught:
        compile_condition(source)

    assert (True, True) == (process_time() - start < 1, len(str(caught.value)) < 1000)


def test_everything_nests():
    """Parentheses and what stands in them count together."""
    with pytest.raises(ExpressionError, match="more than 24 deep"):
        compile_condition("(" * 15 + "1" + "+1" * 10 + " == 11" + ")" * 15)


def test_a_long_row_is_no_bomb(answer):
    """A row of many alternatives is as deep as one of two."""
    source = " || ".join(f"item.id == '{n}'" for n in range(400))

    assert answer(source, item_id="399")


def test_lists_in_lists_have_a_budget():
    """Going through a list for each of a long list ends with an error, not with patience."""
    condition = compile_condition(NESTED)
    people = tuple(Actor(f"{n}") for n in range(3000))
    start = process_time()

    with pytest.raises(RuntimeError, match="budget"):
        condition.test(people)
    assert process_time() - start < 1
