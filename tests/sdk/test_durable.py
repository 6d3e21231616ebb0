"""A durable store: every seam at once."""

from __future__ import annotations

import attrs
import pytest

from handrail import Cap, Feature, Item, MemoryCaps, MemorySink, MemoryState, Safety


@attrs.define
class Shelf:
    """A store that keeps nothing but what it was asked."""

    sink: MemorySink = attrs.field(factory=MemorySink)
    state: MemoryState = attrs.field(factory=MemoryState)
    caps: MemoryCaps = attrs.field(factory=MemoryCaps)
    accepted: list = attrs.field(factory=list)
    closed: int = 0

    @property
    def intake(self):
        """It takes in work itself."""
        return self

    @property
    def approvals(self):
        """It knows of approvals itself."""
        return self

    def accept(self, feature, subject):
        """Take in a subject."""
        self.accepted.append((feature, subject.id))
        return True

    def approved(self, feature, item, issue, rule):
        """Nothing was let pass."""
        return False

    def close(self):
        """Count how often it was closed."""
        self.closed += 1


@pytest.fixture(name="shelf")
def _shelf():
    return Shelf()


def safety(**more):
    """A Safety with one feature and nothing that looks."""
    return Safety([Feature(name="video_comments", surface="comments")], strict=False, **more)


def test_takes_in_work(shelf):
    """What is published is accepted by the store."""
    with safety(store=shelf) as made:
        receipt = made.feature("video_comments").post_publish(Item("c1"))

    assert ("accepted", [("video_comments", "c1")]) == (receipt.status, shelf.accepted)


def test_keeps_the_record(shelf):
    """Decisions go to the store's sink."""
    with safety(store=shelf) as made:
        made.feature("video_comments").pre_publish(Item("c1"))

    assert ["c1"] == [entry.item for entry in shelf.sink.entries]


def test_what_is_given_by_itself_wins(shelf):
    """A sink beside the store is meant."""
    own = MemorySink()
    with safety(store=shelf, sink=own) as made:
        made.feature("video_comments").pre_publish(Item("c1"))

    assert (1, 0) == (len(own.entries), len(shelf.sink.entries))


def test_remembers_for_the_cap(shelf):
    """What happened to rules is remembered in the store."""
    shelf.caps.trip("mark", "rule")
    with safety(store=shelf, cap=Cap()) as made:
        assert made.store is shelf

    assert {"mark": "rule"} == dict(shelf.caps.tripped())


def test_is_closed_along(shelf):
    """Who closes Safety has closed the store, once."""
    with safety(store=shelf) as made:
        made.close()

    assert 1 == shelf.closed
