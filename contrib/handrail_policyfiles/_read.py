"""Policy files, read and built: every rule by itself, so that all that is wrong is said at once."""

from __future__ import annotations

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
    load_yaml,
)
from handrail_policyfiles._blame import blamed, led, wanting
from handrail_policyfiles._conditions import Conditions
from handrail_policyfiles._diagnostic import at
from handrail_policyfiles._kinds import BAD, Reading, take_keys
from handrail_policyfiles._tables import PARTS, POLICY, canonical

_CLASSES: Mapping[str, Callable[..., Any]] = {
    "overrides": Override,
    "exceptions": ExceptionRule,
    "rules": Rule,
}
_LACKED: Mapping[str, tuple[str, Any]] = {
    "it may hold": ("holds", {"within": "24h", "otherwise": "limit"}),
    "a shadow policy": ("expires", "9999-12-31"),
}
"""The key that a policy lacks, and what stands for it while the rest is looked at."""

_BY_THEMSELVES = ("unknown", "each", "mode", "expires", "starts", "ends")
"""Keys of a rule that say something together with its condition, whatever else it says."""

_EMPTY = "nothing is in this file: say policy: NAME and its rules, or remove the file"
_NO_POLICY = "a policy is keys and values: policy: NAME, then issues, rules and the like"
_REST = {key: kind for key, kind in POLICY.items() if key not in PARTS}


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

    def _built(self) -> dict[str, Any]:
        """What was built; of two with one id, which is said elsewhere, the last."""
        built = {
            part.built.id: (name, part.built) for name in self.parts for part in self.parts[name]
        }
        return {name: tuple(b for n, b in built.values() if n == name) for name in self.parts}

    def canonical(self) -> dict[str, Any]:
        """What the file says, in one form."""
        parts = {k: [part.data for part in v] for k, v in self.parts.items()}
        return canonical({**self.data, **parts})

    def policy(self, reading: Reading, **more: Any) -> Policy | None:
        """Build the policy; None where it contradicts itself, which is then said.

        Of what could not be read nothing more is said.
        """
        given: dict[str, Any] = {k: v for k, v in self.data.items() if k != "policy"}
        try:
            made = Policy(name=self.name, **{**given, **self._built(), **more})
        except HandrailError as error:
            what = str(error).removeprefix(f"Policy {self.name!r}: ")
            lacked = next((key for hint, key in _LACKED.items() if hint in what), None)
            if lacked is None or lacked[0] not in self.node.value:
                place, left = led(self.node, what)
                reading.found.error(wanting(self.node, what) if left == what else place, left)
            if lacked is not None:
                self.policy(reading, **{**more, lacked[0]: lacked[1]})
            return None
        if made.limits_nothing and self.sound:
            what = "a limit without effects publishes as it is: say limits"
            reading.found.warn(wanting(self.node, what), what)
        return made


def read_policy(path: Path, reading: Reading, conditions: Conditions) -> Draft | None:
    """Read one file; what is wrong is collected, and None is what cannot be read at all."""
    try:
        node = load_yaml(path)
        if not isinstance(node.value, Mapping):
            reading.found.error(node, _EMPTY if node.value is None else _NO_POLICY)
            return None
        keys = node.keys()
    except HandrailError as error:
        reading.found.add(error)
        return None
    if "policy" not in keys and "version" in keys:
        what = "settings, and no policy: keep them outside the directory of policies"
        reading.found.error(node, what)
        return None
    before = len(reading.found.errors)
    made = take_keys(_REST, _but(node, PARTS), reading, POLICY)
    parts = {
        part: tuple(_members(part, keys[part], reading, conditions))
        for part in PARTS
        if part in keys
    }
    _check_ids(node, reading)
    data = {key: value for key, value in made.items() if value is not BAD}
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
            if not isinstance(each.value, Mapping):
                raise each.wrong(f"keys and values ({', '.join(sorted(PARTS[part]))})")
            data = take_keys(PARTS[part], each, reading)
            when = _condition(each, conditions)
            if when is BAD or any(value is BAD for value in data.values()):
                if when is not BAD:
                    _check_condition(each, data, when, reading)
                continue
            if (built := _build(part, each, {**data, **when}, conditions)) is not None:
                yield Part(each, data, built)


def _check_condition(
    node: Node, data: Mapping[str, Any], when: Mapping[str, Any], reading: Reading
) -> None:
    """Say what is wrong about the condition of a rule that cannot be built for another reason."""
    said = {key: data[key] for key in _BY_THEMSELVES if key in data}
    if not when or any(value is BAD for value in said.values()):
        return
    try:
        Rule(id="rule", then="allow", **said, **when)
    except HandrailError as error:
        what = str(error)
        reading.found.error(blamed(node, what), what.removeprefix("rule 'rule': "))


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
        conditions.found.error(blamed(node, str(error)), what)
        return None


def _check_ids(policy: Node, reading: Reading) -> None:
    seen: dict[str, Node] = {}
    lists = (policy.child(part, policy.value.get(part)) for part in PARTS)
    for node in (
        each for rules in lists if isinstance(rules.value, list) for each in rules.items()
    ):
        name = node.value.get("id") if isinstance(node.value, Mapping) else None
        if not isinstance(name, str) or not name:
            continue
        place = node.child("id", name)
        if (other := seen.setdefault(name, place)) is not place:
            reading.found.error(place, f"two rules are called {name!r}: {at(other, '').place}")


def check_names(drafts: list[Draft], reading: Reading) -> None:
    """Refuse two policies with one name, naming both places."""
    seen: dict[str, Node] = {}
    for draft in drafts:
        name = draft.node.child("policy", draft.name)
        if (other := seen.setdefault(draft.name, name)) is not name and "policy" in draft.data:
            place = at(other, "").place
            reading.found.error(name, f"two policies are called {name.value!r}: {place}")
