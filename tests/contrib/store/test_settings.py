"""The key ``store`` of the settings: what is wrong is said with its place."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from handrail import ConfigError, Count, MemoryState, load_yaml
from handrail_store import load_counts
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


def test_acknowledgement_is_read(read):
    """How long an acknowledgement may take, and how often one is delivered, can be said."""
    said = read("acknowledgement: {within: 5m, times: 6}").acknowledgement

    assert (timedelta(minutes=5), 6) == (said.within, said.times)


def test_misuse_is_read(read):
    """When reports are too many, and when they are misuse, is the platform's to say."""
    misuse = read("misuse: {flood: 20, unfounded: 3, share: 0.8, suspend_for: 7d}").reports.misuse

    assert (20, 3, 0.8, timedelta(days=7), timedelta(days=90)) == (
        misuse.flood, misuse.unfounded, misuse.share, misuse.suspend_for, misuse.half_life,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("misuse: {floods: 20}", "2:10: .*floods.*Did you mean 'flood'"),
        ("acknowledgement: {times: 0}", "acknowledgement.times: times: expected a whole number"),
        ("misuse: {flood: 0}", "2:10: misuse.flood: flood: expected a whole number, 1 or more"),
        ("misuse: {share: 2}", "2:10: misuse.share: share: expected a number"),
        ("misuse: {suspend_for: soon}", "2:10: misuse.suspend_for: "),
        ("replies: 'http://example.com'", "2:1: replies: webhook: url: expected https"),
        ("counters: {every: 1m}", "2:1: counters: name is missing"),
        ("counters: {name: 'a b'}", "2:12: counters.name: "),
        ("counters: {name: a, every: soon}", "2:21: counters.every: "),
    ],
)
def test_what_is_wrong_with_reports_is_named(read, words, said):
    """What people who report meet is read as strictly."""
    with pytest.raises(ConfigError, match=said):
        read(words)


def test_counts_survive_a_restart(read):
    """What a process counted is kept when it closes, and taken in when it starts."""
    words = "counters: {name: web-1, every: 1h}"
    first = read(words)
    first.state.add([Count("sent", "ann")], first.now())
    first.close()
    second = read(words)

    assert 1 == second.state.recent("sent", "ann", timedelta(hours=1), second.now())


def test_counts_of_others_are_theirs(read):
    """Each name has its own."""
    first = read("counters: {name: web-1}")
    first.state.add([Count("sent", "ann")], first.now())
    first.close()
    second = read("counters: {name: web-2}")

    assert 0 == second.state.recent("sent", "ann", timedelta(hours=1), second.now())


def test_counts_are_kept_every_so_often(read):
    """A process that is killed loses what it counted since then, and no more."""
    first = read("counters: {name: web-1, every: 1s}")
    first.state.add([Count("sent", "ann")], first.now())
    counted = MemoryState()
    for _ in range(600):
        if load_counts(first, "web-1", counted):
            break
        threading.Event().wait(0.1)

    assert 1 == counted.recent("sent", "ann", timedelta(hours=1), first.now())


def test_counts_that_cannot_be_kept_cost_nothing_else(read):
    """A database that fails is said, and closing goes on."""
    store = read("counters: {name: web-1}")
    store.state.add([Count("sent", "ann")], store.now())
    store.seal = None
    with capture_logs() as logs:
        store.close()

    assert ["save_counts"] == [each["call"] for each in logs if "call" in each]
