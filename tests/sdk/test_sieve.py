"""The sieve leaves out only conditions that cannot hold: what it lets through decides the same."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import Actor, Condition, Feature, Item, Need, Policy, Rule, Stage
from handrail._context import Context
from handrail._plan import Pulse
from handrail._table import Table

FEATURE = Feature(name="comments", surface="comments")
SIGNS = {
    "==": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def compared(name: str, sign: str, than: object, *, needs: bool = True) -> Condition:
    """A condition that is one comparison, and may say so."""
    test = SIGNS[sign]

    def three(value: object) -> bool | None:
        return None if value is None else test(value, than)

    need = (Need(name, sign, than),) if needs else ()
    return Condition([f"{name}?"], three, three_valued=True, needs=need)


def matched(rules: list[Rule], item: Item) -> tuple[list[str], list[str]]:
    """The rules that match, and those that fail."""
    table = Table([Policy(rules=rules)], FEATURE, Stage.PRE_PUBLISH)
    plan = SimpleNamespace(
        feature=FEATURE, stage=Stage.PRE_PUBLISH, derivations={}, pulse=Pulse(), approvals=None
    )
    outcome = table.decide(Context(plan, item, 1, 1), (), ())
    found = {m.rule for m in outcome.rules if not m.rule.startswith("faults")}
    return sorted(found), sorted(fault[0] for fault in outcome.faults)


def rules_of(drawn: list[tuple[str, str, object, str]], *, needs: bool) -> list[Rule]:
    """Rules with one comparison each."""
    return [
        Rule(
            id=f"r{n}", when=compared(name, sign, than, needs=needs), unknown=unknown,
            then={"label": "seen"},
        )
        for n, (name, sign, than, unknown) in enumerate(drawn)
    ]  # fmt: skip


numbers = st.tuples(
    st.sampled_from(["actor.age", "text.length"]), st.sampled_from([*SIGNS]),
    st.one_of(st.integers(0, 6), st.floats(0, 6)), st.sampled_from(["match", "skip", "fault"]),
)  # fmt: skip
words = st.tuples(
    st.just("actor.region"), st.just("=="), st.sampled_from(["DE", "US"]),
    st.sampled_from(["match", "skip", "fault"]),
)  # fmt: skip
people = st.one_of(
    st.none(),
    st.builds(
        Actor, st.just("a"), age=st.one_of(st.none(), st.integers(0, 6)),
        region=st.sampled_from([None, "DE", "US", "FR"]),
    ),
)  # fmt: skip


class TestSame:
    """With and without what conditions say they need, the answer is the same."""

    @given(st.lists(st.one_of(numbers, words), max_size=24), people, st.integers(0, 6))
    def test_rules_and_faults(self, drawn, author, length):
        """Every rule that would match does, and every one that would fail does."""
        item = Item("i", "x" * length, author=author)

        assert matched(rules_of(drawn, needs=False), item) == matched(
            rules_of(drawn, needs=True), item
        )

    @pytest.mark.parametrize("sign", [*SIGNS])
    def test_at_the_constant_itself(self, sign):
        """A value as large as the constant is let through where the sign says so."""
        drawn = [("text.length", sign, 3, "skip")] * 4

        want = ["r0", "r1", "r2", "r3"] if SIGNS[sign](3, 3) else []

        assert (want, []) == matched(rules_of(drawn, needs=True), Item("i", "xxx"))


class TestAnotherMissing:
    """A condition that needs two values, of which the one it does not compare is missing."""

    @pytest.mark.parametrize("unknown", ["match", "skip", "fault"])
    def test_decides_as_it_does_alone(self, unknown):
        """A rule among many does what it does by itself."""
        when = Condition(
            ["text.length", "item.region"],
            lambda length, region: length > 3 and region == "DE",
            needs=[Need("text.length", ">", 3)],
        )
        rules = [Rule(id=f"r{n}", when=when, unknown=unknown, then="nudge") for n in range(4)]
        alone, among = (matched(some, Item("i", "x")) for some in (rules[:1], rules))

        assert [part[:1] for part in among] == [*alone]


class TestTested:
    """What the sieve keeps from being tested."""

    def count(self, item: Item, needs: tuple[Need, ...]) -> int:
        """How many of ten conditions are tested."""
        tested = []
        rules = [
            Rule(
                id=f"r{n}", then="nudge",
                when=Condition(
                    ["text.length"], lambda length, n=n: tested.append(n) or length > 100 + n,
                    needs=needs and (Need("text.length", ">", 100 + n),),
                ),
            )
            for n in range(10)
        ]  # fmt: skip
        matched(rules, item)
        return len(tested)

    def test_all_without_needs(self):
        """A condition that says nothing of itself is tested each time."""
        assert 10 == self.count(Item("i", "short"), ())

    def test_none_that_cannot_hold(self):
        """Where no comparison holds, no condition is tested."""
        assert 0 == self.count(Item("i", "short"), (Need("text.length", ">", 0),))

    def test_those_that_could(self):
        """Those are tested whose constant is reached, and no others."""
        assert 4 == self.count(Item("i", "x" * 103), (Need("text.length", ">", 0),))


def test_value_that_cannot_be_read_is_a_fault_of_every_rule():
    """A failing input fails all rules that ask for it, sieved or not."""

    class Broken:
        def counter(self, name, item):
            raise RuntimeError

    rules = rules_of([("counter(posts)", ">", 3, "skip")] * 4, needs=True)
    table = Table([Policy(rules=rules)], FEATURE, Stage.PRE_PUBLISH)
    plan = SimpleNamespace(
        feature=FEATURE, stage=Stage.PRE_PUBLISH, derivations={}, pulse=Pulse(), approvals=None,
        state=Broken(),
    )  # fmt: skip

    faults = table.decide(Context(plan, Item("i"), 1, 1), (), ()).faults

    assert ["r0", "r1", "r2", "r3"] == sorted(fault[0] for fault in faults)
