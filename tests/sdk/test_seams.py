"""Places where something larger plugs in later: each default does nothing and says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from handrail import Action, Effect, HostEvent, Item, JsonlSink, Judged, MemorySink, Sink
from handrail._counting import NoState
from handrail._judged import NeutralNotices

AT = datetime(2026, 1, 1, tzinfo=UTC)


class TestNoState:
    """State that knows nothing."""

    @pytest.mark.parametrize(
        "ask",
        [
            pytest.param(lambda state: state.counter("posts", Item("i")), id="counter"),
            pytest.param(lambda state: state.strikes("a", "hate.speech", 90), id="strikes"),
            pytest.param(lambda state: state.session("s", "hate.speech", 10), id="session"),
            pytest.param(lambda state: state.tags("actor", "a"), id="tags"),
        ],
    )
    def test_knows_nothing(self, ask):
        """What is not known is None, which is not zero."""
        assert None is ask(NoState())


class TestNeutralNotices:
    """What authors are told where nobody writes it for them."""

    @pytest.mark.parametrize("action", [Action.ALLOW, Action.LIMIT])
    def test_says_nothing_where_the_item_is_out(self, action):
        """What is published needs no word."""
        assert None is NeutralNotices().notice(Judged(action=action, issues=("hate.speech",)))

    @pytest.mark.parametrize("action", [Action.NUDGE, Action.HOLD, Action.BLOCK])
    def test_names_no_issue(self, action):
        """One sentence per action: it accuses nobody and teaches nobody."""
        judged = Judged(action=action, issue="hate.speech", issues=("hate.speech",))

        said = NeutralNotices().notice(judged)

        assert (said is not None, said) == (True, NeutralNotices().notice(Judged(action=action)))

    @pytest.mark.parametrize(
        ("effect", "said"),
        [(Effect("geo_block", "DE"), "has changed"), (Effect("support", ["crisis"]), "nothing")],
        ids=["restricts", "helps"],
    )
    def test_a_revised_allow_says_what_is_left(self, effect, said):
        """Nothing restricts an item any more only where no effect that is left does."""
        judged = Judged(action=Action.ALLOW, effects=(effect,), revised=True)

        assert said in NeutralNotices().notice(judged)

    def test_says_nothing_where_a_law_forbids_it(self):
        """A rule that allows no notice gets none."""
        assert None is NeutralNotices().notice(Judged(action=Action.BLOCK, say="none"))


class TestHostEvent:
    """What the host told us back."""

    def test_survives_json(self):
        """An event is the same after JSON."""
        event = HostEvent(name="viewed", feature="wall", item="i", views=3, at=AT)

        assert event == HostEvent.from_json(json.loads(json.dumps(event.to_json())))

    def test_repr_shows_no_id(self):
        """The repr of an event has no item's id in it."""
        event = HostEvent(name="viewed", feature="wall", item="canary", decision="canary", at=AT)

        assert "canary" not in repr(event)


class TestSink:
    """Where the record goes."""

    @pytest.mark.parametrize(
        ("make", "durable"),
        [
            pytest.param(lambda path: MemorySink(), False, id="memory"),
            pytest.param(lambda path: JsonlSink(path / "record.jsonl"), True, id="file"),
        ],
    )
    def test_ours_are_sinks(self, tmp_path, make, durable):
        """Each sink of the SDK has what a sink needs, and says whether it is durable."""
        sink = make(tmp_path)
        sink.close()

        assert (True, durable) == (isinstance(sink, Sink), sink.durable)
