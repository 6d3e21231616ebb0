"""A server that is slow, full, killed or gone: a fault for who asks, and counts that go on."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from servers.process import wait_until
from servers.valkey import DURABLE

from handrail import (
    Action,
    Actor,
    AsyncSafety,
    Cause,
    Count,
    Feature,
    Finding,
    Item,
    Manifest,
    Policy,
    Safety,
    hookimpl,
)
from handrail_redis import RedisState, _carrier, _scripts

pytestmark = pytest.mark.server("valkey")

SPAM = "integrity.spam"
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Sent:
    """Counts what people send."""

    def learn(self, item, context):
        yield Count("sent", item.author.id)


class Often:
    """Finds everybody, and says how much they have sent."""

    MANIFEST = Manifest(
        name="often", version="1", issues={SPAM}, surfaces="*", languages="*",
        memory=Sent, counters="sent",
    )  # fmt: skip

    @hookimpl
    def pre_publish(self, item, context):
        sent = context.state.recent("sent", item.author.id, HOUR, context.at)
        yield Finding(SPAM, 0.5, f"{sent:.0f} before")


def item(number, author="a"):
    """One message."""
    return Item(f"i{number}", "hello", author=Actor(author), created_at=NOON, language="en")


@pytest.fixture
def ask(states):
    """Ask a Safety over a state about items; all are closed at the end."""
    made = []

    def begin(url, **options):
        state = states(url, **options)
        policy = Policy(name="none", faults=[{"then": "allow"}])
        made.append(
            Safety(
                [Feature(name="wall", surface="comments")], modules=[Often()], policy=policy,
                state=state, budget_ms=60_000,
            )
        )  # fmt: skip
        return made[-1].feature("wall").pre_publish, state

    begin.made = made
    yield begin
    for each in made:
        each.close()


def told(decision):
    """What the hook was told, and what failed."""
    return [f.reason for f in decision.findings], [f.cause for f in decision.faults]


def counted(url, prefix, *states, authors=("a",)):
    """How much the server has counted for authors, as another process sees it."""
    for state in states:
        state.recent("sent", "a", HOUR, NOON)  # What waits goes along with a question.
    other = RedisState(url, prefix=prefix, timeout_ms=20_000)
    try:
        other.open()
        return sum(other.recent("sent", author, HOUR, NOON) for author in authors)
    finally:
        other.close()


class TestGone:
    """A server that is killed, and comes back."""

    def test_a_restart_in_the_middle_loses_nothing(self, ask, valkey_of_its_own, prefix):
        """Calls go on without the server; what they counted is there once it is back."""
        server = valkey_of_its_own(*DURABLE)
        asked, state = ask(server.url, prefix=prefix)
        first = [told(asked(item(n))) for n in range(3)]
        server.kill()
        wait_until(lambda: not state.up, "noticing")
        away = [told(asked(item(n))) for n in range(3, 6)]
        server.start()
        wait_until(lambda: state.up, "finding the server again")
        after = told(asked(item(6)))

        assert [([f"{n} before"], []) for n in range(3)] == first
        assert [([f"{n} before"], [Cause.BREAKER_OPEN]) for n in range(3, 6)] == away
        assert ((["6 before"], []), 7, 0) == (after, counted(server.url, prefix, state), state.lost)

    def test_kills_under_load_count_exactly(self, ask, valkey_of_its_own, prefix):
        """Whatever was under way when the server died is counted once, not twice, not never."""
        server = valkey_of_its_own(*DURABLE)
        asked, state = ask(server.url, prefix=prefix)
        authors, number = ["a"], 0
        for delay in (0.05, 0.2, 0.11):
            killer = threading.Timer(delay, server.kill)
            killer.start()
            while killer.is_alive() or state.up:
                if number == len(authors) * _scripts.EVENTS_MOST:  # More are not kept of one.
                    authors.append(f"a{number}")
                asked(item(number, authors[-1]))
                number += 1
            killer.join()
            server.start()
            wait_until(lambda: state.up, "finding the server again")
        decision = asked(item(number))

        assert ([], number + 1, 0) == (
            [f.cause for f in decision.faults],
            counted(server.url, prefix, state, authors=authors),
            state.lost,
        )

    def test_a_server_that_lost_its_data_makes_nobody_forget(self, ask, valkey_of_its_own, prefix):
        """What this process counted itself is the answer while the server knows less."""
        server = valkey_of_its_own()
        asked, state = ask(server.url, prefix=prefix)
        for number in range(3):
            asked(item(number))
        server.kill()
        server.start()
        wait_until(lambda: asked(item(3)).faults == () and state.up, "finding the server again")

        assert (["4 before"], []) == told(asked(item(4)))

    def test_an_emptied_server_is_taken_up(self, states, valkey_of_its_own, prefix):
        """Where the salt is gone, processes that run and processes that start agree on the next."""
        server = valkey_of_its_own()
        state = states(server.url, prefix=prefix)
        state.add([Count("sent", "a")], NOON)
        state.recent("sent", "a", HOUR, NOON)
        with redis.Redis.from_url(server.url) as client:
            client.flushall()
        state.add([Count("sent", "a")] * 2, NOON)
        state.recent("sent", "a", HOUR, NOON)

        assert 2 == counted(server.url, prefix)

    def test_nobody_there_costs_a_call_nothing(self, ask):
        """With no server from the start, calls answer at once, each with its fault."""
        asked, _ = ask("redis://127.0.0.1:1/0")
        start = time.monotonic()
        causes = [told(asked(item(n)))[1] for n in range(50)]

        assert [[Cause.BREAKER_OPEN]] * 50 == causes
        assert time.monotonic() - start < 10


class TestAwaited:
    """The awaited facade over a real server."""

    def test_it_counts_and_answers_like_the_other(self, states, valkey_url, prefix):
        """Calls of both facades, in turns, see what the other has counted."""
        policy, modules = Policy(name="none"), [Often()]
        feature = Feature(name="wall", surface="comments")

        async def turns():
            mine = {"state": states(valkey_url, prefix=prefix), "budget_ms": 60_000}
            other = {"state": states(valkey_url, prefix=prefix), "budget_ms": 60_000}
            said = []
            with Safety([feature], modules=modules, policy=policy, **mine) as here:
                async with AsyncSafety([feature], modules=modules, policy=policy, **other) as there:
                    wall, awaited = here.feature("wall"), there.feature("wall")
                    for number in range(0, 6, 2):
                        decision = await asyncio.to_thread(wall.pre_publish, item(number))
                        said.append(told(decision))
                        mine["state"].recent("sent", "a", HOUR, NOON)
                        said.append(told(await awaited.pre_publish(item(number + 1))))
                        other["state"].recent("sent", "a", HOUR, NOON)
            return said

        assert [([f"{n} before"], []) for n in range(6)] == asyncio.run(turns())


class TestSlow:
    """A server behind a slow way."""

    def test_a_slow_server_is_given_up_and_found_again(self, ask, way, prefix):
        """Calls wait no longer than they may; soon they do not ask; later they do again."""
        asked, state = ask(way.url, prefix=prefix, timeout_ms=300)
        first = told(asked(item(0)))
        way.delay = 5.0
        causes = []
        wait_until(lambda: causes.append(told(asked(item(1)))[1][0]) or not state.up, "noticing")
        carried = way.carried
        quick = told(asked(item(2)))[1]
        way.delay = 0.0
        wait_until(lambda: state.up, "finding the server again")

        assert (["0 before"], []) == first
        assert {Cause.TIMEOUT, Cause.BREAKER_OPEN} >= set(causes)
        assert Cause.TIMEOUT == causes[0]
        assert [Cause.BREAKER_OPEN] == quick
        assert carried > 0
        assert [] == told(asked(item(3)))[1]


class TestFull:
    """A server without memory left."""

    def test_a_full_server_is_a_fault_until_it_has_room(self, ask, valkey_of_its_own, prefix):
        """Counts wait while they are refused, and are there once there is room."""
        server = valkey_of_its_own("--maxmemory-policy", "noeviction")
        asked, state = ask(server.url, prefix=prefix)
        asked(item(0))
        with redis.Redis.from_url(server.url) as client:
            client.config_set("maxmemory", 1)
            asked(item(1))
            wait_until(lambda: not state.up, "noticing")
            full = told(asked(item(2)))
            client.config_set("maxmemory", 0)
        wait_until(lambda: state.up, "finding room")

        assert (["2 before"], [Cause.BREAKER_OPEN]) == full
        assert ((["3 before"], []), 4) == (told(asked(item(3))), counted(server.url, prefix, state))


def send(url, prefix, process, revisions):
    """Ask about items in a process of its own; *revisions* of each are the same in all."""
    _carrier.CLOSE_GRACE_S = 60.0  # What is counted is asked about, not how fast the machine is.
    state = RedisState(url, prefix=prefix, timeout_ms=20_000)
    with Safety(
        [Feature(name="wall", surface="comments")], modules=[Often()], state=state,
        policy=Policy(name="none"), budget_ms=60_000,
    ) as safety:  # fmt: skip
        wall = safety.feature("wall")
        for number in range(revisions):
            wall.pre_publish(item(f"{process}-{number}"))
            wall.pre_publish(item(f"shared-{number}"))


class TestProcesses:
    """Several processes at a time."""

    def test_two_processes_count_exactly(self, valkey_url, prefix, monkeypatch):
        """What both see is counted once, and what one sees too."""
        monkeypatch.syspath_prepend(Path(__file__).parents[3])  # Where a child finds ``send``.
        spawn = multiprocessing.get_context("spawn")
        both = [spawn.Process(target=send, args=(valkey_url, prefix, p, 150)) for p in "xy"]
        for each in both:
            each.start()
        for each in both:
            each.join(120)

        assert ([0, 0], 450) == ([p.exitcode for p in both], counted(valkey_url, prefix))

    @pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="no fork on this system")
    def test_a_forked_child_connects_anew(self, states, valkey_url, prefix):
        """Parent and child count on, over connections of their own."""
        state = states(valkey_url, prefix=prefix)
        state.add([Count("sent", "a")], NOON)
        state.recent("sent", "a", HOUR, NOON)

        def child():
            state.add([Count("sent", "a")], NOON)
            state.close()

        forked = multiprocessing.get_context("fork").Process(target=child)
        forked.start()
        forked.join(60)
        state.add([Count("sent", "a")], NOON)

        assert (0, 3.0) == (forked.exitcode, state.recent("sent", "a", HOUR, NOON))

    def test_closing_sends_what_waits(self, states, valkey_url, prefix, monkeypatch):
        """What was counted last is there after close."""
        monkeypatch.setattr(_carrier, "CLOSE_GRACE_S", 60.0)
        state = states(valkey_url, prefix=prefix)
        for _ in range(500):
            state.add([Count("sent", "a")], NOON)
        state.close()

        assert (500, 0) == (counted(valkey_url, prefix), state.lost)


class TestDecision:
    """What a call makes of it all."""

    def test_the_action_stands(self, ask):
        """A state that is gone changes no action by itself."""
        asked, _ = ask("redis://127.0.0.1:1/0")

        assert Action.ALLOW is asked(item(0)).action
