"""A store of millions of decisions, written by the database itself, for ``at_size.py`` to ask.

One decision in thirty acts, with a body, findings, a snapshot and what follows; one in ten is the
look after publishing. An author has about ten items, ``user-0`` has one in a thousand. Ids grow
with time, as ours do; ids of items do too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import perf_counter
from types import MappingProxyType

from sqlalchemy import Table, text

from handrail import Decision, Effect, Finding
from handrail_store import Store
from handrail_store import _schema as t
from handrail_store._audit import link

DAYS = 420
"""What the rows are spread over: by default the first twenty days are over their time."""

CHUNK = 250_000
"""Rows of one transaction."""

ACTING = 30
"""One decision in so many acts; the last hundredth of these waits for a person."""

NAMED, NONE = "comment-0000000000", "0" * 24
"""Item and id in the pattern of a body, to be replaced."""

WORDS = MappingProxyType({
    "sqlite": {
        "series": "(WITH RECURSIVE s(n) AS (SELECT :low UNION ALL SELECT n + 1 FROM s "
        "WHERE n + 1 < :high) SELECT n FROM s)",
        "at": "strftime('%Y-%m-%d %H:%M:%f', :begin + n * :step, 'unixepoch') || '000'",
        "soon": "strftime('%Y-%m-%d %H:%M:%f', :begin + n * :step + 86400, 'unixepoch') || '000'",
        "far": "strftime('%Y-%m-%d %H:%M:%f', :begin + n * :step + 15811200, 'unixepoch') || '000'",
        "id": "printf('%024x', n)", "item": "'comment-' || printf('%010d', n - (n % 10 = 9))",
        "sealed": "randomblob(400)", "json": "{}",
    },
    "postgresql": {
        "series": "generate_series(CAST(:low AS bigint), CAST(:high AS bigint) - 1) AS s(n)",
        "at": "to_timestamp(:begin + n * :step)",
        "soon": "to_timestamp(:begin + n * :step + 86400)",
        "far": "to_timestamp(:begin + n * :step + 15811200)",
        "id": "lpad(to_hex(n), 24, '0')",
        "item": "'comment-' || lpad((n - (n % 10 = 9)::int)::text, 10, '0')",
        "sealed": "decode(repeat(md5(n::text), 25), 'hex')", "json": "CAST({} AS jsonb)",
    },
})  # fmt: skip
"""What the engines say differently; ``n`` is the number of the decision."""

AUTHOR = "'user-' || CASE WHEN n % 1000 = 0 THEN 0 ELSE n % 1000003 END"
ACTS, AFTER = f"n % {ACTING} = 0", "n % 10 = 9"
BODY = f"replace(replace(:body, '{NAMED}', {{item}}), '{NONE}', {{id}})"
WHERE = {"feature": "'video_comments'", "item": "{item}", "revision": "1"}
OPEN = "CASE WHEN n >= :open THEN 'open' ELSE {} END"
CLOSED = "CASE WHEN n < :open THEN {soon} END"

ROWS = (
    (t.decisions, "n >= 0", WHERE | {
        "id": "{id}", "at": "{at}", "author": AUTHOR, "final": "true", "complete": "true",
        "stage": f"CASE WHEN {AFTER} THEN 'post_publish' ELSE 'pre_publish' END",
        "action": f"CASE WHEN {ACTS} THEN 'block' ELSE 'allow' END", "degraded": "false",
        "decided_by": f"CASE WHEN {ACTS} THEN 'spam' END", "latency_us": "200 + n % 300",
        "plan": f"CASE WHEN {ACTS} THEN NULL ELSE 'plan' END",
        "body": f"CASE WHEN {ACTS} THEN {BODY} END",
    }),
    (t.items, f"NOT ({AFTER})", WHERE | {
        "kind": "'text'", "author": AUTHOR, "language": "'en'", "seen_at": "{at}",
    }),
    (t.findings, ACTS, {
        "decision": "{id}", "number": "0", "at": "{at}", "feature": "'video_comments'",
        "module": "'looks'", "issue": "'integrity.spam'", "score": "0.9",
    }),
    (t.outcomes, AFTER, WHERE | {
        "key": "{id} || {id}", "kind": "'decided'", "decision": "{id}", "accepted_at": "{at}",
        "stage": "'post_publish'", "at": "{at}",
    }),
    (t.snapshots, ACTS, WHERE | {
        "id": "{id}", "author": AUTHOR, "reason": "'blocked'", "decision": "{id}",
        "sealed": "{sealed}", "made_at": "{at}", "keep_until": "{far}",
    }),
    (t.cases, ACTS, WHERE | {
        "id": "{id}", "target": "'item'", "author": AUTHOR, "decision": "{id}",
        "queue": "CASE WHEN n % 60 = 0 THEN 'spam' ELSE 'legal' END", "issue": "'integrity.spam'",
        "state": OPEN.format("'decided'"), "opened_at": "{at}", "deadline": "{soon}",
        "priority": "n % 97", "closed_at": CLOSED, "body": "{{}}",
    }),
    (t.enforcements, ACTS, WHERE | {
        "id": "{id}", "number": "1", "author": AUTHOR, "decision": "{id}", "kind": "'block'",
        "reason": "'decided'", "state": "'carried_out'", "body": BODY, "made_at": "{at}",
        "due_at": "{at}", "carried_out_at": "{at}",
    }),
    (t.standing, ACTS, WHERE | {
        "decision": "{id}", "stage": "'pre_publish'", "author": AUTHOR, "action": "'block'",
        "state": "CASE WHEN n % 60 = 0 THEN 'stands' ELSE 'ended' END", "made_at": "{at}",
        "body": "{{}}",
    }),
    (t.strikes, ACTS, {
        "id": "{id}", "actor": AUTHOR, "issue": "'integrity.spam'", "weight": "1",
        "feature": "'video_comments'", "item": "{item}", "decision": "{id}",
        "half_life_s": "7776000", "confirmed_at": "{soon}", "confirmed_by": "'staff'",
    }),
    (t.reports, "n % 50 = 0", WHERE | {
        "id": "{id}", "host_id": "{id}", "source": "'user'", "reporter": AUTHOR,
        "issue": "'integrity.spam'", "missing": "[]", "sealed": "{sealed}",
        "received_at": "{at}", "state": OPEN.format("'acted_on'"), "decision": "{id}",
        "decided_at": CLOSED, "case": f"CASE WHEN {ACTS} THEN {{id}} END",
    }),
    (t.replies, "n % 50 = 0", {
        "about": "{id}", "kind": "'receipt'", "feature": "'video_comments'", "reporter": AUTHOR,
        "state": "'delivered'", "body": "{{}}", "made_at": "{at}", "due_at": "{at}",
        "delivered_at": "{at}",
    }),
    (t.audit, ACTS, {
        "id": "{id}", "at": "{at}", "what": "'decided'", "subject": "{item}", "body": "{{}}",
    }),
)  # fmt: skip
"""By table: which decisions have a row there, and what is in it."""


def pattern() -> str:
    """The JSON of a decision that acts, as long as they are."""
    spam = [Finding("integrity.spam", 0.9, "as it says", module="looks")]
    effects = [Effect("review", {"spam": "24h"}), Effect("strike", {"integrity.spam": 1.0})]
    made = Decision(
        action="block", id=NONE, item=NAMED, feature="video_comments", findings=spam,
        effects=effects,
    )  # fmt: skip
    return json.dumps(made.to_json(), separators=(",", ":"))


def fill(store: Store, count: int) -> None:
    """Fill a store with *count* decisions and what goes with them; say how long each took."""
    begin = (datetime.now(UTC) - timedelta(days=DAYS)).timestamp()
    given = {
        "begin": begin, "step": DAYS * 86400 / count, "body": pattern(), "open": count * 0.99,
    }  # fmt: skip
    shared = Decision(action="allow", id=NONE, item=NAMED, feature="video_comments").to_json()
    with store.write() as connection:
        row = {"mark": "plan", "first_seen": store.now(), "body": shared}
        connection.execute(t.plans.insert(), row)
    for table, which, columns in ROWS:
        with took(table.name), without_indexes(store, table):
            statement = text(said(store, table, which, columns))
            for low in range(0, count, CHUNK):
                part = {"low": low, "high": min(low + CHUNK, count)}
                with store.write() as connection:
                    used = {k: v for k, v in given.items() if f":{k}" in statement.text}
                    connection.execute(statement, used | part)
    with took("audit_chain"):
        linked = 1
        while linked:
            with store.write() as connection:
                linked = link(connection, whole=True)
    with took("analyze"), store.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def said(store: Store, table: Table, which: str, columns: dict[str, str]) -> str:
    """The statement that fills a table."""
    words = dict(WORDS[store.engine.dialect.name])
    typed = words.pop("json")
    values = [
        typed.format(_quoted(value.format(**words))) if name in {"body", "missing"}
        else value.format(**words)
        for name, value in columns.items()
    ]  # fmt: skip
    names = ", ".join(f'"{name}"' for name in columns)
    series = words["series"]
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {', '.join(values)} FROM {series} WHERE {which}"
    )


def _quoted(value: str) -> str:
    return f"'{value}'" if value in {"{}", "[]"} else value


@contextmanager
def without_indexes(store: Store, table: Table) -> Iterator[None]:
    """Leave the indexes of a table out meanwhile: made at the end they take far less."""
    indexes = list(table.indexes)
    for index in indexes:
        index.drop(store.engine)
    yield
    for index in indexes:
        index.create(store.engine)


@contextmanager
def took(what: str) -> Iterator[None]:
    """Print how long it took."""
    start = perf_counter()
    yield
    print(f"{what}: {perf_counter() - start:,.0f} s", flush=True)
