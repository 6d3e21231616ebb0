"""What authors are told of decisions that no call makes: a person's, a reversal, an end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import Connection, RowMapping, select

from handrail import Action, Effect, Hold, Judged, Stage
from handrail.events import log
from handrail_store._schema import decisions, items

if TYPE_CHECKING:
    from handrail_store._store import Store

LINKS_MOST = 10
"""How many decisions, each in the place of another, are gone through for the rules behind them."""


@attrs.frozen(kw_only=True)
class Telling:
    """What an author is to be told.

    Attributes:
        ground: The id of the decision whose rules and item it is about.
        action, effects, hold: What becomes of the item. issue: Where a person named another.
        decision: The id that an appeal names; that of *ground* where nothing is said.
        automated: Whether no person took part. revised: Whether they were told otherwise before.
    """

    ground: str
    action: Action
    effects: tuple[Effect, ...] = ()
    hold: Hold | None = None
    issue: str | None = None
    decision: str = ""
    automated: bool = True
    revised: bool = False


def notice_of(store: Store, connection: Connection, telling: Telling) -> str | None:
    """Return the text, in the author's language; None where nothing is to be said.

    A rule that asks for neutral words, or for none, has them here as well.
    """
    if store.notices is None:
        return None
    rows = _chain(connection, telling.ground)
    if not rows:
        return None
    rules = next((rules for row in rows if (rules := _rules(row))), [])
    said = [rule["issue"] for rule in rules if rule["issue"]]
    issue = telling.issue or rows[0]["issue"]
    who = _author(connection, rows[0])
    judged = Judged(
        action=telling.action, effects=telling.effects, hold=telling.hold, issue=issue,
        issues=tuple(sorted({*said, *([issue] if issue else [])})), language=who.get("language"),
        region=who.get("author_region"), stage=Stage(rows[0]["stage"]),
        decision=telling.decision or telling.ground, clause=_clause(rules, issue),
        automated=telling.automated, say=_say(rules, rows), revised=telling.revised,
    )  # fmt: skip
    try:
        text = store.notices.notice(judged)
    except Exception as error:  # noqa: BLE001 - the host's own notices may raise anything
        kind = type(error).__name__
        log("handrail.call_failed", "error", call="notice", error=kind)
        return None
    return None if text is None else str(text)


def language_of(connection: Connection, decision: str) -> str | None:
    """The language of who made what a decision is about, as far as it is known."""
    about = select(*(decisions.c[name] for name in ("feature", "item", "revision")))
    row = connection.execute(about.where(decisions.c.id == decision)).mappings().first()
    language: str | None = None if row is None else _author(connection, row).get("language")
    return language


def _chain(connection: Connection, decision: str) -> list[RowMapping]:
    """A decision and those that it came in the place of, the latest first."""
    rows: list[RowMapping] = []
    named: str | None = decision
    while named is not None and len(rows) < LINKS_MOST:
        wanted = select(decisions).where(decisions.c.id == named)
        row = connection.execute(wanted).mappings().first()
        named = None if row is None else row["revises"]
        rows += [] if row is None else [row]
    return rows


def _rules(row: RowMapping) -> list[Mapping[str, Any]]:
    body: Mapping[str, Any] = row["body"] or {}
    return list(body.get("rules", ()))


def _say(rules: Iterable[Mapping[str, Any]], rows: Iterable[RowMapping]) -> str:
    """As in a call: nothing where the deciding rule says so, neutral where any asks for either."""
    deciders = {row["decided_by"] for row in rows}
    said = {(rule["rule"], rule.get("notice", "usual")) for rule in rules}
    if any(notice == "none" and rule in deciders for rule, notice in said):
        return "none"
    return "usual" if all(notice == "usual" for _, notice in said) else "neutral"


def _clause(rules: Iterable[Mapping[str, Any]], issue: str | None) -> dict[str, str]:
    """The clause of the terms that a rule about the issue names."""
    named = (rule["clause"] for rule in rules if rule["issue"] == issue and rule["clause"])
    clause = next(named, None)
    return {} if clause is None else {"id": clause}


def _author(connection: Connection, row: RowMapping) -> Mapping[str, Any]:
    """The language and the region of who made the item, from the revision or another."""
    same = items.c.feature == row["feature"], items.c.item == row["item"]
    nearest = (items.c.revision == row["revision"]).desc(), items.c.revision.desc()
    columns = items.c.language, items.c.author_language, items.c.author_region
    found = connection.execute(select(*columns).where(*same).order_by(*nearest).limit(1)).mappings()
    known = dict(found.first() or {})
    return {**known, "language": known.get("author_language") or known.get("language")}
