"""One account that reports a million times: what a report costs, at first and at last.

    python tests/bench/flood.py [--reports 1000000] [--most 10000] [--url URL]

Reports go through the outbox of a store and its worker, a thousand at a time, each about another
item, as somebody would who floods. After *most* they are refused at the door. Times are CPU of this
process; memory is what it keeps.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Iterator
from time import process_time
from types import SimpleNamespace

import attrs
from harness import quartiles
from sqlalchemy import func, select

from handrail import Actor, Feature, Item, Manifest, Policy, Report, Safety, hookimpl
from handrail_store import Misuse, Pace, Store, Worker
from handrail_store import _schema as t

MISUSE = Misuse()

TOGETHER = 1_000
"""Reports that are handed in, in one transaction, and then worked."""


def opened(store: Store) -> Safety:
    """A feature whose module looks at reports and finds nothing."""
    looks = SimpleNamespace(
        MANIFEST=Manifest(name="looks", version="1", issues={"integrity.spam"}, surfaces="*",
                          languages="*"),
        report=hookimpl(lambda item: []),
    )  # fmt: skip
    policy = Policy(issues={"integrity.spam": {"block": 0.8}})
    feature = Feature(name="video_comments", surface="comments")
    return Safety([feature], modules=[looks], policy=policy, store=store, strict=False)


def flood(store: Store, count: int) -> Iterator[float]:
    """Report *count* times; yield the CPU seconds of each thousand."""
    flooder = Actor(id="flooder")
    with opened(store) as safety:
        comments = safety.feature("video_comments")
        worker = Worker(safety, store, Pace(batch=TOGETHER))
        for begin in range(0, count, TOGETHER):
            start = process_time()
            with store.write() as connection, store.within(connection):
                for number in range(begin, min(begin + TOGETHER, count)):
                    item = Item(f"c{number}", "a fine day", author=Actor(id=f"user-{number}"))
                    said = Report(
                        id=f"r{number}", item=item, reporter=flooder, issue="integrity.spam"
                    )
                    told = comments.report(said).status
                    if told != ("accepted" if number < store.reports.misuse.most else "refused"):
                        raise SystemExit(f"report {number} was {told}")
            while store.outbox.waiting().count:
                worker.step()
            yield process_time() - start


def main() -> None:
    """Flood, and print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--most", type=int, default=MISUSE.most)
    parser.add_argument("--url")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flood") as folder:
        store = Store(asked.url or f"sqlite:///{folder}/handrail.db", key=bytes(32), upgrade=True)
        store.reports.misuse = attrs.evolve(MISUSE, most=asked.most)
        took = []
        for each in flood(store, asked.reports):
            took.append(each)
            if len(took) % 10 == 0:
                show(took)
        for table in (t.reports, t.cases, t.replies, t.decisions, t.items, t.snapshots, t.audit):
            with store.read() as connection:
                rows = connection.execute(select(func.count()).select_from(table)).scalar_one()
            print(f"{table.name}: {rows:,} rows")
        with store.read() as connection:
            states = select(t.reports.c.state, func.count()).group_by(t.reports.c.state)
            print(dict(connection.execute(states).all()))  # type: ignore[arg-type]
        store.close()


def show(took: list[float]) -> None:
    """Print how the last thousands compare with the first, and what memory was at most."""
    kept = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    part = took[:10], took[-10:]
    first, last = (quartiles(each)[1] for each in part)
    print(
        f"{len(took) * TOGETHER:,}: {first / TOGETHER * 1e6:.0f} then {last / TOGETHER * 1e6:.0f} "
        f"µs of CPU each, {last / first:.2f} x; at most {kept:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    main()
