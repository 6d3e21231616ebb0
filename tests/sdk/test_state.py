"""State in process: what it was told, bounded, and never zero where it does not know."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from handrail import Actor, InvalidValueError, Item, MemoryState, UnknownNameError

START = datetime(2026, 1, 1, tzinfo=UTC)


def by(author):
    """An item of an author."""
    return Item("i", author=author and Actor(author))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = START

    def __call__(self):
        return self.now


@pytest.fixture(name="clock")
def _clock():
    return Clock()


@pytest.fixture(name="state")
def _state(clock):
    return MemoryState(clock=clock)


class TestCounters:
    """Numbers by name and key."""

    def test_adds_up(self, state):
        """What is counted is the author's, unless a key says otherwise."""
        state.count("posts", "a")
        state.count("posts", "a", by=2)

        assert 3 == state.counter("posts", by("a"))

    def test_is_set(self, state):
        """A counter can be set to what somebody else counted."""
        state.set_counter("posts", "a", 7)

        assert 7 == state.counter("posts", by("a"))

    def test_of_others_is_zero(self, state):
        """Whoever was not counted under a name that is counted stands at 0."""
        state.count("posts", "a")

        assert 0 == state.counter("posts", by("b"))

    @pytest.mark.parametrize(
        ("name", "author"), [("likes", "a"), ("posts", None)], ids=["name", "author"]
    )
    def test_that_nobody_counts_is_unknown(self, state, name, author):
        """A name nobody counts, or an item without a key, has no number."""
        state.count("posts", "a")

        assert None is state.counter(name, by(author))

    def test_has_keys_of_its_own(self):
        """A counter may be kept by something else than the author."""
        state = MemoryState(keys={"kind": lambda item: item.kind})
        state.count("kind", "gift")

        assert 1 == state.counter("kind", Item("i", kind="gift"))


class TestStrikes:
    """Confirmed violations."""

    @pytest.mark.parametrize(
        "asked", ["harassment.bullying", "harassment"], ids=["issue", "family"]
    )
    def test_weigh(self, state, asked):
        """Strikes count by weight, under their issue and its family."""
        state.add_strike("a", "harassment.bullying")
        state.add_strike("a", "harassment.bullying", 0.5)

        assert 1.5 == state.strikes("a", asked, 90)

    def test_of_another_issue_do_not_count(self, state):
        """An issue's strikes are its own."""
        state.add_strike("a", "hate.speech")

        assert 0 == state.strikes("a", "harassment", 90)

    @pytest.mark.parametrize(("days", "expected"), [(90, 1), (89, 0)])
    def test_fall_out_of_the_window(self, state, clock, days, expected):
        """A strike counts for as many days as are asked for."""
        state.add_strike("a", "hate.speech")
        clock.now += timedelta(days=90)

        assert expected == state.strikes("a", "hate.speech", days)

    def test_are_undone(self, state):
        """A won appeal takes strikes away, and leaves those of other families."""
        state.add_strike("a", "hate.speech")
        state.add_strike("a", "fraud.scam")
        state.remove_strikes("a", "hate")

        assert (0, 1) == (state.strikes("a", "hate", 90), state.strikes("a", "fraud", 90))

    def test_refuses_unknown_issues(self, state):
        """A strike is for an issue of the taxonomy."""
        with pytest.raises(UnknownNameError, match=r"hate\.speech"):
            state.add_strike("a", "hate.speach")


class TestSessions:
    """Windows over segments."""

    @pytest.mark.parametrize(("last", "expected"), [(1, 0), (2, 1), (3, 2), (9, 2)])
    def test_counts_the_last(self, state, last, expected):
        """Of the last segments, those count that had the issue."""
        for found in (["sexual.nudity"], ["sexual.nudity", "hate.speech"], []):
            state.add_segment("s", found)

        assert expected == state.session("s", "sexual.nudity", last)

    def test_that_nobody_told_of_is_unknown(self, state):
        """A session without segments says nothing."""
        assert None is state.session("s", "sexual.nudity", 3)


class TestTags:
    """Words kept on things, for a while."""

    def test_are_kept_on_their_kind(self, state):
        """An actor's tag is no session's."""
        state.tag("actor", "x", "trusted")

        assert ({"trusted"}, set()) == (state.tags("actor", "x"), state.tags("session", "x"))

    @pytest.mark.parametrize(("hours", "expected"), [(23, {"new"}), (24, set())])
    def test_end(self, state, clock, hours, expected):
        """A tag with a time to live is gone when it is over."""
        state.tag("thread", "t", "new", "24h")
        clock.now += timedelta(hours=hours)

        assert expected == state.tags("thread", "t")

    def test_that_are_over_are_forgotten(self, state, clock):
        """What one actor was tagged with long ago is not kept for ever."""
        for n in range(50):
            state.tag("actor", "a", f"seen_{n}", "24h")
            clock.now += timedelta(hours=24)

        assert 1 == len(state._tags.read(("actor", "a")))

    def test_are_taken_off(self, state):
        """A tag can be taken off before its time."""
        state.tag("actor", "a", "x")
        state.untag("actor", "a", "x")

        assert frozenset() == state.tags("actor", "a")

    def test_refuses_unknown_kinds(self, state):
        """Tags are kept on four kinds of things."""
        with pytest.raises(UnknownNameError, match="actor"):
            state.tag("actr", "a", "x")


class TestBounds:
    """It never grows beyond what it may hold."""

    def test_forgets_the_stalest(self):
        """Beyond its bound, what was written to least lately goes."""
        state = MemoryState(most=2)
        for name in ("a", "b", "a", "c"):
            state.count("posts", name)

        assert [2, None, 1] == [state.counter("posts", by(n)) for n in ("a", "b", "c")]

    def test_what_was_forgotten_is_not_zero(self):
        """Once anybody was forgotten, strikes and tags that are not held are unknown."""
        state = MemoryState(most=1)
        for name in ("a", "b"):
            state.add_strike(name, "hate.speech")
            state.tag("actor", name, "x")

        assert (None, None) == (state.strikes("a", "hate", 9), state.tags("actor", "a"))

    @pytest.mark.parametrize("most", [0, -1, 1.5, True])
    def test_refuses_no_bound(self, most):
        """A state that may hold nothing is a mistake."""
        with pytest.raises(InvalidValueError, match="most"):
            MemoryState(most=most)

    def test_counts_from_many_threads(self):
        """No count is lost between threads."""
        state = MemoryState()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: state.count("posts", "a"), range(2000)))

        assert 2000 == state.counter("posts", by("a"))
