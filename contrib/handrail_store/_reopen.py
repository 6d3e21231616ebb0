"""What follows for those who reported where what was done about it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, insert, literal, select, update

from handrail_store._keep import APPEAL_WINDOW
from handrail_store._schema import decisions, replies, reports
from handrail_store._settle import REDRESS
from handrail_store._types import Moment, Structure

if TYPE_CHECKING:
    from handrail_store._store import Store


def tell_reporters(store: Store, connection: Connection, undone: str, new: str) -> None:
    """Answer reports anew that were acted on by a decision, and owe the reversal to the reporters.

    Args:
        store: Its clock.
        connection: The transaction.
        undone: The id of the decision that is taken back.
        new: The id of the one that takes it back; against it they may complain (DSA Art. 20).
    """
    wanted = select(decisions.c.feature, decisions.c.item).where(decisions.c.id == undone)
    about = connection.execute(wanted).first()
    if about is None:
        return
    now = store.now()
    body = {
        "acted_on": False, "automated": False, "decision": new, "revises": undone,
        "redress": list(REDRESS), "complain_until": (now + APPEAL_WINDOW).isoformat(),
    }  # fmt: skip
    theirs = (
        reports.c.feature == about.feature, reports.c.item == about.item,
        reports.c.outcome == undone, reports.c.state == "acted_on",
    )  # fmt: skip
    given = select(replies.c.about).where(replies.c.about == reports.c.id)
    owed = select(
        reports.c.id, literal("reversal"), reports.c.feature, reports.c.reporter,
        literal("waiting"), literal(body, Structure), literal(now, Moment), literal(now, Moment),
        literal(new),
    ).where(*theirs, given.where(replies.c.kind == "receipt").exists())  # fmt: skip
    columns = [
        "about", "kind", "feature", "reporter", "state", "body", "made_at", "due_at", "outcome",
    ]  # fmt: skip
    # One statement, however many they are: a case may answer a million reports.
    connection.execute(insert(replies).from_select(columns, owed))
    said = {"state": "not_acted_on", "outcome": new, "decided_at": now}
    connection.execute(update(reports).where(*theirs).values(said))
