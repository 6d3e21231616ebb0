"""What processes of an HTTP face share: what keys asked for, and answers for some minutes."""

from __future__ import annotations

from contextlib import closing

import pytest
from contrib.ledgers import AnswersContract, DrawContract
from sqlalchemy import func, select

from handrail_store import Store, purge
from handrail_store._schema import http_answers


@pytest.fixture(name="ledger")
def _ledger(store):
    return store.ledger


class TestDraw(DrawContract):
    """Of a store."""


class TestAnswers(AnswersContract):
    """Of a store."""

    def test_is_sealed(self, ledger, store):
        """Nobody reads an answer in the database."""
        ledger.begin("n", "m", seconds=60)
        ledger.settle("n", "m", status=200, body=b"said", seconds=60)
        with store.read() as connection:
            kept = connection.execute(select(http_answers.c.body)).scalar_one()

        assert b"said" not in kept

    def test_old_ones_go(self, ledger, store, clock):
        """What is over goes with what is new, and with a purge."""

        def count():
            with store.read() as connection:
                return connection.execute(
                    select(func.count()).select_from(http_answers)
                ).scalar_one()

        for number in range(5):
            ledger.begin(f"n{number}", "m", seconds=60)
        clock.forward(seconds=61)
        ledger.begin("new", "m", seconds=60)
        kept = count()
        clock.forward(seconds=61)
        gone = purge(store)["http_answers"]

        assert (1, 1, 0) == (kept, gone, count())


def test_answer_of_another_key_is_not_worked_out_again(store, url, clock):
    """While a key is changed, who cannot open an answer says that it is being worked out."""
    store.ledger.begin("n", "m", seconds=60)
    store.ledger.settle("n", "m", status=200, body=b"said", seconds=60)
    with closing(Store(url, key=bytes(32), clock=clock)) as other:
        assert ("m", None, b"") == other.ledger.begin("n", "m", seconds=60)


def test_two_stores_share_it(store, url, clock):
    """Another process on the same database draws from the same bucket."""
    other = Store(url, key=bytes(range(32)), clock=clock)
    store.ledger.draw("k", 10, 0, rate=2, burst=10)
    drawn = other.ledger.draw("k", 1, 0, rate=2, burst=10)
    other.close()

    assert (0, 0.5) == drawn
