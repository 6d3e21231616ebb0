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


class TestLongLists:
    """Lists of a bundle that are longer than a call may go through."""

    LONG = frozenset(f"{n}" for n in range(1001))

    @pytest.mark.parametrize(
        "source",
        [
            "lists.long.exists(x, x == item.id)",
            "lists.long.filter(x, x == item.id).exists(x, true)",
            "(links.count > 2 ? lists.long : item.tags).all(x, x == item.id)",
            "lists.long == item.tags",
            "item.id.matches('a+') && item.tags.exists(t, t in lists.long)",
        ],
    )
    def test_are_not_gone_through(self, refusal, source):
        """What would look at every entry in every call is refused, where the list stands."""
        said = refusal(source, {"long": self.LONG})

        assert (True, f":{source.index('lists.') + 1}:") == (
            "lists.long has 1001 entries" in said, said[said.index(":"):][:len(str(
                source.index("lists.") + 1)) + 2],
        )  # fmt: skip

    @pytest.mark.parametrize(
        "source", ["item.id in lists.long", "item.tags.exists(t, t in lists.long)"]
    )
    def test_are_looked_into(self, answer, source):
        """Whether something is in it is asked at once, however long it is."""
        given = {"item_id": "7", "item_tags": frozenset({"7"})}

        assert answer(source, {"long": self.LONG}, **given)

    def test_of_a_thousand_are_gone_through(self, answer):
        """A list that is no longer than that may be gone through."""
        short = {"short": self.LONG - {"1000"}}

        assert answer("lists.short.exists(x, item.id.startsWith(x))", short, item_id="99x")
