"""Tags on Valkey: with an end, for all processes, and nothing on the server has an id in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest
import redis

from handrail import (
    Action,
    Actor,
    Condition,
    Count,
    Feature,
    Item,
    MemoryState,
    Policy,
    Safety,
)
from handrail_redis import RedisState

pytestmark = pytest.mark.server("valkey")

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@attrs.define
class Clock:
    """A clock that is set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


class TestTags:
    """Put on, taken off, over."""

    def test_every_process_sees_them(self, states, valkey_url, prefix):
        """What one puts on, another reads."""
        one, other = states(valkey_url, prefix=prefix), states(valkey_url, prefix=prefix)
        one.tag("actor", "a", "flooder")
        one.tag("actor", "a", "verified", timedelta(days=1))

        assert frozenset({"flooder", "verified"}) == other.tags("actor", "a")

    def test_kinds_are_apart(self, states, valkey_url, prefix):
        """A thread's tags are no actor's."""
        state = states(valkey_url, prefix=prefix)
        state.tag("thread", "a", "heated")

        assert frozenset() == state.tags("actor", "a")

    def test_they_end(self, states, valkey_url, prefix):
        """A tag with an end is gone after it, and the others stay."""
        clock = Clock()
        state = states(valkey_url, prefix=prefix, clock=clock)
        state.tag("actor", "a", "flooder", timedelta(hours=1))
        state.tag("actor", "a", "verified")
        clock.now += timedelta(hours=1)

        assert frozenset({"verified"}) == state.tags("actor", "a")

    def test_they_are_taken_off(self, states, valkey_url, prefix):
        """What is taken off is off for everybody, at once."""
        one, other = states(valkey_url, prefix=prefix), states(valkey_url, prefix=prefix)
        one.tag("actor", "a", "flooder")
        other.tags("actor", "a")
        one.untag("actor", "a", "flooder")

        assert (frozenset(), frozenset()) == (one.tags("actor", "a"), other.tags("actor", "a"))

    def test_without_the_server_the_last_seen_count(self, states, valkey_of_its_own, prefix):
        """While the server is gone, known tags stand until their end, and others are unknown."""
        server, clock = valkey_of_its_own(), Clock()
        state = states(server.url, prefix=prefix, clock=clock)
        state.tag("actor", "a", "flooder", timedelta(hours=1))
        state.tags("actor", "a")
        server.kill()
        there, unknown = state.tags("actor", "a"), state.tags("actor", "b")
        clock.now += timedelta(hours=2)

        assert (frozenset({"flooder"}), None, frozenset()) == (
            there,
            unknown,
            state.tags("actor", "a"),
        )

    def test_who_tags_learns_that_it_failed(self):
        """Without a server a worker gets a ConnectionError, and may try again."""
        state = RedisState("redis://127.0.0.1:1")
        state.open()
        state.close()

        with pytest.raises(ConnectionError):
            state.tag("actor", "a", "flooder")

    def test_conditions_read_them(self, states, valkey_url, prefix):
        """A rule over kept tags holds in every process."""
        states(valkey_url, prefix=prefix).tag("actor", "a", "flooder")
        rule = {
            "id": "flooder", "issue": "integrity.spam", "unknown": "skip", "then": "block",
            "when": Condition(["actor.tags"], lambda tags: "flooder" in tags),
        }  # fmt: skip
        with Safety(
            [Feature(name="wall", surface="comments")], policy=Policy(name="p", rules=[rule]),
            state=states(valkey_url, prefix=prefix), budget_ms=60_000, strict=False,
        ) as safety:  # fmt: skip
            decision = safety.feature("wall").pre_publish(Item("i", "x", author=Actor("a")))

        assert Action.BLOCK is decision.action


class TestPrivacy:
    """What whoever reads the server learns."""

    def test_no_id_is_on_the_server(self, states, valkey_url, prefix):
        """Neither keys nor values hold an id, only keyed hashes."""
        state = states(valkey_url, prefix=prefix)
        state.add([Count("sent", "person-4711", "person-4712")], NOON, "item wall 1 item-4713")
        state.tag("actor", "person-4711", "flooder")
        with redis.Redis.from_url(valkey_url) as client:
            found = [*client.scan_iter(f"{{{prefix}}}:*")]
            dumped = b"".join(found) + b"".join(client.dump(key) or b"" for key in found)

        assert (5, []) == (len(found), [n for n in (b"4711", b"4712", b"4713") if n in dumped])

    def test_another_key_hides_otherwise(self, states, valkey_url, prefix):
        """A key kept elsewhere gives other hashes, and none is kept on the server."""
        state = states(valkey_url, prefix=prefix, key=b"k" * 16)
        state.add([Count("sent", "a")], NOON)
        seen = states(valkey_url, prefix=prefix, key=b"l" * 16)
        minute = timedelta(minutes=1)

        assert (1.0, 0.0) == (
            state.recent("sent", "a", minute, NOON),
            seen.recent("sent", "a", minute, NOON),
        )
        with redis.Redis.from_url(valkey_url) as client:
            assert not client.exists(f"{{{prefix}}}:salt")


class TestBeside:
    """Another state, for what is not on the server."""

    def test_it_is_asked_for_strikes_sessions_and_counters(self):
        """What this state does not know it asks the one beside it."""

        class Strikes:
            def counter(self, name, item):
                return 3.0

            def strikes(self, actor, issue, days):
                return 2.0

            def session(self, session, issue, segments):
                return 1

            def tags(self, kind, name):
                return None

        state = RedisState("redis://127.0.0.1:1", beside=Strikes())

        assert (3.0, 2.0, 1) == (
            state.counter("x", Item("i")),
            state.strikes("a", "hate.speech", 90),
            state.session("s", "hate.speech", 10),
        )

    def test_its_tags_count_too(self, states, valkey_url, prefix):
        """Tags that another state keeps stand beside those on the server, gone or not."""
        other = MemoryState()
        other.tag("actor", "a", "verified")
        there = states(valkey_url, prefix=prefix, beside=other)
        gone = states("redis://127.0.0.1:1", beside=other)
        there.tag("actor", "a", "flooder")

        assert (frozenset({"flooder", "verified"}), frozenset({"verified"})) == (
            there.tags("actor", "a"),
            gone.tags("actor", "a"),
        )
