"""A worker by hand: the driver, ``json`` and ``cryptography``; no SQLAlchemy and no Handrail.

It claims a batch, of which nothing has a forerunner that is with another or put off; opens what is
sealed; asks one function; leaves alone what has its outcome, and what was withdrawn; tells nothing
twice; writes the rows that a worker writes (outcomes, decisions, items, findings, snapshots,
demands, enforcements, audit lines and their chain) in one transaction, and acknowledges in it. What
fails comes again when its lease is over. What rows look like that say the same each time it reads
off a database that a worker has worked. It validates nothing, renews no lease, gives nothing up,
and reads no clock for each event.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter_ns
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Row = dict[str, Any]
TABLES = (
    "outcomes", "decisions", "items", "findings", "snapshots", "standing", "enforcements", "audit",
    "audit_chain", "plans", "outbox",
)  # fmt: skip
SERIAL = {"audit": "number"}
"""Columns that the engine counts."""

CLAIM = """
SELECT number, key, feature, stage, item, revision, sealed, accepted_at FROM outbox
WHERE (claimed_until IS NULL OR claimed_until <= ?) AND due_at <= ? AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier
    WHERE earlier.lane = outbox.lane AND earlier.number < outbox.number
        AND (earlier.claimed_until > ? OR earlier.due_at > ?)
) ORDER BY number LIMIT ?"""


def rows_of(connection: Any, table: str, where: str = "1 = 1") -> list[Row]:
    """Rows of a table, as the driver gives them; what is JSON as text."""
    cursor = connection.cursor()
    cursor.execute(f"SELECT * FROM {table} WHERE {where}")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def counts(connection: Any) -> dict[str, int]:
    """How many rows each table has."""
    cursor = connection.cursor()
    found = {}
    for table in TABLES:
        cursor.execute(f"SELECT count(*) FROM {table}")
        found[table] = cursor.fetchone()[0]
    return found


def _in_json(value: Any) -> str:
    """What JSON cannot say, as PostgreSQL reads it."""
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value.isoformat()


class ByHand:
    """One such worker.

    Args:
        connection: The driver's own. worked: One to a database that a worker has worked.
        find: Whether a text is bad; None asks nothing. key: What content is sealed with.
    """

    def __init__(
        self, connection: Any, worked: Any, find: Callable[[str], bool] | None, key: bytes
    ) -> None:
        self._connection, self._find = connection, find
        self._lite = type(connection).__module__ == "sqlite3"
        self._mark, self._aead = hashlib.sha256(b"handrail seal" + key).digest()[:4], AESGCM(key)
        self._count, self._chance = 0, secrets.randbits(55) | 1 << 55
        self._like = {
            table: next(iter(rows_of(worked, table)), {}) for table in TABLES if table != "outbox"
        }
        self._like["clean"] = next(iter(rows_of(worked, "decisions", "plan IS NOT NULL")))
        acting = rows_of(worked, "decisions", "plan IS NULL")
        self._like["decisions"] = acting[0] if acting else {}
        self._plans = rows_of(worked, "plans")

    def _time(self, at: datetime) -> Any:
        return at.strftime("%Y-%m-%d %H:%M:%S.%f") if self._lite else at

    def _among(self, column: str, values: Sequence[Any]) -> tuple[str, Any]:
        """That a column is one of many values, and those values as they are given."""
        if self._lite:
            return f"{column} IN (SELECT value FROM json_each(?))", json.dumps(values)
        return f"{column} = ANY(%s)", list(values)

    def _read(self, statement: str, column: str, values: Sequence[Any]) -> list[Any]:
        """The rows of a question about many values."""
        where, said = self._among(column, values)
        cursor = self._connection.cursor()
        cursor.execute(f"{statement} WHERE {where}", (said,))
        found: list[Any] = cursor.fetchall()
        return found

    def _add(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows, all of the same columns."""
        if not rows:
            return
        names = [name for name in rows[0] if name != SERIAL.get(table)]
        columns = ", ".join(f'"{name}"' for name in names)
        into, cursor = f"INSERT INTO {table} ({columns})", self._connection.cursor()
        if self._lite:
            places = ", ".join("?" * len(names))
            cursor.executemany(
                f"{into} VALUES ({places}) ON CONFLICT DO NOTHING",
                [[self._said(row[name]) for name in names] for row in rows],
            )
        else:  # One statement for all rows: many would cost the client three times as much.
            given = f"json_populate_recordset(NULL::{table}, %s::json)"
            said = (json.dumps(rows, default=_in_json),)
            cursor.execute(f"{into} SELECT {columns} FROM {given} ON CONFLICT DO NOTHING", said)

    def _said(self, value: Any) -> Any:
        """A value as the driver takes it."""
        return json.dumps(value) if isinstance(value, (dict, list)) else value

    def _begin(self) -> Any:
        cursor = self._connection.cursor()
        if self._lite:
            cursor.execute("BEGIN IMMEDIATE")
        return cursor

    def step(self, most: int) -> int:
        """Claim, work and acknowledge up to so many; return how many."""
        now = datetime.now(UTC)
        rows = self._claim(most, now)
        if rows:
            self._write(self._look(rows), now)
        return len(rows)

    def _claim(self, most: int, now: datetime) -> list[tuple[Any, ...]]:
        cursor, at = self._begin(), self._time(now)
        if not self._lite:
            cursor.execute("SELECT pg_advisory_xact_lock(1)")
        asked = CLAIM if self._lite else CLAIM.replace("?", "%s") + " FOR UPDATE SKIP LOCKED"
        cursor.execute(asked, (at, at, at, at, most))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        if rows:
            where, numbers = self._among("number", [row[0] for row in rows])
            claim = "UPDATE outbox SET claimed_by = ?, claimed_until = ?, tries = tries + 1"
            claim = claim if self._lite else claim.replace("?", "%s")
            until = self._time(now + timedelta(seconds=60))
            cursor.execute(f"{claim} WHERE {where}", ("by hand", until, numbers))
        self._connection.commit()
        return rows

    def _open(self, row: tuple[Any, ...]) -> Row:
        sealed = bytes(row[6])
        opened: Row = json.loads(self._aead.decrypt(sealed[4:16], sealed[16:], row[1].encode()))
        return opened["subject"]

    def _seal(self, said: Row, about: str) -> bytes:
        nonce = secrets.token_bytes(12)
        content = json.dumps(said).encode()
        return self._mark + nonce + self._aead.encrypt(nonce, content, about.encode())

    def _look(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Ask about each row; what fails is left out."""
        looked = []
        for row in rows:
            begun = perf_counter_ns()
            try:
                said = self._open(row)
                bad = self._find is not None and self._find(said.get("text", ""))
            except Exception as error:  # noqa: BLE001  # Whatever it is, it comes again.
                logging.getLogger(__name__).warning("failed: %s", type(error).__name__)
                continue
            looked.append((row, said, bad, (perf_counter_ns() - begun) // 1000))
        return looked

    def _write(self, looked: Sequence[tuple[Any, ...]], now: datetime) -> None:
        like, at = self._like, self._time(now)
        outcomes, clean, acting, items = [], [], [], []
        keys = [row[1] for row, *_ in looked]
        self._begin()
        known, stands = self._known(keys, [(row[2], row[4]) for row, *_ in looked])
        for (_, key, feature, _, item, revision, _, accepted), said, bad, took in looked:
            if key in known:
                continue
            self._count += 1
            made, author = f"{self._chance << 40 | self._count:x}", said.get("author")
            who = {"feature": feature, "item": item, "revision": revision}
            by = {"author": author and author["id"]}
            gone = stands.get((feature, item, "withdrawn"), -1) >= revision
            kind = {"kind": "cancelled", "decision": None} if gone else {"decision": made}
            outcomes.append(
                like["outcomes"] | who | {"key": key, "accepted_at": accepted, "at": at} | kind
            )
            if gone:
                continue
            items.append(
                like["items"] | who | by | {"kind": said.get("kind", "text"), "seen_at": at}
            )
            row = who | by | {"id": made, "at": at, "latency_us": took}
            if bad:
                acting.append((row, said, stands.get((feature, item, "post_publish")) == revision))
            else:
                clean.append(like["clean"] | row)
        self._add("outcomes", outcomes)
        self._add("plans", self._plans)
        self._add("decisions", clean)
        self._add("items", items)
        self._act(acting, now)
        where, done = self._among("key", keys)
        self._connection.cursor().execute(f"DELETE FROM outbox WHERE {where}", (done,))
        self._connection.commit()

    def _known(
        self, keys: Sequence[str], items: Sequence[tuple[str, str]]
    ) -> tuple[set[str], dict[tuple[str, str, str], int]]:
        """Which keys have an outcome; and what stands on items, up to which revision."""
        if not self._lite:  # No other may write about these items meanwhile.
            names = sorted({"\n".join(item) for item in items})
            given = "unnest(%s::text[]) AS name"
            lock = f"SELECT pg_advisory_xact_lock(hashtextextended(name, 1)) FROM {given}"
            self._connection.cursor().execute(lock, (names,))
        known = {row[0] for row in self._read("SELECT key FROM outcomes", "key", keys)}
        asked = "SELECT feature, item, stage, revision FROM standing"
        standing = self._read(asked, "item", [item for _, item in items])
        return known, {tuple(row[:3]): row[3] for row in sorted(standing)}

    def _act(self, acting: Sequence[tuple[Row, Row, bool]], now: datetime) -> None:
        """What a decision asks for."""
        made: dict[str, list[Row]] = {table: [] for table in TABLES}
        at, keep = self._time(now), self._time(now + timedelta(days=183))
        items = [row["item"] for row, *_ in acting]
        asked = self._read("SELECT feature, item, number FROM enforcements", "item", items)
        numbers = {(feature, item): number for feature, item, number in sorted(asked)}
        for row, said, stood in acting:
            who = {name: row[name] for name in ("feature", "item", "revision")}
            decided, told = {"decision": row["id"]}, secrets.token_hex(16)
            mark = hashlib.blake2b(json.dumps([*who.values()]).encode(), digest_size=16).hexdigest()
            body = self._body("decisions") | who | {"id": row["id"], "at": now.isoformat()}
            order = self._body("enforcements") | who | {"id": told, "decision": row["id"]}
            for table, more in (
                ("decisions", row | {"body": body}),
                ("findings", decided | {"at": at}),
                ("snapshots", who | decided | {
                    "id": mark, "sealed": self._seal(said, mark), "made_at": at, "keep_until": keep,
                }),
                ("standing", who | decided | {"made_at": at, "body": self._body("standing")}),
                ("enforcements", who | decided | {
                    "id": told, "body": order, "made_at": at, "due_at": at,
                    "number": numbers.get((row["feature"], row["item"]), 0) + 1,
                }),
                ("audit", {"id": secrets.token_hex(16), "at": at, "subject": told,
                           "body": self._body("audit") | decided}),
            ):  # fmt: skip
                if not stood or table not in ("enforcements", "audit"):
                    made[table].append(self._like[table] | more)
        for table, rows in made.items():
            self._add(table, rows)

    def _body(self, table: str) -> Row:
        body = self._like[table]["body"]
        return dict(json.loads(body) if isinstance(body, str) else body)

    def chain(self) -> None:
        """Take the audit lines into the chain."""
        self._begin()
        links = rows_of(self._connection, "audit_chain")
        before = max(
            links, key=lambda each: int(each["link"]), default={"link": 0, "hash": "0" * 64}
        )
        linked = {each["entry"] for each in links}
        number, hashed, made = before["link"], before["hash"], []
        for row in sorted(rows_of(self._connection, "audit"), key=lambda each: int(each["number"])):
            if row["id"] in linked:
                continue
            said = {name: row[name] for name in ("id", "what", "by", "subject", "body")}
            text = json.dumps(said | {"at": str(row["at"])}, sort_keys=True)
            hashed = hashlib.sha256(f"{hashed}\n{text}".encode()).hexdigest()
            number += 1
            made.append({"link": number, "entry": row["id"], "hash": hashed})
        self._add("audit_chain", made)
        self._connection.commit()
