"""Decisions, receipts and their parts: one JSON form, read back without loss."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import (
    Action,
    Cause,
    Coverage,
    Decision,
    Effect,
    Evidence,
    Fault,
    Feature,
    Finding,
    Hold,
    InvalidValueError,
    Item,
    Manifest,
    Match,
    PolicyRef,
    Receipt,
    Safety,
    Shadow,
    Stage,
    Status,
    hookimpl,
)

WORDS = st.text(max_size=20)
SCORES = st.floats(0, 1)
ACTIONS = st.sampled_from(Action)
TIMES = st.datetimes(timezones=st.just(UTC))
EVIDENCE = st.builds(
    Evidence,
    spans=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=2),
    counts=st.dictionaries(WORDS, st.integers(0, 99), max_size=2),
)
FINDINGS = st.builds(Finding, WORDS, SCORES, WORDS, evidence=EVIDENCE, module=st.none() | WORDS)
FAULTS = st.builds(
    Fault,
    WORDS,
    st.sampled_from(Cause),
    st.none() | st.floats(0, 99),
    error=st.none() | WORDS,
    place=st.none() | WORDS,
)
EFFECTS = st.builds(Effect, st.just("reach"), SCORES) | st.builds(
    Effect, st.just("review"), st.just({"queue": "legal", "within": "1h"}), until=TIMES
)
MATCHES = st.builds(
    Match, rule=WORDS, policy=WORDS, issue=st.none() | WORDS, action=ACTIONS,
    score=st.none() | SCORES, at=st.none() | SCORES, hash=WORDS,
)  # fmt: skip
DECISIONS = st.builds(
    Decision,
    action=ACTIONS,
    id=WORDS,
    item=WORDS,
    revision=st.integers(0, 9),
    feature=WORDS,
    stage=st.sampled_from(Stage),
    effects=st.lists(EFFECTS, max_size=2),
    findings=st.lists(FINDINGS, max_size=2),
    faults=st.lists(FAULTS, max_size=2),
    coverage=st.lists(
        st.builds(Coverage, WORDS, st.sampled_from(Status), st.none() | WORDS), max_size=2
    ),
    rules=st.lists(MATCHES, max_size=2),
    decided_by=st.none() | WORDS,
    policy=st.none() | st.builds(PolicyRef, name=WORDS, revision=WORDS),
    hold=st.none() | st.builds(Hold, until=TIMES, otherwise=ACTIONS),
    notice=st.none() | WORDS,
    shadow=st.none()
    | st.builds(
        Shadow,
        action=ACTIONS,
        effects=st.lists(EFFECTS, max_size=1).map(tuple),
        rules=st.lists(MATCHES, max_size=1).map(tuple),
        differs=st.booleans(),
    ),
    trace_id=st.none() | WORDS,
    at=st.none() | TIMES,
    latency_us=st.integers(0, 10**9),
    final=st.booleans(),
    complete=st.booleans(),
    degraded=st.booleans(),
    recorded=st.none() | st.booleans(),
)


def plain(value):
    """The JSON form of a decision or a part of it, worked out the long way."""
    if isinstance(value, (Effect, Finding)):
        return value.to_json()
    if attrs.has(type(value)):
        fields = attrs.fields(type(value))
        return {field.name: plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, Action):
        return value.name.lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return [plain(each) for each in value] if isinstance(value, tuple) else value


class Grumpf:
    """Finds one word."""

    MANIFEST = Manifest(
        name="grumpf", version="1", issues={"harassment.bullying"}, surfaces={"*"}, languages={"*"}
    )

    @hookimpl
    def pre_publish(self, item):
        """Look."""
        if "GRUMPF" in item.text:
            yield Finding("harassment.bullying", 1.0, "a stand-in for an insult")


class TestDecision:
    """The answer to one ``pre_publish``."""

    @given(DECISIONS)
    def test_survives_json(self, decision):
        """A decision is the same after JSON."""
        assert decision == Decision.from_json(json.loads(json.dumps(decision.to_json())))

    @given(DECISIONS)
    def test_json_is_what_each_part_says(self, decision):
        """However it is written, its JSON is that of its parts, nulls kept."""
        assert json.dumps(plain(decision)) == json.dumps(decision.to_json())

    @pytest.mark.parametrize("text", ["hello", "GRUMPF"])
    def test_json_of_a_call_is_that_of_its_copy(self, text):
        """Written off the record of its call it says the same as field by field."""
        wall = Feature(name="wall", surface="comments")
        with Safety(features=[wall], modules=[Grumpf()], strict=False) as safety:
            decision = safety.feature("wall").pre_publish(Item("i", text))
        said = decision.to_json()

        assert json.dumps(plain(decision)) == json.dumps(said)
        assert bool(said["findings"]) is (text == "GRUMPF")

    def test_json_has_every_field(self):
        """A reader of JSON sees what was not set, too."""
        names = [field.name for field in attrs.fields(Decision)]

        assert names == list(Decision(action="allow").to_json())

    def test_a_name_that_it_has_not(self):
        """A decision of a call answers ``hasattr`` as any object does."""
        wall = Feature(name="wall", surface="comments")
        with Safety(features=[wall], modules=[], strict=False) as safety:
            decision = safety.feature("wall").pre_publish(Item("i", "hello"))

        assert not hasattr(decision, "verdict")

    def test_json_form(self):
        """Actions, causes and statuses are lower-case words."""
        decision = Decision(
            action=Action.HOLD,
            faults=[Fault("text", Cause.OVER_BUDGET, 1.5)],
            coverage=[Coverage("text", Status.SKIPPED, "decided")],
            hold=Hold(until=datetime(2026, 1, 1, tzinfo=UTC), otherwise="block"),
            policy=PolicyRef(name="comments", revision="abc"),
        )
        said = decision.to_json()

        assert {
            "action": "hold",
            "faults": [
                {
                    "source": "text",
                    "cause": "over_budget",
                    "ms": 1.5,
                    "error": None,
                    "place": None,
                    "issues": [],
                }
            ],
            "coverage": [{"module": "text", "status": "skipped", "reason": "decided", "ms": None}],
            "hold": {
                "until": "2026-01-01T00:00:00+00:00",
                "otherwise": "block",
                "waits_for": "staff",
                "effects": [],
            },
            "policy": {"name": "comments", "revision": "abc", "bundle": None},
        } == {key: said[key] for key in ("action", "faults", "coverage", "hold", "policy")}

    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param({}, id="no action"),
            pytest.param({"action": "HOLD"}, id="upper case"),
            pytest.param({"action": 3}, id="a number"),
            pytest.param({"action": ["hold"]}, id="a list"),
            pytest.param({"action": "hold", "stage": "later"}, id="unknown stage"),
            pytest.param({"action": "hold", "rules": [5]}, id="number as rule"),
            pytest.param({"action": "hold", "faults": [5]}, id="number as fault"),
            pytest.param({"action": "hold", "at": "2026-01-01T00:00:00"}, id="naive time"),
            pytest.param({"action": "hold", "shadow": {"actoin": "hold"}}, id="unknown field"),
        ],
    )
    def test_refuses_wrong_json(self, wrong):
        """JSON that is no decision is an InvalidValueError."""
        with pytest.raises(InvalidValueError):
            Decision.from_json(wrong)

    def test_cannot_change(self):
        """A decision is frozen."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            Decision(action="allow").action = Action.BLOCK

    def test_repr_shows_no_content(self):
        """The repr has no id, reason or notice in it."""
        finding = Finding("hate.speech", 0.5, "canary")
        decision = Decision(
            action="hold", id="canary", item="canary", notice="canary", findings=[finding]
        )

        assert "canary" not in repr(decision)

    def test_finds_an_effect_by_name(self):
        """The first effect of a name is at hand; one that is not there is None."""
        reach = Effect("reach", 0.2)
        decision = Decision(action="limit", effects=[reach])

        assert [reach, None] == [decision.effect("reach"), decision.effect("label")]


class TestAction:
    """What becomes of an item."""

    def test_is_ordered_by_severity(self):
        """The most severe action is the greatest."""
        names = ["ALLOW", "NUDGE", "LIMIT", "HOLD", "BLOCK"]

        assert names == [action.name for action in sorted(Action)]

    @pytest.mark.parametrize("action", Action)
    def test_parses_its_word(self, action):
        """Each action is read from its lower-case name, and from itself."""
        assert action is Action.parse(action.name.lower()) is Action.parse(action)

    @pytest.mark.parametrize("wrong", [3, "Hold", None, ["hold"], True])
    def test_refuses(self, wrong):
        """What is no action is refused with the actions there are."""
        with pytest.raises(InvalidValueError, match="unknown action"):
            Action.parse(wrong)


class TestEvidence:
    """Where and how much; never the text."""

    @pytest.mark.parametrize(
        "wrong",
        [
            pytest.param({"spans": [(1, 2, 3)]}, id="three ends"),
            pytest.param({"spans": [1, 2]}, id="no pairs"),
            pytest.param({"spans": 5}, id="a number"),
            pytest.param({"spans": [("a", "b")]}, id="text"),
            pytest.param({"counts": {"hits": float("nan")}}, id="NaN"),
            pytest.param({"counts": [1]}, id="a list of counts"),
        ],
    )
    def test_refuses(self, wrong):
        """Spans are pairs of numbers, counts are numbers by name."""
        with pytest.raises(InvalidValueError):
            Evidence(**wrong)

    def test_later(self):
        """What is worked out later is so once, when it is read, and then like any other."""
        looks = []
        late = Evidence.later(lambda: looks.append(1) or Evidence([(1, 2)], {"hits": 3}), ["hits"])
        finding = Finding("hate.speech", 0.5, "a reason", evidence=late)
        assert late.count("nudge") == 0
        assert not looks
        assert late.count("hits") == 3
        assert finding.to_json()["evidence"] == {"spans": [[1, 2]], "counts": {"hits": 3}}
        assert late == Evidence([(1, 2)], {"hits": 3}) == late
        assert hash(late) == hash(Evidence([(1, 2)], {"hits": 3}))
        assert looks == [1]
        assert pickle.loads(pickle.dumps(late)).count("hits") == 3

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param({"counts": {"n": 1}}, Evidence([(1, 2)], {"n": 1}), id="counts"),
            pytest.param({"spans": [(3, 4)]}, Evidence([(3, 4)], {"hits": 3}), id="spans"),
            pytest.param({}, Evidence([(1, 2)], {"hits": 3}), id="nothing"),
            pytest.param({"counts": {"n": "three"}}, Evidence(counts={"failed": 1}), id="words"),
        ],
    )
    def test_later_and_changed(self, changes, expected):
        """It can be changed like any other, and is checked as before."""
        late = Evidence.later(lambda: Evidence([(1, 2)], {"hits": 3}), ["hits"])
        assert attrs.evolve(late, **changes) == expected

    @pytest.mark.parametrize(
        "look",
        [
            pytest.param(lambda: 1 / 0, id="raises"),
            pytest.param(lambda: None, id="no evidence"),
            pytest.param(lambda: Evidence(counts={"hits": "three"}), id="a count in words"),
            pytest.param(lambda: Evidence(counts={"other": 3}), id="another count"),
        ],
    )
    def test_later_and_wrong(self, look):
        """What fails when it is read says so, and is no error of who reads it."""
        late = Evidence.later(look, ["hits"])
        assert (late.spans, dict(late.counts)) == ((), {"failed": 1})
        assert not hasattr(late, "score")


class TestReceipt:
    """The answer to ``post_publish`` and ``report``."""

    @given(
        st.builds(
            Receipt, id=WORDS, item=WORDS, revision=st.none() | st.integers(0, 9), feature=WORDS,
            stage=st.sampled_from(Stage), status=st.sampled_from(["pending", "accepted"]),
            degraded=st.booleans(), recorded=st.none() | st.booleans(), trace_id=st.none() | WORDS,
        )
    )  # fmt: skip
    def test_survives_json(self, receipt):
        """A receipt is the same after JSON."""
        assert receipt == Receipt.from_json(json.loads(json.dumps(receipt.to_json())))

    def test_does_not_claim_to_have_worked_it_through(self):
        """A receipt is pending unless somebody says more."""
        assert "pending" == Receipt(id="r", item="i", feature="f", stage="report").status

    def test_refuses_another_status(self):
        """A receipt is pending, accepted or refused, and nothing else."""
        with pytest.raises(InvalidValueError, match="pending, accepted or refused"):
            Receipt(id="r", item="i", feature="f", stage="report", status="allow")
