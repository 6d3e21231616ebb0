"""What a state on Valkey costs a call: beside a bare pipeline of the same commands."""

from __future__ import annotations

import hashlib
import itertools
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import process_time_ns
from typing import Any

from harness import Batch, Row, paired, wall_ns

from handrail import (
    Actor,
    Context,
    Count,
    Feature,
    Finding,
    Item,
    Manifest,
    MemorySink,
    Policy,
    Safety,
    hookimpl,
)

sys.path.insert(0, str(Path(__file__).parents[1]))

ISSUE = "integrity.spam"
READS, COUNTS = 8, 4
WINDOW = timedelta(minutes=1)
PEOPLE = 500
PATIENCE_MS = 1_000
NUMBERS = itertools.count()


class Counted:
    """Counts four things of each item."""

    def learn(self, item: Item, context: Context) -> Iterator[Count]:
        """Count them."""
        author = item.author.id if item.author else ""
        for number in range(COUNTS):
            yield Count(f"c{number}", author, item.id)


class Reader:
    """Reads eight things of an author."""

    MANIFEST = Manifest(
        name="bench_reader", version="1.0", issues={ISSUE}, surfaces="*", languages="*",
        memory=Counted, counters={f"c{n}" for n in range(COUNTS)},
    )  # fmt: skip

    @hookimpl
    def pre_publish(self, item: Item, context: Context) -> list[Finding] | None:
        """Read them."""
        author, state, at = item.author.id if item.author else "", context.state, context.at
        for number in range(READS // 2):
            state.recent(f"c{number}", author, WINDOW, at)
            state.distinct(f"c{number}", author, WINDOW, at)
        return None


class Guarded:
    """A feature over a state, and calls to it."""

    def __init__(self, state: Any) -> None:
        self.safety = Safety(
            [Feature(name="bench", surface="comments")], modules=[Reader()],
            policy=Policy(name="bench"), sink=MemorySink(), state=state, trace_share=0.0,
            budget_ms=2 * PATIENCE_MS,
        )  # fmt: skip
        self.pre_publish = self.safety.feature("bench").pre_publish

    def call(self, times: int) -> None:
        """Ask so many times, each about another item of one of many people."""
        for _ in range(times):
            number = next(NUMBERS)
            decision = self.pre_publish(
                Item(f"i{number}", "hello", author=Actor(f"p{number % PEOPLE}"), language="en")
            )
        self.degraded = decision.degraded

    def close(self) -> None:
        """Let go of it."""
        self.safety.close()


class Bare:
    """The same commands, said by hand: one pipeline a call, its keys worked out before."""

    def __init__(self, url: str) -> None:
        import redis

        from handrail_redis import RedisState, _server

        self._client = redis.Redis.from_url(url, decode_responses=True, protocol=2)
        self._said: list[list[_server.Command]] = []
        self._record(RedisState(url, prefix="bare", timeout_ms=PATIENCE_MS))
        self._hashes = {
            script: hashlib.sha1(script.encode()).hexdigest() for script in _server.SCRIPTS
        }
        self._salt = str(self._client.get("{bare}:salt"))

    def _record(self, state: Any) -> None:
        """Keep what a guarded feature says to the server."""
        server = state._carrier._server
        real = server._exchange

        def exchange(commands: Any) -> Any:
            self._said.append(list(commands))
            return real(commands)

        server._exchange = exchange
        guarded = Guarded(state)
        guarded.call(PEOPLE)
        guarded.close()
        asked = [c for batch in self._said for c in batch if c.script is _ask()]
        added = [c for batch in self._said for c in batch if c.script is not _ask()]
        self._said = [list(pair) for pair in zip(asked, added, strict=False)]

    def call(self, times: int) -> None:
        """Say the same to the server so many times."""
        for number in range(times):
            pipe = self._client.pipeline(transaction=False)
            for script, keys, args in self._said[number % len(self._said)]:
                run = pipe.evalsha_ro if script is _ask() else pipe.evalsha
                named = keys if script is _ask() else [f"{{bare}}:o:{next(NUMBERS)}", *keys[1:]]
                run(self._hashes[script], 1 + len(keys), "{bare}:salt", *named, self._salt, *args)
            pipe.execute()


def _ask() -> str:
    from handrail_redis import _scripts

    return _scripts.ASK


def process_ns(batch: Batch, times: int) -> float:
    """CPU time of all threads per run, in nanoseconds."""
    start = process_time_ns()
    batch(times)
    return (process_time_ns() - start) / times


def in_threads(call: Callable[[int], None], threads: int) -> Batch:
    """The same in several threads at a time."""

    def batch(times: int) -> None:
        works = [threading.Thread(target=call, args=(times // threads,)) for _ in range(threads)]
        for work in works:
            work.start()
        for work in works:
            work.join()

    return batch


def rows() -> list[Row]:
    """All figures."""
    import structlog
    from servers.process import running
    from servers.valkey import server

    from handrail_redis import RedisState

    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    with tempfile.TemporaryDirectory() as place, running(server(Path(place))) as valkey:
        guarded = Guarded(RedisState(valkey.url, timeout_ms=PATIENCE_MS))
        bare, alone = Bare(valkey.url), Guarded(None)
        gone = Guarded(RedisState("redis://127.0.0.1:1"))
        what = f"one call, {READS} reads and {COUNTS} counts on Valkey"
        found = [
            paired(f"{what}, wall", guarded.call, "the same commands, one redis-py pipeline",
                   bare.call, times=300, clock=wall_ns),
            paired(f"{what}, CPU of all threads", guarded.call,
                   "the same commands, one redis-py pipeline", bare.call, times=300,
                   clock=process_ns),
            paired(f"{what}, 4 threads, wall", in_threads(guarded.call, 4),
                   "the same, 4 threads", in_threads(bare.call, 4), times=400, clock=wall_ns),
            paired("the same while the server is gone", gone.call, "counts in the process",
                   alone.call, times=300),
        ]  # fmt: skip
        said = (guarded.degraded, gone.degraded, alone.degraded)
        if said != (False, True, False):
            raise SystemExit(f"expected degraded (False, True, False), got {said}")
        for each in (guarded, alone, gone):
            each.close()
    return found
