"""What is allowed but hardly meant, and what could never do anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from handrail import Mode, Node, Rule, Stage
from handrail.errors import nearest
from handrail_policyfiles._deadlines import changes
from handrail_policyfiles._diagnostic import Diagnostic, at
from handrail_policyfiles._kinds import Reading
from handrail_policyfiles._never import contradiction
from handrail_policyfiles._read import Draft, Part


def lint(drafts: Iterable[Draft], reading: Reading) -> None:
    """Say what can never match (an error) and what is doubtful (a warning)."""
    for draft in drafts:
        _check_policy(draft, reading)
        for part in draft:
            _check_part(draft, part, reading)
    for name, day in sorted(changes(reading.rows, reading.used, reading.day).items()):
        for draft in drafts:
            if (node := _mention(draft.node, f"law:{name}")) is not None:
                reading.found.warn(node, f"law:{name} changes on {day}: read the bundle that day")


def applied(drafts: Iterable[Draft]) -> Iterator[tuple[str, str, Node]]:
    """Each surface and feature that policies hold for: which of the two, its name, its place."""
    for draft in drafts:
        applies = draft.node.value.get("applies")
        for key, kind in (("surfaces", "surface"), ("features", "feature")):
            named = applies.get(key) if isinstance(applies, dict) else None
            node = draft.node.child("applies", applies).child(key, named)
            for each in node.items() if isinstance(named, list) else [node]:
                if isinstance(each.value, str) and each.value != "*":
                    yield kind, each.value, each


def slips(
    names: Iterable[tuple[str, str, Node]], known: Mapping[str, Iterable[str]]
) -> Iterator[Diagnostic]:
    """Warn of each name that is nearly one of those known of its kind."""
    for kind, name, node in names:
        there = frozenset(known.get(kind, ()))
        if name not in there and (near := nearest(name, there)):
            what = f"no {kind} {name!r} is known. Did you mean {' or '.join(map(repr, near))}?"
            yield at(node, what, "warning")


def mentions(drafts: Iterable[Draft]) -> Iterator[tuple[str, Diagnostic]]:
    """Each issue or pattern that something is decided for, with a warning ready for its place."""
    for draft in drafts:
        for node, data in ((draft.node, draft.data), *((p.node, p.data) for p in draft)):
            for name, each in _named(node, data):
                what = f"no module looks for {name}: nothing comes of this"
                yield name, at(each, what, "warning")


def _named(node: Node, data: Mapping[str, Any]) -> Iterator[tuple[str, Node]]:
    if "issue" in data:
        yield data["issue"], node.child("issue", data["issue"])
    if isinstance(data.get("issues"), dict):
        yield from node.child("issues", node.value["issues"]).keys().items()


def _mention(node: Node, text: str) -> Node | None:
    """The first place of a text."""
    if node.value == text:
        return node
    parts = list(node.keys().values()) if isinstance(node.value, dict) else []
    parts = node.items() if isinstance(node.value, list) else parts
    return next((found for each in parts if (found := _mention(each, text)) is not None), None)


def _check_policy(draft: Draft, reading: Reading) -> None:
    if draft.data.get("rollout") in (0, {"*": 0}):
        _warn(draft.node, "rollout", "it counts for nobody; mode: off says so", reading)
    _check_expiry(draft.node, draft.data.get("expires"), reading)


def _check_part(draft: Draft, part: Part, reading: Reading) -> None:
    data, node = part.data, part.node
    _check_expiry(node, data.get("expires"), reading)
    if data.get("review_by", "9999") < reading.day.isoformat():
        _warn(node, "review_by", "it was due: look at it again, and say by when next", reading)
    if data.get("rollout") in (0, {"*": 0}):
        _warn(node, "rollout", "it counts for nobody; mode: off says so", reading)
    if "when" in data:
        why = contradiction(data["when"], data.get("issue"), data.get("at"))
        if why is not None:
            reading.found.error(node.child("when", data["when"]), why)
    _check_end(node, data.get("ends"), reading)
    if isinstance(part.built, Rule):
        _check_rule(draft, part.built, node, reading)


def _check_rule(draft: Draft, rule: Rule, node: Node, reading: Reading) -> None:
    applies = draft.data.get("applies", {}).get("stages") or [stage.value for stage in Stage]
    if rule.stages and not {stage.value for stage in rule.stages} & {*applies}:
        what = f"it can never match: the policy applies at {', '.join(applies)} only"
        reading.found.error(node.child("stages", node.value["stages"]), what)
    if rule.mode is Mode.ENFORCE and not (rule.owner or draft.data.get("owner")):
        _warn(node, "id", "an enforced rule has no owner, nor has its policy", reading)
    if rule.mode is Mode.ENFORCE and rule.expires is not None:
        _warn(
            node, "expires", "it ends a shadow only: remove it, or say ends or review_by", reading
        )


def _check_expiry(node: Node, expires: str | None, reading: Reading) -> None:
    if expires is not None and expires < reading.day.isoformat():
        _warn(node, "expires", "it is over: renew it, promote it, or remove it", reading)


def _check_end(node: Node, ends: str | None, reading: Reading) -> None:
    if ends is not None and datetime.fromisoformat(ends) <= datetime.combine(
        reading.day, datetime.min.time(), UTC
    ):
        _warn(node, "ends", "it is over, and never matches again: remove it", reading)


def _warn(node: Node, key: str, what: str, reading: Reading) -> None:
    value = node.value.get(key) if isinstance(node.value, dict) else None
    reading.found.warn(node.child(key, value), what)
