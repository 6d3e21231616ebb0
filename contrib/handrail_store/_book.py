"""The book of a transaction: what stands on items, what features were told, and what is new."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, bindparam, update

from handrail import Action, Enforcement
from handrail_store._audit import add_all
from handrail_store._notices import Telling, notice_of
from handrail_store._page import DELIVERED, OVERTAKEN, VOID, WAITING, Key, Page
from handrail_store._rows import Rows
from handrail_store._schema import enforcements, standing
from handrail_store._shelf import Shelf
from handrail_store._standing import NOTHING, PRE, REPLACED, Demand, Outlook
from handrail_store._types import new_id

if TYPE_CHECKING:
    from handrail_store._store import Store


@attrs.frozen(kw_only=True)
class Occasion:
    """Why a feature is told.

    Attributes:
        reason: As on an Enforcement. batch: The sweep it belongs to.
        revokes: The id of the enforcement that is undone, if any.
        decision: The id of the decision behind it, where that is not the one told about.
        revises: The id of the decision that it takes the place of, if any.
        issue: What a person says that it is. automated: Whether no person took part.
    """

    reason: str = "decided"
    batch: str | None = None
    revokes: str | None = None
    decision: str = ""
    revises: str | None = None
    issue: str | None = None
    automated: bool = True


DECIDED = Occasion()


class Book:
    """Made within a transaction, for the items that it is about; ``write`` ends it.

    Args:
        store: Its clock. connection: The transaction; it holds the items from here on.
        keys: Features and items.

    Attributes:
        rows: What is written with it: other rows of the transaction can be added.
    """

    def __init__(self, store: Store, connection: Connection, keys: Iterable[Key]) -> None:
        self._store, self._connection, self._now = store, connection, store.now()
        self.rows = Rows(connection)
        self._new: list[Demand] = []
        self._changed: dict[str, Demand] = {}
        self._made: list[tuple[Enforcement, int, str | None]] = []
        self._void: list[str] = []
        self._over: list[str] = []
        self._shelf = Shelf(connection, set(keys), self._now)
        self._pages = self._shelf.pages

    def open(self, keys: Iterable[Key]) -> None:
        """Read what features were told of some items, all at once."""
        self._shelf.open(keys)

    def page(self, key: Key) -> Page:
        """What is known of an item."""
        return self._shelf.page(key)

    @property
    def empty(self) -> bool:
        """Whether nothing ever stood on any of its items."""
        return not self._pages

    def blank(self, key: Key) -> bool:
        """Whether nothing ever stood on an item."""
        return key not in self._pages or not self._pages[key].demands

    def gone(self, key: Key, revision: int) -> bool:
        """Whether that revision was withdrawn."""
        return key in self._pages and self._pages[key].gone() >= revision

    def add(self, demand: Demand, *, replaces: str | None = None) -> None:
        """Have *demand* stand, in place of another decision's where it replaces one."""
        page = self._pages[demand.feature, demand.item]
        if replaces in page.demands:
            self.change(attrs.evolve(page.demands[str(replaces)], state=REPLACED))
        if not demand.empty:
            self.stand(demand)

    def stand(self, demand: Demand) -> None:
        """Have *demand* stand, whatever it asks for."""
        self._pages[demand.feature, demand.item].demands[demand.decision] = demand
        self._new.append(demand)

    def change(self, demand: Demand) -> None:
        """Have a demand that is known be another."""
        self._pages[demand.feature, demand.item].demands[demand.decision] = demand
        self._changed[demand.decision] = demand

    def show(self, key: Key, revision: int) -> None:
        """Note that a revision was published: what the answer before kept back is over."""
        for demand in [*self._pages[key].demands.values()]:
            if demand.stage == PRE and demand.revision == revision and demand.shown() != demand:
                self.change(demand.shown())

    def supersede(self, key: Key, revision: int) -> None:
        """Take back what still waits about older revisions: an edit is another item.

        What was delivered, and is not acknowledged, is not delivered again.
        """
        page = self.page(key)
        for told, state in [*page.told]:
            older = told.revision is not None and told.revision < revision
            if older and state == WAITING:
                self.void(key, told)
            elif older and state == DELIVERED:
                self._over.append(told.id)

    def void(self, key: Key, told: Enforcement) -> None:
        """Take back one that still waits."""
        self._void.append(told.id)
        page = self.page(key)
        page.told = [pair for pair in page.told if pair[0].id != told.id]

    def take_back(self, key: Key) -> None:
        """Take back everything that waits."""
        self.supersede(key, 2**63)

    def last(self, key: Key, revision: int) -> Outlook:
        """What the feature was told last of a revision."""
        return self.page(key).last(revision)

    def outlook(self, key: Key, revision: int) -> Outlook:
        """What becomes of a revision now."""
        return Outlook.of(self._pages[key].standing(revision))

    def tell(self, about: Demand, was: Outlook, occasion: Occasion = DECIDED) -> Enforcement | None:
        """Have the feature told what becomes of an item, where that is not what it was told last.

        Args:
            about: What changed: a demand that is new, over or reversed.
            was: What it was told last.
            occasion: Why it is told.
        """
        page = self.page((about.feature, about.item))
        there = page.standing(about.revision)
        outlook = Outlook.of(there)
        if outlook == was:
            return None
        strict = [d for d in there if d.action is outlook.action]
        made = Enforcement(
            id=new_id(), feature=about.feature, item=about.item, revision=about.revision,
            kind="apply" if occasion.revokes is None else "revoke", action=outlook.action,
            effects=outlook.effects, hold=outlook.hold, revokes=occasion.revokes,
            reason=occasion.reason, batch=occasion.batch, at=self._now, carrier=about.carrier,
            decision=occasion.decision or about.decision, revises=occasion.revises,
            notice=self._notice(about, strict, was, outlook, occasion),
        )  # fmt: skip
        page.number += 1
        page.told.append((made, WAITING))
        self._made.append((made, page.number, about.author))
        return made

    def _notice(
        self, about: Demand, strict: Sequence[Demand], was: Outlook, outlook: Outlook,
        occasion: Occasion,
    ) -> str | None:  # fmt: skip
        """What the author is told: what the call said, or what is said of what no call made."""
        told = [d.notice for d in strict if d.notice is not None]
        fresh = occasion.automated and occasion.reason in ("decided", "swept")
        if told and (fresh or (strict[-1] is about and about.notice is not None)):
            return told[-1]
        if self._store.notices is None:
            return None
        self.rows.write()  # The decision may be among them.
        ground = (strict[-1] if strict and outlook.action is not Action.ALLOW else about).decision
        if ground == about.decision:
            ground = occasion.revises or ground
        return notice_of(self._store, self._connection, Telling(
            ground=ground,
            action=outlook.action, effects=outlook.effects, hold=outlook.hold,
            issue=occasion.issue, decision=occasion.decision or about.decision,
            automated=occasion.automated, revised=was != NOTHING,
        ))  # fmt: skip

    def write(self) -> None:
        """Write what is new, changed, made and taken back."""
        run = self._connection.execute
        self.rows.add(standing, [demand.row() for demand in self._new])
        changed = list(self._changed.values())
        if changed:
            run(_CHANGE, [_renamed(demand.row()) for demand in changed])
        for ids, state in ((self._void, VOID), (self._over, OVERTAKEN)):
            if ids:
                run(update(enforcements).where(enforcements.c.id.in_(ids)).values(state=state))
        self.rows.put(enforcements, [_row(*made) for made in self._made])
        add_all(self.rows, "enforcement_made", by=None, at=self._now, said={
            made.id: {
                "kind": made.kind, "decision": made.decision,
                "action": made.action.name.lower(), "reason": made.reason,
            }
            for made, _, _ in self._made
        })  # fmt: skip
        self.rows.write()


_CHANGE = (
    update(standing)
    .where(standing.c.decision == bindparam("of"))
    .values({
        name: bindparam(f"new_{name}") for name in ("action", "body", "state", "ends_at")
    })
)  # fmt: skip


def _renamed(row: Mapping[str, Any]) -> dict[str, Any]:
    new = {f"new_{name}": row[name] for name in ("action", "body", "state", "ends_at")}
    return {"of": row["decision"], **new}


def _row(made: Enforcement, number: int, author: str | None) -> dict[str, Any]:
    plain = ("id", "feature", "item", "revision", "decision", "kind", "reason", "revokes", "batch")
    return {
        **{name: getattr(made, name) for name in plain}, "number": number, "author": author,
        "state": WAITING, "body": made.to_json(), "made_at": made.at, "due_at": made.at,
    }  # fmt: skip
