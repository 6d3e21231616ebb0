"""The rows of decisions: what was decided, what was found, what is known of the item."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Connection

from handrail import Clean, Decision, Item, Stage, item_of, report_of
from handrail_store._cases import open_cases
from handrail_store._rows import Row, Rows
from handrail_store._schema import decisions as table
from handrail_store._schema import findings, items, plans
from handrail_store._snapshots import OPTED, Content, add_snapshots, wanted
from handrail_store._types import REVISION_MOST

if TYPE_CHECKING:
    from handrail_store._store import Store


Known: TypeAlias = tuple[Decision, Item | None]
"""A decision and its item, where that is known."""

ALONE: Row = {"by": None, "batch": None}
"""Made by nobody, and in no sweep."""

Plans: TypeAlias = Mapping[str, Mapping[str, Any]]
"""What clean ALLOWs of one plan share, by its mark."""

_NONE: Mapping[str, str] = {}

_AS_SAID = ("id", "feature", "stage", "item", "action", "decided_by", "final", "complete",
            "degraded", "latency_us")  # fmt: skip
"""Columns that are as in the JSON form of a decision."""


def record(
    store: Store, connection: Connection, decisions: Sequence[Decision],
    *, revises: Mapping[str, str] = _NONE, how: Row = ALONE,
) -> None:  # fmt: skip
    """Write decisions with their findings, items, snapshots and cases; those there already stay.

    Args:
        store: Its clock, seal and settings.
        connection: The transaction.
        decisions: Decisions of this process; of one read back nothing is known of the item.
        revises: By the id of a decision, the one that it replaces.
        how: ``by``, the person who made them; ``batch``, the sweep that they came in; ``issue``,
            where a person says what it is; ``author``, where their item is not at hand.
    """
    rows = Rows(connection)
    add_known(store, rows, with_items(decisions), how, revises)
    rows.write()


def add_known(
    store: Store, into: Rows, known: Sequence[Known],
    how: Row = ALONE, revises: Mapping[str, str] = _NONE,
) -> None:  # fmt: skip
    """Open the cases of decisions whose items are at hand; what else ``record`` writes is added.

    It is among rows that are to be written.
    """
    rows = [{**_row(store, *pair), **how, "revises": revises.get(pair[0].id)} for pair in known]
    into.add(table, rows)
    into.add(findings, [row for pair in known for row in _finding_rows(store, pair[0])])
    seen = [(decision.feature, item) for decision, item in known if item is not None]
    into.add(items, item_rows(store, seen))
    contents = [wanted(store, decision, item) for decision, item in known if item is not None]
    add_snapshots(store, into, [content for content in contents if content is not None])
    for decision, item in known:
        if decision.stage is not Stage.REPORT:  # A report opens its case when it is kept.
            open_cases(into.connection, decision, item, store.now())


def with_items(made: Iterable[Decision]) -> list[Known]:
    """Decisions of this process with their items; None where only an id was given."""
    return [(decision, known_item(decision)) for decision in made]


def known_item(decision: Decision) -> Item | None:
    """The item of a decision, where more than its id is known."""
    report = report_of(decision)
    return None if report is not None and report.item is None else item_of(decision)


def add_clean(store: Store, into: Rows, clean: Sequence[Clean], shared: Plans) -> None:
    """Add clean ALLOWs to rows to be written: columns, and once for each plan what they share."""
    now = store.now()
    into.add(plans, [
        {"mark": mark, "first_seen": now, "body": body} for mark, body in sorted(shared.items())
    ])  # fmt: skip
    same = {mark: _shared(mark, body) for mark, body in shared.items()}
    by_plan: dict[str, list[Row]] = {mark: [] for mark in shared}
    for plan, number, at, item, took, trace in clean:
        by_plan[plan].append({
            "id": number, "at": at, "item": item.id, "revision": min(item.revision, REVISION_MOST),
            "author": item.author and item.author.id, "trace": trace, "latency_us": took,
        })  # fmt: skip
    for mark, rows in by_plan.items():
        into.add(table, rows, same[mark])
    features = {mark: body["feature"] for mark, body in shared.items()}
    if store.record.items == "all":
        into.add(items, item_rows(store, [(features[c.plan], c.item) for c in clean]))
    opted = [c for c in clean if features[c.plan] in store.keep.opted]
    contents = [Content(features[c.plan], c.item, c.id, OPTED) for c in opted]
    add_snapshots(store, into, contents)


def plans_of(shared: Mapping[str, str]) -> Plans:
    """What ``split_clean`` says of plans, read."""
    return {mark: json.loads(text) for mark, text in shared.items()}


def _shared(mark: str, body: Mapping[str, Any]) -> Row:
    policy = body["policy"] or {}
    return {
        "feature": body["feature"], "stage": body["stage"], "action": body["action"],
        "decided_by": None, "issue": None, "policy": policy.get("name"),
        "policy_revision": policy.get("revision"), "bundle": policy.get("bundle"),
        "final": body["final"], "complete": body["complete"], "degraded": body["degraded"],
        "revises": None, "by": None, "batch": None, "plan": mark, "body": None,
    }  # fmt: skip


def _row(store: Store, decision: Decision, item: Item | None) -> dict[str, Any]:
    body: Row = decision.to_json()  # First: what was built for it is not built again.
    policy: Row = body["policy"] or {}
    decider: Row = next((m for m in body["rules"] if m["rule"] == body["decided_by"]), {})
    return {
        **{name: body[name] for name in _AS_SAID}, "at": decision.at or store.now(),
        "revision": min(decision.revision, REVISION_MOST), "author": author_of(item),
        "issue": decider.get("issue"), "policy": policy.get("name"),
        "policy_revision": policy.get("revision"), "bundle": policy.get("bundle"),
        "trace": body["trace_id"], "plan": None, "body": body,
    }  # fmt: skip


def _finding_rows(store: Store, decision: Decision) -> list[Row]:
    return [
        {
            "decision": decision.id, "number": number, "at": decision.at or store.now(),
            "feature": decision.feature, "module": finding.module or "",
            "issue": finding.issue, "score": finding.score,
        }
        for number, finding in enumerate(decision.findings)
    ]  # fmt: skip


def author_of(item: Item | None) -> str | None:
    """The id of whoever made an item, where that is known."""
    return None if item is None or item.author is None else item.author.id


def item_rows(store: Store, seen: Sequence[tuple[str, Item]]) -> list[Row]:
    """The rows of items, by feature: one for each revision, in one order for every process."""
    now = store.now()
    rows = {
        (feature, item.id, item.revision): _item_row(feature, item, now) for feature, item in seen
    }
    return [rows[key] for key in sorted(rows)]


def _item_row(feature: str, item: Item, now: datetime) -> Row:
    author = item.author
    return {
        "feature": feature, "item": item.id, "revision": min(item.revision, REVISION_MOST),
        "kind": item.kind, "author": author and author.id, "parent": item.parent_id,
        "thread": item.thread_id, "session": item.session_id,
        "recipients": [each.id for each in item.recipients] if item.recipients else None,
        "language": item.language, "region": item.region,
        "author_region": author and author.region,
        "author_language": author and author.language,
        "author_age": author.age.value if author and author.age else None,
        "visibility": item.visibility, "made_at": item.created_at, "seen_at": now,
    }  # fmt: skip
