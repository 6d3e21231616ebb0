"""A database by itself, for those who look after it: no key is needed, and no certain schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs
from sqlalchemy import URL, Engine

from handrail import Json
from handrail_store import _audit, _migrate
from handrail_store._audit import Broken
from handrail_store._engine import open_engine, transaction
from handrail_store._migrate import Standing


@attrs.frozen
class Audited:
    """What came of verifying the audit log.

    Attributes:
        links: How many rows are in the chain. head: The hash of the last: note it elsewhere.
        broken: Where the chain does not hold; empty where it does.
    """

    links: int
    head: str
    broken: tuple[Broken, ...]


class Database:
    """The database of a store; a context manager.

    Args:
        url: As for Store. Raises InvalidValueError, without repeating it.
    """

    def __init__(self, url: str | URL) -> None:
        self._engine: Engine = open_engine(url)

    def standing(self) -> Standing:
        """Say which schema it has, and which one this version works with."""
        return _migrate.standing(self._engine)

    def upgrade(self) -> Standing:
        """Bring its schema up to date; return how it was. Raises SchemaError for a later one."""
        return _migrate.upgrade(self._engine)

    def verify(self, head: str | None = None, *, last: int | None = None) -> Audited:
        """Take new rows of the audit log into its chain, and walk the chain, or the end of it.

        Args:
            head: The hash of a link that was noted elsewhere; only so is it found that rows are
                gone from the end. With *last* it has to be among those.
            last: How many links are walked, from the end: what was changed before is not found.
        """
        _migrate.check(self._engine)
        linked = 1
        while linked:  # Each time a transaction of its own: on SQLite all others wait.
            with transaction(self._engine, write=True) as connection:
                linked = _audit.link(connection, whole=last is None)
        with transaction(self._engine, write=False) as connection:
            broken = tuple(_audit.verify(connection, head, last))
            links, newest = _audit.head_of(connection)
        return Audited(links, newest, broken)

    def audit(
        self, most: int, *, what: str | None = None, subject: str | None = None
    ) -> Iterator[Mapping[str, Json]]:
        """Yield the latest rows of the audit log, the last first."""
        _migrate.check(self._engine)
        # A reader that is kept open keeps SQLite's log growing, and PostgreSQL ends it.
        with transaction(self._engine, write=False) as connection:
            rows = [*_audit.shown(connection, most, what, subject)]
        yield from rows

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()
