"""The record: every entry is counted once, whatever the sink does, and what waits is bounded."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from handrail import (
    Action,
    Feature,
    Finding,
    Item,
    Manifest,
    MemorySink,
    Policy,
    Report,
    Safety,
    hookimpl,
)
from handrail._record import Recorder
from handrail._telemetry import Telemetry
from handrail._weight import LONG

ISSUE = "integrity.spam"
HOLDING = Policy(issues={ISSUE: {"hold": 0.5}}, holds={"within": "1h", "otherwise": "block"})
CALLS = {("comments", "pre_publish", "hold"): 3}
LONG_TEXT = "x" * 2 * LONG


class Sink(MemorySink):
    """A sink whose ``write`` first does as told."""

    def __init__(self, does):
        super().__init__()
        self.does = does

    def write(self, batch):
        """Do as told, then keep the batch."""
        self.does()
        super().write(batch)


def refuse():
    """Raise as a full disk does."""
    raise OSError


@pytest.fixture(name="make")
def _make():
    """Make a Safety of one module that finds what an item's text does not deny."""
    made = []

    def make(sink, policy=HOLDING):
        def looks(item):
            return [] if item.text.startswith("x") else [Finding(ISSUE, 0.9, "seen")]

        manifest = Manifest(name="one", version="1", issues={ISSUE}, surfaces="*", languages="*")
        module = SimpleNamespace(
            MANIFEST=manifest, pre_publish=hookimpl(looks), report=hookimpl(looks)
        )
        feature = Feature(name="comments", surface="comments")
        made.append(Safety([feature], modules=[module], policy=policy, sink=sink))
        return made[-1]

    yield make
    for safety in made:
        safety.close()


def ask(safety, text="", times=3):
    """Ask about so many items."""
    comments = safety.feature("comments")
    return [comments.pre_publish(Item(str(n), text)) for n in range(times)]


class TestCounted:
    """Metrics and log do not hang on the sink."""

    def test_while_the_sink_refuses(self, make):
        """A full disk darkens no metric."""
        safety = make(Sink(refuse))
        ask(safety)

        assert CALLS == safety.counts("handrail.calls")

    def test_once_however_often_the_sink_is_tried(self, make):
        """A batch that is tried again is not counted again."""
        safety = make(sink := Sink(refuse))
        ask(safety)
        safety.flush()
        safety.flush()
        sink.does = lambda: None

        assert (CALLS, 3) == (safety.counts("handrail.calls"), len(sink.entries))

    def test_in_the_log_once(self, make):
        """A decision that the sink refuses again and again has one log event."""
        safety = make(Sink(refuse))
        with capture_logs() as logs:
            ask(safety)
            safety.flush()
            safety.flush()

        assert 3 == sum(line["event"] == "handrail.decided" for line in logs)

    def test_while_the_sink_hangs(self, make):
        """Decisions are counted although a thread hangs in the sink."""
        begun, gate = threading.Event(), threading.Event()
        safety = make(Sink(lambda: (begun.set(), gate.wait())))
        recorder = safety._core.recorder
        ask(safety, times=1)
        recorder._wake.set()
        begun.wait()
        ask(safety, times=2)
        recorder._observe()
        counted = dict(safety._core.telemetry.counts("handrail.calls"))
        gate.set()

        assert CALLS == counted

    def test_others_where_one_cannot_be(self, make, monkeypatch):
        """An entry that cannot be counted costs no other its count, and is written all the same."""
        safety = make(sink := MemorySink())
        first, *_ = ask(safety)
        object.__setattr__(first, "findings", None)

        assert (2, 3) == (
            sum(safety.counts("handrail.findings").values()),
            len(sink.entries),
        )


class TestWritten:
    """What the sink refuses waits, in order, within a bound."""

    def test_in_order_once_the_sink_is_well(self, make):
        """What was refused is written before what came later."""
        safety = make(sink := Sink(refuse))
        comments = safety.feature("comments")
        for number in range(3):
            comments.pre_publish(Item(str(number)))
            safety.flush()
        sink.does = lambda: None
        safety.flush()

        assert ["0", "1", "2"] == [entry.item for entry in sink.entries]

    def test_oldest_goes_first(self, make):
        """Where no more can wait, the oldest are dropped, and that is counted."""
        safety = make(sink := Sink(refuse))
        safety._core.recorder.limit = 2
        ask(safety, times=2)
        safety.flush()
        ask(safety, times=1)
        safety.flush()
        sink.does = lambda: None
        dropped = safety.counts("handrail.record.dropped")

        assert ({(): 1}, ["1", "0"]) == (dropped, [entry.item for entry in sink.entries])

    def test_newest_goes_first_where_the_sink_would_have_them_wait(self, make):
        """A sink may ask that what is old waits; then what is new is dropped, and counted."""
        safety = make(sink := Sink(refuse))
        sink.full = "wait"
        recorder = safety._core.recorder
        recorder.limit = recorder.room = 2
        for number in range(6):
            safety.feature("comments").pre_publish(Item(str(number)))
            safety.flush() if number == 1 else None
        sink.does = lambda: None
        safety.flush()
        dropped = safety.counts("handrail.record.dropped")

        assert ({(): 2}, ["0", "1", "2", "3"]) == (dropped, [entry.item for entry in sink.entries])


class TestHeavy:
    """Long texts that wait are bounded by their bytes."""

    @pytest.fixture(name="scale")
    def _scale(self, make):
        """The scale of a Safety that holds two long texts, and a way to ask about more."""
        safety = make(Sink(lambda: None))
        scale = safety._core.recorder.scale
        scale.most = 5 * LONG
        return SimpleNamespace(scale=scale, safety=safety)

    def test_too_many_are_dropped_and_counted(self, scale):
        """What would weigh too much is dropped, although there is room for more entries."""
        ask(scale.safety, LONG_TEXT, times=3)

        assert {(): 1} == scale.safety.counts("handrail.record.dropped")

    def test_short_ones_still_find_room(self, scale):
        """A short text is recorded however many long ones wait."""
        ask(scale.safety, LONG_TEXT, times=3)
        ask(scale.safety, "x", times=1)
        scale.safety.flush()

        assert 3 == len(scale.safety._core.recorder.sink.entries)

    def test_weigh_nothing_once_written(self, scale):
        """What the sink has taken leaves its room to others."""
        ask(scale.safety, LONG_TEXT, times=2)
        scale.safety.flush()

        assert 0 == scale.scale.bytes

    def test_weigh_nothing_once_dropped(self, scale):
        """What had to go leaves its room to others."""
        recorder = scale.safety._core.recorder
        recorder.sink.does = refuse
        ask(scale.safety, LONG_TEXT, times=2)
        scale.safety.flush()
        recorder.limit = 0
        ask(scale.safety, LONG_TEXT, times=1)
        recorder.writer.put([], 0)

        assert 0 == scale.scale.bytes

    def test_words_of_a_report_weigh_too(self, scale):
        """A reporter's long text counts like an author's."""
        scale.safety.feature("comments").report(Report(id="r", item=Item("i", "x"), text=LONG_TEXT))

        assert scale.scale.bytes > LONG

    def test_case_that_weighs_too_much_is_not_durable(self, make):
        """A HOLD of a text too long to wait stands, and says that it is not recorded."""

        class Durable(MemorySink):
            durable = True

            def commit(self, decisions):
                return True

        safety = make(Durable())
        safety._core.recorder.scale.most = LONG
        (decision,) = ask(safety, "y" * 2 * LONG, times=1)

        assert (Action.HOLD, False) == (decision.action, decision.recorded)


class TestMemory:
    """A sink that is not durable is never asked to be."""

    def test_no_thread_is_started_for_a_hold(self, make):
        """A HOLD with a sink in memory is answered without another thread."""
        safety = make(MemorySink())
        (decision,) = ask(safety, times=1)

        assert (False, None) == (decision.recorded, safety._core.recorder.writer._committer)


def test_housekeeping_keeps_its_interval(monkeypatch):
    """A drain that is awake all the time looks after the house no more often than one at rest."""
    ticks = []
    recorder = Recorder(None, Telemetry())
    recorder.on_tick(lambda: ticks.append(1))
    wakes = iter(range(50))

    def wait(seconds):
        if next(wakes, None) is None:
            recorder._closed = True

    monkeypatch.setattr(recorder._wake, "wait", wait)
    recorder._run()

    assert 1 == len(ticks)
