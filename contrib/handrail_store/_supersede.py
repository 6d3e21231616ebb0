"""What a later answer to the same question leaves of an earlier one: nothing.

The author sends a revision again, and before publishing it is answered otherwise, such as under
new rules: what the answer before asked for must not end in a takedown later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, Select, select

from handrail import Action, Clean, Decision, Stage
from handrail_store._book import Book
from handrail_store._cases import lapse_cases
from handrail_store._page import WAITING, Key
from handrail_store._record import Plans
from handrail_store._schema import standing
from handrail_store._sql import among, listed
from handrail_store._standing import PRE, STANDS, SUPERSEDED, Demand
from handrail_store._types import REVISION_MOST

if TYPE_CHECKING:
    from handrail_store._store import Store


@attrs.frozen
class Answer:
    """The last answer to one revision: when, by which decision, and whether it let it pass."""

    at: datetime
    decision: str
    passes: bool


Answers = Mapping[tuple[str, str, int], Answer]
"""By feature, item and revision."""


def answers(clean: Iterable[Clean], plans: Plans, decisions: Iterable[Decision]) -> Answers:
    """The last answer before publishing to each revision of a batch."""
    found: dict[tuple[str, str, int], Answer] = {}

    def add(feature: str, item: str, revision: int, answer: Answer) -> None:
        key = feature, item, min(revision, REVISION_MOST)
        if key not in found or found[key].at <= answer.at:
            found[key] = answer

    for each in clean:
        plan = plans[each.plan]
        if plan["stage"] == PRE:
            sound = not plan["degraded"]
            add(plan["feature"], each.item.id, each.item.revision, Answer(each.at, each.id, sound))
    for made in decisions:
        if made.stage is Stage.PRE_PUBLISH and made.at is not None:
            passes = made.action in (Action.ALLOW, Action.LIMIT) and not made.degraded
            add(made.feature, made.item, made.revision, Answer(made.at, made.id, passes))
    return found


def stale(connection: Connection, given: Answers) -> set[Key]:
    """The items on which something stands that a later answer has superseded."""
    if not given:
        return set()
    dialect = connection.dialect.name
    named = {"keys": listed({item for _, item, _ in given}, dialect)}
    found: set[Key] = set()
    for row in connection.execute(_there(dialect), named):
        answer = given.get((row.feature, row.item, row.revision))
        if answer is not None and _is_later(answer, row.decision, row.made_at):
            found.add((row.feature, row.item))
    return found


@cache
def _there(dialect: str) -> Select[Any]:
    """What stands of answers before publishing on some items."""
    columns = ("feature", "item", "revision", "decision", "made_at")
    return select(*(standing.c[name] for name in columns)).where(
        among(standing.c.item, dialect), standing.c.stage == PRE, standing.c.state == STANDS
    )


def supersede(store: Store, connection: Connection, given: Answers, keys: Iterable[Key]) -> None:
    """Have what stood on *keys* stand no more where there is a later answer.

    What waits to reach the feature for it never does. A case that only the hold had asked for is
    over where the revision passed; one that a rule asked for by name is looked at all the same.
    """
    keys = sorted(set(keys))
    if not keys:
        return
    book = Book(store, connection, keys)
    over: list[str] = []
    for key in keys:
        for demand in [*book.page(key).demands.values()]:
            answer = given.get((*key, demand.revision))
            if answer is None or not _stood(demand, answer):
                continue
            book.change(attrs.evolve(demand, state=SUPERSEDED))
            for told, state in [*book.page(key).told]:
                if told.decision == demand.decision and state == WAITING:
                    book.void(key, told)
            if answer.passes and demand.action is Action.HOLD:
                over.append(demand.decision)
    book.write()
    lapse_cases(connection, over, "superseded", store.now())


def _stood(demand: Demand, answer: Answer) -> bool:
    before = demand.stage == PRE and demand.state == STANDS
    return before and _is_later(answer, demand.decision, demand.made_at)


def _is_later(answer: Answer, decision: str, made_at: datetime) -> bool:
    return answer.decision != decision and answer.at > made_at
