"""The durable store at size: what a decision costs, how fast rows go in, and come out again.

    python tests/bench/store.py [--decisions 1000000] [--url URL] [--found 0.02] [--noted]

Without a URL a SQLite file in a new directory is filled, and removed again. A share *found* of
the decisions is blocked, with a finding and a snapshot; all others are clean. Figures of cost are
CPU of this thread, in turns with the JSON lines of the same decisions; for a server its own CPU
comes on top. Rates are by the clock on the wall.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from types import SimpleNamespace

from harness import Row, paired, quartiles
from sqlalchemy import func, select

from handrail import (
    Actor,
    Decision,
    Feature,
    Finding,
    Item,
    JsonlSink,
    Manifest,
    MemorySink,
    Policy,
    Safety,
    hookimpl,
    split_clean,
)
from handrail_store import Keep, Record, Store, Wanted, purge
from handrail_store._record import add_clean, plans_of
from handrail_store._rows import Rows
from handrail_store._schema import decisions

ISSUE = "integrity.spam"
BATCH = 512
ACTORS = 100_000
DAYS = 400
ASKED = 200
"""Questions of each kind."""


def safety() -> Safety:
    """A feature with a module that finds what begins with ``bad``."""
    looks = SimpleNamespace(
        MANIFEST=Manifest(name="looks", version="1", issues={ISSUE}, surfaces="*", languages="*"),
        pre_publish=hookimpl(
            lambda item: [Finding(ISSUE, 0.9, "as it says")] if item.text[:3] == "bad" else []
        ),
    )
    policy = Policy(issues={ISSUE: {"block": 0.8}})
    feature = Feature(name="video_comments", surface="comments")
    return Safety([feature], modules=[looks], policy=policy, sink=MemorySink(1))


def asked(comments: object, number: int, text: str = "a fine day") -> Decision:
    """A decision about another item."""
    author = Actor(id=f"user-{random.randrange(ACTORS)}")
    made: Decision = comments.pre_publish(Item(f"comment-{number}", text, author=author))
    return made


def costs(store: Store, folder: Path) -> list[Row]:
    """What a clean and a blocked decision cost the thread that writes them, beside JSON lines."""
    found = []
    with safety() as guarded:
        comments, lines = guarded.feature("video_comments"), JsonlSink(folder / "record.jsonl")
        for what, text in (("clean", "a fine day"), ("blocked", "bad")):
            batch: list[Decision] = []

            def renew(text: str = text, batch: list[Decision] = batch) -> None:
                batch[:] = [asked(comments, n, text) for n in range(BATCH)]

            renew()
            found.append(paired(
                f"{what} decision into the store", lambda _, b=batch: store.sink.write(b),
                "the same into JSON lines", lambda _, b=batch: lines.write(b),
                times=BATCH, rounds=15, after=renew,
            ))  # fmt: skip
        lines.close()
    return found


def fill(store: Store, count: int, share: float) -> list[float]:
    """Fill a store; return the decisions a second, of each part of it."""
    rates, number, begin = [], 0, datetime.now(UTC) - timedelta(days=DAYS)
    step = timedelta(days=DAYS) / count
    with safety() as guarded:
        comments = guarded.feature("video_comments")
        while number < count:
            start, part = perf_counter(), min(count, number + max(count // 10, BATCH))
            while number < part:
                size = min(BATCH, part - number)
                made = [asked(comments, number + n) for n in range(size)]
                clean, plans, _ = split_clean(made)
                spread = [c._replace(at=begin + step * (number + n)) for n, c in enumerate(clean)]
                with store.write() as connection:
                    rows = Rows(connection)
                    add_clean(store, rows, spread, plans_of(plans))
                    rows.write()
                bad = [asked(comments, number + n, "bad") for n in range(round(size * share))]
                store.sink.write(bad)
                number += size
            rates.append((count // 10) / (perf_counter() - start))
    return rates


def questions(store: Store) -> list[Row]:
    """How long questions take, each kind on rows chosen by chance."""
    with store.read() as connection:
        total = connection.execute(select(func.count()).select_from(decisions)).scalar_one()
    ids = [made.id for made in _some(store)]
    kinds: dict[str, Callable[[int], object]] = {
        "by id": lambda n: store.decision(ids[n % len(ids)]),
        "of an item": lambda _: list(
            store.decisions(Wanted(feature="video_comments", item=f"comment-{_any(total)}"))
        ),
        "of a person, the latest 20": lambda _: list(
            store.decisions(Wanted(author=f"user-{random.randrange(ACTORS)}", newest=True, most=20))
        ),
        "of an hour, 1,000 at most": lambda _: list(store.decisions(_hour())),
    }
    made = []
    for what, ask in kinds.items():
        took = []
        for number in range(ASKED):
            start = perf_counter()
            ask(number)
            took.append((perf_counter() - start) * 1e3)
        low, middle, high = quartiles(took)
        made.append(
            Row(what=f"{what}, among {total:,}", unit="ms", value=middle, low=low, high=high)
        )
    return made


def _some(store: Store) -> Iterator[Decision]:
    for _ in range(20):
        since = datetime.now(UTC) - timedelta(days=random.uniform(1, DAYS))
        yield from store.decisions(Wanted(since=since, most=10))


def _any(total: int) -> int:
    return random.randrange(total)


def _hour() -> Wanted:
    since = datetime.now(UTC) - timedelta(days=random.uniform(1, DAYS))
    return Wanted(since=since, until=since + timedelta(hours=1), most=1000)


def purged(store: Store, most: int = 20_000) -> float:
    """Rows a second that go by age."""
    object.__setattr__(store, "keep", Keep(decisions="300d", findings="300d", items="300d"))
    start = perf_counter()
    gone = sum(purge(store, most=most).values())
    return gone / (perf_counter() - start)


def main() -> None:
    """Run it all and print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--decisions", type=int, default=1_000_000)
    parser.add_argument("--url")
    parser.add_argument("--found", type=float, default=0.02)
    parser.add_argument("--noted", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="store"))
    record = Record(items="noted" if given.noted else "all")
    url = given.url or f"sqlite:///{folder}/handrail.db"
    store = Store(url, key=bytes(32), upgrade=True, record=record)
    try:
        for row in costs(store, folder):
            spread = f"{row.low:.1f} to {row.high:.1f}"
            ratios = f"{row.ratio:.1f} ({row.ratio_low:.1f} to {row.ratio_high:.1f})"
            print(f"{row.what}: {row.value:.1f} µs ({spread}); {ratios} x {row.baseline}")
        rates = fill(store, given.decisions, given.found)
        print(f"{given.decisions:,} in: {median(rates):,.0f} decisions/s, "
              f"first tenth {rates[0]:,.0f}, last tenth {rates[-1]:,.0f}")  # fmt: skip
        for row in questions(store):
            print(f"{row.what}: {row.value:.2f} ms ({row.low:.2f} to {row.high:.2f})")
        print(f"purge: {purged(store):,.0f} rows/s")
        size = sum(path.stat().st_size for path in folder.glob("handrail.db*"))
        print(f"size: {size / 1e6:,.0f} MB") if size else None
    finally:
        store.close()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
