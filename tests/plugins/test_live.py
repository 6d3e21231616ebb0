"""The live module finds what only a room has, in small made-up scenes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handrail_live
from handrail import Actor, Feature, InvalidValueError, Item, MemoryState, Policy, Safety
from handrail.testing import ModuleContract
from handrail_live import rolling_risk, sampling_plan, slow_mode

BULLYING, SPAM, EXPOSURE = "harassment.bullying", "integrity.spam", "child_safety.exposure"
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


class TestContract(ModuleContract):
    """The live module keeps its contract with the SDK."""

    module = handrail_live
    examples = {  # noqa: RUF012
        EXPOSURE: [
            Item("gift-1", kind="gift", session_id="s", participants=[Actor("host", age=16)]),
            Item("gift-2", kind="gift", session_id="s", participants=[Actor("host")]),
        ]
    }
    harmless = (
        "hello everybody",
        Item("gift-3", kind="gift", session_id="s", participants=[Actor("host", age=30)]),
    )


class Room:
    """A room where things happen at seconds after noon."""

    def __init__(self, state: MemoryState | None = None, **options: object) -> None:
        self.safety = Safety(
            [Feature(name="room", surface="live")],
            modules=[handrail_live],
            policy=Policy(issues={}),
            settings={"live": options} if options else None,
            state=state or MemoryState(),
        )
        self._look = self.safety.feature("room").pre_publish
        self._count = 0

    def happen(self, second: float, by: Actor | str | None = "a", kind="text", **more: object):
        """The findings about one more item, by issue."""
        self._count += 1
        author = Actor(by) if isinstance(by, str) else by
        fields = {"session_id": "s", "created_at": NOON + timedelta(seconds=second), **more}
        decision = self._look(Item(f"i{self._count}", "so", kind=kind, author=author, **fields))
        assert () == decision.faults
        return {finding.issue: finding for finding in decision.findings}

    def pass_time(self, minutes: int = 30, newcomers: int = 1) -> None:
        """Let regulars talk, and a few newcomers come each minute."""
        for minute in range(minutes):
            for n in range(newcomers):
                self.happen(60 * minute + n, by=f"visitor {minute} {n}")
            self.happen(60 * minute + 30, by="regular")


class TestRaid:
    """Many strangers at once, where few come."""

    def test_new_accounts_are_found(self):
        """The tenth new account within a minute is found, in a room where one comes a minute."""
        room = Room()
        room.pass_time()
        found = [room.happen(1800 + n, by=Actor(f"n{n}", tenure_days=0)) for n in range(12)]

        assert 0.4 <= found[-1][BULLYING].score < 0.6
        assert [] == [each for each in found[:8] if each]
        assert 12 <= found[-1][BULLYING].evidence.counts["newcomers"] <= 13

    def test_of_unknown_tenure_the_room_is_warned_once(self):
        """Who is only new in a room is no finding: one message a minute warns for the room."""
        room = Room()
        room.pass_time()
        found = [room.happen(1800 + n, by=f"n{n}") for n in range(40)]

        assert [0.3] == [each[BULLYING].score for each in found if each]

    def test_a_friendly_raid_is_hardly_a_sign(self):
        """A host who brings an audience of older accounts is welcome."""
        room = Room()
        room.pass_time()
        found = [room.happen(1800 + n, by=Actor(f"o{n}", tenure_days=400)) for n in range(40)]

        assert [0.2] == [each[BULLYING].score for each in found if each]

    def test_a_popular_room_is_let_be(self):
        """Where ten come each minute, fifteen are nothing special."""
        room = Room()
        room.pass_time(newcomers=10)

        assert not any(
            room.happen(1800 + 3 * n, by=Actor(f"n{n}", tenure_days=0)) for n in range(15)
        )

    def test_the_start_of_a_stream_is_let_be(self):
        """Before a room is known, everybody is new in it."""
        room = Room()

        assert not any(room.happen(n, by=Actor(f"n{n}", tenure_days=0)) for n in range(60))

    def test_regulars_are_let_be(self):
        """Who wrote here before has no part in a raid."""
        room = Room()
        room.pass_time()
        for n in range(20):
            room.happen(1800 + n, by=Actor(f"n{n}", tenure_days=0))

        assert {} == room.happen(1830, by="regular")


class TestPace:
    """Rooms that nobody can read."""

    def test_slow_mode_is_advised_once_a_minute(self):
        """While a room is too fast, one message a minute says so."""
        room = Room()
        found = [room.happen(n / 10, by=f"u{n % 50}") for n in range(1300)]
        advice = [each[SPAM] for each in found if each]

        assert 2 <= len(advice) <= 3
        assert {0.3} == {finding.score for finding in advice}
        assert 30 == advice[-1].evidence.counts["slow_s"]

    def test_a_readable_room_is_let_be(self):
        """Two messages a second can be read."""
        room = Room()

        assert not any(room.happen(n / 2, by=f"u{n % 50}") for n in range(200))

    @pytest.mark.parametrize(("people", "seconds"), [(1, 3), (20, 10), (100, 60), (10_000, 120)])
    def test_slow_mode(self, people, seconds):
        """The wait grows with the people, in the steps there are."""
        assert seconds == slow_mode(people)

    @pytest.mark.parametrize("wrong", [(0, 2.0), (5, 0.0), (5, float("nan"))])
    def test_slow_mode_refuses(self, wrong):
        """Nobody, or no reading at all, has no slow mode."""
        with pytest.raises(InvalidValueError, match="slow_mode"):
            slow_mode(*wrong)


class TestStage:
    """Who is on stage."""

    def test_a_stage_is_remembered(self):
        """A gift without participants is judged by who was on stage lately."""
        room = Room()
        room.happen(0, kind="live_segment", participants=[Actor("host", age=15)])
        found = room.happen(60, kind="gift")[EXPOSURE]

        assert (0.25, 1, 0) == (
            found.score, found.evidence.counts["minors"], found.evidence.counts["unknown_ages"],
        )  # fmt: skip

    def test_an_unknown_age_is_no_adult(self):
        """A gift while somebody of unknown age is on stage says so, and weighs less."""
        found = Room().happen(0, kind="gift", participants=[Actor("host"), Actor("b", age=40)])

        assert (0.25, 1) == (
            found[EXPOSURE].score, found[EXPOSURE].evidence.counts["unknown_ages"],
        )  # fmt: skip

    def test_adults_on_stage(self):
        """Among adults a gift is a gift."""
        assert {} == Room().happen(0, kind="gift", participants=[Actor("host", age=30)])

    def test_a_stage_is_forgotten(self):
        """After ten minutes nobody knows who is on stage."""
        room = Room()
        room.happen(0, kind="live_segment", participants=[Actor("host", age=15)])

        assert {} == room.happen(700, kind="gift")

    def test_the_last_word_counts(self):
        """When the minor has left the stage, gifts are gifts again."""
        room = Room()
        room.happen(0, kind="live_segment", participants=[Actor("kid", age=15)])
        room.happen(10, kind="live_segment", participants=[Actor("host", age=30)])

        assert {} == room.happen(20, kind="gift")


class TestRisk:
    """A session by its last segments."""

    def test_segments_add_up(self):
        """A session with several bad segments of the last ten is a finding."""
        state = MemoryState()
        room = Room(state)
        for n in range(10):
            state.add_segment("s", ["sexual.nudity"] if n % 2 else [])
        found = room.happen(0, kind="live_segment", participants=[Actor("host", age=30)])

        assert {"hits": 5, "segments": 10, "risk_percent": 67} == dict(
            found["sexual.nudity"].evidence.counts
        )

    def test_one_segment_is_no_pattern(self):
        """One such segment is the matter of whoever found it."""
        state = MemoryState()
        state.add_segment("s", ["sexual.nudity"])

        assert {} == Room(state).happen(0, kind="live_segment")

    def test_rolling_risk(self):
        """Each segment is a chance by itself, and counts less as it grows old."""
        assert 0.51 == pytest.approx(rolling_risk([0.3, 0.3]))
        assert 0.8 * 0.5 == pytest.approx(rolling_risk([0.8, 0.0], half_life=1))
        assert 0 == rolling_risk([])

    def test_rolling_risk_refuses(self):
        """A weight is from 0 to 1."""
        with pytest.raises(InvalidValueError, match="rolling_risk"):
            rolling_risk([2])


class TestSampling:
    """Which segments to look at."""

    @pytest.mark.parametrize(("risk", "expected"), [(0, 50), (0.25, 333), (1, 1000)])
    def test_more_risk_more_looks(self, risk, expected):
        """One of twenty without risk, one of three at a quarter, all at one."""
        assert abs(expected - len(sampling_plan(risk, 0, 1000, "s"))) <= 1

    @given(st.floats(0, 1), st.integers(0, 500), st.integers(0, 100), st.integers(0, 100))
    def test_parts_make_the_whole(self, risk, first, count, more):
        """Asking in parts gives the same segments as asking at once."""
        parts = (
            *sampling_plan(risk, first, count, "s"),
            *sampling_plan(risk, first + count, more, "s"),
        )

        assert sampling_plan(risk, first, count + more, "s") == parts

    def test_cannot_be_foreseen(self):
        """Another session is looked at elsewhere."""
        assert sampling_plan(0.1, 0, 1000, "s") != sampling_plan(0.1, 0, 1000, "t")

    @pytest.mark.parametrize("wrong", [(-0.1, 0, 5), (1.1, 0, 5), (0.5, -1, 5), (0.5, 0, -5)])
    def test_refuses(self, wrong):
        """A risk is from 0 to 1, numbers start at 0."""
        with pytest.raises(InvalidValueError, match="sampling_plan"):
            sampling_plan(*wrong, "s")


class TestOddities:
    """Clocks, threads and crowds."""

    def test_without_a_room(self):
        """What belongs to no session is let be."""
        assert {} == Room().happen(
            0, kind="gift", session_id=None, participants=[Actor("k", age=9)]
        )

    def test_without_an_author(self):
        """Messages of nobody count for the pace alone."""
        room = Room()

        assert {} == room.happen(0, by=None)

    def test_a_clock_going_backwards(self):
        """After a clock is set back by a day the room begins anew, without faults."""
        room = Room()
        room.pass_time()

        assert not any(room.happen(-86_400 + n, by=f"n{n}") for n in range(20))

    def test_memory_is_bounded(self):
        """Rooms and people beyond the bounds are forgotten, those longest unseen first."""
        room = Room(rooms=50, people=100)
        memory = next(m.memory for m in room.safety.modules if m.name == "live")
        for n in range(1000):
            room.happen(n, by=f"u{n}", session_id=f"s{n % 200}")

        assert 50 == len(memory)
        assert memory.people <= 100

    def test_threads(self):
        """A storm from eight threads raises nothing."""
        room, found = Room(), []

        def storm(number):
            found.extend(room.happen(n, by=f"{number} {n}") for n in range(60))

        threads = [threading.Thread(target=storm, args=[n]) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert 480 == len(found)
