"""What is decided after publishing, and how it reaches the feature."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from handrail import (
    Action,
    AsyncSafety,
    Decision,
    Effect,
    Enforcement,
    Feature,
    Finding,
    Hold,
    InvalidValueError,
    Item,
    Manifest,
    MemorySink,
    Policy,
    Report,
    Safety,
    Stage,
    hookimpl,
    item_of,
    report_of,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
ITEM = Item("c1", "GRUMPF")


class Grumpf:
    """Finds a stand-in for an insult at every stage."""

    MANIFEST = Manifest(
        name="grumpf", version="1", issues={"harassment.bullying"}, surfaces={"*"}, languages={"*"}
    )

    @hookimpl
    def pre_publish(self, item):
        """Find it before."""
        return self._find(item)

    @hookimpl
    def post_publish(self, item):
        """Find it after."""
        return self._find(item)

    @hookimpl
    def report(self, item):
        """Find it when told."""
        return self._find(item)

    def _find(self, item):
        if "GRUMPF" in item.text:
            yield Finding("harassment.bullying", 1.0, "a stand-in for an insult")


def given(**more):
    """The arguments of a Safety whose module finds stand-ins."""
    return {
        "features": [Feature(name="video_comments", surface="comments")],
        "modules": [Grumpf()],
        "policy": Policy(
            issues={"harassment.bullying": {"hold": 0.9}},
            holds={"within": "1h", "otherwise": "block"},
        ),
        **more,
    }


def made(**more):
    """An enforcement as a store would make it."""
    return Enforcement(
        **{"id": "e1", "feature": "video_comments", "item": "c1", "action": "block", **more}
    )


class TestEnforcement:
    """A decision that has to reach the feature."""

    def test_survives_json(self):
        """An enforcement is the same after JSON."""
        whole = made(
            revision=2, effects=[Effect("review", {"urgent": timedelta(hours=1)})],
            hold=Hold(until=AT, otherwise="block"), notice="n", decision="d", batch="b", at=AT,
            carrier={"traceparent": "00-1-2-01"},
        )  # fmt: skip

        assert whole == Enforcement.from_json(whole.to_json())

    def test_revoke_names_what_it_undoes(self):
        """What undoes nothing is a mistake."""
        with pytest.raises(InvalidValueError, match=r"Enforcement\.revokes"):
            made(kind="revoke")

    def test_kind_is_one_of_two(self):
        """Another kind is a mistake."""
        with pytest.raises(InvalidValueError, match="expected one of apply, revoke"):
            made(kind="canary")

    def test_repr_shows_no_ids(self):
        """An id may be content."""
        assert "Enforcement(apply BLOCK, feature='video_comments')" == repr(made())


class TestSubject:
    """What a decision of this process is about."""

    def test_item(self):
        """A sink can ask for the item."""
        with Safety(**given()) as safety:
            assert ITEM == item_of(safety.feature("video_comments").pre_publish(ITEM))

    def test_report(self):
        """A sink can ask for the report."""
        report = Report(id="r1", item=ITEM)
        with Safety(**given()) as safety:
            made = safety.feature("video_comments").work(Stage.REPORT, report)

        assert (report, ITEM) == (report_of(made), item_of(made))

    def test_read_back(self):
        """What comes out of a record has left its item behind."""
        assert (None, None) == (
            item_of(Decision(action="allow")), report_of(Decision(action="allow"))
        )  # fmt: skip

    def test_item_that_was_only_named(self):
        """A report that only names its item has none."""
        with Safety(**given()) as safety:
            made = safety.feature("video_comments").work(
                Stage.REPORT, Report(id="r1", item_id="c1")
            )

        assert "c1" == made.item


class TestWork:
    """Looking at what was accepted earlier."""

    def test_decides(self):
        """The whole decision comes back."""
        with Safety(**given()) as safety:
            made = safety.feature("video_comments").work(Stage.POST_PUBLISH, ITEM)

        assert (Action.HOLD, Stage.POST_PUBLISH) == (made.action, made.stage)

    def test_asks_neither_intake_nor_sink(self):
        """The record is the worker's own."""
        sink = MemorySink()
        with Safety(**given(sink=sink, intake=Refusing())) as safety:
            safety.feature("video_comments").work(Stage.POST_PUBLISH, ITEM)

        assert [] == list(sink.entries)

    def test_is_counted(self):
        """The metrics know of it."""
        with Safety(**given()) as safety:
            safety.feature("video_comments").work(Stage.POST_PUBLISH, ITEM)

            assert 1 == sum(safety.counts("handrail.calls").values())

    def test_never_raises(self):
        """What is no item becomes a degraded decision."""
        with Safety(**given()) as safety:
            assert safety.feature("video_comments").work(Stage.POST_PUBLISH, "no item").degraded

    def test_awaited(self):
        """The awaited form says the same."""

        async def ask():
            async with AsyncSafety(**given()) as safety:
                return await safety.feature("video_comments").work(Stage.POST_PUBLISH, ITEM)

        assert Action.HOLD is asyncio.run(ask()).action


class Refusing:
    """An intake that must not be asked."""

    def accept(self, feature, subject):
        """Fail the test."""
        raise AssertionError


class TestEnforce:
    """Having the host carry it out."""

    @pytest.fixture(name="safety")
    def _safety(self):
        with Safety(**given()) as safety:
            yield safety

    def test_reaches_the_host(self, safety):
        """The function that the host registered is called."""
        seen = []
        comments = safety.feature("video_comments")
        comments.on_enforcement(seen.append)

        assert (True, [made()]) == (comments.enforce(made()), seen)

    def test_every_handle_knows(self, safety):
        """A feature is one thing, however often it is asked for."""
        safety.feature("video_comments").on_enforcement(lambda enforcement: None)

        assert safety.feature("video_comments").enforce(made())

    def test_nobody_registered(self, safety):
        """Nothing was carried out."""
        comments = safety.feature("video_comments")

        assert (False, False) == (comments.carries, comments.enforce(made()))

    def test_host_says_no(self, safety):
        """False is to be asked again."""
        comments = safety.feature("video_comments")
        comments.on_enforcement(lambda enforcement: False)

        assert not comments.enforce(made())

    def test_host_raises(self, safety):
        """An error of the host's is logged by its type, and is to be asked again."""
        comments = safety.feature("video_comments")
        comments.on_enforcement(lambda enforcement: 1 / 0)
        with capture_logs() as logs:
            done = comments.enforce(made())

        assert (False, "ZeroDivisionError") == (done, logs[0]["error"])

    def test_no_function(self, safety):
        """A programmer's mistake is told at once."""
        with pytest.raises(InvalidValueError, match="on_enforcement"):
            safety.feature("video_comments").on_enforcement("canary")

    @pytest.mark.parametrize("answer", [None, False])
    def test_awaited(self, answer):
        """The host's function may be awaited, too."""

        async def carry(enforcement):
            return answer

        async def ask():
            async with AsyncSafety(**given()) as safety:
                comments = safety.feature("video_comments")
                comments.on_enforcement(carry)
                return await comments.enforce(made())

        assert (answer is None) is asyncio.run(ask())
