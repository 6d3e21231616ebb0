"""The commands for what people say and decide: reports, cases and strikes."""

from __future__ import annotations

import io
import json
import re
import sqlite3
from datetime import timedelta

import pytest
from rich.console import Console
from sqlalchemy import update

from handrail import Actor, Item, Report, Safety
from handrail_cli.show import entry
from handrail_store import Store, Worker
from handrail_store._schema import reports

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
    assert f"item {case['item']}, " in run("cases", "list").stdout


def test_queue_of_others(run, reported):
    """Only the queue that is asked for is listed."""
    assert [] == read(run("cases", "list", "--queue", "legal", "--json"))
    assert "No cases are open." in run("cases", "list", "--queue", "legal").stdout


def test_reports_are_listed(run, reported):
    """Reports are listed without a word of what people wrote."""
    result = run("reports", "list", "--json")

    assert ["r-bo", "r-cy"] == sorted(r["host_id"] for r in read(result))
    assert CANARY not in result.output + run("reports", "list").output


def test_report_says_what_it_is_about(run, reported):
    """Who answers reports sees the item, when it came, and by when it is due, in UTC."""
    said = run("reports", "list", "--limit", "1").stdout.replace("\n ", "")

    assert "item c1, " in said
    assert re.search(r"due \d{4}-\d\d-\d\d \d\d:\d\d UTC", said)
    assert re.search(r"came \d{4}-\d\d-\d\d \d\d:\d\d UTC", said)


def test_late_report_says_so(run, reported, here):
    """What is over its deadline is late."""
    store = Store(f"sqlite:///{here}/handrail.db")
    with store.write() as connection:
        connection.execute(update(reports).values(deadline=store.now() - timedelta(hours=1)))
    store.close()

    assert 2 == run("reports", "list").stdout.count("late since")


def test_list_goes_on_below_itself():
    """On a narrow screen the second line is broken with its indent."""
    console = Console(width=40, file=io.StringIO())
    console.print(entry(["id", "open"], *["a fact that is long"] * 4))
    first, *lines = console.file.getvalue().splitlines()

    assert ("id  open", True) == (first, len(lines) > 1)
    assert all(re.match(r"  \S", line) and len(line) <= 40 for line in lines)


def test_more_than_are_shown(run, reported):
    """Where there may be more than are listed, the output says so, apart from the list."""
    assert "No more than 1 are shown" in run("reports", "list", "--limit", "1").stderr
    assert not run("reports", "list").stderr


def test_reports_of_a_decided_case(run, case):
    """What a case answers is listed also once it is decided, and when that was."""
    run("cases", "decide", case, "block", "--by", "rita")
    said = run("reports", "list", "--case", case).stdout

    assert 2 == said.count("acted_on  decided ")
    assert "closed " in run("cases", "list", "--state", "decided").stdout


@pytest.mark.parametrize(
    "command", [["show"], ["warn", "--feature", "video_comments", "--by", "x"]]
)
def test_nobody_is_a_reporter_by_mistake(run, reported, here, command):
    """An id that nobody reports by is an error, and is not written down."""
    result = run("reporters", command[0], "mistyped", *command[1:])

    assert (2, True) == (result.exit_code, "Nobody with that id" in result.output)
    assert ["bo", "cy"] == sorted(
        r["id"] for r in read(run("reporters", "list", "--all", "--json"))
    )


def test_reporters_say_how_many_within_a_day(run, reported):
    """Who reports without end is seen in the list."""
    assert (
        "bo\n  unfounded 0.0, share 0%, 1 within a day" in run("reporters", "list", "--all").stdout
    )
    assert "Nobody; --all lists" in run("reporters", "list").stdout


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


def test_case_says_what_was_found(run, settings):
    """Who decides reads what the modules found, and which rule asked, without looking elsewhere."""
    settings.write_text(SETTINGS)
    disguised = Item("c2", "look: http://bank.example@192.0.2.7/login", author=Actor("ann"))
    with Safety.from_config(settings) as safety:
        said = Report(id="r-1", item=disguised, reporter=Actor("bo"), issue="fraud.phishing")
        safety.feature("video_comments").report(said)
        Worker(safety, safety.store).run(once=True)
        safety.store.close()
    (case,) = read(run("cases", "list", "--json"))
    told = run("cases", "show", case["id"]).stdout
    (found,) = read(run("cases", "show", case["id"], "--json"))["found"]

    assert "ALLOW at report, by every-report\n" in told
    assert f"fraud.phishing {found['score']:.2f}: {found['reason']} (links)" in told


def test_content_that_nobody_kept_is_told(run, case, here):
    """Who asks for a text that is not there does not wonder where it is."""
    with sqlite3.connect(here / "handrail.db") as connection:
        connection.execute("DELETE FROM snapshots")
    connection.close()
    told = run("cases", "show", case, "--show-text", "--by", "rita").stdout

    assert "No content of it is kept.\n" in told


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


def test_reporter_complains(run, case):
    """Who reported in vain complains, somebody else decides, and something is done."""
    run("cases", "decide", case, "allow", "--by", "rita")
    first, _ = read(run("reports", "list", "--state", "not_acted_on", "--json"))
    said = run("reports", "complain", first["id"], "--text", "-", "--json", stdin="They mean it.")
    again = read(said)["case"]
    same = run("cases", "decide", again, "block", "--by", "rita")
    run("cases", "decide", again, "block", "--by", "saul")

    assert (2, True) == (same.exit_code, "somebody else" in same.output)
    assert "acted_on" == read(run("reports", "show", first["id"], "--json"))["state"]


def test_author_appeals(run, case):
    """An author appeals, wins, and the strike counts no more."""
    made = read(run("cases", "decide", case, "block", "--by", "rita", "--json"))
    opened = run("cases", "appeal", made["decision"], "--author", "ann", "--json")
    run("cases", "decide", read(opened)["case"], "allow", "--by", "saul")

    assert 0 == read(run("strikes", "show", "ann", "--json"))["weight"]
    assert 2 == run("cases", "appeal", made["decision"], "--author", "ann").exit_code


def test_warned_then_suspended(run, case):
    """A suspension needs a warning; both say what they rest on."""
    named = ("bo", "--feature", "video_comments", "--by", "rita")
    early = run("reporters", "suspend", *named)
    run("cases", "decide", case, "allow", "--unfounded", "--bad-faith", "--by", "rita")
    warned = read(run("reporters", "warn", *named, "--json"))
    ended = read(run("reporters", "suspend", *named, "--for", "7d", "--json"))
    shown = read(run("reporters", "show", "bo", "--json"))

    assert (2, True) == (early.exit_code, "a warning comes first" in early.output)
    assert (1, 1) == (round(warned["number"], 3), round(warned["intent"], 3))
    assert ended["suspended_until"] == shown["suspended_until"]


def test_reporters_are_listed(run, case):
    """Those with something to answer for are listed, all with --all."""
    assert [] == read(run("reporters", "list", "--json"))
    assert ["bo", "cy"] == sorted(
        r["id"] for r in read(run("reporters", "list", "--all", "--json"))
    )
    run("cases", "decide", case, "allow", "--unfounded", "--by", "rita")
    run("reporters", "warn", "bo", "--feature", "video_comments", "--by", "rita")
    printed = run("reporters", "list").stdout

    assert ("bo" in printed, "unfounded 1.0" in printed, "warned 2" in printed) == (True,) * 3


def test_suspension_is_lifted(run, reported):
    """A suspension ends early where somebody says so."""
    named = ("bo", "--feature", "video_comments", "--by", "rita")
    run("reporters", "warn", *named)
    run("reporters", "suspend", *named)

    assert read(run("reporters", "lift", "bo", "--by", "rita", "--json"))["lifted"]
    assert "Nobody with that id" in run("reporters", "lift", "bo", "--by", "rita").output


def test_duration_of_a_suspension(run, reported):
    """What is no duration is refused, with one that is."""
    result = run("reporters", "suspend", "bo", "--feature", "f", "--by", "rita", "--for", "a while")

    assert (2, True) == (result.exit_code, "such as 30d" in result.output)


def test_set_aside_is_taken_up(run, reported, here):
    """What a suspended account reported can be looked at all the same."""
    named = ("bo", "--feature", "video_comments", "--by", "rita")
    run("reporters", "warn", *named)
    run("reporters", "suspend", *named)
    with Safety.from_config(here / "handrail.yaml") as safety:
        item = Item("c2", "hello", author=Actor("ann"))
        late = Report(id="r3", item=item, reporter=Actor("bo"), issue="integrity.spam")
        safety.feature("video_comments").report(late)
        Worker(safety, safety.store).run(once=True)
        safety.store.close()
    (kept,) = read(run("reports", "list", "--state", "set_aside", "--json"))
    refused = run("reports", "decide", kept["id"], "allow", "--by", "rita")
    taken = read(run("reports", "take-up", kept["id"], "--by", "rita", "--json"))

    assert "take-up" in refused.output
    assert taken["case"] in {each["id"] for each in read(run("cases", "list", "--json"))}


def test_own_words_for_the_author(run, case, here):
    """What the reviewer writes to the author is what they read."""
    made = run("cases", "decide", case, "block", "--notice", "Please stop.", "--by", "r", "--json")
    with Safety.from_config(here / "handrail.yaml") as safety:
        assert "Please stop." == safety.store.decision(read(made)["decision"]).notice
        safety.store.close()


def test_author_is_told_by_the_catalogue(run, reported, settings, here):
    """The settings' notices speak where the reviewer wrote nothing."""
    settings.write_text(SETTINGS + "notices: {languages: [de]}\n")
    (case,) = read(run("cases", "list", "--json"))
    made = read(run("cases", "decide", case["id"], "block", "--by", "rita", "--json"))
    with Safety.from_config(here / "handrail.yaml") as safety:
        notice = safety.store.decision(made["decision"]).notice
        safety.store.close()

    assert "Das hat ein Mensch entschieden." in notice


def test_sweeps_are_listed(run, reported, here):
    """Each sweep says who, how far, and its id for `revert`."""
    assert "No batches." in run("batches", "list").stdout
    swept = read(run("sweep", "--since", "1d", "--by", "lead", "--json"))
    (batch,) = read(run("batches", "list", "--json"))

    assert (swept["batch"], "done", "lead", 0) == (
        batch["id"], batch["state"], batch["by"], batch["body"]["looked"],
    )  # fmt: skip
    assert swept["batch"] in run("batches", "list").stdout


def test_reports_of_a_case(run, case):
    """What a case answers can be asked for."""
    assert 2 == len(read(run("reports", "list", "--case", case, "--json")))
    assert [] == read(run("reports", "list", "--case", "nothing", "--json"))
