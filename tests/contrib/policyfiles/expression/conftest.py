"""What the tests of conditions share: random expressions, and values to try them on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import strategies as st

from handrail import Actor, Age, FrozenMap
from handrail_policyfiles.expression import ExpressionError, compile_condition

WORDS = st.sampled_from(["a", "b", "ab", "DE", "", "é"])
# CEL's durations end at 292 years.
TIMES = st.datetimes(
    datetime(1900, 1, 1), datetime(2150, 1, 1),  # noqa: DTZ001 - zones are given below
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2))]),
)  # fmt: skip
AGES = st.builds(Age, st.integers(0, 150), st.sampled_from(["declared", "verified"]))
PERSONS = st.builds(
    Actor,
    st.sampled_from(["p", "q"]),
    age=st.none() | AGES,
    tenure_days=st.none() | st.floats(0, 1000) | st.integers(0, 5),
    tags=st.frozensets(WORDS, max_size=2),
)
JSON = st.none() | WORDS | st.booleans() | st.integers(-2, 2) | st.floats(-1, 1)

VALUES = {
    "actor.age": st.none() | st.integers(0, 150),
    "actor.tenure_days": st.none() | st.integers(0, 5) | st.floats(0, 1000),
    "actor.language": st.none() | WORDS,
    "actor.tags": st.none() | st.frozensets(WORDS, max_size=3),
    "item.id": WORDS,
    "item.revision": st.integers(0, 5) | st.just(2**62),
    "item.tags": st.frozensets(WORDS, max_size=3),
    "item.attributes": st.dictionaries(WORDS, JSON, max_size=3).map(FrozenMap),
    "item.created_at": st.none() | TIMES,
    "links.count": st.integers(0, 5),
    "now": TIMES,
    "participants": st.lists(PERSONS, max_size=3).map(tuple),
    "score(hate.speech)": st.floats(0, 1),
    "strikes(hate, 90d)": st.none() | st.integers(0, 3) | st.floats(0, 3),
}
"""Values of inputs; None is a missing one."""

TEXTS = ("'a'", '"b"', "'ab'", "''", "'\\u00e9'", "r'a'")


LEAVES = {
    "int": ("0", "1", "-2", "3", "9007199254740993", "actor.age", "links.count"),
    "double": (
        "0.0", "0.5", "-1.5", "1e300", "actor.tenure_days", 'score("hate.speech")',
        'actor.strikes("hate", "90d")',
    ),
    "string": (*TEXTS, "actor.language", "item.id"),
    "time": ("now", "item.created_at", "timestamp('2026-01-01T00:00:00Z')"),
    "span": ("duration('1h')", "duration('-90m')", "duration('0.5s')"),
    "list": ("item.tags", "actor.tags"),
}  # fmt: skip


class Grammar:
    """Writes random expressions of the simple part, out of what *draw* chooses."""

    def __init__(self, draw):
        self._draw = draw
        self._bound = {}

    def pick(self, *choices):
        """One of several, called where it can be called."""
        chosen = self._draw(st.sampled_from(choices))
        return chosen() if callable(chosen) else chosen

    def leaf(self, kind):
        """A value of a kind that is not made of others."""
        return self.pick(*LEAVES[kind], *self._bound.get(kind, ()) * 3)

    def value(self, kind):
        """A value of a kind."""
        return self.pick(
            lambda: self.leaf(kind), lambda: self.leaf(kind), getattr(self, f"_{kind}")
        )

    def _int(self):
        sign = self.pick("+", "-", "*")
        return self.pick(
            lambda: f"({self.leaf('int')} {sign} {self.leaf('int')})",
            lambda: f"({self.leaf('int')} % 3)",
            lambda: f"-({self.leaf('int')})",
            lambda: f"size({self.value('list')})",
            lambda: f"size({self.leaf('string')})",
        )

    def _double(self):
        sign = self.pick("+", "-", "*")
        return self.pick(
            lambda: f"({self.leaf('double')} {sign} {self.leaf('double')})",
            lambda: f"({self.leaf('double')} / 2.0)",
            lambda: f"-({self.leaf('double')})",
            lambda: f"({self.leaf('double')} + 3)",
        )

    def _string(self):
        return f"({self.leaf('string')} + {self.leaf('string')})"

    def _time(self):
        return f"({self.leaf('time')} {self.pick('+', '-')} {self.leaf('span')})"

    def _span(self):
        return f"({self.leaf('time')} - {self.value('time')})"

    def _list(self):
        written = f"[{self.leaf('string')}, {self.leaf('string')}]"
        return written if self._bound else self.pick(written, lambda: self.fold("filter", 0))

    def compared(self):
        """Two values of a kind beside each other."""
        kind = self.pick("int", "double", "string", "time", "span")
        sign = self.pick("==", "!=", "<", "<=", ">", ">=")
        return f"{self.value(kind)} {sign} {self.value(kind)}"

    def attribute(self):
        """Something about what the host sent along."""
        key = self.pick("a", "b", "DE")
        other = self.pick(*TEXTS, "true", "false")
        return self.pick(
            f"item.attributes.{key} == {other}", f"{other} != item.attributes['{key}']",
            f"{other if other in TEXTS else repr(key)} in item.attributes",
            f"item.attributes.{key} in ['a', 'b']",
        )  # fmt: skip

    def plain(self):
        """A condition that is not made of others."""
        return self.pick(
            self.compared, self.compared, self.attribute,
            lambda: f"{self.value('string')} in {self.value('list')}",
            lambda: f"{self.leaf('int')} in [{self.leaf('int')}, 3]",
            lambda: f"{self.leaf('double')} in [3, 0.5]",
            lambda: f"{self.leaf('string')}.{self.pick('startsWith', 'endsWith', 'contains')}"
            f"({self.value('string')})",
            "true", "false",
        )  # fmt: skip

    def fold(self, macro, depth):
        """A macro over tags or, where it asks a condition, over persons."""
        persons = {"int": ("p.age",), "double": ("p.tenure_days",), "list": ("p.tags",),
                   "string": ("p.id", "p.language")}  # fmt: skip
        if macro != "filter" and self.pick(True, False):
            items, name, bound = "participants", "p", persons
        else:
            items, name, bound = self.leaf("list"), "t", {"string": ("t",)}
        self._bound = bound
        body = self.condition(depth)
        self._bound = {}
        return f"{items}.{macro}({name}, {body})"

    def condition(self, depth):
        """A condition, nested so many deep."""
        if depth == 0:
            return self.plain()
        sign = self.pick("&&", "||")
        parts = [self.condition(depth - 1) for _ in range(self.pick(1, 2, 2, 3))]
        macro = self.pick("exists", "all", "exists_one")
        made = [
            lambda: f"({f' {sign} '.join(parts)})",
            lambda: f"({f' {sign} '.join(parts)})",
            lambda: f"!({parts[0]})",
            lambda: f"({parts[0]} ? {parts[-1]} : {self.condition(0)})",
        ]
        if not self._bound:
            made += [lambda: self.fold(macro, depth - 1)] * 2
        return self.pick(*made)


@st.composite
def conditions(draw):
    """Random conditions of the simple part."""
    return Grammar(draw).condition(draw(st.integers(0, 3)))


@pytest.fixture(name="conditions", scope="session")
def _conditions():
    return conditions()


@pytest.fixture(name="values", scope="session")
def _values():
    return VALUES


def answer(source, lists=None, *, each=False, **given):
    """What a condition answers; ``actor_age=3`` gives an input, and what is not given is None."""
    condition = compile_condition(source, lists=lists or {}, each=each)
    names = [name.removesuffix("?") for name in condition.inputs]
    known = {name.replace("_", "."): value for name, value in given.items()}
    return condition.test(*(known.get(name.replace("_", ".")) for name in names))


@pytest.fixture(name="answer", scope="session")
def _answer():
    return answer


def refusal(source, lists=None):
    """The text of the error that a condition is refused with."""
    with pytest.raises(ExpressionError) as caught:
        compile_condition(source, lists=lists or {})
    return str(caught.value)


@pytest.fixture(name="refusal", scope="session")
def _refusal():
    return refusal
