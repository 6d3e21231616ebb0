"""Calls that are waited for so long and no longer."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest
from servers.process import wait_until

from handrail_store import _overdue
from handrail_store._overdue import MOST, OverdueError, Patience


def test_what_is_in_time_is_returned():
    """A call that ends does what it would have done without."""
    patience = Patience(60)

    assert 3 == patience.call(lambda: 3)
    with pytest.raises(ZeroDivisionError):
        patience.call(lambda: 1 / 0)


def test_what_ends_with_its_time_is_returned(monkeypatch):
    """A call that ends as it is given up, as on a machine that stands still, has ended."""

    class Late(Future):
        def result(self, timeout=None):
            found = super().result()
            if timeout is not None:
                raise TimeoutError
            return found

    monkeypatch.setattr(_overdue, "Future", Late)

    assert 3 == Patience(60).call(lambda: 3)


def test_few_are_left_behind():
    """While many calls are not over none is begun; once one ends the next is."""
    over, patience = threading.Event(), Patience(0.01)
    reasons = []
    for _ in range(MOST + 1):
        with pytest.raises(OverdueError) as caught:
            patience.call(over.wait)
        reasons.append(caught.value.said)
    over.set()

    assert [*MOST * ["took too long"], "earlier calls are not over"] == reasons
    wait_until(lambda: not any(each.is_alive() for each in patience._left), "their end")
    patience._seconds = 60
    assert 3 == patience.call(lambda: 3)
