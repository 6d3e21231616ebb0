"""Recalling: what is kept of an item that a report only names, as the modules may see it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import ColumnElement, Connection, RowMapping, Table, select

from handrail import (
    Actor,
    Age,
    Decision,
    HandrailError,
    InvalidValueError,
    Item,
    Report,
    item_of,
    report_of,
)
from handrail_store._erase import ERASED
from handrail_store._owed import is_owed
from handrail_store._schema import items, outcomes, snapshots
from handrail_store._snapshots import OPTED, mark_of
from handrail_store._standing import POST
from handrail_store._types import REVISION_MOST
from handrail_store._work import Work

if TYPE_CHECKING:
    from handrail_store._store import Store

_SEEN = (OPTED, "reported")
"""Why content is kept that was not kept from anybody."""


def recalled(store: Store, work: Work) -> tuple[Item | Report] | tuple[Item | Report, Item]:
    """What *work* is about: a report that only names its item gets the one whose content is kept.

    Beside it, where only that is, what else is known of the item.
    """
    subject = work.subject
    if isinstance(subject, Item) or subject.item is not None:
        return (subject,)
    found = recall(store, work.feature, work.item)
    if found is None:
        return (subject,)
    return (attrs.evolve(subject, item=found.item),) if found.whole else (subject, found.item)


def seen(work: Work, made: Decision) -> Work:
    """The same work with the item that was looked at, where its report only names it."""
    subject, report = work.subject, report_of(made)
    if isinstance(subject, Item) or subject.item or report is None or report.item is None:
        return work
    return attrs.evolve(work, subject=attrs.evolve(subject, item=report.item))


def around(report: Report, made: Decision) -> Item | None:
    """What is known of the item of a report that was looked at; None where that is its id."""
    item = report.item or item_of(made)
    return None if item == Item(str(report.item_id)) and report.item is None else item


class ErasedError(HandrailError):
    """What a report names was erased while it was looked at: it is to be looked at again."""


def check_kept(connection: Connection, looked: Iterable[tuple[Work, Decision]]) -> None:
    """See, in the transaction that settles works, that what was recalled for them is kept still.

    Until its end nobody erases that content. Raises ErasedError where somebody did.
    """
    for work, made in looked:
        found = around(work.subject, made) if isinstance(work.subject, Report) else None
        if not work.bare or found is None:
            continue
        named = report_of(made)
        if named is not None and named.item is not None:
            mark = mark_of(work.feature, found.id, found.revision)
            kept = select(snapshots.c.id).where(snapshots.c.id == mark).with_for_update()
            if connection.execute(kept).first() is None:
                raise ErasedError("The content of an item was erased while it was looked at")
            if is_owed(connection, work.feature, found.id):
                raise ErasedError("What is kept of an item is to be erased since it was looked at")
        if found.author is not None and _erased(connection, work.feature, found):
            raise ErasedError("The author of an item was erased while it was looked at")


def _erased(connection: Connection, feature: str, item: Item) -> bool:
    if is_owed(connection, feature, item.id):
        return True
    of = items.c.feature == feature, items.c.item == item.id
    row = items.c.revision == min(item.revision, REVISION_MOST)
    author = connection.execute(select(items.c.author).where(*of, row)).scalar()
    return (author or "").startswith(ERASED)


@attrs.frozen(repr=False)
class Recalled:
    """What is kept of an item: with its content, or what else is known of it."""

    item: Item
    whole: bool


def recall(store: Store, feature: str, item: str) -> Recalled | None:
    """Return what is kept of the revision that people see, or None where nobody knows which.

    That is the last one that was published; where that was not told, the last whose content is
    kept though nothing kept it back; else the only one. Content that is over its time, that only
    a ``preserve`` effect still keeps, that is of somebody who was erased since (also where a legal
    hold keeps it of them), or that no key here opens is not there.
    """
    with store.read() as connection:
        known = {row["revision"]: row for row in _rows(connection, items, feature, item)}
        sealed = {
            row["revision"]: row
            for row in _rows(
                connection, snapshots, feature, item, snapshots.c.keep_until > store.now()
            )
        }
        revision = _shown(known, sealed, _worked(connection, feature, item))
        owed = is_owed(connection, feature, item)
    facts, content = known.get(revision), sealed.get(revision)
    erased = facts is not None and (facts["author"] or "").startswith(ERASED)
    hidden = erased or owed
    opened = None if content is None or hidden else _opened(store, content, item)
    if opened is not None:
        return Recalled(opened, whole=True)
    made = None if facts is None else _of_facts(facts, item, hidden=hidden)
    return None if made is None else Recalled(made, whole=False)


def _rows(
    connection: Connection, table: Table, feature: str, item: str, *more: ColumnElement[bool]
) -> Sequence[RowMapping]:
    of = select(table).where(table.c.feature == feature, table.c.item == item, *more)
    return connection.execute(of).mappings().all()


def _worked(connection: Connection, feature: str, item: str) -> set[int]:
    """The revisions that were handed in once published."""
    number = outcomes.c.revision
    of = outcomes.c.feature == feature, outcomes.c.item == item, outcomes.c.stage == POST
    return set(connection.execute(select(number).where(*of, number.is_not(None))).scalars())


def _shown(
    known: Mapping[int, RowMapping], sealed: Mapping[int, RowMapping], worked: set[int]
) -> int | None:
    """The revision that people see, as far as anybody said."""
    told = {number for number, row in known.items() if row["published_at"] is not None}
    free = {number for number, row in sealed.items() if row["reason"] in _SEEN}
    if shown := (told | worked) or free:
        return max(shown)
    every = {*known, *sealed}
    return every.pop() if len(every) == 1 else None


def _opened(store: Store, row: RowMapping, item: str) -> Item | None:
    try:
        found = Item.from_json(json.loads(store.unseal(row["sealed"], row["id"])))
    except ValueError:
        return None
    return found if found.id == item else None


def _of_facts(row: RowMapping, item: str, *, hidden: bool) -> Item | None:
    """The item without its content; *hidden*, without people. How age is known is not kept."""
    same = ("revision", "kind", "language", "region", "visibility")
    try:
        return Item(
            item, **{name: row[name] for name in same}, author=None if hidden else _author(row),
            recipients=() if hidden else [Actor(id=each) for each in row["recipients"] or ()],
            parent_id=row["parent"], thread_id=row["thread"], session_id=row["session"],
            created_at=row["made_at"],
        )  # fmt: skip
    except InvalidValueError:
        return None


def _author(row: RowMapping) -> Actor | None:
    if row["author"] is None:
        return None
    said: dict[str, Any] = {"region": row["author_region"], "language": row["author_language"]}
    age = row["author_age"]
    return Actor(id=row["author"], age=None if age is None else Age(age), **said)
