"""Sliding windows: what was counted lately, by key, within bounds, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import Count, InvalidValueError
from handrail._windows import EVENTS_MOST, MEMBERS_MOST, Windows

START = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def at(seconds: float) -> datetime:
    """A moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


class TestRecent:
    """How much was counted within a window."""

    def test_counts_what_lies_within(self):
        """Events older than the window no longer count."""
        windows = Windows()
        for second in (0, 30, 70):
            windows.add([Count("sent", "a")], at(second))

        assert 2 == windows.recent("sent", "a", MINUTE, at(80))

    def test_adds_up_values(self):
        """A count may add more than one."""
        windows = Windows()
        windows.add([Count("paid", "a", by=12.5), Count("paid", "a", by=7.5)], at(0))

        assert 20.0 == windows.recent("paid", "a", MINUTE, at(1))

    def test_keys_and_names_are_apart(self):
        """What one key or counter has says nothing of another."""
        windows = Windows()
        windows.add([Count("sent", "a")], at(0))

        assert [0.0, 0.0] == [
            windows.recent("sent", "b", MINUTE, at(1)),
            windows.recent("read", "a", MINUTE, at(1)),
        ]

    def test_is_bounded_by_key(self):
        """Of one key the latest events are kept, and the count stops there."""
        windows = Windows()
        for _ in range(3 * EVENTS_MOST):
            windows.add([Count("sent", "a")], at(0))

        assert EVENTS_MOST <= windows.recent("sent", "a", MINUTE, at(1)) <= 2 * EVENTS_MOST

    def test_forgets_the_key_written_to_least_lately(self):
        """Beyond the most keys, one that is not held is unknown instead of zero."""
        windows = Windows(most=2)
        for key in "abc":
            windows.add([Count("sent", key)], at(0))

        assert [None, 1, 1] == [windows.recent("sent", k, MINUTE, at(1)) for k in "abc"]

    def test_a_little_disorder_is_none(self):
        """An event that arrives a little late counts like the others."""
        windows = Windows()
        windows.add([Count("sent", "a")], at(30))
        windows.add([Count("sent", "a")], at(20))

        assert 2 == windows.recent("sent", "a", MINUTE, at(40))

    def test_a_clock_set_back_begins_anew(self):
        """After a clock was set back by an hour, what lies ahead counts no more."""
        windows = Windows()
        windows.add([Count("sent", "a")], at(3600))
        windows.add([Count("sent", "a")], at(0))

        assert 1 == windows.recent("sent", "a", MINUTE, at(1))

    @given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 200))
    def test_agrees_with_counting_by_hand(self, seconds, window):
        """In order, the answer is that of going through all events."""
        windows = Windows()
        for second in sorted(seconds):
            windows.add([Count("sent", "a")], at(second))
        expected = sum(300 - window < s <= 300 for s in seconds)

        assert expected == windows.recent("sent", "a", timedelta(seconds=window), at(300))

    @given(
        st.lists(st.tuples(st.integers(0, 300), st.sampled_from([1, 1, 1, 0, 2.5])), max_size=60),
        st.integers(1, 200),
    )
    def test_adds_values_up_as_by_hand(self, events, window):
        """Ones and other values together add up like going through all of them."""
        windows = Windows()
        for second, by in sorted(events):
            windows.add([Count("paid", "a", by=by)], at(second))
        expected = sum(by for second, by in events if 300 - window < second)

        assert expected == windows.recent("paid", "a", timedelta(seconds=window), at(300))

    def test_values_last_beyond_the_bound(self):
        """Where the oldest events were dropped, the others still add up."""
        windows = Windows()
        for n in range(3 * EVENTS_MOST):
            windows.add([Count("paid", "a", by=2)], at(n))

        assert 20.0 == windows.recent("paid", "a", timedelta(seconds=10), at(3 * EVENTS_MOST - 1))

    @pytest.mark.parametrize("most", [0, 1.5, True])
    def test_refuses_odd_bounds(self, most):
        """The number of keys is a whole number above 0."""
        with pytest.raises(InvalidValueError, match="most"):
            Windows(most)


class TestDistinct:
    """How many different members were counted within a window."""

    def test_counts_each_member_once(self):
        """Who is met twice counts once."""
        windows = Windows()
        windows.add([Count("met", "a", member) for member in "xyx"], at(0))

        assert 2 == windows.distinct("met", "a", MINUTE, at(1))

    def test_the_last_time_counts(self):
        """A member met again lately is within the window."""
        windows = Windows()
        for second, member in ((0, "x"), (5, "y"), (70, "x")):
            windows.add([Count("met", "a", member)], at(second))

        assert 1 == windows.distinct("met", "a", MINUTE, at(80))

    def test_is_bounded(self):
        """Of one key the members met last are kept."""
        windows = Windows()
        windows.add([Count("met", "a", str(n)) for n in range(MEMBERS_MOST + 5)], at(0))

        assert MEMBERS_MOST == windows.distinct("met", "a", MINUTE, at(1))

    def test_knows_nobody(self):
        """A key without members has met nobody."""
        windows = Windows()
        windows.add([Count("sent", "a")], at(0))

        assert [0, 0] == [windows.distinct(n, "a", MINUTE, at(1)) for n in ("sent", "met")]
