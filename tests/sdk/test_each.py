"""Rules that are tested for each recipient, and effects that name whom they are for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from handrail import (
    Action,
    Actor,
    Condition,
    Effect,
    Feature,
    Item,
    JsonlSink,
    Policy,
    PolicyError,
    Safety,
    read_record,
)
from handrail import testing as fakes
from handrail._effect import merge_effects as merge

HATE = "hate.speech"
YOUNG = Condition(["recipient.age"], lambda age: age < 16)
ALWAYS = Condition(["now"], lambda now: True)
BIRD = "canaryxsubjectx"
ABOUT = {"id": "o", "when": YOUNG, "unknown": "skip"}
DENY = {"deny": ["direct_message"], "on": "pair"}


def rule(**changes):
    return {
        "id": "r", "issue": HATE, "when": YOUNG, "unknown": "skip", "each": "recipients",
        "then": DENY, **changes,
    }  # fmt: skip


def to(*ages, **more):
    """An item to recipients a, b, … of these ages."""
    people = [Actor("abcdef"[n], age=age) for n, age in enumerate(ages)]
    return Item("i", author=Actor("me"), recipients=people, **more)


def subjects(outcome, name="deny"):
    """Whom the effects of that name are for."""
    return [e.subject for e in outcome.effects if e.name == name]


class TestWhom:
    """For whom the condition holds."""

    @pytest.mark.parametrize(
        ("ages", "expected"),
        [
            pytest.param([12, 30, 15], ["a", "c"], id="some"),
            pytest.param([30, 40], [], id="none"),
            pytest.param([], [], id="no recipients"),
        ],
    )
    def test_one_effect_each(self, decide, ages, expected):
        """Each recipient for whom it holds has an effect of their own."""
        assert expected == subjects(decide(Policy(rules=[rule()]), item=to(*ages)))

    def test_holding_for_nobody_is_no_match(self, decide):
        """Where it holds for nobody the rule did not match, and its action is not asked for."""
        blocks = rule(then={"action": "block", **DENY})
        outcome = decide(Policy(rules=[blocks]), item=to(30, 40))

        assert (Action.ALLOW, ()) == (outcome.action, outcome.rules)

    def test_named_twice_is_one(self, decide):
        """A recipient who is named twice has one effect."""
        item = Item("i", author=Actor("me"), recipients=[Actor("a", age=9), Actor("a", age=9)])

        assert ["a"] == subjects(decide(Policy(rules=[rule()]), item=item))

    @pytest.mark.parametrize(
        ("unknown", "expected", "faults"),
        [("match", ["a", "b"], 0), ("skip", ["a"], 0), ("fault", ["a"], 1)],
    )
    def test_unknown_age(self, decide, unknown, expected, faults):
        """A recipient of unknown age counts as the rule says, and the others as they are."""
        outcome = decide(Policy(rules=[rule(unknown=unknown)]), item=to(12, None, 30))

        assert (expected, faults) == (subjects(outcome), len(outcome.faults))

    def test_the_author_is_the_same_for_all(self, decide):
        """A condition reads the author's fields beside each recipient's."""
        older = Condition(["actor.age", "recipient.age"], lambda mine, theirs: mine - theirs > 10)
        people = [Actor("a", age=12), Actor("b", age=29)]
        item = Item("i", author=Actor("me", age=30), recipients=people)

        assert ["a"] == subjects(decide(Policy(rules=[rule(when=older)]), item=item))

    def test_score_comes_first(self, decide):
        """With a score, nobody is asked about before the finding reaches it."""
        policy = Policy(rules=[rule(at=0.5)])
        low, high = (decide(policy, (HATE, score), item=to(12)) for score in (0.4, 0.5))

        assert ([], ["a"]) == (subjects(low), subjects(high))

    def test_each_part_of_a_list(self, decide):
        """Of a rule that asks for several things, each is for those for whom it holds."""
        then = [DENY, {"label": ["careful"], "on": "actor"}]
        outcome = decide(Policy(rules=[rule(then=then)]), item=to(12, 30, 14))

        assert (["a", "c"], ["a", "c"]) == (subjects(outcome), subjects(outcome, "label"))

    def test_action_is_of_the_item(self, decide):
        """An action is for the item: one recipient for whom it holds is enough."""
        blocks = rule(then={"action": "block", **DENY})

        assert Action.BLOCK is decide(Policy(rules=[blocks]), item=to(30, 12)).action

    def test_rules_without_it_name_nobody(self, decide):
        """An effect of any other rule is the author's."""
        plain = rule(each=None, when=ALWAYS, unknown=None)

        assert [None] == subjects(decide(Policy(rules=[plain]), item=to(12)))


class TestMerge:
    """Effects meet per person."""

    def test_per_subject(self, decide):
        """What two rules ask for one recipient is merged, apart from what is for another."""
        rules = [
            rule(),
            rule(id="s", when=Condition(["recipient.id"], lambda name: name == "b"),
                 then={"deny": ["gift"], "on": "pair"}),
        ]  # fmt: skip
        effects = decide(Policy(rules=rules), item=to(12, 13)).effects

        assert {"a": ("direct_message",), "b": ("direct_message", "gift")} == {
            e.subject: tuple(sorted(e.value)) for e in effects
        }

    some = st.lists(
        st.builds(
            lambda value, subject, target: Effect("deny", [value], target, subject=subject),
            st.sampled_from(["a", "b"]), st.sampled_from([None, "x", "y"]),
            st.sampled_from(["actor", "pair"]),
        ),
        max_size=6,
    )  # fmt: skip

    @given(some, st.randoms())
    def test_has_no_order(self, effects, random):
        """The order of effects for several people never shows."""
        assert merge(effects) == merge(random.sample(effects, len(effects)))

    @given(some, some, some)
    def test_has_no_grouping(self, one, two, three):
        """Merging part by part is merging all at once."""
        assert merge([*merge([*one, *two]), *three]) == merge([*one, *merge([*two, *three])])

    @given(some)
    def test_twice_is_once(self, effects):
        """Saying it again changes nothing."""
        assert merge(effects) == merge([*effects, *merge(effects)])

    @given(some)
    def test_nobody_is_mixed_up(self, effects):
        """Each person has what was asked for them, and nothing else."""
        asked = {(e.subject, e.target, v) for e in effects for v in e.value}

        assert asked == {(e.subject, e.target, v) for e in merge(effects) for v in e.value}


class TestRefused:
    """What a rule for each recipient may not be."""

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            pytest.param({"then": {"reach": 0.1}}, "on: pair or on: actor", id="acts on the item"),
            pytest.param(
                {"then": [DENY, {"label": "x"}]},
                "on: pair or on: actor",
                id="a later part of it does",
            ),
            pytest.param({"when": None, "at": 0.5}, "condition", id="nothing to test"),
            pytest.param({"each": "participants"}, "expected recipients", id="somebody else"),
        ],
    )
    def test_with_a_reason(self, changes, said):
        """A rule that could not say whom it is for is refused, by name."""
        with pytest.raises(PolicyError, match=rf"rule 'r'.*each.*{said}"):
            Policy(rules=[rule(**changes)])

    @pytest.mark.parametrize(
        "parts",
        [
            pytest.param({"rules": [rule(each=None, then="nudge")]}, id="rule"),
            pytest.param(
                {"overrides": [{**ABOUT, "issues": {HATE: {"nudge": 0.5}}}]}, id="override"
            ),
            pytest.param(
                {"exceptions": [{**ABOUT, "issues": [HATE], "at_most": "allow", "owner": "o",
                                 "review_by": "2999-01-01"}]},
                id="exception",
            ),
        ],
    )  # fmt: skip
    def test_a_recipient_where_none_is_tested(self, parts):
        """A condition about a recipient that is not tested for each of them is refused."""
        with pytest.raises(PolicyError, match=r"'[ro]'.*each: recipients"):
            Policy(**parts)


class TestContent:
    """The subject is a person's id: it is kept out of whatever others may read."""

    @pytest.fixture(name="ask")
    def _ask(self, tmp_path):
        """Ask once, live and in shadow, with a canary as the recipient's id; return all of it."""
        other = rule(id="s", mode="shadow", expires="2999-01-01", then={**DENY, "deny": ["gift"]})
        policy = Policy(rules=[rule(then={"action": "block", **DENY}), other])
        item = Item("i", author=Actor("me"), recipients=[Actor(BIRD, age=12)])

        def ask(**options):
            sink = JsonlSink(tmp_path / "r.jsonl", **options)
            feature = Feature(name="dm", surface="messaging")
            with Safety([feature], modules=[fakes.silent()], policy=policy, sink=sink,
                        trace_share=1, budget_ms=30_000) as safety:  # fmt: skip
                decision = safety.feature("dm").pre_publish(item)
            return decision, (tmp_path / "r.jsonl").read_text()

        return ask

    def test_the_canary_sings(self, ask):
        """Whom an effect is for is on the decision, live and in shadow: the host acts on it."""
        decision, _ = ask()

        assert {BIRD} == {e.subject for e in (*decision.effects, *decision.shadow.effects)}

    def test_record_is_masked(self, ask):
        """With the mask, no line of the record has the id."""
        _, text = ask()

        assert (True, False) == ("deny" in text, BIRD in text)

    def test_masked_as_ids_are(self, ask, tmp_path):
        """The record's subject is the keyed hash of the id, live and in shadow."""
        ask(key=b"k")
        (entry,) = read_record(tmp_path / "r.jsonl")
        sink = JsonlSink(tmp_path / "other.jsonl", key=b"k")
        masked = sink.masked(BIRD)
        sink.close()

        assert {masked} == {e.subject for e in (*entry.effects, *entry.shadow.effects)}

    def test_masked_once_it_is_durable(self, tmp_path):
        """What is written before the answer, because it opens a case, is masked as well."""
        sink = JsonlSink(tmp_path / "r.jsonl")
        cased = rule(then=[{"action": "hold"}, DENY], hold={"within": "1h", "otherwise": "limit"})
        item = Item("i", author=Actor("me"), recipients=[Actor(BIRD, age=12)])
        feature = Feature(name="dm", surface="messaging")
        with Safety([feature], modules=[fakes.silent()], policy=Policy(rules=[cased]),
                    sink=sink) as safety:  # fmt: skip
            safety.feature("dm").pre_publish(item)
            text = (tmp_path / "r.jsonl").read_text()

        assert (True, False) == ("deny" in text, BIRD in text)

    def test_without_a_mask_it_is_there(self, ask):
        """Without the mask the record has ids, and this one too."""
        assert BIRD in ask(mask=False)[1]

    def test_reprs(self, ask):
        """Neither a decision nor an effect shows it in a debugger."""
        decision, _ = ask()
        shown = [repr(decision), repr(decision.effects), repr(decision.shadow), str(decision)]

        assert [] == [text for text in shown if BIRD in text]

    def test_logs(self, ask):
        """No log event has it."""
        with capture_logs() as entries:
            ask()

        assert (True, False) == (len(entries) > 0, BIRD in json.dumps(entries, default=repr))

    def test_spans(self, ask):
        """No span has it."""
        if not isinstance(trace.get_tracer_provider(), TracerProvider):
            trace.set_tracer_provider(TracerProvider(shutdown_on_exit=False))
        exporter = InMemorySpanExporter()
        trace.get_tracer_provider().add_span_processor(SimpleSpanProcessor(exporter))
        ask()
        spans = [span.to_json() for span in exporter.get_finished_spans()]
        exporter.shutdown()

        assert (True, []) == (len(spans) > 0, [text for text in spans if BIRD in text])

    def test_survives_json(self, ask):
        """The host's own JSON of an effect has it, and reads it back."""
        decision, _ = ask()

        assert decision.effects == tuple(Effect.from_json(e.to_json()) for e in decision.effects)
