"""Policy files, read and built: every rule by itself, so that all that is wrong is said at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from handrail import (
    ExceptionRule,
    HandrailError,
    Node,
    Override,
    Policy,
    Rule,
    expand,
    load_yaml,
)
from handrail_policyfiles._conditions import Conditions
from handrail_policyfiles._diagnostic import at
from handrail_policyfiles._kinds import BAD, Reading, take_record
from handrail_policyfiles._tables import PARTS, POLICY, canonical

_CLASSES: Mapping[str, Callable[..., Any]] = {
    "overrides": Override,
    "exceptions": ExceptionRule,
    "rules": Rule,
}
_HINTS = (
    ("may be missing", "when"),
    ("when it expires", "mode"),
    ("before it starts", "ends"),
    ("non_punitive", "then"),
    ("must be reported", "issues"),
    ("a score (at)", "issue"),
)
"""Which key an error is about that names none."""

_REST = {key: kind for key, kind in POLICY.items() if key not in PARTS}
_NAMED = re.compile(r": (\w+): ")
_WANTS = {"it may hold": "hold", "a limit without": "limit"}
"""Which action it is that something about a whole policy is about."""


@attrs.frozen(eq=False)
class Part:
    """A rule, override or exception: where it stands, what it says, and what was built of it."""

    node: Node
    data: Mapping[str, Any]
    built: Rule | Override | ExceptionRule


@attrs.frozen(eq=False)
class Draft:
    """A policy file that was read.

    Attributes:
        node: The file. data: What its other keys say. parts: Its rules, overrides, exceptions.
        sound: Whether all of it could be read.
    """

    node: Node
    data: Mapping[str, Any]
    parts: Mapping[str, tuple[Part, ...]]
    sound: bool

    @property
    def name(self) -> str:
        """The policy's name."""
        return str(self.data.get("policy"))

    def __iter__(self) -> Iterator[Part]:
        for parts in self.parts.values():
            yield from parts

    def canonical(self) -> dict[str, Any]:
        """What the file says, in one form."""
        parts = {k: [part.data for part in v] for k, v in self.parts.items()}
        return canonical({**self.data, **parts})

    def policy(self, reading: Reading, **more: Any) -> Policy | None:
        """Build the policy; None where it contradicts itself, which is then said."""
        given: dict[str, Any] = {k: v for k, v in self.data.items() if k != "policy"}
        built: dict[str, Any] = {k: tuple(p.built for p in v) for k, v in self.parts.items()}
        try:
            made = Policy(name=self.name, **given, **built, **more)
        except HandrailError as error:
            what = str(error).removeprefix(f"Policy {self.name!r}: ")
            place, left = _led(self.node, what)
            reading.found.error(_wanting(self.node, what) if left == what else place, left)
            return None
        if made.limits_nothing:
            what = "a limit without effects publishes as it is: say limits"
            reading.found.warn(_wanting(self.node, what), what)
        return made


def read_policy(path: Path, reading: Reading, conditions: Conditions) -> Draft | None:
    """Read one file; what is wrong is collected, and None is what cannot be read at all."""
    try:
        node = load_yaml(path)
        keys = node.keys()
    except HandrailError as error:
        reading.found.add(error)
        return None
    if "policy" not in keys and "version" in keys:
        what = "settings, and no policy: keep them outside the directory of policies"
        reading.found.error(node, what)
        return None
    before = len(reading.found.errors)
    data = take_record(_REST, _but(node, PARTS), reading, POLICY)
    parts = {
        part: tuple(_members(part, keys[part], reading, conditions))
        for part in PARTS
        if part in keys
    }
    _check_ids(parts, reading)
    if data is BAD:
        data = {"policy": node.value.get("policy")}
    return Draft(node, data, parts, len(reading.found.errors) == before)


def _but(node: Node, parts: Mapping[str, Any]) -> Node:
    """A node without some of its keys."""
    value = {key: each for key, each in node.value.items() if key not in parts}
    return Node(value, node.path, node.places, node.file)


def _members(part: str, node: Node, reading: Reading, conditions: Conditions) -> Iterator[Part]:
    try:
        members = node.items()
    except HandrailError as error:
        reading.found.add(error, node)
        return
    for each in members:
        with reading.found.collect(each):
            data = take_record(PARTS[part], each, reading)
            when = _condition(each, conditions)
            if data is BAD or when is BAD:
                continue
            if (built := _build(part, each, {**data, **when}, conditions)) is not None:
                yield Part(each, data, built)


def _condition(node: Node, conditions: Conditions) -> Any:
    """The compiled condition of a rule; looked at even where another key is wrong."""
    source = node.value.get("when")
    if not isinstance(source, str) or not source:
        return {}
    when = conditions.compile(node.child("when", source), each="each" in node.value)
    return BAD if when is None else {"when": when}


def _build(part: str, node: Node, given: Mapping[str, Any], conditions: Conditions) -> Any:
    try:
        return _CLASSES[part](**given)
    except HandrailError as error:
        what = str(error).removeprefix(f"{part[:-1]} {given['id']!r}: ")
        conditions.found.error(_blamed(node, str(error)), what)
        return None


def _blamed(node: Node, text: str) -> Node:
    """The key that an error about a whole rule is about."""
    named = _NAMED.search(text)
    hinted = [key for hint, key in _HINTS if hint in text]
    for key in ([named[1]] if named else []) + hinted:
        if key in node.value:
            return _excepted(node.child(key, node.value[key]), text)
    return node


def _excepted(node: Node, text: str) -> Node:
    """The one issue of a list that must be reported."""
    for each in node.items() if node.path[-1] == "issues" and isinstance(node.value, list) else ():
        if any(f"{name} must be reported" in text for name in expand([each.text()])):
            return each
    return node


def _check_ids(parts: Mapping[str, tuple[Part, ...]], reading: Reading) -> None:
    seen: dict[str, Node] = {}
    for part in (each for members in parts.values() for each in members):
        name = part.node.child("id", part.data["id"])
        if (other := seen.setdefault(part.data["id"], name)) is not name:
            reading.found.error(name, f"two rules are called {name.value!r}: {at(other, '').place}")


def check_names(drafts: list[Draft], reading: Reading) -> None:
    """Refuse two policies with one name, naming both places."""
    seen: dict[str, Node] = {}
    for draft in drafts:
        name = draft.node.child("policy", draft.name)
        if (other := seen.setdefault(draft.name, name)) is not name and "policy" in draft.data:
            place = at(other, "").place
            reading.found.error(name, f"two policies are called {name.value!r}: {place}")


def _led(node: Node, text: str) -> tuple[Node, str]:
    """Where the keys that a text begins with lead to, and what is left of the text."""
    key, colon, rest = text.partition(": ")
    if colon and isinstance(node.value, Mapping) and key in node.value:
        return _led(node.child(key, node.value[key]), rest)
    return node, text


def _wanting(node: Node, text: str) -> Node:
    """Where a policy first asks for what it lacks the words about."""
    action = next((a for hint, a in _WANTS.items() if hint in text), None)
    found = None if action is None else _first(node, action)
    return found or node.child("policy", node.value["policy"])


def _first(node: Node, action: str) -> Node | None:
    if isinstance(node.value, Mapping):
        for key, each in node.keys().items():
            if key == action or (key in ("then", "action") and each.value == action):
                return each
            if (found := _first(each, action)) is not None:
                return found
    elif isinstance(node.value, list):
        return next(filter(None, (_first(each, action) for each in node.items())), None)
    return None
