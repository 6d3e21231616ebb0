"""The commands for what people say and decide: reports, cases and strikes."""

from __future__ import annotations

import json

import pytest

from handrail import Actor, Item, Report, Safety
from handrail_store import Worker

SETTINGS = """\
version: 1
features:
  video_comments: {surface: comments}
modules: {allow: [links]}
policies: {starting: [reports]}
store: {url: "sqlite:///handrail.db"}
strict: false
"""

CANARY = "canary-7f3a"


@pytest.fixture(name="reported")
def _reported(here, settings):
    """A comment that two people reported, worked once."""
    settings.write_text(SETTINGS)
    item = Item("c1", f"{CANARY} comment", author=Actor("ann"))
    with Safety.from_config(settings) as safety:
        comments = safety.feature("video_comments")
        for who in ("bo", "cy"):
            comments.report(
                Report(
                    id=f"r-{who}",
                    item=item,
                    reporter=Actor(who),
                    text=f"{CANARY} report",
                    issue="harassment.stalking",
                )
            )
        Worker(safety, safety.store).run(once=True)
        safety.store.close()


def read(result):
    """What a command printed for programs."""
    assert 0 == result.exit_code, result.output
    return json.loads(result.stdout)


@pytest.fixture(name="case")
def _case(run, reported):
    """The id of the only case."""
    (case,) = read(run("cases", "list", "--json"))
    return case["id"]


def test_cases_are_listed(run, reported):
    """A case says its queue, its issue and how many reports it answers."""
    (case,) = read(run("cases", "list", "--json"))

    assert ("general", 2, "open") == (case["queue"], case["reports"], case["state"])
    assert "general" in run("cases", "list").stdout


def test_queue_of_others(run, reported):
    """Only the queue that is asked for is listed."""
    assert [] == read(run("cases", "list", "--queue", "legal", "--json"))
    assert "No cases." in run("cases", "list", "--queue", "legal").stdout


def test_reports_are_listed(run, reported):
    """Reports are listed without a word of what people wrote."""
    result = run("reports", "list", "--json")

    assert ["r-bo", "r-cy"] == sorted(r["host_id"] for r in read(result))
    assert CANARY not in result.output + run("reports", "list").output


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_text_is_shown_when_asked_for(run, reported, option):
    """What somebody wrote is shown with --show-text alone."""
    (first, _) = read(run("reports", "list", "--json"))

    assert CANARY not in run("reports", "show", first["id"], *option).output
    assert (
        CANARY in run("reports", "show", first["id"], "--show-text", "--by", "rita", *option).output
    )


@pytest.mark.parametrize("command", ["cases", "reports"])
def test_somebody_looks(run, reported, command):
    """Content is shown to somebody, never to nobody."""
    (first, *_) = read(run(command, "list", "--json"))
    result = run(command, "show", first["id"], "--show-text")

    assert (2, True) == (result.exit_code, "needs --by" in result.output)


def test_item_is_shown_when_asked_for(run, case):
    """So is what was reported."""
    assert CANARY not in run("cases", "show", case).output
    assert CANARY in run("cases", "show", case, "--show-text", "--by", "rita").output


def test_who_looked_is_in_the_audit_log(run, case, here):
    """Each look at content leaves a row."""
    run("cases", "show", case, "--show-text", "--by", "rita")
    with Safety.from_config(here / "handrail.yaml") as safety:
        assert safety.store.chain() >= 1
        safety.store.close()


def test_case_is_decided(run, case):
    """Deciding closes the case, is a strike, and answers the reports."""
    made = read(run("cases", "decide", case, "block", "--by", "rita", "--json"))
    strikes = read(run("strikes", "show", "ann", "--json"))

    assert "block" == made["action"]
    assert ["rita"] == [strike["confirmed_by"] for strike in strikes["strikes"]]
    assert 2 == len(read(run("reports", "list", "--state", "acted_on", "--json")))


def test_report_is_decided(run, reported):
    """Deciding a report decides its case."""
    (first, _) = read(run("reports", "list", "--json"))

    assert "Decided: allow" in run("reports", "decide", first["id"], "allow", "--by", "rita").stdout
    assert [] == read(run("cases", "list", "--json"))


def test_decided_twice(run, case):
    """A second decision is refused, and says why."""
    run("cases", "decide", case, "allow", "--by", "rita")
    result = run("cases", "decide", case, "block", "--by", "rita")

    assert (2, True) == (result.exit_code, "decided already" in result.output)


@pytest.mark.parametrize("command", ["cases", "reports"])
def test_unknown_id(run, reported, command):
    """An id that is not there is named as such."""
    assert "has that id" in run(command, "show", "nothing").output


def test_strike_is_taken_back(run, case):
    """A strike that was taken back weighs nothing, and is seen."""
    run("cases", "decide", case, "block", "--by", "rita")
    before = read(run("strikes", "show", "ann", "--json"))
    read(run("strikes", "undo", before["strikes"][0]["id"], "--by", "saul", "--json"))
    after = read(run("strikes", "show", "ann", "--json"))

    assert (2.0, 0.0) == (round(before["weight"], 3), after["weight"])
    assert "They weigh 0.00 now." in run("strikes", "show", "ann").stdout


def test_strike_that_is_not_there(run, reported):
    """Only what counts can be taken back."""
    assert "no strike" in run("strikes", "undo", "nothing", "--by", "saul").output


def test_replies_wait(run, case):
    """Without a function that sends them, replies wait."""
    run("cases", "decide", case, "allow", "--by", "rita")

    assert {"answered": 0, "waiting": 4} == read(run("reports", "answer", "--json"))
    assert "4 replies wait" in run("reports", "answer").stdout
