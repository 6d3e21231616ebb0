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


def test_tables_of_the_platform(read, tmp_path):
    """A platform names its own tables, as paths seen from the settings."""
    (tmp_path / "ladder.csv").write_text("at,effect,value,for,why\n3,reach,0.5,7d,Quieter\n")
    (tmp_path / "strikes.csv").write_text("issue,weight,half_life,education,why\n*,2,9d,no,\n")
    (tmp_path / "due.csv").write_text(
        "source,issue,region,within,law,starts,ends,why\n*,*,*,5h,,,,\n"
    )
    store = read("tables: {ladder: ladder.csv, strikes: strikes.csv, report_deadlines: due.csv}")

    assert ([3], [2]) == (
        [s.at for s in store.strikes.ladder],
        [t.weight for t in store.strikes.terms],
    )
    assert [timedelta(hours=5)] == [row.within for row in store.reports.deadlines.rows]


def test_mistake_in_a_table(read, tmp_path):
    """A mistake is named in the settings and in the table."""
    (tmp_path / "ladder.csv").write_text("at,effect,value,for,why\nx,deny,live,7d,\n")
    with pytest.raises(ConfigError, match=r"2:10: .*ladder\.csv:2: "):
        read("tables: {ladder: ladder.csv}")
