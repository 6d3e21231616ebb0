"""The store: one engine, one clock, one key, and the parts that Safety is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from handrail import (
    Caps,
    Decision,
    Enforcement,
    HostEvent,
    Intake,
    Item,
    Json,
    Notices,
)
from handrail import Sink as SinkSeam
from handrail import State as StateSeam
from handrail_store import _audit, _migrate, _withdrawn
from handrail_store._acknowledge import ACKNOWLEDGEMENT, carried_out
from handrail_store._api_keys import ApiKeys
from handrail_store._approvals import Approval, StoredApprovals, approve, undo
from handrail_store._batches import Batch, read_batches
from handrail_store._bundles import keep_bundles
from handrail_store._caps import StoredCaps
from handrail_store._casework import Cases
from handrail_store._engine import open_engine, transaction
from handrail_store._intake import Outbox
from handrail_store._join import joining
from handrail_store._keep import KEEP, RECORD_ALL, Keep, Record
from handrail_store._ledger import Ledger
from handrail_store._letters import Enforcements, Letters
from handrail_store._read import ALL, Wanted, each_decision, read_decisions
from handrail_store._replies import Replies
from handrail_store._reports import Reports
from handrail_store._reverse import reverse, revert
from handrail_store._saving import Saver, Saving
from handrail_store._seal import Seal
from handrail_store._sealed import latest_sealed, own_key
from handrail_store._sink import StoreSink
from handrail_store._snapshots import mark_of, open_snapshot
from handrail_store._state import StoredState
from handrail_store._strikes import Strikes
from handrail_store._tags import Tags


def utc_now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


class Store:
    """What is durable, on one SQLite file or a PostgreSQL database.

    Args:
        url: ``sqlite:///handrail.db``, or ``postgresql://user:password@host/name``.
        key: 32 bytes that content is encrypted with; several, the first for what is new. Without
            one, a key is made beside a SQLite file that is new; PostgreSQL has no such place.
        clock: What says the time, UTC. upgrade: Whether the schema is brought up to date now; a
            database that others share is upgraded by ``handrail db upgrade``.
        keep: How long what is kept. record: How the record is written.

    Raises InvalidValueError for a URL or key that cannot be used, or where the key of a SQLite file
    is missing beside it; SchemaError where the schema is not of this version.
    """

    def __init__(  # noqa: PLR0913 - keyword-only, and the public constructor
        self, url: str | URL, *, key: bytes | Iterable[bytes] | None = None,
        clock: Callable[[], datetime] = utc_now, upgrade: bool | None = None,
        keep: Keep = KEEP, record: Record = RECORD_ALL,
    ) -> None:  # fmt: skip
        self.engine, self.keep, self.record = open_engine(url), keep, record
        self.webhooks: Mapping[str, str] = {}
        self.notices: Notices | None = None
        self.archive: Path | None = None
        self.replies_url: str | None = None
        self.acknowledgement = ACKNOWLEDGEMENT
        self._saver: Saver | None = None
        self._clock, self.own_clock = clock, clock is utc_now
        embedded = self.engine.dialect.name == "sqlite"
        try:
            self._seal = Seal([key] if isinstance(key, bytes) else key or [own_key(self.engine)])
            if upgrade or (upgrade is None and embedded):
                _migrate.upgrade(self.engine)
            else:
                _migrate.check(self.engine)
        except BaseException:
            self.engine.dispose()
            raise

    def now(self) -> datetime:
        """The time by the store's clock, UTC."""
        return self._clock()

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that only reads."""
        return transaction(self.engine, write=False)

    def write(self) -> AbstractContextManager[Connection]:
        """A transaction that writes; on SQLite it is the only one while it lasts."""
        return transaction(self.engine, write=True)

    def seal(self, content: bytes, about: str) -> bytes:
        """Encrypt *content*; it can be opened only as being *about* the same."""
        return self._seal.seal(content, about)

    def unseal(self, sealed: bytes, about: str) -> bytes:
        """Decrypt; raises InvalidValueError where the key is missing or the content changed."""
        return self._seal.open(sealed, about)

    def is_locked(self) -> bool:
        """Whether what was sealed last, of what waits or is kept, has a key that is not here."""
        return not all(map(self._seal.knows, latest_sealed(self.engine)))

    def masked(self, id: str) -> str:  # noqa: A002 - the word for it
        """Return a keyed hash of a person's id, for what is never erased: the audit log."""
        return self._seal.mask(id)

    def audit(
        self, connection: Connection, what: str, *, subject: str, by: str | None = None,
        **body: Json,
    ) -> None:  # fmt: skip
        """Say in the audit log what was done, to what, by whom; part of the caller's transaction.

        Args:
            connection: The transaction.
            what: One word, such as ``decided``.
            subject: What it was done to; a person only as ``masked``.
            by: Who did it; None for nobody but the rules.
            body: What else there is to say: ids, words, numbers; never content.
        """
        facts: Mapping[str, Json] = body
        _audit.add(connection, what, by=by, subject=subject, body=facts, at=self.now())

    def carried_out(self, enforcement: str) -> bool:
        """Note that an enforcement was carried out, by its id; False where nothing was open."""
        with self.write() as connection:
            return carried_out(self, connection, enforcement)

    def reverse(self, decision: str, *, by: str) -> Enforcement | None:
        """Undo what a decision asked for, such as after an appeal that was won.

        What waits is void, what was carried out is revoked, its strikes count no more; what other
        decisions ask for stays. Returns what the feature is told; None where nothing changes.
        """
        with self.write() as connection:
            return reverse(self, connection, decision, by=by)

    def revert(self, batch: str, *, by: str) -> int:
        """Take back everything that a sweep did; return how many decisions.

        Raises UnknownNameError for a batch that there is not.
        """
        return revert(self, batch, by=by)

    def batches(self, most: int = 100) -> tuple[Batch, ...]:
        """The sweeps that there were, the latest first, up to a number."""
        return read_batches(self, most)

    @property
    def letters(self) -> Letters:
        """Dead letters: listed, tried again, dropped."""
        return Letters(self)

    @property
    def enforcements(self) -> Enforcements:
        """Enforcements: listed with their state, tried again."""
        return Enforcements(self)

    def withdrawn(self, connection: Connection, event: HostEvent) -> None:
        """See to what an item that is gone leaves behind; part of the caller's transaction."""
        _withdrawn.cancel(self, connection, event)

    def decision(self, id: str) -> Decision | None:  # noqa: A002 - the word for it
        """Return the decision with that id, or None."""
        with self.read() as connection:
            return next(read_decisions(connection, Wanted(id=id)), None)

    def decisions(self, wanted: Wanted = ALL) -> Iterator[Decision]:
        """Go through the decisions that are *wanted*, the oldest first, a page at a time."""
        return each_decision(self.read, wanted)

    def snapshot(self, feature: str, item: str, revision: int, *, by: str) -> Item | None:
        """Return the kept content of a revision, or None; who looked is in the audit log."""
        with self.write() as connection:
            found = open_snapshot(self, connection, feature, item, revision)
            about = mark_of(feature, item, revision)
            self.audit(connection, "snapshot_opened", subject=about, by=by, found=found is not None)
        return found

    def chain(self) -> int:
        """Take new audit rows into the chain of hashes; return how many there were."""
        with self.write() as connection:
            return _audit.link(connection)

    @cached_property
    def sink(self) -> SinkSeam:
        """Where decisions, receipts and host events are kept."""
        made = StoreSink(self, self.record.full)
        made.warm()
        return made

    @cached_property
    def intake(self) -> Intake:
        """What takes in ``post_publish`` and ``report``, to be worked later."""
        return self.outbox

    @cached_property
    def outbox(self) -> Outbox:
        """Where what was accepted waits to be worked."""
        return Outbox(self)

    def within(self, connection: object) -> AbstractContextManager[None]:
        """Have ``post_publish`` and ``report`` write by *connection*, in the host's transaction.

        What is accepted meanwhile is committed, or rolled back, with what the host writes itself.

        Args:
            connection: To the database of this store: a Connection or Session of SQLAlchemy (with
                AsyncSafety also the asynchronous ones), or a connection of Django, sqlite3 or
                psycopg. Raises InvalidValueError for another.
        """
        return joining(self, connection)

    @cached_property
    def state(self) -> StateSeam:
        """Counters, strikes, session windows and tags."""
        return StoredState(self)

    @cached_property
    def reports(self) -> Reports:
        """What people reported."""
        return Reports(self)

    @cached_property
    def cases(self) -> Cases:
        """What people have to look at."""
        return Cases(self)

    @cached_property
    def replies(self) -> Replies:
        """What people who reported are owed."""
        return Replies(self)

    @cached_property
    def tags(self) -> Tags:
        """Tags on actors, items, threads and sessions."""
        return Tags(self)

    @cached_property
    def strikes(self) -> Strikes:
        """Confirmed violations, and what follows from several."""
        return Strikes(self)

    @cached_property
    def api_keys(self) -> ApiKeys:
        """API keys of the HTTP face."""
        return ApiKeys(self)

    @cached_property
    def ledger(self) -> Ledger:
        """What the processes of an HTTP face write down together."""
        return Ledger(self)

    @cached_property
    def approvals(self) -> StoredApprovals:
        """What people let pass."""
        return StoredApprovals(self)

    def approve(self, key: Approval, *, by: str) -> None:
        """Let an item's revision pass under a rule, for good, as *by* says."""
        with self.write() as connection:
            approve(self, connection, key, by)
        self.read_approvals()

    def undo_approval(self, key: Approval, *, by: str) -> bool:
        """Take an approval back; False where there is none."""
        with self.write() as connection:
            done = undo(self, connection, key, by)
        self.read_approvals()
        return done

    def read_approvals(self) -> None:
        """Have what was let pass count here at once; elsewhere it does within a second."""
        with suppress(SQLAlchemyError):  # What was let pass stands; it counts in a second.
            if "approvals" in vars(self):
                self.approvals.refresh()

    @cached_property
    def caps(self) -> Caps:
        """What is remembered of rules that act on too many."""
        return StoredCaps(self)

    def keep_counts(self, saving: Saving) -> None:
        """Take in what the process of that name has counted, and keep it from now on.

        Raises InvalidValueError for what is kept and cannot be opened.
        """
        if self._saver is None and isinstance(self.state, StoredState):
            self._saver = Saver(self, self.state.counts, saving)

    def reloaded(self) -> None:
        """Keep the bundle that came into force; Safety says so."""
        if self.archive is not None:
            keep_bundles(self, self.archive)

    def close(self) -> None:
        """Keep the counts that are to be kept, and let go of connections."""
        if self._saver is not None:
            self._saver.close()
        for part in ("state", "approvals"):
            if isinstance(made := vars(self).get(part), StoredState | StoredApprovals):
                made.close()
        self.engine.dispose()

    def __repr__(self) -> str:
        return f"Store({self.engine.dialect.name})"
