"""A worker by hand: the driver, ``json`` and ``cryptography``; no SQLAlchemy and no Handrail.

It claims a batch, opens what is sealed, asks one function, writes the rows that a worker writes
(outcomes, decisions, items, findings, snapshots, demands, enforcements, audit lines and their
chain) in one transaction, and acknowledges in it. What rows look like that say the same each time
it reads off a database that a worker has worked. It keeps no order, renews no lease, tries nothing
again, and knows no withdrawn item, earlier demand or outcome.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Row = dict[str, Any]
TABLES = (
    "outcomes", "decisions", "items", "findings", "snapshots", "standing", "enforcements", "audit",
    "audit_chain", "plans", "outbox",
)  # fmt: skip
SERIAL = {"audit": "number"}
"""Columns that the engine counts."""


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

    def _run(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        if not self._lite:
            statement = statement.replace("?", "%s")
        self._connection.cursor().executemany(statement, rows)

    def _add(self, table: str, rows: Sequence[Row]) -> None:
        """Insert rows, all of the same columns."""
        if not rows:
            return
        names = [name for name in rows[0] if name != SERIAL.get(table)]
        columns = ", ".join(f'"{name}"' for name in names)
        places = ", ".join("?" * len(names))
        self._run(
            f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT DO NOTHING",
            [[self._said(row[name]) for name in names] for row in rows],
        )

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
            self._write(rows, [self._open(row) for row in rows], now)
        return len(rows)

    def _claim(self, most: int, now: datetime) -> list[tuple[Any, ...]]:
        cursor = self._begin()
        asked = (
            "SELECT number, key, feature, stage, item, revision, sealed, accepted_at FROM outbox "
            "WHERE claimed_until IS NULL AND due_at <= ? ORDER BY number LIMIT ?"
        )
        asked = asked if self._lite else asked.replace("?", "%s") + " FOR UPDATE SKIP LOCKED"
        cursor.execute(asked, (self._time(now), most))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        until = self._time(now + timedelta(seconds=60))
        claim = "UPDATE outbox SET claimed_by = ?, claimed_until = ?, tries = tries + 1"
        self._run(f"{claim} WHERE number = ?", [("by hand", until, row[0]) for row in rows])
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

    def _write(
        self, rows: Sequence[tuple[Any, ...]], subjects: Sequence[Row], now: datetime
    ) -> None:
        like, at = self._like, self._time(now)
        outcomes, clean, acting, items = [], [], [], []
        for (_, key, feature, _, item, revision, _, accepted), said in zip(
            rows, subjects, strict=True
        ):
            self._count += 1
            made, author = f"{self._chance << 40 | self._count:x}", said.get("author")
            who = {"feature": feature, "item": item, "revision": revision}
            by = {"author": author and author["id"]}
            outcomes.append(
                like["outcomes"]
                | who
                | {"key": key, "decision": made, "accepted_at": accepted, "at": at}
            )
            items.append(
                like["items"] | who | by | {"kind": said.get("kind", "text"), "seen_at": at}
            )
            row = who | by | {"id": made, "at": at}
            if self._find is not None and self._find(said.get("text", "")):
                acting.append((row, said))
            else:
                clean.append(like["clean"] | row)
        self._begin()
        self._add("outcomes", outcomes)
        self._add("plans", self._plans)
        self._add("decisions", clean)
        self._add("items", items)
        self._act(acting, now)
        self._run("DELETE FROM outbox WHERE key = ?", [(row[1],) for row in rows])
        self._connection.commit()

    def _act(self, acting: Sequence[tuple[Row, Row]], now: datetime) -> None:
        """What a decision asks for."""
        made: dict[str, list[Row]] = {table: [] for table in TABLES}
        at, keep = self._time(now), self._time(now + timedelta(days=183))
        for row, said in acting:
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
                }),
                ("audit", {"id": secrets.token_hex(16), "at": at, "subject": told,
                           "body": self._body("audit") | decided}),
            ):  # fmt: skip
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
