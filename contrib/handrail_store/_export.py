"""What is known of a person, as they may ask for it (GDPR Art. 15 and 20)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import FromClause, RowMapping, Select, select, tuple_

from handrail import HandrailError, Json, issues
from handrail_store import _schema as t

if TYPE_CHECKING:
    from handrail_store._store import Store

PAGE = 500
"""Rows that are read at a time."""

HIDDEN = frozenset({
    "by", "closed_by", "confirmed_by", "not_by", "undone_by", "claimed_by", "claimed_until",
    "preserve_until",
})  # fmt: skip
"""Columns that are not the person's to know: who works for the platform, what is preserved."""

BEFORE = ("revises", "revokes")
"""Where a row names what it takes the place of."""

GRAVE = frozenset({"mandatory_report", "no_general_queue"})
"""Flags of issues of which a word to the person may warn an offender, or be a crime itself."""


def export(
    store: Store, actor: str, *, by: str, whole: bool = False,
    on_withheld: Callable[[int], object] | None = None,
) -> Iterator[Mapping[str, Json]]:  # fmt: skip
    """Yield what is known of the person *actor*: a mapping for each row, ``table`` first.

    Content that is kept comes opened. Who of the platform decided is left out, and so is what
    others reported. Decisions, cases and strikes that would tip off are withheld (GDPR Art. 15(4)
    and 23), with content and enforcements of those decisions, and no row names them: about
    children or what must be reported, with ``report_to`` or ``preserve``, or under a rule without
    the usual notice. The audit log says that it was done, and how much was withheld, without the
    id.

    Args:
        store: Where it is kept.
        actor: The host's id of the person.
        by: Who hands it out.
        whole: Whether nothing is withheld, such as for a court.
        on_withheld: Called at the end with how many rows were withheld, if any were.
    """
    with store.write() as connection:
        subject = f"actor {store.masked(actor)}"
        store.audit(connection, "exported", subject=subject, by=by, whole=whole)
    withheld: set[str] = set()
    for table, column in _THEIRS:
        wanted = select(table).where(table.c[column] == actor)
        if table is t.tags:
            wanted = wanted.where(t.tags.c.kind == "actor")
        for row in _rows(store, table, wanted):
            said = table is not t.appeals and row.get("decision") in withheld
            if not whole and (said or _tips_off(table, row)):
                withheld.add(row["id"])
            else:
                unnamed = () if whole else [*_unnamed(store, table, row, withheld)]
                yield {"table": table.name, **_said(store, row, unnamed)}
    if withheld:
        with store.write() as connection:
            store.audit(connection, "export_withheld", subject=subject, by=by, rows=len(withheld))
        if on_withheld is not None:
            on_withheld(len(withheld))


def _tips_off(table: FromClause, row: RowMapping) -> bool:
    """Whether a row tells somebody that they are reported, or looked into."""
    if table not in (t.decisions, t.cases, t.strikes):
        return False
    if row.get("queue") == "report_to" or _grave(row["issue"]):
        return True
    body: Mapping[str, Any] = row["body"] or {} if table is t.decisions else {}
    return (
        any(effect["name"] in ("report_to", "preserve") for effect in body.get("effects", ()))
        or any(rule.get("notice", "usual") != "usual" for rule in body.get("rules", ()))
        or any(_grave(found["issue"]) for found in body.get("findings", ()))
    )


def _unnamed(
    store: Store, table: FromClause, row: RowMapping, withheld: Collection[str]
) -> Iterator[str]:
    """Where a row would name what is withheld."""
    for name in BEFORE:
        before = row.get(name) or (row.get("body") or {}).get(name)
        if before in withheld or (table is t.decisions and before and _later(store, before)):
            yield name


def _later(store: Store, decision: str) -> bool:
    """Whether a decision will be withheld that may come after those that name it."""
    with store.read() as connection:
        found = connection.execute(select(t.decisions).where(t.decisions.c.id == decision))
        row = found.mappings().first()
    return row is not None and _tips_off(t.decisions, row)


def _grave(name: str | None) -> bool:
    found = issues().get(name or "")
    return found is not None and (found.family == "child_safety" or bool(GRAVE & found.flags))


_THEIRS = (
    (t.items, "author"), (t.decisions, "author"), (t.snapshots, "author"),
    (t.enforcements, "author"), (t.cases, "author"), (t.strikes, "actor"), (t.tags, "id"),
    (t.reports, "reporter"), (t.reporters, "id"), (t.appeals, "actor"), (t.replies, "reporter"),
)  # fmt: skip


def _rows(store: Store, table: FromClause, wanted: Select[Any]) -> Iterator[RowMapping]:
    keys = list(table.primary_key)
    wanted, after = wanted.order_by(*keys).limit(PAGE), None
    while True:
        page = wanted if after is None else wanted.where(tuple_(*keys) > after)
        with store.read() as connection:
            rows = connection.execute(page).mappings().all()
        yield from rows
        if len(rows) < PAGE:
            return
        after = tuple(rows[-1][key.name] for key in keys)


def _said(store: Store, row: RowMapping, unnamed: Collection[str]) -> Mapping[str, Json]:
    hidden = HIDDEN.union(unnamed)
    said = {name: _plain(value) for name, value in row.items() if name not in hidden}
    if unnamed and row.get("body"):
        said["body"] = {name: each for name, each in row["body"].items() if name not in unnamed}
    if row.get("sealed"):
        try:
            content = store.unseal(row["sealed"], row["id"])
            said["content"] = content.decode()
        except HandrailError as error:
            said["content_lost"] = str(error)
    said.pop("sealed", None)
    return said


def _plain(value: Any) -> Json:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    said: Json = value
    return said
