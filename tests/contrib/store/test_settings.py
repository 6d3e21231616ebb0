"""The key ``store`` of the settings: what is wrong is said with its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handrail import ConfigError, load_yaml
from handrail_store._settings import load


@pytest.fixture(name="read")
def _read(tmp_path):
    """Open the store that a file's words ask for."""
    opened = []

    def read(words):
        path = tmp_path / "store.yaml"
        path.write_text(f"url: sqlite:///x.db\n{words}")
        opened.append(load(load_yaml(path)))
        return opened[-1]

    yield read
    for store in opened:
        store.close()


def test_durations_are_read(read):
    """Each kind of row has its time, each feature that opts in has its own."""
    keep = read("keep: {decisions: 30d, opted: {reviews: 7d}}").keep

    assert (30, 400, timedelta(days=7)) == (
        keep.decisions.days, keep.findings.days, keep.opted["reviews"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("keep: {decision: 30d}", "2:8: .*decision.*Did you mean 'decisions'"),
        ("keep: {decisions: 30}", "2:8: keep.decisions: expected text, got a number"),
        ("keep: {events: soon}", "2:8: keep.events: a duration is"),
        ("keep: {snapshots: 30d}", "2:8: keep.snapshots: .*183d or more"),
        ("keep: {opted: {reviews: x}}", "2:16: keep.opted.reviews: a duration is"),
        ("record: {full: lose}", "2:10: record.full: full: expected one of drop, wait"),
    ],
)
def test_what_is_wrong_is_named(read, words, said):
    """A setting that cannot be is refused where it stands."""
    with pytest.raises(ConfigError, match=said):
        read(words)


@pytest.mark.parametrize(("words", "full"), [("", "drop"), ("record: {full: wait}", "wait")])
def test_rule_of_the_full_record_reaches_the_sink(read, words, full):
    """What is to happen where the database does not keep up is the sink's to say."""
    assert full == read(words).sink.full
