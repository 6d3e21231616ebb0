"""The record in tables: whole, idempotent, and without content outside of what is sealed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from handrail import Action, Actor, Decision, Item, PolicyRef, Report, Sink, Stage
from handrail_store import Keep, Record, Store, Wanted
from handrail_store import _schema as t

KEY = bytes(range(32))
ANA = Actor(id="ana", age=17, region="DE")
CANARY = "canary-7f3a"


def count(store, table):
    """How many rows a table has."""
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def rows(store, table):
    """Every row of a table."""
    with store.read() as connection:
        return list(connection.execute(select(table)).mappings())


def ask(safety, text, number=1, **more):
    """Ask about a comment of Ana's, and have everything written."""
    made = safety.feature("video_comments").pre_publish(
        Item(id=f"c{number}", text=text, author=ANA, **more)
    )
    safety.flush()
    return made


@pytest.mark.parametrize("text", ["fine", "nudge", "limit", "hold", "block", "preserve"])
def test_a_decision_comes_back_as_it_was(open_safety, store, text):
    """Whatever was decided, and however little was written for it, is read back whole."""
    made = ask(open_safety(), text)

    assert _plain(made) == _plain(store.decision(made.id))


def _plain(decision):
    """A decision's JSON form, without how long each module took, which ALLOWs do not keep."""
    said = decision.to_json()
    said["coverage"] = [{**row, "ms": None} for row in said["coverage"]]
    return said


def test_a_decision_that_is_not_there_is_none(store):
    """An id that nobody was given has no decision."""
    assert store.decision("0" * 24) is None


def test_it_is_a_sink(store):
    """Safety takes it."""
    assert isinstance(store.sink, Sink)


def test_clean_calls_share_what_they_have_in_common(open_safety, store):
    """A clean ALLOW has columns of its own, and one row of what it shares with others."""
    safety = open_safety()
    for number in range(5):
        ask(safety, "fine", number)

    assert [None] * 5 == [row["body"] for row in rows(store, t.decisions)]
    assert 1 == count(store, t.plans)


def test_a_batch_written_again_does_nothing(open_safety, store):
    """What a broken connection leaves in doubt is written again, and stands there once."""
    made = [ask(open_safety(), text, n) for n, text in enumerate(("fine", "hold", "block"))]
    tables = (t.decisions, t.findings, t.items, t.snapshots, t.cases, t.plans)
    before = [count(store, table) for table in tables]
    store.sink.write(made)
    store.sink.commit(made)

    assert [3, 2, 3, 2, 1, 1] == before == [count(store, table) for table in tables]


def test_findings_have_rows(open_safety, store):
    """What was found can be counted without opening a decision."""
    made = ask(open_safety(), "hold")

    (row,) = rows(store, t.findings)
    assert (made.id, "reader", 0.6) == (row["decision"], row["module"], row["score"])


def test_items_are_known(open_safety, store):
    """What is known of an item stands in a row; how old its author was then, too."""
    ask(open_safety(), "fine", language="de", recipients=[Actor(id="ben")])

    (row,) = rows(store, t.items)
    assert ("ana", 17, "DE", "de", ["ben"]) == (
        row["author"], row["author_age"], row["author_region"], row["language"],
        row["recipients"],
    )  # fmt: skip


def test_items_of_clean_calls_may_be_left_out(url, clock, open_safety):
    """Where the settings say so, only what something was found in has a row."""
    store = Store(url, key=KEY, clock=clock, upgrade=True, record=Record(items="noted"))
    safety = open_safety(sink=store.sink)
    for number, text in enumerate(("fine", "nudge")):
        ask(safety, text, number)

    assert ["c1"] == [row["item"] for row in rows(store, t.items)]
    store.close()


class TestCommit:
    """What opens a case is durable before the call returns."""

    def test_hold_is_recorded_with_its_case(self, open_safety, store):
        """A HOLD is there with a case, though nothing was flushed."""
        made = open_safety().feature("video_comments").pre_publish(Item("c1", "hold"))

        assert made.recorded
        (case,) = rows(store, t.cases)
        assert (made.id, "open") == (case["decision"], case["state"])

    def test_another_hold_of_the_same_revision_opens_no_second_case(self, open_safety, store):
        """Whoever sends the same again makes no more work."""
        safety = open_safety()
        ask(safety, "hold")
        ask(safety, "hold")

        assert (2, 1) == (count(store, t.decisions), count(store, t.cases))

    def test_nothing_is_there_without_its_case(self, open_safety, store, monkeypatch):
        """Decision and case are one transaction."""

        def fail(*_):
            raise OSError

        safety = open_safety()
        monkeypatch.setattr("handrail_store._record.open_cases", fail)
        made = safety.feature("video_comments").pre_publish(Item("c1", "hold"))

        assert (False, True, Action.HOLD) == (made.recorded, made.degraded, made.action)
        assert 0 == count(store, t.decisions)


class TestSnapshots:
    """The content of what was held, blocked or reported is kept, sealed."""

    @pytest.mark.parametrize(
        ("text", "reason"), [("hold x", "held"), ("block x", "blocked"), ("fine", None)]
    )
    def test_is_kept_where_somebody_may_complain(self, open_safety, store, text, reason):
        """What nothing was done to leaves no copy."""
        ask(open_safety(), text)

        assert [reason] * bool(reason) == [row["reason"] for row in rows(store, t.snapshots)]

    def test_is_opened_as_it_was(self, open_safety, store):
        """Who reviews a revision sees what was looked at; the audit log says who did."""
        ask(open_safety(), "hold this")

        assert "hold this" == store.snapshot("video_comments", "c1", 1, by="rev").text
        (row,) = rows(store, t.audit)
        assert ("snapshot_opened", "rev") == (row["what"], row["by"])

    def test_what_is_not_kept_cannot_be_opened(self, store):
        """There is no snapshot of what nobody kept."""
        assert store.snapshot("video_comments", "c1", 1, by="rev") is None

    def test_is_kept_for_the_appeal_window(self, open_safety, store, clock):
        """Six months, in which people may complain."""
        ask(open_safety(), "block")

        assert 183 == (rows(store, t.snapshots)[0]["keep_until"] - clock.at).days

    def test_is_kept_longer_where_a_rule_says_so(self, open_safety, store, clock):
        """A ``preserve`` effect says how long."""
        ask(open_safety(), "preserve")

        assert 400 == (rows(store, t.snapshots)[0]["preserve_until"] - clock.at).days

    def test_is_kept_once_and_as_long_as_anyone_asks(self, open_safety, store, clock):
        """Later decisions make it last longer, and never shorter."""
        safety = open_safety()
        ask(safety, "preserve")
        clock.forward(days=10)
        ask(safety, "block")

        (row,) = rows(store, t.snapshots)
        assert (193, 400) == tuple(
            (row[name] - clock.at).days + 10 for name in ("keep_until", "preserve_until")
        )

    def test_of_a_report_is_kept(self, open_safety, store):
        """What somebody reported is kept, whatever was decided."""
        store.sink.write([
            open_safety().feature("video_comments").work(
                Stage.REPORT, Report(id="r1", item=Item("c1", "fine", author=ANA))
            )
        ])  # fmt: skip

        assert ["reported"] == [row["reason"] for row in rows(store, t.snapshots)]

    def test_of_a_report_without_its_item_is_none(self, open_safety, store):
        """Where nobody has the item at hand, nothing is known of it."""
        report = Report(id="r1", item_id="c1")
        store.sink.write([open_safety().feature("video_comments").work(Stage.REPORT, report)])

        assert (1, 0, 0) == tuple(count(store, x) for x in (t.decisions, t.snapshots, t.items))

    def test_of_a_feature_that_opted_in_is_kept(self, url, clock, open_safety):
        """Other content is kept for features that ask for it, as long as they ask for."""
        store = Store(url, key=KEY, clock=clock, upgrade=True, keep=Keep(opted={"reviews": "30d"}))
        safety = open_safety(sink=store.sink)
        for name in ("video_comments", "reviews"):
            safety.feature(name).pre_publish(Item("c1", "fine"))
        safety.flush()

        (row,) = rows(store, t.snapshots)
        store.close()
        assert ("reviews", 30) == (row["feature"], (row["keep_until"] - clock.at).days)


def test_no_content_stands_anywhere_but_sealed(open_safety, store):
    """Promise 7: whatever is written of an item's text is encrypted."""
    safety = open_safety()
    feature = safety.feature("video_comments")
    for word in ("fine", "nudge", "limit", "hold", "block", "preserve"):
        item = Item(f"id-{word}", f"{word} {CANARY}", author=ANA, attributes={"x": CANARY})
        made = feature.pre_publish(item)
        feature.carried_out(made, published=True)
        feature.viewed(item, 3, "DE")
        feature.withdrawn(item)
        report = Report(id=f"r-{word}", item=item, text=CANARY, reporter=ANA)
        store.sink.write([feature.work(Stage.REPORT, report)])
    safety.flush()

    with store.read() as connection:
        seen = [
            (table.name, column.name, value)
            for table in t.METADATA.sorted_tables
            for column in table.columns
            for value in connection.execute(select(column)).scalars()
        ]
    plain = [place for *place, value in seen if CANARY.encode() in _bytes(value)]
    assert [] == plain
    assert len(seen) > 100


def _bytes(value):
    return value if isinstance(value, bytes) else str(value).encode()


def test_content_is_found_where_it_is_opened(open_safety, store):
    """The canary is in there: what is sealed is not just lost."""
    ask(open_safety(), f"hold {CANARY}")

    assert CANARY in store.snapshot("video_comments", "c1", 1, by="rev").text


@pytest.mark.parametrize("number", ["\0", "\ud800", "x" * 511, "\N{GRINNING FACE}"])
def test_any_id_is_taken(open_safety, store, number):
    """An id that a database refuses is written as near as it can be, and is found by it."""
    made = ask(open_safety(), "hold", number)

    assert made.recorded
    assert [made.id] == [d.id for d in store.decisions(Wanted(item=f"c{number}"))]


def test_many_policies_are_taken(store):
    """Names and revisions of many policies, joined, are as long as they are."""
    many = PolicyRef(name="+".join(["x" * 60] * 20), revision="f" * 200, bundle="f" * 200)
    made = Decision(action="block", id="a" * 24, item="c", policy=many)
    store.sink.write([made])

    assert many == store.decision(made.id).policy


def test_one_bad_entry_does_not_hold_up_the_others(open_safety, store):
    """What no database takes is logged by its kind, and the rest of its batch is written."""
    good = ask(open_safety(), "fine")
    bad = Decision(action="allow", id="x" * 100_000, item="c", latency_us=2**80)
    other = Decision(action="allow", id="b" * 24, item="c")
    with capture_logs() as logs:
        store.sink.write([bad, other])

    assert {good.id, other.id} == {d.id for d in store.decisions()}
    assert ["handrail.entry_refused"] == [log["event"] for log in logs]


class TestTold:
    """What the host tells back."""

    def test_views_are_summed(self, open_safety, store):
        """Views of one hour and segment are one number."""
        safety, item = open_safety(), Item("c1", "fine")
        feature = safety.feature("video_comments")
        for segment in ("DE", "DE", None):
            feature.viewed(item, 5, segment)
            safety.flush()

        counted = {row["segment"]: row["count"] for row in rows(store, t.views)}
        assert {"DE": 10, "": 5} == counted

    def test_withdrawn_marks_the_item(self, open_safety, store):
        """What is gone says since when."""
        safety = open_safety()
        ask(safety, "fine")
        safety.feature("video_comments").withdrawn(Item("c1", "fine"))
        safety.flush()

        (item,), (event,) = rows(store, t.items), rows(store, t.events)
        assert ("withdrawn", event["at"]) == (event["name"], item["withdrawn_at"])

    def test_carried_out_marks_the_item(self, open_safety, store):
        """What is visible says since when."""
        safety = open_safety()
        made = ask(safety, "fine")
        safety.feature("video_comments").carried_out(made, published=True)
        safety.flush()

        (item,), (event,) = rows(store, t.items), rows(store, t.events)
        assert (made.id, event["at"]) == (event["decision"], item["published_at"])


def test_busy_database_is_no_reason_not_to_start(url, clock, monkeypatch):
    """A process starts while another one writes."""
    monkeypatch.setattr("handrail_store._engine.BUSY_MS", 50)
    made = Store(url, key=KEY, clock=clock, upgrade=True)
    with made.write():
        assert made.sink.durable
    made.close()
