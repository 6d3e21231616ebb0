"""The memory of the blast-radius cap: shared by processes, and never in anybody's way."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from handrail import Cap, Caps
from handrail_store import _caps
from handrail_store._caps import StoredCaps
from handrail_store._schema import audit


@pytest.fixture(name="both")
def _both(store, monkeypatch):
    """Two processes' memories of one database, which read whenever they are asked."""
    monkeypatch.setattr(_caps, "FRESH_S", 0)
    return StoredCaps(store), StoredCaps(store)


def settled(caps):
    """What one knows once its reading is done."""
    caps.tripped()
    for thread in threading.enumerate():
        if thread.name == "handrail-caps":
            thread.join(60)
    return caps


def test_is_what_safety_takes(store, open_safety):
    """A Cap on a store keeps what happened in the store."""
    safety = open_safety(cap=Cap())

    assert isinstance(safety._core.radius.cap.caps, StoredCaps)


def test_first_seen_is_when_anyone_saw_it(both, clock):
    """A rule is as old as the first process that had it."""
    one, two = both
    first = one.first_seen(["a"])
    clock.forward(days=1)

    assert (first["a"], clock.at) == (two.first_seen(["a", "b"])["a"], two.first_seen("b")["b"])


def test_tripped_is_known_to_others(both):
    """What one process demotes, all do."""
    one, two = both
    one.trip("a", "flood")

    assert {"a": "flood"} == dict(settled(two).tripped())


def test_confirmed_is_known_to_others(both):
    """What a person confirms counts everywhere, and is not demoted again."""
    one, two = both
    one.trip("a", "flood")
    two.confirm("a", "flood", "lead")
    settled(one).trip("a", "flood")

    assert ({}, {"a"}) == (dict(settled(two).tripped()), settled(two).confirmed())


def test_a_confirmation_that_one_has_not_read_yet_stands(both):
    """Who has not heard of it demotes nothing for the others."""
    one, two = both
    two.confirm("a", "flood", "lead")
    one.trip("a", "flood")

    assert {} == dict(settled(two).tripped())


def test_is_in_the_audit_log(both, store):
    """Demoted by nobody, confirmed by somebody; each once."""
    one, _ = both
    one.trip("a", "flood")
    one.trip("a", "flood")
    one.confirm("a", "flood", "lead")
    with store.read() as connection:
        said = connection.execute(select(audit.c.what, audit.c.by).order_by(audit.c.number))
        assert [("rule_tripped", None), ("rule_confirmed", "lead")] == [tuple(r) for r in said]


def test_what_cannot_be_written_is_an_os_error(store, both):
    """Whoever demotes is told that only this process knows."""
    one: Caps = both[0]
    store.engine.dispose()
    store.engine = store.engine.execution_options()
    with store.write() as connection:
        _caps.caps.drop(connection)
    with pytest.raises(OSError, match="could not be written"):
        one.trip("a", "flood")

    assert {"a": "flood"} == dict(settled(one).tripped())
