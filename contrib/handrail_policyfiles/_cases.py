"""Cases beside the policies: an item, what was found in it, and what has to be decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs

from handrail import (
    Cause,
    Evidence,
    Fault,
    Finding,
    HandrailError,
    InvalidValueError,
    Item,
    MemoryState,
    Node,
    Report,
    Stage,
    load_yaml,
)
from handrail_policyfiles._asks import ACTION, ASKED, ISSUE, PATTERNS
from handrail_policyfiles._diagnostic import at
from handrail_policyfiles._kinds import (
    BAD,
    Key,
    Keys,
    Kind,
    Reading,
    many,
    one_or_many,
    record,
    table,
    take,
    take_record,
    word,
)
from handrail_policyfiles._leaves import NAME, SCORE, TEXT, TIME


def _read_amount(node: Node, reading: Reading) -> float:
    if isinstance(node.value, bool) or not isinstance(node.value, (int, float)) or node.value < 0:
        raise InvalidValueError("expected a number, 0 or more")
    return node.value


def _read_plain(node: Node, reading: Reading) -> dict[str, Any]:
    node.keys()
    return dict(node.value)


AMOUNT = Kind(_read_amount, {"type": "number", "minimum": 0})
PLAIN = Kind(_read_plain, {"type": "object"})
_TAGGED = ("actor", "item", "session", "thread")
STAGE = word("stage", [stage.value for stage in Stage])
FOUND: Keys = {
    "issue": Key(ISSUE, "what was found", required=True),
    "score": Key(SCORE, "how bad it is, 0 to 1", required=True),
    "module": Key(NAME, "the module that found it"),
    "counts": Key(table(NAME, AMOUNT), "numbers of its evidence"),
}
FAILED: Keys = {
    "source": Key(TEXT, "what failed", required=True),
    "cause": Key(word("cause", [cause.value for cause in Cause]), "why", required=True),
    "issues": Key(PATTERNS, "the issues that it left unseen", required=True),
}
STATE: Keys = {
    "counters": Key(table(TEXT, AMOUNT), "counters of the author"),
    "strikes": Key(table(ISSUE, AMOUNT), "confirmed violations of the author"),
    "segments": Key(many(many(ISSUE), ordered=True), "what the session had, the oldest first"),
    "tags": Key(
        table(word("kind", ("actor", "item", "session", "thread")), many(TEXT)),
        "tags that are kept",
    ),
}
_EFFECT = record({name: key for name, key in ASKED.items() if name != "action"})


def _several(node: Node, reading: Reading) -> Any:
    """Effects in one map or several; as they mean something, they are no sorted set."""
    nodes = node.items() if isinstance(node.value, list) else [node]
    made = [take(_EFFECT, each, reading) for each in nodes]
    return BAD if any(each is BAD for each in made) else made


_EFFECTS = one_or_many(_EFFECT)
EFFECTS = Kind(_several, _EFFECTS.schema)
EXPECT: Keys = {
    "action": Key(ACTION, "what has to become of the item"),
    "effects": Key(EFFECTS, "effects that have to be there"),
    "without": Key(one_or_many(TEXT), "names of effects that must not be there"),
    "rules": Key(one_or_many(TEXT), "rules that have to match"),
    "not_rules": Key(one_or_many(TEXT), "rules that must not match"),
    "decided_by": Key(TEXT, "the rule that has to decide"),
    "shadow": Key(ACTION, "the action if everything in shadow were enforced"),
}
PLACE: Keys = {
    "surface": Key(NAME, "the surface of the feature"),
    "feature": Key(NAME, "the name of the feature"),
    "stage": Key(STAGE, "the stage; pre_publish if left out"),
    "now": Key(TIME, "the time it is"),
}
CASE: Keys = {
    "name": Key(TEXT, "the fact it states", required=True),
    **PLACE,
    "item": Key(PLAIN, "fields of the item; ids are filled in"),
    "report": Key(PLAIN, "fields of the report; its item is the item"),
    "findings": Key(many(record(FOUND), ordered=True), "what modules found"),
    "faults": Key(many(record(FAILED), ordered=True), "what failed"),
    "state": Key(record(STATE), "what is known; without it every such value is missing"),
    "expect": Key(record(EXPECT), "what has to be decided", required=True),
}
CASES: Keys = {
    **PLACE,
    "cases": Key(many(record(CASE), ordered=True), "the cases", required=True),
}

_FILE: Keys = {**CASES, "cases": Key(many(PLAIN, ordered=True), "the cases", required=True)}
"""The keys of a file, its cases still unread: one that is wrong leaves the others alone."""


@attrs.frozen(eq=False, kw_only=True)
class Case:
    """One case, ready to be decided.

    Attributes:
        name: The fact it states. place: ``file:line:column``. surface, feature, stage: Where.
        now: The time it is. item: What is looked at. report: The report, at that stage.
        findings, faults: What modules found, and what failed. state: What is known.
        expect: What has to be decided.
    """

    name: str
    place: str
    surface: str
    feature: str
    stage: Stage
    now: datetime
    item: Item
    report: Report | None
    findings: tuple[Finding, ...]
    faults: Mapping[Fault, tuple[str, ...]]
    state: MemoryState | None
    expect: Mapping[str, Any]


def read_cases(path: Path, reading: Reading) -> Iterator[Case]:
    """Read the cases of a file; what is wrong is collected."""
    try:
        node = load_yaml(path)
        top = take_record(_FILE, node, reading)
        nodes = node.keys()["cases"].items() if top is not BAD else []
    except HandrailError as error:
        reading.found.add(error)
        return
    for each in nodes:
        data = take(record(CASE), each, reading)
        if data is not BAD:
            with reading.found.collect(each):
                yield _case(each, {**{k: v for k, v in top.items() if k in PLACE}, **data})


def _case(node: Node, data: Mapping[str, Any]) -> Case:
    now = datetime.fromisoformat(data["now"]) if "now" in data else datetime.now(UTC)
    with node.blame():
        item = _item(data)
        report = data.get("report")
        return Case(
            name=data["name"],
            place=at(node, "").place,
            surface=data.get("surface", "comments"),
            feature=data.get("feature", "case"),
            stage=Stage(data.get("stage", "report" if report is not None else "pre_publish")),
            now=now,
            item=item,
            report=None if report is None else _report(report, item),
            findings=tuple(_finding(each) for each in data.get("findings", ())),
            faults=dict(_fault(each) for each in data.get("faults", ())),
            state=_state(data["state"], item, now) if "state" in data else None,
            expect=data["expect"],
        )


def _item(data: Mapping[str, Any]) -> Item:
    """An item with the ids filled in that a case need not say."""
    given = {"id": "item", **data.get("item", {})}
    kept = data.get("state", {})
    if kept.keys() & {"counters", "strikes"} or "actor" in kept.get("tags", {}):
        given.setdefault("author", {})
    if isinstance(given.get("author"), Mapping):
        given["author"] = {"id": "author", **given["author"]}
    for part in ("participants", "recipients"):
        if isinstance(given.get(part), list):
            given[part] = [
                {"id": f"{part[:-1]}-{number}", **each} if isinstance(each, Mapping) else each
                for number, each in enumerate(given[part])
            ]
    if "segments" in kept or "session" in kept.get("tags", {}):
        given.setdefault("session_id", "session")
    if "thread" in kept.get("tags", {}):
        given.setdefault("thread_id", "thread")
    return Item.from_json(given)


def _finding(data: Mapping[str, Any]) -> Finding:
    return Finding(
        data["issue"], data["score"], "as the case says",
        evidence=Evidence(counts=data.get("counts", {})), module=data.get("module"),
    )  # fmt: skip


def _report(data: Mapping[str, Any], item: Item) -> Report:
    return Report.from_json({"id": "report", "item": item, **data})


def _fault(data: Mapping[str, Any]) -> tuple[Fault, tuple[str, ...]]:
    return Fault(data["source"], data["cause"]), tuple(data["issues"])


def _state(data: Mapping[str, Any], item: Item, now: datetime) -> MemoryState:
    state = MemoryState(clock=lambda: now)
    author = item.author.id if item.author else "author"
    for name, value in data.get("counters", {}).items():
        state.set_counter(name, author, value)
    for issue, weight in data.get("strikes", {}).items():
        state.add_strike(author, issue, weight)
    for found in data.get("segments", ()):
        state.add_segment(item.session_id or "session", found)
    ids = {"actor": author, "item": item.id, "session": item.session_id, "thread": item.thread_id}
    for kind, tags in data.get("tags", {}).items():
        for tag in tags:
            state.tag(kind, ids[kind] or kind, tag)
    return state
