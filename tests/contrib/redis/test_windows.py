"""Windows on Valkey: the same answers as in a process, on any sequence, within the same bounds."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail import Count, Read, Trip
from handrail import _windows as process
from handrail_redis import RedisState, _scripts

pytestmark = pytest.mark.server("valkey")

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
SPANS = [timedelta(seconds=s) for s in (1, 5, 60, 3600)]
PREFIXES = itertools.count()


@attrs.define
class Clock:
    """A clock that is set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


class Forgetful:
    """What knows nothing of its own."""

    def recent(self, *_):
        return None

    distinct = recent


def server_says(state, reads):
    """What the server alone answers: what the process counted by itself is left out."""
    done = threading.Event()
    trip = Trip(reads, done.set)
    state._near._counts = Forgetful()
    state.ask(trip)
    assert done.wait(20)
    assert trip.cause is None
    return list(trip.answers)


def near(answers):
    """Sums as far as floats are exact."""
    return pytest.approx(answers, rel=1e-9, abs=1e-6)


COUNTS = st.builds(
    Count,
    st.sampled_from(["sent", "paid"]),
    st.sampled_from(["a", "b c"]),
    st.sampled_from([None, "m1", "m2", "m3", "m4"]),
    by=st.sampled_from([1, 1, 1, 2.5, 0.1, 1000, -1]),
)
STEPS = st.sampled_from([0, 0, 0.25, 1, 5, 59, 61, 4000, -1, -59.5, -60, -61, -5000])
SEQUENCES = st.lists(st.tuples(STEPS, st.lists(COUNTS, max_size=5)), max_size=30)


class TestSameAsInProcess:
    """What hypothesis cannot tell apart."""

    @given(SEQUENCES)
    @settings(max_examples=150)
    def test_any_sequence_has_the_same_answers(self, valkey_url, steps):
        """Sums, members, disorder and clocks set back are as in a process."""
        clock, windows = Clock(), process.Windows()
        state = RedisState(
            valkey_url, prefix=f"same{next(PREFIXES)}", timeout_ms=20_000, clock=clock
        )
        try:
            state.open()
            for step, counts in steps:
                clock.now += timedelta(seconds=step)
                windows.add(counts, clock.now)
                state.add(counts, clock.now)
                state.tags("actor", "nobody")  # Whoever asks waits until that is counted.
            reads = [
                Read(what, name, key, span, at)
                for at in (clock.now, clock.now + timedelta(seconds=30))
                for what in ("recent", "distinct")
                for name in ("sent", "paid")
                for key in ("a", "b c")
                for span in SPANS
            ]

            assert near([read.of(windows) for read in reads]) == server_says(state, reads)
        finally:
            state.close()

    @pytest.mark.parametrize("events", [1999, 2000, 2001, 3500])
    def test_bounds_are_the_same(self, valkey_url, states, prefix, events):
        """Of one key as many events and members are kept as in a process."""
        windows, state = process.Windows(), states(valkey_url, prefix=prefix)
        for start in range(0, events, 500):
            counts = [
                Count("sent", "a", f"m{n}", by=1 + n % 3)
                for n in range(start, min(start + 500, events))
            ]
            at = NOON + timedelta(seconds=start)
            windows.add(counts, at)
            state.add(counts, at)
        reads = [
            Read(what, "sent", "a", timedelta(seconds=span), NOON + timedelta(seconds=events))
            for what in ("recent", "distinct")
            for span in (100, 1000, 1600, 9999)
        ]

        assert near([read.of(windows) for read in reads]) == server_says(state, reads)

    def test_the_bounds_have_one_value(self):
        """What the server is told is what the process keeps to."""
        assert (process.EVENTS_MOST, process.MEMBERS_MOST, process.BACKWARDS_S) == (
            _scripts.EVENTS_MOST,
            _scripts.MEMBERS_MOST,
            _scripts.BACKWARDS_S,
        )


class TestLate:
    """Events that come long after others were counted, by the clock of who counts them."""

    def test_what_comes_late_wipes_nothing_out(self, valkey_url, states, prefix):
        """A worker that lags behind does not take what others count for a clock set back."""
        clock = Clock(NOON + timedelta(minutes=10))
        state = states(valkey_url, prefix=prefix, clock=clock)
        state.add([Count("sent", "a", "m1")] * 5, clock.now)
        state.add([Count("sent", "a", "m2")], NOON)
        reads = [
            Read(what, "sent", "a", timedelta(hours=1), clock.now)
            for what in ("recent", "distinct")
        ]

        assert [5.0, 2] == server_says(state, reads)


class TestKept:
    """How long keys are kept."""

    def test_counts_live_as_long_as_they_are_read(self, valkey_url, states, prefix):
        """A counter is kept for its longest window and an hour, or as long as the settings say."""
        import redis

        state = states(valkey_url, prefix=prefix, keep=timedelta(days=2))
        state.recent("sent", "a", timedelta(minutes=10), NOON)
        state.add([Count("sent", "a", "m"), Count("other", "a")], NOON)
        state.recent("sent", "a", timedelta(minutes=10), NOON)
        with redis.Redis.from_url(valkey_url) as client:
            kept = [client.pttl(key) / 60_000 for key in client.scan_iter(f"{{{prefix}}}:[em]:*")]

        assert [70, 70, 2880] == [round(minutes) for minutes in sorted(kept)]
