"""By when reports are decided: data, the soonest of what holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handrail import Actor, InvalidValueError, Item, Report, issues
from handrail.settings import span
from handrail_policyfiles import deadlines as legal
from handrail_store._deadlines import deadlines, read_deadlines, regions_of

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
HEAD = "source,issue,region,within,law,starts,ends,why\n"


def hours(at=NOON, **fields):
    report = Report(**{"id": "r", "item_id": "i", **fields})
    return (deadlines().of(report, at) - at) / timedelta(hours=1)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 24),
        ({"source": "notice"}, 24),
        ({"source": "trusted_flagger"}, 12),
        ({"source": "authority"}, 3),
        ({"source": "authority", "issue": "violence.terrorism"}, 3),
        ({"source": "authority", "issue": "violence.terrorism", "territory": ["FR"]}, 1),
        ({"issue": "violence.terrorism", "territory": ["FR"]}, 24),
        ({"issue": "sexual.ncii", "territory": ["IN"]}, 2),
        ({"issue": "sexual.ncii", "reporter": Actor("a", region="IN")}, 2),
        ({"issue": "sexual.ncii", "item": Item("i", region="IN")}, 2),
        ({"issue": "child_safety.grooming"}, 1),
        ({"issue": "self_harm.at_risk"}, 1 / 6),
    ],
)
def test_soonest_of_what_holds(fields, expected):
    """Source, issue and region decide together, and of several the soonest counts."""
    assert pytest.approx(expected) == hours(**fields)


def test_law_has_a_date():
    """A row counts from the day it begins to the day it ends."""
    before = datetime(2026, 2, 19, 12, tzinfo=UTC)
    fields = {"issue": "sexual.ncii", "territory": ["IN"]}

    assert (24, 2) == (hours(before, **fields), hours(**fields))


def test_order_says_itself():
    """An order that names a time is done by then."""
    due = NOON + timedelta(minutes=30)

    assert 0.5 == hours(source="authority", due_at=due)


@pytest.mark.parametrize("name", sorted(issues()))
def test_every_report_has_one(name):
    """No report is without a deadline."""
    assert hours(issue=name) > 0


@pytest.mark.parametrize("row", [r for r in deadlines().rows if r.law], ids=lambda r: r.law)
def test_agrees_with_the_law(row):
    """A row that names a legal deadline is that deadline, on the same days."""
    same = [d for d in legal() if d.id == row.law and (d.starts, d.ends) == (row.starts, row.ends)]

    assert [row.within] == [span(d.within) for d in same]


@pytest.mark.parametrize("region", ["US-CA", "US"])
def test_part_of_a_country_is_the_country(region):
    """A law of a country holds in all of it."""
    assert {"US"} == regions_of(Report(id="r", item=Item("i", region=region)))


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("usr,*,*,24h,,,,", "user"),
        ("user,hate.speach,*,24h,,,,", "hate.speech"),
        ("user,*,XX,24h,,,,", "region"),
        ("user,*,*,soon,,,,", "duration"),
        ("user,*,*,24h,,yesterday,,", "isoformat"),
        ("user,*,*,24h", "8 columns"),
    ],
)
def test_mistake_is_placed(tmp_path, row, says):
    """A wrong row is named by file and line."""
    path = tmp_path / "deadlines.csv"
    path.write_text(HEAD + row + "\n")
    with pytest.raises(InvalidValueError, match=rf"deadlines\.csv:2: .*{says}"):
        read_deadlines(path)


def test_other_columns(tmp_path):
    """A file with other columns is refused at its first line."""
    path = tmp_path / "deadlines.csv"
    path.write_text("source,within\nuser,1h\n")
    with pytest.raises(InvalidValueError, match=r"deadlines\.csv:1: expected the columns"):
        read_deadlines(path)


def test_huge_file(tmp_path):
    """A file of more than a megabyte is no table."""
    path = tmp_path / "deadlines.csv"
    path.write_text(HEAD + "x" * 1_000_001)
    with pytest.raises(InvalidValueError, match="at most"):
        read_deadlines(path)
