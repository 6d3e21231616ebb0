"""What ``handrail doctor`` says of the durable store that the settings name."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from handrail import HandrailError, Node, Problem, load_yaml
from handrail_cli._database import unusable

if TYPE_CHECKING:
    from handrail_store import Store

LATE = timedelta(minutes=5)
"""How long accepted work may wait before somebody should know."""

MOST = 1000
"""So many dead letters are counted, and no more."""

WHERE = "store"


def of_store(path: Path) -> list[Problem]:
    """What is wrong with the store of the settings in *path*; nothing where they name none.

    Its keys are read as a start would read them; the database is asked, and left as it is.
    """
    node = load_yaml(path).keys().get("store")
    return [] if node is None else [*_looked(node)]


def _looked(node: Node) -> Iterator[Problem]:
    try:
        yield from _settings(node)
        yield from _database(node)
    except HandrailError as error:
        yield _wrong(str(error))
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "sqlalchemy":
            raise
        from handrail_store import url_of

        yield _wrong(unusable(error, url_of(node)))


def _settings(node: Node) -> Iterator[Problem]:
    """Read every key, over a database that is thrown away; raises HandrailError."""
    from handrail_store import keys_given, load, url_of

    url = url_of(node)
    with tempfile.TemporaryDirectory(prefix="handrail-doctor-") as folder:
        aside = f"sqlite:///{Path(folder).resolve() / 'handrail.db'}"
        with closing(load(attrs.evolve(node, value={**node.value, "url": aside}))) as store:
            signs = bool(store.webhooks or store.replies_url)
    if not url.startswith("sqlite:") and not keys_given():
        what = "HANDRAIL_STORE_KEY is not set, and a database that others share needs it."
        yield _wrong(what, "Set it here as for every process that uses the database.")
    if signs:
        yield from _signing()


def _signing() -> Iterator[Problem]:
    from handrail_store.webhook import KEY, read_keys

    try:
        read_keys()
    except HandrailError as error:
        what = f"{error}."
        fix = f"Set {KEY} where handrail worker runs: without it, it does not start."
        yield Problem("warning", f"{WHERE}.webhooks", what, fix)


def _database(node: Node) -> Iterator[Problem]:
    from handrail_store import Database, Store, keys_given, url_of

    url = url_of(node)
    file = url.startswith("sqlite:")
    with Database(url) as database:
        found = database.standing()
    if found.missing is not None and found.missing.parent.is_dir():
        what = f"{found.missing.resolve()} is not there yet; a start makes it."
        yield Problem("note", WHERE, what)
    elif file and found.known and not found.taken and found.has not in {None, found.wants}:
        yield Problem("note", WHERE, "Its schema is older; a start brings it up to date.")
    elif not found.current:
        yield _wrong(f"{found.fault()}.")
    elif file or keys_given():
        with closing(Store(url, key=keys_given() or None, upgrade=False)) as store:
            yield from _left(store)


def _left(store: Store) -> Iterator[Problem]:
    """What lies in a store that somebody should see to."""
    if store.is_locked():
        what = "What came last is sealed with a key that is not given here."
        fix = "Give HANDRAIL_STORE_KEY the key of the processes that wrote it, here and to workers."
        yield _wrong(what, fix)
    if count := len(store.letters.all(most=MOST)):
        what = f"{count}{' or more' * (count == MOST)} dead letters: not worked, or not delivered."
        fix = "Look with handrail dead list, mend the reason, then handrail dead retry --all."
        yield Problem("warning", WHERE, what, fix)
    if count := store.replies.late(LATE):
        what = f"{count} replies to who reported were not sent for {_minutes(LATE)}."
        fix = "See that handrail worker runs with store.replies set, or what registers on_reply."
        yield Problem("warning", WHERE, what, fix)
    waiting = store.outbox.waiting()
    if waiting.oldest is not None and (age := store.now() - waiting.oldest) > LATE:
        what = f"{waiting.count} accepted wait, the oldest for {_minutes(age)}."
        yield Problem("warning", WHERE, what, "See that handrail worker runs, and keeps up.")


def _minutes(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def _wrong(what: str, fix: str = "") -> Problem:
    return Problem("error", WHERE, what, fix)
