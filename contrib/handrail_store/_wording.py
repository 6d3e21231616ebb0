"""The text of a reply, in its reader's language, from the store's own notices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import RowMapping, select

from handrail import ReporterNotices
from handrail.events import log
from handrail_store._notices import language_of
from handrail_store._schema import appeals, reports

if TYPE_CHECKING:
    from handrail_store._store import Store


def words_of(store: Store, row: RowMapping, said: Mapping[str, Any]) -> str | None:
    """Return the text of a reply; None where the notices have no words for those who report.

    Args:
        store: Its notices.
        row: The reply.
        said: What its report gave, opened; empty where it is about none.
    """
    if not callable(getattr(store.notices, "reply", None)):
        return None
    notices = cast("ReporterNotices", store.notices)
    language = said["language"] if "language" in said else _language(store, row)
    ends = row["body"].get("suspended_until")
    until = None if ends is None else datetime.fromisoformat(ends)
    try:
        text = notices.reply(_kind(row["kind"], row["body"]), language, until)
    except Exception as error:  # noqa: BLE001 - the host's own notices may raise anything
        kind = type(error).__name__
        log("handrail.call_failed", "error", call="reply", error=kind)
        return None
    return None if text is None else str(text)


def _kind(kind: str, body: Mapping[str, Any]) -> str:
    if kind == "decision":
        return "acted_on" if body.get("acted_on") else "not_acted_on"
    if kind == "appeal":
        return "won" if body.get("won") else "lost"
    return "reversed" if kind == "reversal" else kind


def _language(store: Store, row: RowMapping) -> str | None:
    """The language of an author who appealed, or of the last report of who is told."""
    last = select(reports.c.id, reports.c.sealed).where(reports.c.reporter == row["reporter"])
    with store.read() as connection:
        wanted = select(appeals.c.decision).where(appeals.c.id == row["about"])
        appealed = connection.execute(wanted).scalar()
        if appealed is not None:
            return language_of(connection, appealed)
        found = connection.execute(last.order_by(reports.c.received_at.desc()).limit(1)).first()
    if found is None or not found.sealed:
        return None
    language: str | None = json.loads(store.unseal(found.sealed, found.id)).get("language")
    return language
