"""Tags that are kept: with an end, on both engines."""

from __future__ import annotations

import pytest

from handrail import InvalidValueError, UnknownNameError


def test_tag_is_there(store):
    """A tag without an end stays."""
    store.tags.tag("actor", "ann", "creator")

    assert {"creator"} == store.tags.of("actor", "ann")


def test_tag_is_over(store, clock):
    """A tag is gone when its time is over."""
    store.tags.tag("item", "i", "viral", "7d")
    clock.forward(days=7)

    assert frozenset() == store.tags.of("item", "i")


def test_later_end_counts(store, clock):
    """A tag that is put on again ends when the later one says."""
    store.tags.tag("item", "i", "viral", "1d")
    store.tags.tag("item", "i", "viral", "7d")
    clock.forward(days=2)

    assert {"viral"} == store.tags.of("item", "i")


def test_tag_is_taken_off(store):
    """A tag can be taken off."""
    store.tags.tag("thread", "t", "heated")
    store.tags.untag("thread", "t", "heated")

    assert frozenset() == store.tags.of("thread", "t")


def test_purge(store, clock):
    """Only tags that are over are deleted."""
    store.tags.tag("actor", "ann", "new", "1d")
    store.tags.tag("actor", "ann", "creator")
    clock.forward(days=1)
    with store.write() as connection:
        assert 1 == store.tags.purge(connection)


@pytest.mark.parametrize("tag", ["", "x" * 65])
def test_wrong_length_is_refused(store, tag):
    """A tag has 1 to 64 characters."""
    with pytest.raises(InvalidValueError, match="1 to 64"):
        store.tags.tag("actor", "ann", tag)


def test_unknown_kind_is_refused(store):
    """Tags are kept on four kinds of things."""
    with pytest.raises(UnknownNameError, match="actor"):
        store.tags.tag("actr", "ann", "new")
