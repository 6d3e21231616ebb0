"""What every ledger keeps: one bucket for each key, one answer for each question."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor


class DrawContract:
    """One bucket for each key, whoever draws from it."""

    def _draw(self, ledger, needed, more=0.0, key="k"):
        return ledger.draw(key, needed, more, rate=2, burst=10)

    def test_begins_full(self, ledger):
        """A key that has asked for nothing may ask for its burst at once."""
        assert [(10, 0), (0, 0.5)] == [self._draw(ledger, 10), self._draw(ledger, 1)]

    def test_fills_again(self, ledger, clock):
        """What was taken comes back at the rate, up to the burst."""
        self._draw(ledger, 10)
        clock.forward(seconds=2)
        some, none = self._draw(ledger, 4), self._draw(ledger, 1)
        clock.forward(days=1)

        assert [(4, 0), (0, 0.5), (10, 0)] == [some, none, self._draw(ledger, 10)]

    def test_ahead_is_only_what_is_there(self, ledger):
        """What is taken ahead never makes another wait for what is not there."""
        assert [(9, 0), (1, 0)] == [self._draw(ledger, 5, 4), self._draw(ledger, 1, 4)]

    def test_more_than_the_burst_is_paid_for_afterwards(self, ledger):
        """A large batch passes a full bucket; then the key waits for all of it."""
        assert [(40, 0), (0, 15.5)] == [self._draw(ledger, 40), self._draw(ledger, 1)]

    def test_keys_have_their_own(self, ledger):
        """What one key has used up another has not."""
        self._draw(ledger, 10)

        assert (10, 0) == self._draw(ledger, 10, key="other")

    def test_a_clock_that_goes_back_gives_nothing(self, ledger, clock):
        """A machine whose clock is behind gains nothing, and takes nothing twice."""
        self._draw(ledger, 10)
        clock.forward(hours=-1)
        none = self._draw(ledger, 1)
        clock.forward(hours=1)

        assert [(0, 0.5), (0, 0.5)] == [none, self._draw(ledger, 1)]

    def test_at_once_is_never_too_much(self, ledger):
        """However many draw at the same time, no more is given than there is."""
        with ThreadPoolExecutor(4) as pool:
            drawn = list(pool.map(lambda _: self._draw(ledger, 1), range(30)))

        assert 10 == sum(taken for taken, _ in drawn)


class AnswersContract:
    """One of several works an answer out; the others get it."""

    def test_is_worked_once(self, ledger):
        """Who comes second is told that it is being worked, then what was answered."""
        first = ledger.begin("n", "m", seconds=60)
        second = ledger.begin("n", "m", seconds=60)
        ledger.settle("n", "m", status=202, body=b"said", seconds=60)

        assert (None, ("m", None, b""), ("m", 202, b"said")) == (
            first, second, ledger.begin("n", "m", seconds=60),
        )  # fmt: skip

    def test_what_came_to_nothing_is_worked_again(self, ledger):
        """Work that failed is the next one's."""
        ledger.begin("n", "m", seconds=60)
        ledger.release("n", "m")

        assert ledger.begin("n", "other", seconds=60) is None

    def test_an_answer_is_not_let_go(self, ledger):
        """Who lets go late takes nothing away from what was answered meanwhile."""
        ledger.begin("n", "m", seconds=60)
        ledger.settle("n", "m", status=202, body=b"", seconds=60)
        ledger.release("n", "m")

        assert 202 == ledger.begin("n", "m", seconds=60).status

    def test_who_asked_something_else_answers_nothing(self, ledger, clock):
        """Work that took longer than it had the name is no answer to what is asked under it now."""
        ledger.begin("n", "old", seconds=60)
        clock.forward(seconds=61)
        ledger.begin("n", "new", seconds=60)
        ledger.settle("n", "old", status=202, body=b"old", seconds=60)
        ledger.release("n", "old")

        assert ("new", None, b"") == ledger.begin("n", "new", seconds=60)

    def test_the_first_answer_stands(self, ledger, clock):
        """Of two that worked the same, the one whose answer was given first was heard."""
        ledger.begin("n", "m", seconds=60)
        clock.forward(seconds=61)
        ledger.begin("n", "m", seconds=60)
        for said in (b"first", b"late"):
            ledger.settle("n", "m", status=202, body=said, seconds=60)

        assert b"first" == ledger.begin("n", "m", seconds=60).body

    def test_work_that_is_renewed_is_waited_for(self, ledger, clock):
        """Who says in time that it goes on keeps the name."""
        ledger.begin("n", "m", seconds=60)
        clock.forward(seconds=50)
        ledger.renew("n", "m", seconds=60)
        clock.forward(seconds=50)

        assert ledger.begin("n", "m", seconds=60) is not None

    def test_a_process_that_died_is_not_waited_for(self, ledger, clock):
        """Work whose time is over is somebody else's, once."""
        ledger.begin("n", "m", seconds=60)
        clock.forward(seconds=61)

        assert [None, "m"] == [
            ledger.begin("n", "m", seconds=60), ledger.begin("n", "m", seconds=60).mark,
        ]  # fmt: skip

    def test_is_one_s_alone(self, ledger):
        """However many begin at the same time, one works."""
        gate = threading.Barrier(8)

        def begin(_):
            gate.wait(60)
            return ledger.begin("n", "m", seconds=60)

        with ThreadPoolExecutor(8) as pool:
            assert 1 == list(pool.map(begin, range(8))).count(None)
