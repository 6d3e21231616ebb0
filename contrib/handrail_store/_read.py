"""Decisions back out of the tables, whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import URL, Connection, RowMapping, Select, select, tuple_

from handrail import Action, Decision, InvalidValueError, Stage
from handrail_store._engine import open_engine, transaction
from handrail_store._migrate import check
from handrail_store._schema import decisions, plans

PAGE = 1000
"""Decisions that are read at a time."""


def _aware(_: object, attribute: attrs.Attribute[Any], value: datetime | None) -> None:
    if value is not None and value.tzinfo is None:
        raise InvalidValueError(f"{attribute.name}: a time needs a zone, such as datetime.now(UTC)")


@attrs.frozen(kw_only=True)
class Wanted:
    """Which decisions; what is None is not asked.

    Attributes:
        id: The decision's own. feature, stage, item, revision, action: As on the decision.
        author: The id of who made the item. rule: The id of the rule that decided.
        batch: The sweep it came in.
        since, until: When the call began: not before, and before.
        newest: Whether the latest come first. most: How many, at most.
    """

    id: str | None = None
    feature: str | None = None
    stage: Stage | None = attrs.field(default=None, converter=attrs.converters.optional(Stage))
    item: str | None = None
    revision: int | None = None
    author: str | None = None
    action: Action | None = None
    rule: str | None = None
    batch: str | None = None
    since: datetime | None = attrs.field(default=None, validator=_aware)
    until: datetime | None = attrs.field(default=None, validator=_aware)
    newest: bool = False
    most: int | None = None


ALL = Wanted()
"""Every decision."""

_COLUMNS = {
    "id": decisions.c.id, "feature": decisions.c.feature, "item": decisions.c.item,
    "revision": decisions.c.revision, "author": decisions.c.author,
    "rule": decisions.c.decided_by, "batch": decisions.c.batch,
}  # fmt: skip


def read_decisions(
    connection: Connection, wanted: Wanted, after: tuple[datetime, str] | None = None
) -> Iterator[Decision]:
    """One page of the decisions that are wanted, in order of time, *after* a place."""
    for row in connection.execute(_page(wanted, after)).mappings():
        yield _whole(row)


def each_decision(
    read: Callable[[], AbstractContextManager[Connection]], wanted: Wanted
) -> Iterator[Decision]:
    """All decisions that are wanted; each page is a transaction of its own."""
    after, left = None, wanted.most
    while left is None or left > 0:
        most = PAGE if left is None else min(left, PAGE)
        with read() as connection:
            page = list(read_decisions(connection, attrs.evolve(wanted, most=most), after))
        yield from page
        if len(page) < most:
            return
        last = page[-1]
        after = None if last.at is None else (last.at, last.id)
        left = None if left is None else left - len(page)


def read(url: str | URL, wanted: Wanted = ALL) -> Iterator[Decision]:
    """Go through the decisions of a database, as ``read_record`` goes through a file.

    Needs no key: what is sealed is not in a decision. Raises InvalidValueError for a URL that
    cannot be used, SchemaError where the schema is not of this version.
    """
    engine = open_engine(url)
    try:
        check(engine)
        yield from each_decision(lambda: transaction(engine, write=False), wanted)
    finally:
        engine.dispose()


def _page(wanted: Wanted, after: tuple[datetime, str] | None) -> Select[Any]:
    place = tuple_(decisions.c.at, decisions.c.id)
    order = [decisions.c.at, decisions.c.id]
    query = select(decisions, plans.c.body.label("shared")).join_from(
        decisions, plans, decisions.c.plan == plans.c.mark, isouter=True
    )
    for name, column in _COLUMNS.items():
        if (value := getattr(wanted, name)) is not None:
            query = query.where(column == value)
    if wanted.stage is not None:
        query = query.where(decisions.c.stage == wanted.stage.value)
    if wanted.action is not None:
        query = query.where(decisions.c.action == wanted.action.name.lower())
    if wanted.since is not None:
        query = query.where(decisions.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(decisions.c.at < wanted.until)
    if after is not None:
        query = query.where(place < after if wanted.newest else place > after)
    query = query.order_by(*[c.desc() if wanted.newest else c for c in order])
    return query.limit(wanted.most or PAGE)


def _whole(row: RowMapping) -> Decision:
    """A decision as it was: of a clean ALLOW, what is its own and what it shares."""
    if row["body"] is not None:
        return Decision.from_json(row["body"])
    own = {name: row[name] for name in ("id", "item", "revision", "at", "latency_us")}
    return Decision.from_json({**row["shared"], **own, "trace_id": row["trace"]})
