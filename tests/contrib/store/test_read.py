"""Decisions out of the tables: all of them, in order, by what is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

import handrail_store
from handrail import Action, Decision, InvalidValueError, Stage
from handrail_store import Wanted, _read


@pytest.fixture(name="filled")
def _filled(store, clock):
    """A store with ten decisions, a minute apart; two at a time share a moment."""
    for number in range(10):
        store.sink.write([
            Decision(
                action="block" if number % 3 == 0 else "allow", id=f"{number:024x}",
                item=f"c{number % 2}", revision=number, feature="video_comments",
                at=clock.at + timedelta(minutes=number // 2), stage="report",
            )
        ])  # fmt: skip
    return store


def numbers(found):
    """Which of the ten."""
    return [int(decision.id, 16) for decision in found]


@pytest.mark.parametrize("page", [1, 3, 10, 1000])
def test_pages_lose_nothing(filled, monkeypatch, page):
    """However many are read at a time, each comes once and in order."""
    monkeypatch.setattr(_read, "PAGE", page)

    assert list(range(10)) == numbers(filled.decisions())


def test_latest_come_first(filled, monkeypatch):
    """The other way round, page after page."""
    monkeypatch.setattr(_read, "PAGE", 3)

    assert list(range(9, -1, -1)) == numbers(filled.decisions(Wanted(newest=True)))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"item": "c1"}, [1, 3, 5, 7, 9]),
        ({"action": Action.BLOCK}, [0, 3, 6, 9]),
        ({"stage": Stage.PRE_PUBLISH}, []),
        ({"stage": "report", "most": 4}, [0, 1, 2, 3]),
        ({"feature": "reviews"}, []),
        ({"item": "c0", "revision": 4}, [4]),
        ({"author": "nobody"}, []),
    ],
)
def test_only_what_is_wanted_comes(filled, wanted, expected):
    """Each filter leaves the rest out."""
    assert expected == numbers(filled.decisions(Wanted(**wanted)))


def test_times_bound(filled, clock):
    """Since is with, until is without."""
    wanted = Wanted(
        since=clock.at + timedelta(minutes=1), until=clock.at + timedelta(minutes=3)
    )  # fmt: skip

    assert [2, 3, 4, 5] == numbers(filled.decisions(wanted))


def test_naive_time_is_refused(clock):
    """A time without a zone means nothing here."""
    with pytest.raises(InvalidValueError, match="since: a time needs a zone"):
        Wanted(since=clock.at.replace(tzinfo=None))


def test_reading_needs_no_key(filled, url):
    """A database is read like a file of JSON lines."""
    assert list(range(10)) == numbers(handrail_store.read(url))
