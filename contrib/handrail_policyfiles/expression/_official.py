"""The official CEL runtime: it checks every condition, and answers those that are not simple.

It is given the source as it was written, except that our variables and functions are handed over
by name as values, and that a whole number beside a double is written as one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from handrail_policyfiles.expression._error import fail
from handrail_policyfiles.expression._kleene import Phrases, mentioned
from handrail_policyfiles.expression._typed import Checked, Patch, Typed

SLOTS = 64
"""How many different values of one type a condition may ask for."""

_SLOT = {
    "bool": "b", "int": "i", "double": "d", "string": "s", "timestamp": "t",
    "list(string)": "l", "list(person)": "p", "map(string, dyn)": "m",
}  # fmt: skip
_BLAMED = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_MISSING = ("No value with name", "Key not found in map", "Index error", "index out of bounds")
_PERSON = ("id", "tenure_days", "region", "language", "relation", "tags")
_SURROGATES = re.compile("[\ud800-\udfff]")


class ConditionError(Exception):
    """A condition failed while it was evaluated; the text is the runtime's code, never a value."""


@cache
def installed() -> bool:
    """Whether the official runtime is there."""
    try:
        import cel_expr_python  # type: ignore[import-untyped]  # noqa: F401 - only asked for
    except ImportError:
        return False
    return True


@cache
def _environment() -> Any:
    from cel_expr_python import cel

    kinds = cel.Type
    persons = kinds.List(kinds.Map(kinds.STRING, kinds.DYN))
    types = {
        "b": kinds.BOOL, "i": kinds.INT, "d": kinds.DOUBLE, "s": kinds.STRING,
        "t": kinds.TIMESTAMP, "l": kinds.List(kinds.STRING), "p": persons,
        "m": kinds.Map(kinds.STRING, kinds.DYN),
    }  # fmt: skip
    return cel.NewEnv(
        variables={f"_{k}{n}": type_ for k, type_ in types.items() for n in range(SLOTS)}
    )


class Program:
    """A condition as the official runtime sees it.

    Args:
        checked: What was understood of it. lists: The bundle's lists.

    Raises ExpressionError for whatever the runtime refuses.
    """

    def __init__(self, checked: Checked, lists: Mapping[str, frozenset[str]]) -> None:
        self._checked, self._lists = checked, lists
        self._slots: dict[tuple[str, Any], tuple[str, Typed]] = {}
        self._moved: list[tuple[int, int]] = [(0, 0)]
        self._compiled = self._compile(self._rewritten())
        for part in checked.root.walk():
            if part.op == "call" and part.value == "matches":
                self._check_pattern(str(part.args[1].value))

    def _rewritten(self) -> str:
        """The source with the patches in it; remembers what moved where."""
        source, pieces, at, length = self._checked.source, [], 0, 0
        for patch in sorted(self._checked.patches, key=lambda p: p.start):
            text = self._slot(patch.slot, patch) if patch.slot else patch.text
            pieces += [source[at : patch.start], text]
            length += patch.start - at
            self._moved.append((length, patch.start))
            length, at = length + len(text), patch.end
            self._moved.append((length, at))
        return "".join([*pieces, source[at:]])

    def _slot(self, typed: Typed, patch: Patch) -> str:
        key = (typed.op, typed.value)
        if key not in self._slots:
            letter = _SLOT[str(typed.type)]
            number = sum(name[1] == letter for name, _ in self._slots.values())
            if number >= SLOTS:
                fail(
                    self._checked.source, patch.start,
                    f"more than {SLOTS} different values of type {typed.type}: write several rules",
                )  # fmt: skip
            self._slots[key] = (f"_{letter}{number}", typed)
        return self._slots[key][0]

    def _compile(self, source: str) -> Any:
        try:
            return _environment().compile(source)
        except RuntimeError as error:
            match = _BLAMED.search(str(error))
            line, column = (int(match[1]), int(match[2])) if match else (1, 1)
            said = match[3] if match else str(error).partition(": ")[2][:200]
            lines = source.split("\n")
            offset = sum(len(each) + 1 for each in lines[: max(line, 1) - 1]) + max(column, 1) - 1
            fail(self._checked.source, self._original(offset), f"CEL refuses this: {said}")

    def _original(self, offset: int) -> int:
        """Where in the source a place of the rewritten one is."""
        rewritten, original = [pair for pair in self._moved if pair[0] <= offset][-1]
        ends = [start for length, start in self._moved if length > rewritten]
        return min(original + offset - rewritten, *(ends or [len(self._checked.source)]))

    def _check_pattern(self, pattern: str) -> None:
        literal = "".join(f"\\U{ord(c):08x}" for c in pattern)
        made = _environment().compile(f'"".matches("{literal}")').eval(data={})
        if isinstance(made.value(), bool):
            return
        said = str(made.value()).rpartition("regular expression: ")[2]
        at = self._checked.source.find("matches")
        fail(self._checked.source, at, f"this pattern is none of RE2: {said}")

    def test(self, names: tuple[str, ...]) -> Callable[..., bool | None]:
        """A function of the inputs *names*, where None stands for a missing one."""
        readers = [(slot, _reader(typed, names, self._lists)) for slot, typed in
                   self._slots.values()]  # fmt: skip
        compiled = self._compiled

        def test(*values: Any) -> bool | None:
            given = {slot: read(values) for slot, read in readers}
            answer = compiled.eval(data={k: v for k, v in given.items() if v is not None}).value()
            return answer if isinstance(answer, bool) else _check_missing(str(answer))

        return test


def _check_missing(said: str) -> bool | None:
    """None where a value is missing; raises ConditionError for whatever else went wrong."""
    if any(sign in said for sign in _MISSING):
        return None
    raise ConditionError(said.partition(":")[0][:40])


def _reader(
    typed: Typed, names: tuple[str, ...], lists: Mapping[str, frozenset[str]]
) -> Callable[[tuple[Any, ...]], Any]:
    """How a value is handed over: as what the runtime knows, or None where it is missing."""
    if typed.op == "lists":
        kept = sorted(lists[typed.value])
        return lambda values: kept
    number = names.index(typed.inputs[0])
    if typed.op == "in":
        wanted = lists[typed.value[1]]
        return lambda values: None if values[number] is None else values[number] in wanted
    if typed.op == "mentions":
        within = Phrases(typed.value).within
        return lambda values: within(values[number])
    if typed.op == "mentions_given":
        attributes = names.index(typed.inputs[1])
        return lambda values: _given(values[number], values[attributes].get(typed.value))
    convert = _CONVERT.get(str(typed.type), plain)
    return lambda values: None if values[number] is None else convert(values[number])


def _given(words: str, phrases: Any) -> bool | None:
    return None if phrases is None else mentioned(words, phrases)


def plain(value: Any) -> Any:
    """A value as JSON has it, text made safe to encode."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATES.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {plain(key): plain(each) for key, each in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(map(plain, value))
    if isinstance(value, (tuple, list)):
        return [plain(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def _attributes(value: Mapping[str, Any]) -> dict[str, Any]:
    return {plain(key): plain(each) for key, each in value.items() if each is not None}


def _persons(value: Any) -> list[dict[str, Any]]:
    return [_person(actor) for actor in value]


def _person(actor: Any) -> dict[str, Any]:
    known = {name: getattr(actor, name, None) for name in _PERSON}
    if known["tenure_days"] is not None:
        known["tenure_days"] = float(known["tenure_days"])
    if actor.age is not None:
        known["age"], known["age_known_by"] = actor.age.value, actor.age.known_by
    return {name: plain(each) for name, each in known.items() if each is not None}


def _time(value: datetime) -> datetime:
    return value


_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "int": int, "double": float, "timestamp": _time, "list(person)": _persons,
    "map(string, dyn)": _attributes,
}  # fmt: skip
