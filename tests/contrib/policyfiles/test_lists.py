"""Lists: one entry a line, as large as a list of hashes is."""

from __future__ import annotations

from handrail import Feature, Item, Preview
from handrail_policyfiles import _lists

RULE = """\
policy: house
owner: legal
rules:
  - {id: order, when: item.id in lists.court, then: {geo_block: [IN]}}
"""


def test_entries(desk):
    """White space, empty lines and remarks do not count; a hashtag does."""
    desk.write(RULE)
    desk.write("\ufeff# what the court named\n\n  a \n#tag\n#\nB\r\n", "lists/court.txt")

    assert {"court": frozenset({"a", "#tag", "B"})} == desk.read().lists


def test_a_condition_asks_it(desk):
    """A rule holds for what is listed, and for nothing else."""
    desk.write(RULE)
    desk.write("item-7\n", "lists/court.txt")
    preview = Preview(desk.read().policies, Feature(name="f", surface="comments"))

    assert [1, 0] == [len(preview.decide(Item(i)).effects) for i in ("item-7", "item-8")]


def test_an_unknown_list(desk):
    """A list that is not there is refused with those that are."""
    desk.write(RULE.replace("lists.court", "lists.cort"))
    desk.write("item-7\n", "lists/court.txt")
    (said,) = desk.problems()

    assert "court" in said
    assert said.startswith("comments.yaml:4:")


def test_a_million_entries(desk):
    """A list of a million hashes is read."""
    desk.write(RULE)
    desk.write("\n".join(f"{n:064x}" for n in range(1_000_000)), "lists/court.txt")

    assert 1_000_000 == len(desk.read().lists["court"])


def test_too_many_entries(desk, monkeypatch):
    """More entries than the limit are refused."""
    monkeypatch.setattr(_lists, "ENTRIES_MOST", 10)
    desk.write(RULE)
    desk.write("\n".join(map(str, range(11))), "lists/court.txt")

    assert ["lists/court.txt:1:1: more than 10 entries; split the list"] == desk.problems()


def test_too_many_bytes(desk, monkeypatch):
    """A list beyond its size is refused without being read whole."""
    monkeypatch.setattr(_lists, "BYTES_MOST", 10)
    desk.write(RULE)
    desk.write("12345678901", "lists/court.txt")

    assert "lists/court.txt:1:1: more than 10 bytes; split the list" in desk.problems()


def test_a_long_line(desk):
    """A line that is no entry is refused with its number."""
    desk.write(RULE)
    desk.write("a\n" + "b" * 1001, "lists/court.txt")

    assert ["lists/court.txt:2:1: more than 1000 characters in a line"] == desk.problems()
