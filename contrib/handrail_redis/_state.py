"""The state: what the SDK asks, and what workers and hosts say."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event

from handrail import Cause, Count, InvalidValueError, Item, Read, State, Trip
from handrail.errors import unknown

from ._carrier import Carrier
from ._near import Near
from ._server import Server
from ._work import Adding, Asking, Tagging

KINDS = ("actor", "item", "session", "thread")
"""What tags are kept on."""

KEEP = timedelta(days=30)
"""How long counts are kept of which nobody has said how far back they are read."""

SLACK = timedelta(hours=1)
"""How much longer than its longest window a count is kept."""

OPEN_S = 1.0
"""How long a start waits for the server."""

TAG_S = 2.0
"""How long who tags waits for the server."""

_TAG = re.compile(r"[\w.:-]{1,64}")


def _utc() -> datetime:
    return datetime.now(UTC)


class RedisState:
    """Counters and tags on Redis or Valkey, shared by every process that names the same prefix.

    Give it to ``Safety(state=…)``. Calls ask it once, in one trip; what they count goes to it
    afterwards. Where it is slow or gone, what this process counted itself is the answer, and the
    decision has a Fault ``redis``. Safe to use from any thread; a forked child connects anew.

    Args:
        url: ``redis://``, ``rediss://``, ``valkey://``, ``valkeys://`` or ``unix://``.
        prefix: What its keys on the server begin with: up to 64 letters, digits and ``_ . : -``.
        timeout_ms: How long a call waits for one trip, above 0.
        key: What ids are hashed with. By default it is made once and kept on the server, so that
            no key has an id in it; one that is kept elsewhere also withstands whoever reads the
            server and guesses ids.
        keep: How long counts are kept whose windows this process has not seen yet.
        beside: A State that is asked for what this one does not know: counters by item, strikes,
            sessions, and tags of its own. It is asked where the call runs, and should be quick.
        clock: Tells the time, with a zone.

    Raises InvalidValueError for an argument that cannot work, and MissingExtraError without the
    extra ``redis``; a server that is not there raises nothing.
    """

    source = "redis"

    def __init__(  # noqa: PLR0913 - all but one by keyword, each with a default
        self, url: str, *, prefix: str = "handrail", timeout_ms: float = 10.0,
        key: bytes | None = None, keep: timedelta = KEEP, beside: State | None = None,
        clock: Callable[[], datetime] = _utc,
    ) -> None:  # fmt: skip
        if not 0 < timeout_ms <= 60_000:
            raise InvalidValueError("timeout_ms: expected more than 0, at most 60000")
        if keep <= timedelta(0):
            raise InvalidValueError("keep: expected more than nothing")
        if key is not None and len(key) < 16:
            raise InvalidValueError("key: expected 16 bytes or more")
        self.timeout_ms, self._keep, self._clock = timeout_ms, keep, clock
        server = Server(url, prefix=prefix, key=key, timeout_s=timeout_ms / 1000)
        self._carrier = Carrier(server, timeout_ms / 1000)
        self._near, self._longest = Near(beside, clock), dict[str, timedelta]()
        self._prefix = prefix

    @property
    def near(self) -> Near:
        """What this process knows by itself."""
        return self._near

    @property
    def up(self) -> bool:
        """Whether the server is there and answers in time, as far as is known."""
        return self._carrier.up

    @property
    def lost(self) -> int:
        """How many counts never reached the server."""
        return self._carrier.lost

    def open(self) -> None:
        """Connect; waits for a second at most."""
        self._carrier.open(OPEN_S)

    def ask(self, trip: Trip) -> None:
        """Have a trip settled from another thread."""
        if not self.up:
            trip.fail(Cause.BREAKER_OPEN)
            return
        for read in trip.reads:
            longest = self._longest.get(read.name, timedelta(0))
            if read.window is not None and read.window > longest:
                self._longest[read.name] = read.window
        self._carrier.put(Asking(trip, self._near))

    def add(self, counts: Sequence[Count], at: datetime, once: str | None = None) -> None:
        """Count here at once, and on the server soon.

        What was counted with the same *once* within the last hour, by whichever process, is not
        counted again on the server.
        """
        self._near.add(counts, at)
        name = secrets.token_hex(12) if once is None else once
        self._carrier.put(Adding(counts, at, name, now=self._clock, keep=self._kept))

    def _kept(self, name: str) -> timedelta:
        """How long a counter is kept: as long as it is read, as far as this process has seen."""
        longest = self._longest.get(name)
        return self._keep if longest is None else longest + SLACK

    def recent(self, name: str, key: str, window: timedelta, at: datetime) -> float | None:
        """Return what was counted under *key* within *window* before *at*, by a trip of its own."""
        answer = self._ask_one(Read("recent", name, key, window, at))
        return answer if isinstance(answer, (int, float)) else None

    def distinct(self, name: str, key: str, window: timedelta, at: datetime) -> int | None:
        """Return how many different members were counted, by a trip of its own."""
        answer = self._ask_one(Read("distinct", name, key, window, at))
        return answer if isinstance(answer, int) else None

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return the tags kept on an actor, item, session or thread, by a trip of its own."""
        answer = self._ask_one(Read("tags", kind, id))
        return answer if isinstance(answer, frozenset) else None

    def _ask_one(self, read: Read) -> object:
        done = Event()
        trip = Trip([read], done.set)
        self.ask(trip)
        done.wait(self.timeout_ms / 1000)
        return trip.answers[0] if trip.settled and trip.answers else read.of(self._near)

    def counter(self, name: str, item: Item) -> float | None:
        """Return what stands beside says."""
        return self._near.counter(name, item)

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return what stands beside says."""
        return self._near.strikes(actor, issue, days)

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return what stands beside says."""
        return self._near.session(session, issue, segments)

    def tag(self, kind: str, id: str, tag: str, ttl: timedelta | None = None) -> None:  # noqa: A002 - the word for it
        """Put a tag on an actor, item, session or thread, for *ttl*, or for good.

        Waits for the server, so call it from a worker: raises ConnectionError where the server
        does not say within two seconds that it is kept.
        """
        now = self._clock()
        ends = "inf" if ttl is None else repr((now + ttl).timestamp())
        self._tag((kind, id), tag, now, ends)

    def untag(self, kind: str, id: str, tag: str) -> None:  # noqa: A002 - the word for it
        """Take a tag off again; waits and raises as ``tag`` does."""
        self._tag((kind, id), tag, self._clock(), "")

    def _tag(self, thing: tuple[str, str], tag: str, now: datetime, ends: str) -> None:
        if thing[0] not in KINDS:
            raise unknown("kind of tagged thing", thing[0], KINDS)
        if not _TAG.fullmatch(tag):
            raise InvalidValueError("tag: expected up to 64 letters, digits and _ . : -")
        work = Tagging(thing, tag, now, ends)
        self._carrier.put(work)
        kept = work.over.wait(TAG_S) and work.error is None
        self._near.forget_tags(*thing)
        if not kept:
            raise ConnectionError("The state on Redis did not keep the tag; try again.")

    def close(self) -> None:
        """Send what waits, for a second at most, and let go of thread and connection."""
        self._carrier.close()

    def __repr__(self) -> str:
        return f"RedisState(prefix={self._prefix!r})"
