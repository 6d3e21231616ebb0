"""Promise 8: a new rule's mistake stays small.

A young rule that acts on too many established people is demoted to shadow until somebody confirms
it; a flood of fresh accounts demotes nothing, and what a law asks for only raises an alarm.
"""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from handrail import (
    Action,
    Actor,
    Cap,
    Cause,
    Condition,
    FileCaps,
    Finding,
    InvalidValueError,
    Item,
    MemoryCaps,
    Policy,
)
from handrail._policy import mark_of
from handrail._radius import Radius, Watched

SPAM = "integrity.spam"
ALLOW, NUDGE, LIMIT, HOLD, BLOCK = Action
LAW = {"law": "StGB 86a", "ground": "illegal"}
LEAST = 5
WATCHED = Watched("m", "young", 50, alarms=False)
LONG_AGO = datetime.now(UTC) - timedelta(days=60)


def rule(**changes):
    return {"id": "young", "issue": SPAM, "at": 0.5, "then": "block", **changes}


def policy(*rules, **changes):
    return Policy(name="p", rules=rules or [rule(**changes)])


def cap(caps=None, **changes):
    return Cap(**{"least": LEAST, "share": 10, "caps": caps or MemoryCaps(), **changes})


def bad(name, tenure=100, **author):
    """Something the module finds spam in."""
    return Item(f"i-{name}", "bad", language="en", author=Actor(name, tenure_days=tenure, **author))


def good(name, tenure=100):
    """Something it finds nothing in."""
    return Item(f"i-{name}", "good", language="en", author=Actor(name, tenure_days=tenure))


@pytest.fixture(name="spots")
def _spots(module):
    """A module that finds in what is bad."""

    def spots(issue=SPAM):
        def hook(item):
            return [Finding(issue, 0.9, "it is bad")] if item.text == "bad" else None

        return module("spots", hook, issues={issue})

    return spots


@pytest.fixture(name="watched")
def _watched(make, spots):
    """Make a Safety whose young rules are watched."""

    def watched(*policies, caps=None, issue=SPAM, **changes):
        return make(spots(issue), policy=policies or [policy()], cap=cap(caps, **changes))

    return watched


def send(safety, *items):
    """Ask about items, and have the calls counted; return the last decision."""
    guarded = safety.feature("comments")
    decision = [guarded.pre_publish(item) for item in items][-1]
    safety._core.flush()
    return decision


def mistake(safety, people=LEAST, **changes):
    """Have the rule act on established people."""
    return send(safety, *(bad(f"old{n}", **changes) for n in range(people)))


class TestTrips:
    """A rule that acts on too many established people."""

    @pytest.fixture(name="tripped")
    def _tripped(self, watched):
        safety = watched()
        mistake(safety)
        return safety

    def test_acts_no_more(self, tripped):
        """It no longer acts on anybody."""
        assert ALLOW is send(tripped, bad("next")).action

    def test_is_in_shadow(self, tripped):
        """What it would do is still said, in shadow."""
        shadow = send(tripped, bad("next")).shadow

        assert (BLOCK, "young") == (shadow.action, shadow.rules[0].rule)

    def test_decision_says_why(self, tripped):
        """A decision that it would have made has a fault of the rule, with the reason."""
        decision = send(tripped, bad("next"))

        assert ([("young", Cause.TRIPPED)], True) == (
            [(f.source, f.cause) for f in decision.faults], decision.degraded,
        )  # fmt: skip

    def test_others_are_left_alone(self, tripped):
        """A call that it would not have touched is clean."""
        decision = send(tripped, good("next"))

        assert ((), False) == (decision.faults, decision.degraded)

    def test_is_a_problem_until_somebody_looks(self, tripped):
        """What doctor shows names the rule."""
        assert ["Rule 'young'"] == [p.where for p in tripped.problems() if p.level == "error"]

    def test_fault_names_the_hash(self, tripped):
        """The fault's place is the rule's hash, which is what somebody confirms."""
        (fault,) = send(tripped, bad("next")).faults

        assert mark_of(tripped.policies[0].rules[0]) == fault.place

    def test_is_logged(self, watched):
        """It is logged as an error, with what was counted."""
        safety = watched()
        with capture_logs() as entries:
            mistake(safety)
        said = [(e["log_level"], e["rule"], e["acted_on"], e["established"], e["share"])
                for e in entries if e["event"] == "handrail.rule_tripped"]  # fmt: skip

        assert [("error", "young", LEAST, LEAST, 10)] == said

    def test_is_counted(self, tripped):
        """It is counted by rule."""
        assert {("young", "tripped"): 1} == tripped.counts("handrail.cap")

    def test_the_calls_before_stand(self, watched):
        """Until it trips it acts as any rule does."""
        assert BLOCK is mistake(watched(), LEAST - 1).action

    def test_other_rules_act_on(self, watched):
        """Only that rule is demoted."""
        other = rule(id="other", then="nudge")
        safety = watched(policy(rule(), other))
        mistake(safety)
        decision = send(safety, bad("next"))

        assert (NUDGE, "other") == (decision.action, decision.decided_by)

    def test_rung_of_a_ladder(self, watched):
        """A rung is watched as a rule is."""
        safety = watched(Policy(issues={SPAM: {"block": 0.5}}))
        mistake(safety)

        assert [f"{SPAM}:block"] == [f.source for f in send(safety, bad("next")).faults]

    @pytest.mark.parametrize(
        "then", [{"reach": 0.1}, {"strike": 1}, {"deny": ["post"]}, "hold", "limit"]
    )
    def test_whatever_takes_something_away(self, watched, then):
        """Effects that restrict are counted as actions are."""
        holds = {"within": "1h", "otherwise": "limit"}
        safety = watched(Policy(rules=[rule(then=then)], holds=holds, limits={"reach": 0.5}))
        mistake(safety)

        assert {("young", "tripped"): 1} == safety.counts("handrail.cap")

    def test_falls_to_the_fault_rules(self, watched):
        """What a demoted rule means is said by the policy's fault rules, by its issue."""
        faults = [{"issues": [SPAM], "causes": ["tripped"], "then": "nudge"}]
        safety = watched(Policy(rules=[rule()], faults=faults))
        mistake(safety)

        assert NUDGE is send(safety, bad("next")).action

    def test_reload_does_not_bring_it_back(self, tripped):
        """The same rule in other policies is still demoted."""
        tripped.reload(policy(rule(owner="somebody else"), rule(id="other", then="nudge")))

        assert NUDGE is send(tripped, bad("next")).action

    def test_changed_rule_is_another(self, tripped):
        """A rule that was changed is not the one that tripped."""
        tripped.reload(policy(at=0.8))

        assert BLOCK is send(tripped, bad("next")).action


class TestDoesNot:
    """What trips nothing."""

    def quiet(self, safety):
        """Whether nothing was said of any rule."""
        return {} == safety.counts("handrail.cap")

    def test_fresh_accounts(self, watched):
        """A flood from fresh accounts is what a good rule is there for."""
        safety = watched()
        send(safety, *(bad(f"new{n}", tenure=1) for n in range(100)))

        assert self.quiet(safety)

    def test_unknown_accounts(self, watched):
        """Accounts of unknown age are fresh until they have been seen often enough."""
        safety = watched()
        mistake(safety, 100, tenure=None)

        assert self.quiet(safety)

    def test_unknown_accounts_seen_often_do(self, watched):
        """After enough earlier items an account is established."""
        safety = watched(items=3)
        for _ in range(3):
            mistake(safety, tenure=None)
        before = safety.counts("handrail.cap")
        mistake(safety, tenure=None)

        assert ({}, {("young", "tripped"): 1}) == (before, safety.counts("handrail.cap"))

    def test_few_people(self, watched):
        """Fewer people than the least trip nothing, however often it acts on them."""
        safety = watched()
        for _ in range(10):
            mistake(safety, LEAST - 1)

        assert self.quiet(safety)

    @pytest.mark.parametrize(("others", "expected"), [(LEAST * 9, True), (LEAST * 9 - 1, False)])
    def test_small_share(self, watched, others, expected):
        """A share of just the cap is within it; one person fewer to share with, and it is over."""
        safety = watched()
        send(safety, *(good(f"calm{n}") for n in range(others)))
        mistake(safety)

        assert expected is self.quiet(safety)

    def test_what_takes_nothing_away(self, watched):
        """A rule that asks, labels or has somebody look may do so with everybody."""
        then = {"action": "nudge", "label": "x", "review": {"queue": "q", "within": "1h"}}
        safety = watched(policy(then=then))
        mistake(safety, 50)

        assert self.quiet(safety)

    def test_items_without_an_author(self, watched):
        """What nobody made harms nobody."""
        safety = watched()
        send(safety, *(Item(f"i{n}", "bad", language="en") for n in range(50)))

        assert self.quiet(safety)

    def test_what_was_eased(self, watched):
        """People whom an exception spared were not acted upon."""
        spares = {
            "id": "e", "when": Condition(["now"], lambda now: True), "issues": [SPAM],
            "at_most": "nudge", "owner": "o", "review_by": "2999-01-01",
        }  # fmt: skip
        safety = watched(Policy(rules=[rule()], exceptions=[spares]))
        mistake(safety, 50)

        assert self.quiet(safety)

    def test_old_rule(self, watched, tmp_path):
        """A rule that has been there for long is not watched."""
        caps = FileCaps(tmp_path / "caps")
        seen(caps.path, mark_of(policy().rules[0]), LONG_AGO)
        safety = watched(caps=caps)
        mistake(safety, 50)

        assert self.quiet(safety)

    def test_without_a_cap(self, make, spots):
        """Without a cap nothing is watched."""
        safety = make(spots(), policy=policy())
        mistake(safety, 50)

        assert self.quiet(safety)


def seen(path, mark, at):
    """Write down when a rule was first seen."""
    line = {"event": "seen", "hash": mark, "at": at.isoformat()}
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")


class TestOwnCap:
    """Rules with a cap of their own."""

    def test_is_lower(self, watched):
        """A rule may be held to less than the general share."""
        safety = watched(policy(cap=1), share=50)
        send(safety, *(good(f"calm{n}") for n in range(50)))
        mistake(safety)

        assert {("young", "tripped"): 1} == safety.counts("handrail.cap")

    def test_is_higher(self, watched):
        """A rule may be allowed more."""
        safety = watched(policy(cap=100))
        mistake(safety, 50)

        assert {} == safety.counts("handrail.cap")

    def test_holds_for_old_rules(self, watched, tmp_path):
        """A rule with its own cap is watched for as long as it is there."""
        caps = FileCaps(tmp_path / "caps")
        seen(caps.path, mark_of(policy(cap=1).rules[0]), LONG_AGO)
        safety = watched(policy(cap=1), caps=caps)
        mistake(safety)

        assert {("young", "tripped"): 1} == safety.counts("handrail.cap")


class TestAlarm:
    """What is never demoted."""

    CASES = (
        pytest.param(SPAM, {"source": LAW}, id="a law"),
        pytest.param(SPAM, {"level": "law"}, id="a rule that says law"),
        pytest.param(SPAM, {"source": LAW, "level": "product"}, id="a law, whatever it says"),
        pytest.param("child_safety.csam", {}, id="a mandatory report"),
        pytest.param("child_safety.sexualization", {}, id="child safety"),
    )

    @pytest.mark.parametrize(("issue", "changes"), CASES)
    def test_acts_on(self, watched, issue, changes):
        """It acts on, whoever it acts on."""
        safety = watched(policy(issue=issue, **changes), issue=issue)
        mistake(safety, 50)

        assert BLOCK is send(safety, bad("next")).action

    @pytest.mark.parametrize(("issue", "changes"), CASES)
    def test_is_said_once(self, watched, issue, changes):
        """It is logged and counted once, and not for each further call."""
        safety = watched(policy(issue=issue, **changes), issue=issue)
        with capture_logs() as entries:
            for _ in range(3):
                mistake(safety, 10)
        logged = [e["rule"] for e in entries if e["event"] == "handrail.cap_alarm"]

        assert (["young"], {("young", "alarm"): 1}) == (logged, safety.counts("handrail.cap"))


class TestConfirm:
    """Somebody has looked, and the rule is right."""

    def confirmed(self, safety, caps):
        """Confirm the rule as it is, and let the process notice."""
        caps.confirm(mark_of(safety.policies[0].rules[0]), "young", by="somebody")
        safety._core.tick()
        return safety

    def test_acts_again(self, watched):
        """A confirmed rule acts again, and no fault is left."""
        caps = MemoryCaps()
        safety = watched(caps=caps)
        mistake(safety)
        decision = send(self.confirmed(safety, caps), bad("next"))

        assert (BLOCK, ()) == (decision.action, decision.faults)

    def test_is_watched_no_more(self, watched):
        """It does not trip again."""
        caps = MemoryCaps()
        safety = watched(caps=caps)
        mistake(safety)
        mistake(self.confirmed(safety, caps), 50)

        assert {("young", "tripped"): 1} == safety.counts("handrail.cap")

    def test_ahead(self, watched):
        """A rule that was confirmed before it was ever in force is not watched."""
        caps = MemoryCaps()
        caps.confirm(mark_of(policy().rules[0]), "young", by="somebody")
        safety = watched(caps=caps)
        mistake(safety, 50)

        assert {} == safety.counts("handrail.cap")

    def test_until_it_changes(self, watched):
        """Once it is changed it is another rule, and young."""
        caps = MemoryCaps()
        safety = self.confirmed(watched(caps=caps), caps)
        safety.reload(policy(at=0.8))
        mistake(safety)

        assert {("young", "tripped"): 1} == safety.counts("handrail.cap")


class TestFile:
    """A file that processes share."""

    @pytest.fixture(name="path")
    def _path(self, tmp_path):
        return tmp_path / "state/caps.jsonl"

    @pytest.fixture(name="both")
    def _both(self, watched, path):
        """Two of them with one file."""
        both = [watched(caps=FileCaps(path)) for _ in range(2)]
        for safety in both:
            safety.feature("comments")
        return both

    def test_the_other_follows(self, both):
        """What trips in one is demoted in the other, at its next look."""
        one, other = both
        mistake(one)
        other._core.tick()

        assert ALLOW is send(other, bad("next")).action

    def test_confirmed_in_both(self, both, path):
        """A confirmation written by a third brings it back in both."""
        mistake(both[0])
        both[1]._core.tick()
        FileCaps(path).confirm(mark_of(policy().rules[0]), "young", by="somebody")
        for safety in both:
            safety._core.tick()

        assert [BLOCK, BLOCK] == [send(safety, bad("next")).action for safety in both]

    def test_outlives_the_process(self, both, watched, path):
        """What tripped is demoted from the start in the next process."""
        mistake(both[0])

        assert ALLOW is send(watched(caps=FileCaps(path)), bad("next")).action

    def test_first_seen_is_kept(self, path):
        """A rule is as old as when any process saw it first."""
        path.parent.mkdir()
        for at in (LONG_AGO, datetime.now(UTC)):
            seen(path, "m", at)

        assert {"m": LONG_AGO} == FileCaps(path).first_seen(["m"])

    def test_new_is_seen_now(self, path):
        """What nobody has seen is seen now, and that is kept."""
        first = FileCaps(path).first_seen(["m"])

        assert (first, True) == (
            FileCaps(path).first_seen(["m"]),
            datetime.now(UTC) - first["m"] < timedelta(minutes=1),
        )

    @pytest.mark.parametrize(
        "garbage",
        [
            b"\n", b"{}\n", b"[]\n", b"5\n", b"not json\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n",
            b"a\rb\n",
            b'{"event": "seen"}\n', b'{"event": "seen", "hash": "m", "at": "soon"}\n',
            b'{"event": "danced", "hash": "m"}\n', b'{"event": "tripped", "ha',
        ],
        ids=lambda g: repr(g[:12]),
    )  # fmt: skip
    def test_garbage_is_passed_over(self, path, garbage):
        """A line that cannot be read costs that line, and not the next one."""
        FileCaps(path).trip("before", "a")
        with path.open("ab") as file:
            file.write(garbage)
        FileCaps(path).trip("after", "b")

        assert {"before": "a", "after": "b"} == FileCaps(path).tripped()

    def test_time_without_a_zone(self, watched, path):
        """A time that somebody wrote without a zone is UTC, and stops nothing."""
        path.parent.mkdir()
        seen(path, mark_of(policy().rules[0]), LONG_AGO.replace(tzinfo=None))
        safety = watched(caps=FileCaps(path))
        mistake(safety, 50)

        assert {} == safety.counts("handrail.cap")

    def test_a_trip_after_the_confirmation_does_not_count(self, path):
        """A process that had not heard of the confirmation cannot undo it."""
        FileCaps(path).confirm("m", "r", by="somebody")
        with path.open("a") as file:
            file.write('{"event": "tripped", "hash": "m", "rule": "r"}\n')

        assert {} == FileCaps(path).tripped()

    def test_a_file_that_cannot_be_written(self, watched, path):
        """A rule is demoted here though the disk refuses, and no call fails."""
        safety = watched(caps=FileCaps(path))
        safety.feature("comments")
        path.unlink()
        path.mkdir()
        mistake(safety)

        assert (ALLOW, {("young", "tripped"): 1}) == (
            send(safety, bad("next")).action, safety.counts("handrail.cap"),
        )  # fmt: skip


class TestMemory:
    """What is remembered of accounts whose age nobody says."""

    @pytest.fixture(name="established")
    def _established(self, monkeypatch):
        """Say that an account is there, and whether it is established; how many are remembered."""
        monkeypatch.setattr("handrail._radius.ACTORS_MOST", 10)
        radius = Radius(cap(items=1))
        return lambda who: radius._established(Actor(str(who)), who), lambda: len(radius._items)

    def test_has_an_end(self, established):
        """However many become established, so many are remembered and no more."""
        there, kept = established
        for who in range(100):
            there(who)
            there(who)

        assert kept() <= 10

    def test_those_last_there_stay(self, established):
        """Of many that are established, those last there still are."""
        there, _ = established
        for who in range(97):
            there(who)

        assert all(map(there, range(92, 97)))


class TestBatches:
    """How calls are drained never shows."""

    @settings(max_examples=25)
    @given(
        st.lists(st.tuples(st.booleans(), st.integers(0, 30)), min_size=1, max_size=80),
        st.lists(st.integers(1, 80), max_size=4),
    )
    def test_same_rules_trip(self, calls, cuts):
        """The same calls in other batches trip the same rules."""

        class Counted(Radius):
            """A radius that watches one rule, over calls that a test makes up."""

            def _count(self, context):
                acts, who = context
                self._seen[who] = self._half
                if acts:
                    self._hit.setdefault("m", {})[who] = self._half
                return ["m"] if acts else []

        def tripped(batches):
            radius = Counted(cap(least=2))
            radius.watched = {"m": WATCHED}
            return [] != [w for batch in batches for w in radius.observe(batch)]

        at = sorted({0, len(calls), *(c for c in cuts if c < len(calls))})
        batches = [calls[a:b] for a, b in itertools.pairwise(at)]

        assert tripped([calls]) == tripped(batches) == tripped([[c] for c in calls])


class TestCap:
    """What a cap may be."""

    @pytest.mark.parametrize(
        "wrong",
        [{"share": 0}, {"share": 101}, {"share": True}, {"least": 0}, {"least": 1.5},
         {"within": "soon"}, {"tenure_days": 0}, {"items": 0}],
    )  # fmt: skip
    def test_refuses(self, wrong):
        """What is no percent, count or duration is refused."""
        with pytest.raises(InvalidValueError):
            Cap(**wrong)


class TestUnwritable:
    """A file of caps that cannot be written costs the memory of it, and not the cap."""

    @pytest.fixture(name="safety")
    def _safety(self, tmp_path, watched):
        """A Safety whose caps would lie where a directory is."""
        safety = watched(caps=FileCaps(tmp_path))
        safety.feature("comments")
        return safety

    def test_rules_are_watched(self, safety):
        """Young rules are watched all the same."""
        assert ["young"] == [w.rule for w in safety._core.radius.watched.values()]

    def test_is_a_problem(self, safety):
        """That nothing is remembered is said."""
        said = "what the cap saw of rules cannot be written down, and is lost with this process."

        assert said in [p.what for p in safety.problems()]
