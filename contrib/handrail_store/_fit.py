"""Telling a statement that the schema fits no more from one that is wrong."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from handrail_store._migrate import SchemaError, check

if TYPE_CHECKING:
    from handrail_store._store import Store

STATES = ("42", "23502")
"""How PostgreSQL's states of it begin: something is not there, or a column wants a value."""

WORDS = ("no such ", "table ", "NOT NULL constraint failed")
"""How SQLite's words for it begin."""


def misfit(store: Store, error: BaseException) -> SchemaError | None:
    """What is wrong with the schema, where *error* comes of it: another version has upgraded it.

    A later schema alone is no reason to stop: most steps only add.
    """
    orig = getattr(error, "orig", None)
    if (state := getattr(orig, "sqlstate", None)) is not None:
        unfit = str(state).startswith(STATES)
    else:
        unfit = isinstance(orig, sqlite3.Error) and str(orig).startswith(WORDS)
    if unfit:
        try:
            with suppress(SQLAlchemyError):
                check(store.engine)
        except SchemaError as wrong:
            return wrong
    return None
