"""The two sinks: memory, and a file of JSON lines that shows no raw id."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from handrail import (
    AsyncSafety,
    Condition,
    Decision,
    Feature,
    HostEvent,
    InvalidValueError,
    Item,
    JsonlSink,
    Manifest,
    MemorySink,
    Policy,
    Receipt,
    Rule,
    Safety,
    hookimpl,
    split_clean,
)
from handrail._lines import read_record

AT = datetime(2026, 1, 1, tzinfo=UTC)
ENTRIES = [
    Decision(action="hold", id="d", item="canary", at=AT),
    Receipt(id="r", item="canary", feature="wall", stage="report"),
    HostEvent(name="viewed", feature="wall", item="canary", views=3, at=AT),
]
LOOKS = SimpleNamespace(
    MANIFEST=Manifest(
        name="looks", version="1", issues=["hate.speech"], surfaces=["*"], languages=["en"]
    ),
    pre_publish=hookimpl(lambda item: None),
)
NEW = Condition(["item.revision"], lambda revision: revision > 1)
FEATURE = Feature(name="wall", surface="comments")


@pytest.fixture(name="path")
def _path(tmp_path):
    return tmp_path / "records" / "record.jsonl"


@pytest.fixture(name="open_sink")
def _open_sink(path):
    """Open sinks on one file; they are closed when the test is over."""
    opened = []

    def open_sink(**options):
        opened.append(JsonlSink(path, **options))
        return opened[-1]

    yield open_sink
    for sink in opened:
        sink.close()


def decided(sink, *items):
    """What a Safety with this sink decides about items, clean as they are."""
    with Safety([FEATURE], modules=[LOOKS], sink=sink) as safety:
        wall = safety.feature("wall")
        return [wall.pre_publish(item) for item in items]


class TestMemorySink:
    """Keeps the last entries."""

    def test_keeps_the_last(self):
        """More than it keeps pushes out the oldest."""
        sink = MemorySink(keep=2)
        sink.write(ENTRIES)

        assert ENTRIES[1:] == list(sink.entries)

    def test_is_not_durable(self):
        """Memory never claims to have kept a case."""
        assert (False, False) == (MemorySink().durable, MemorySink().commit(ENTRIES[:1]))

    def test_repr_shows_no_content(self):
        """Its repr counts, and no more."""
        sink = MemorySink()
        sink.write(ENTRIES)

        assert "MemorySink(3 entries)" == repr(sink)


class TestJsonlSink:
    """One JSON object a line."""

    def test_is_read_back(self, open_sink, path):
        """What was written is read back, entry by entry, without a mask as it was."""
        open_sink(mask=False).write(ENTRIES)

        assert ENTRIES == list(read_record(path))

    def test_every_line_is_json(self, open_sink, path):
        """Each line is an object that says what it is."""
        open_sink().write(ENTRIES)
        lines = path.read_text().splitlines()

        assert ["decision", "receipt", "hostevent"] == [json.loads(line)["entry"] for line in lines]

    @pytest.mark.parametrize("language", ["en", "de", None])
    def test_clean_line_says_what_the_decision_says(self, open_sink, path, language):
        """The short line of a clean ALLOW is read back as the decision's own JSON."""
        items = [Item(f"i-{n}%s", "hello", revision=n, language=language) for n in range(40)]
        made = [decision.to_json() for decision in decided(open_sink(mask=False), *items)]
        read = [decision.to_json() for decision in read_record(path)]
        for decision in (*made, *read):
            for row in decision["coverage"]:
                row.pop("ms")

        assert made == read

    @pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 1, 3), (0, 3), (3, 1)])
    def test_clean_calls_keep_their_ids(self, open_sink, path, order):
        """Calls have their own ids in whatever order threads bring them, and with gaps."""
        made = decided(None, *[Item(str(n), language="en") for n in range(4)])
        open_sink(mask=False).write([made[n] for n in order])
        read = [(entry.id, entry.item, entry.at) for entry in read_record(path)]

        assert [(made[n].id, made[n].item, made[n].at) for n in order] == read

    def test_what_clean_calls_share_is_written_once(self, open_sink, path):
        """The plan of clean calls has one line; each call is read back all the same."""
        decided(open_sink(), *[Item(str(n), language="en") for n in range(3)])
        kinds = [json.loads(line)["entry"] for line in path.read_text().splitlines()]

        assert (1, 3) == (kinds.count("plan"), len(list(read_record(path))))

    @pytest.mark.parametrize("write", ["write", "commit"])
    def test_masks_ids(self, open_sink, path, write):
        """No item's id is in the file, and one item has one mask."""
        entries = ENTRIES if write == "write" else ENTRIES[:1]
        sink = open_sink()
        getattr(sink, write)(entries)

        assert {sink.masked("canary")} == {e.item for e in read_record(path)} != {"canary"}

    def test_clean_line_is_masked_too(self, open_sink, path):
        """The short line hides the id like any other."""
        decided(open_sink(), Item("canary", "canary", language="en"))

        assert "canary" not in path.read_text()

    @pytest.mark.parametrize("id", ["plain", "ü", "\ud800", "a\0b", "x" * 512])
    def test_masks_any_id(self, open_sink, id):  # noqa: A002
        """Whatever an id is made of, its mask is 16 hexadecimal digits."""
        assert 16 == len(f"{int(open_sink().masked(id), 16):016x}")

    def test_another_process_has_the_same_mask(self, open_sink):
        """A second sink on the file finds the key and masks alike."""
        assert open_sink().masked("i") == open_sink().masked("i")

    def test_another_key_is_another_mask(self, open_sink):
        """Without the key nobody can tell whose mask it is."""
        assert open_sink(key=b"a").masked("i") != open_sink(key=b"b").masked("i")

    def test_whole_key_counts(self, open_sink):
        """Keys that differ in their last byte alone are two keys, however long they are."""
        one, two = open_sink(key=bytes(100)), open_sink(key=bytes(99) + b"x")

        assert one.masked("i") != two.masked("i")

    @pytest.mark.parametrize("content", ["", "00", "no hexadecimal"])
    def test_refuses_a_damaged_key(self, path, content):
        """A key that would not hide anything is refused, not used."""
        path.parent.mkdir(exist_ok=True)
        path.with_name("record.jsonl.key").write_text(content)

        with pytest.raises(InvalidValueError, match="key"):
            JsonlSink(path)

    @pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
    def test_files_are_their_owners_alone(self, open_sink, path):
        """Record and key can be read by nobody else."""
        open_sink()
        files = sorted(path.parent.iterdir())

        assert {"record.jsonl": "0o600", "record.jsonl.key": "0o600"} == {
            f.name: oct(stat.S_IMODE(f.stat().st_mode)) for f in files
        }

    def test_without_a_mask_there_is_no_key(self, open_sink, path):
        """A key that hides nothing is not made."""
        open_sink(mask=False)

        assert ["record.jsonl"] == [f.name for f in path.parent.iterdir()]

    def test_commit_waits_for_the_disk(self, open_sink, path, monkeypatch):
        """What opens a case is on the disk, whole, before ``commit`` returns."""
        sizes = []
        monkeypatch.setattr(os, "fsync", lambda file: sizes.append(os.fstat(file).st_size))
        durable = open_sink().commit(ENTRIES[:1])

        assert (True, [path.stat().st_size]) == (durable, sizes)

    def test_committed_decision_is_not_written_twice(self, open_sink, path):
        """The drain brings a committed decision again, and it is left out."""
        sink = open_sink()
        sink.commit(ENTRIES[:1])
        sink.write(ENTRIES)

        assert 3 == len(path.read_text().splitlines())

    def test_appends(self, open_sink, path):
        """A second run adds to the file."""
        open_sink(mask=False).write(ENTRIES)
        open_sink(mask=False).write(ENTRIES)

        assert ENTRIES * 2 == list(read_record(path))

    def test_a_line_cut_off_by_a_crash_is_left_out(self, open_sink, path):
        """The last line of a crash is no error."""
        open_sink(mask=False).write(ENTRIES)
        path.write_bytes(path.read_bytes()[:-5])

        assert ENTRIES[:-1] == list(read_record(path))

    def test_a_torn_line_is_left_out(self, open_sink, path):
        """A line that a full disk cut off costs nothing but itself."""
        sink = open_sink(mask=False)
        with path.open("a") as file:
            file.write('{"entry":"deci\n')
        sink.write(ENTRIES[:1])

        assert 1 == len(list(read_record(path)))

    @pytest.mark.parametrize(
        "line", ["rumour", "[]", "5", '{"entry":"rumour"}', '{"entry":"decision"}']
    )
    def test_a_line_that_is_no_entry_is_named(self, open_sink, path, line):
        """A line that cannot be read is named by its number."""
        open_sink(mask=False).write(ENTRIES[:1])
        with path.open("a") as file:
            file.write(line + "\n")

        with pytest.raises(InvalidValueError, match="line 2"):
            list(read_record(path))

    def test_close_twice_is_fine(self, open_sink):
        """Closing again does nothing."""
        sink = open_sink()
        sink.close()

        assert None is sink.close()


class TestSplitClean:
    """What a sink needs to write little for most decisions."""

    def test_a_clean_allow_is_put_together_again(self):
        """What is its own and what its plan shares make the whole decision."""
        with Safety([FEATURE], modules=[LOOKS]) as safety:
            made = safety.feature("wall").pre_publish(Item("i", language="en"))
        (clean,), plans, rest = split_clean([made])
        own = {name: getattr(clean, name) for name in ("id", "at", "latency_us", "trace_id")}
        whole = Decision.from_json({
            **json.loads(plans[clean.plan]), **own, "item": "i", "revision": 1
        })  # fmt: skip

        assert [] == rest
        assert _plain(made) == _plain(whole)

    def test_one_that_was_looked_at_is_clean_all_the_same(self):
        """Where a rule asked and an event loop waited, an ALLOW without more is as clean."""

        async def ask():
            rule = Rule(id="new", when=NEW, issue="integrity.spam", then="block")
            async with AsyncSafety([FEATURE], modules=[LOOKS], policy=Policy(rules=[rule])) as safe:
                wall = safe.feature("wall")
                return [await wall.pre_publish(Item("i", revision=n)) for n in (1, 2)]

        made = asyncio.run(ask())
        clean, plans, rest = split_clean(made)
        (one,) = clean
        own = {name: getattr(one, name) for name in ("id", "at", "latency_us", "trace_id")}
        whole = Decision.from_json({
            **json.loads(plans[one.plan]), **own, "item": "i", "revision": 1
        })  # fmt: skip

        assert [made[1]] == rest
        assert _plain(made[0]) == _plain(whole)

    def test_others_come_as_they_are(self):
        """What says something is not taken apart."""
        assert ([], {}, ENTRIES) == split_clean(ENTRIES)


def _plain(decision):
    said = decision.to_json()
    return {**said, "coverage": [{**row, "ms": None} for row in said["coverage"]]}
