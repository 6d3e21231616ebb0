"""What a later answer to the same question leaves of an earlier one: nothing.

The author sends a revision again, and before publishing it is answered otherwise, such as under
new rules: what the answer before asked for must not end in a takedown later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import Connection, select, update

from handrail import Action, Clean, Decision, Stage
from handrail_store._book import Book
from handrail_store._cases import LAPSED, OPEN, QUEUE
from handrail_store._page import WAITING, Key
from handrail_store._schema import cases, standing
from handrail_store._standing import PRE, STANDS, SUPERSEDED, Demand
from handrail_store._types import REVISION_MOST

if TYPE_CHECKING:
    from handrail_store._store import Store

ASKED_MOST = 1000
"""Items that are looked up with one statement."""


@attrs.frozen
class Answer:
    """The last answer to one revision: when, by which decision, and whether it let it pass."""

    at: datetime
    decision: str
    passes: bool


Answers = Mapping[tuple[str, str, int], Answer]
"""By feature, item and revision."""


def answers(
    clean: Iterable[Clean], shared: Mapping[str, str], decisions: Iterable[Decision]
) -> Answers:
    """The last answer before publishing to each revision of a batch."""
    plans = {mark: json.loads(said) for mark, said in shared.items()}
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
    found: set[Key] = set()
    columns = ("feature", "item", "revision", "decision", "made_at")
    named = sorted({item for _, item, _ in given})
    for start in range(0, len(named), ASKED_MOST):
        some = named[start : start + ASKED_MOST]
        wanted = select(*(standing.c[name] for name in columns)).where(
            standing.c.item.in_(some), standing.c.stage == PRE, standing.c.state == STANDS
        )
        for row in connection.execute(wanted):
            answer = given.get((row.feature, row.item, row.revision))
            if answer is not None and _is_later(answer, row.decision, row.made_at):
                found.add((row.feature, row.item))
    return found


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
            over += [demand.decision] if answer.passes else []
    book.write()
    _lapse(store, connection, over)


def _stood(demand: Demand, answer: Answer) -> bool:
    before = demand.stage == PRE and demand.state == STANDS
    return before and _is_later(answer, demand.decision, demand.made_at)


def _is_later(answer: Answer, decision: str, made_at: datetime) -> bool:
    return answer.decision != decision and answer.at > made_at


def _lapse(store: Store, connection: Connection, over: Sequence[str]) -> None:
    if over:
        idle = (
            cases.c.decision.in_(over), cases.c.queue == QUEUE, cases.c.state == OPEN,
            cases.c.reports == 0,
        )  # fmt: skip
        done = update(cases).where(*idle).values(state=LAPSED, closed_at=store.now())
        connection.execute(done)
