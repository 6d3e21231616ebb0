"""A shared state: one trip for what a call read, hooks told wrong run again, faults when gone."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import (
    Action,
    Actor,
    AsyncSafety,
    Cause,
    Condition,
    Count,
    Feature,
    Finding,
    Item,
    Manifest,
    MemoryState,
    Policy,
    Read,
    Safety,
    hookimpl,
)

SPAM = "integrity.spam"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
LADDER = Policy(
    name="ladder",
    issues={SPAM: {"nudge": 0.3, "block": 0.9}},
    faults=[{"causes": ["timeout"], "then": {"label": "late"}}, {"then": "allow"}],
)


class Elsewhere:
    """A shared state whose server is an object: processes are Safeties with one of these each."""

    source, timeout_ms, lost = "elsewhere", 20_000.0, 0

    def __init__(self, far=None, *, cause=None):
        self.far = MemoryState() if far is None else far
        self.near, self.cause = MemoryState(), cause
        self.up, self.asked, self.added, self.closed = True, [], [], False

    def open(self):
        """Nothing to connect to."""

    def close(self):
        self.closed = True

    def ask(self, trip):
        self.asked.append(list(trip.reads))
        threading.Thread(target=self._answer, args=(trip,)).start()

    def _answer(self, trip):
        if self.cause == "never":
            return
        if self.cause is not None:
            trip.fail(self.cause, OSError("made up"))
        else:
            trip.answer([read.of(self.far) for read in trip.reads])

    def add(self, counts, at, once=None):
        self.added.append(once)
        for state in (self.near, self.far):
            state.add(counts, at)

    def __getattr__(self, name):
        return getattr(self.far, name)


class Sent:
    """Counts what people send."""

    def __init__(self):
        self.learned = 0

    def learn(self, item, context):
        self.learned += 1
        yield Count("sent", item.author.id, item.text)


class Often:
    """Finds who has sent much, and looks closer at who has sent a little."""

    MANIFEST = Manifest(
        name="often", version="1", issues={SPAM}, surfaces="*", languages="*",
        memory=Sent, counters="sent",
    )  # fmt: skip

    def __init__(self):
        self.ran = 0

    @hookimpl
    def pre_publish(self, item, context, memory):
        self.ran += 1
        key, state, at = item.author.id, context.state, context.at
        sent = state.recent("sent", key, MINUTE, at)
        if sent >= 2:
            texts = state.distinct("sent", key, HOUR, at)
            yield Finding(SPAM, min(1.0, sent / 10), f"{sent:.0f} messages, {texts} texts")


def item(number, author="a", **fields):
    """One message of a minute's series."""
    made = NOON + timedelta(seconds=number)
    fields = {"author": Actor(author), "created_at": made, "language": "en", **fields}
    return Item(f"i{number}", f"text {number % 3}", **fields)


def safety(state, *modules, policy=LADDER, kind=Safety, **options):
    """A Safety of one feature over a state."""
    return kind(
        [Feature(name="wall", surface="comments")], modules=modules or [Often()], policy=policy,
        state=state, budget_ms=30_000, **options,
    )  # fmt: skip


@pytest.fixture
def ask():
    """Ask a Safety about items; all are closed at the end."""
    made = []

    def begin(state, *modules, **options):
        made.append(safety(state, *modules, **options))
        return made[-1].feature("wall").pre_publish

    begin.made = made
    yield begin
    for each in made:
        each.close()


class TestTrips:
    """How often a call asks, and for what."""

    def test_a_call_asks_once(self, ask):
        """All that a call reads is asked in one trip."""
        state = Elsewhere()
        ask(state)(item(0))

        assert [[Read("recent", "sent", "a", MINUTE, NOON)]] == state.asked

    def test_what_another_process_counted_is_found(self, ask):
        """A hook that was told less than the truth runs again, and only then says something."""
        far = MemoryState()
        far.add([Count("sent", "a", str(n)) for n in range(9)], NOON)
        decision = ask(Elsewhere(far))(item(0))

        assert (Action.BLOCK, ["9 messages, 9 texts"]) == (
            decision.action,
            [f.reason for f in decision.findings],
        )

    def test_a_hook_told_right_runs_once(self, ask):
        """Where this process knew it all, nothing runs again."""
        often, state = Often(), Elsewhere()
        asked = ask(state, often)
        for number in range(4):
            asked(item(number))

        assert 4 == often.ran

    def test_what_goes_with_a_read_is_foreseen(self, ask):
        """A second read under the same key costs a second trip the first time only."""
        far = MemoryState()
        for author in "abc":
            far.add([Count("sent", author, str(n)) for n in range(9)], NOON)
        state = Elsewhere(far)
        asked = ask(state)
        trips = []
        for author in "abc":
            asked(item(0, author))
            trips.append(len(state.asked))

        assert [2, 3, 4] == trips

    @pytest.mark.parametrize(
        "made_of",
        [
            pytest.param(lambda item: item.author.id, id="the same"),
            pytest.param(lambda item: f"{item.author.id}.money", id="the key and a word"),
            pytest.param(lambda item: item.thread_id, id="the thread"),
            pytest.param(lambda item: f"wall/{item.thread_id}", id="a word and the thread"),
        ],
    )
    def test_keys_made_of_others_are_foreseen(self, ask, made_of):
        """What is read under a key made of another one is soon asked along with that."""

        def reads(item, context):
            if context.state.recent("sent", item.author.id, MINUTE, context.at):
                context.state.recent("other", made_of(item), HOUR, context.at)

        far, state = MemoryState(), Elsewhere()
        state.far = far
        asked = ask(state, module(reads))
        trips = []
        for name in ("anna", "bert", "carl", "dora"):
            far.add([Count("sent", name)], NOON)
            asked(item(0, name, thread_id=f"thread-of-{name}"))
            trips.append(len(state.asked))

        assert 1 == trips[3] - trips[2]

    def test_keys_made_of_nothing_known_are_not(self, ask):
        """A key that nobody can foresee costs a trip each time, and fills no memory."""

        def reads(item, context):
            if context.state.recent("sent", item.author.id, MINUTE, context.at):
                context.state.recent("other", str(hash(item.author.id)), HOUR, context.at)

        state = Elsewhere()
        asked = ask(state, module(reads))
        for name in ("anna", "bert"):
            state.far.add([Count("sent", name)], NOON)
            asked(item(0, name))

        assert (4, {}) == (len(state.asked), ask.made[0]._core.planner.sharing.kin._shapes)

    def test_trips_are_counted(self, ask):
        """Metrics tell a first trip from one more."""
        far = MemoryState()
        far.add([Count("sent", "a", str(n)) for n in range(9)], NOON)
        ask(Elsewhere(far))(item(0))

        assert {
            ("elsewhere", "pre_publish", "first"): 1,
            ("elsewhere", "pre_publish", "more"): 1,
        } == ask.made[0].counts("handrail.state.trips")

    def test_a_hook_that_always_asks_for_more_ends(self, ask):
        """After three trips the rest is what this process knows, and a fault says so."""

        def greedy(item, context):
            for number in range(100):
                if not context.state.recent("sent", f"{number}", MINUTE, context.at):
                    return
            yield Finding(SPAM, 0.9, "asked a hundred times")

        far = MemoryState()
        far.add([Count("sent", f"{n}") for n in range(100)], NOON)
        state = Elsewhere(far)
        decision = ask(state, module(greedy))(item(0))

        assert (3, [("elsewhere", Cause.OVER_BUDGET)]) == (
            len(state.asked),
            [(f.source, f.cause) for f in decision.faults],
        )

    def test_findings_keep_their_order(self, ask):
        """A decision of a hook that ran again reads as if it had run once."""
        far = MemoryState()
        far.add([Count("sent", "a", str(n)) for n in range(5)], NOON)

        def always(item):
            yield Finding(SPAM, 0.2, "as ever")

        modules = [Often(), module(always, name="zz"), module(always, name="aa")]
        decision = ask(Elsewhere(far), *modules)(item(0))

        assert ["aa", "often", "zz"] == [f.module for f in decision.findings]

    def test_a_hook_that_fails_when_told_the_truth_is_at_fault(self, ask):
        """What a hook said the first time goes, and its failure counts."""

        def brittle(item, context):
            yield Finding(SPAM, 0.9, "said too early")
            if context.state.recent("sent", "a", MINUTE, context.at):
                raise RuntimeError

        far = MemoryState()
        far.add([Count("sent", "a")], NOON)
        decision = ask(Elsewhere(far), module(brittle))(item(0))

        assert [("made", Cause.ERROR)] == [(f.source, f.cause) for f in decision.faults]

    def test_a_derivation_told_wrong_is_derived_again(self, ask):
        """What was derived from a guess is not kept."""

        def load(item, context) -> float:
            return context.state.recent("sent", "a", MINUTE, context.at)

        def reads(item, context):
            yield Finding(SPAM, 0.9, f"load {context.derive('load', float):.0f}")

        far = MemoryState()
        far.add([Count("sent", "a")], NOON)
        made = module(reads, provides={"load": load}, needs={"load": float})
        decision = ask(Elsewhere(far), made)(item(0))

        assert ["load 1"] == [f.reason for f in decision.findings]

    def test_tags_in_conditions_are_asked_along(self, ask):
        """A condition over kept tags costs no trip of its own."""
        far = MemoryState()
        far.tag("actor", "a", "flooder")
        rule = {
            "id": "flooder", "issue": SPAM, "unknown": "skip", "then": "block",
            "when": Condition(["actor.tags"], lambda tags: "flooder" in tags),
        }  # fmt: skip
        state = Elsewhere(far)
        decision = ask(state, policy=Policy(name="tags", rules=[rule]))(item(0))

        assert (Action.BLOCK, 1) == (decision.action, len(state.asked))


class TestElsewhere:
    """Hooks off the caller's thread."""

    def test_a_blocking_hook_asks_by_itself(self, ask):
        """A hook on a thread of its own waits for its own trip."""
        far = MemoryState()
        far.add([Count("sent", "a", str(n)) for n in range(9)], NOON)

        def blocking(item, context):
            sent = context.state.recent("sent", "a", MINUTE, context.at)
            return [Finding(SPAM, 0.9, f"{sent:.0f} messages")]

        decision = ask(Elsewhere(far), module(blocking, cost="blocking"))(item(0))

        assert ["9 messages"] == [f.reason for f in decision.findings]
        assert {("elsewhere", "pre_publish", "alone"): 1} == ask.made[0].counts(
            "handrail.state.trips"
        )

    def test_a_remote_hook_never_blocks_the_loop(self, ask):
        """On an event loop a read is what this process knows, and a fault says so."""

        async def remote(item, context):
            sent = context.state.recent("sent", "a", MINUTE, context.at)
            return [Finding(SPAM, 0.9, f"{sent:.0f} messages")]

        far = MemoryState()
        far.add([Count("sent", "a", str(n)) for n in range(9)], NOON)
        state = Elsewhere(far)
        decision = ask(state, module(remote))(item(0))

        assert ([], ["0 messages"], [("elsewhere", Cause.MISSING)]) == (
            state.asked,
            [f.reason for f in decision.findings],
            [(f.source, f.cause) for f in decision.faults],
        )


class TestGone:
    """A shared state that fails: a fault, never an outage."""

    def test_a_failing_state_is_a_fault(self, ask):
        """The fault names the state, and the item goes on as the policy says."""
        decision = ask(Elsewhere(cause=Cause.ERROR))(item(0))

        assert (Action.ALLOW, True, [("elsewhere", Cause.ERROR, "OSError")]) == (
            decision.action,
            decision.degraded,
            [(f.source, f.cause, f.error) for f in decision.faults],
        )

    def test_a_fault_names_what_rests_on_the_state(self, ask):
        """Who asked and was not answered is as sure as this process is: their issues are named."""
        up, failing, gone = Elsewhere(), Elsewhere(cause=Cause.ERROR), Elsewhere()
        gone.up = False
        quiet = module(lambda item: [], name="quiet", issues={"hate.speech"})
        named = [[f.issues for f in ask(s, Often(), quiet)(item(0)).faults]
                 for s in (up, failing, gone)]  # fmt: skip

        assert [[], [("integrity.spam",)], [("integrity.spam",)]] == named

    def test_a_fault_names_who_read_too_much(self, ask, monkeypatch):
        """What a hook reads beyond what a call may ask for rests on this process as well."""
        monkeypatch.setattr("handrail._reading.READS_MOST", 1)

        def looks(item, context):
            context.state.tags("actor", item.author.id)
            return []

        late = module(looks, name="other", issues={"hate.speech"})
        (fault,) = ask(Elsewhere(cause=Cause.ERROR), Often(), late)(item(0)).faults

        assert ("hate.speech", "integrity.spam") == fault.issues

    def test_a_slow_state_is_given_up(self, ask):
        """After its own limit a trip is a fault timeout, which the policy may act on."""
        state = Elsewhere(cause="never")
        state.timeout_ms = 1.0
        decision = ask(state)(item(0))

        assert ([Cause.TIMEOUT], ["label"]) == (
            [f.cause for f in decision.faults],
            [e.name for e in decision.effects],
        )

    def test_a_state_known_to_be_gone_is_not_asked(self, ask):
        """An open breaker costs a call no trip."""
        state = Elsewhere()
        state.up = False
        decision = ask(state)(item(0))

        assert ([], [Cause.BREAKER_OPEN]) == (state.asked, [f.cause for f in decision.faults])

    def test_counts_go_on_in_the_process(self, ask):
        """While the state is gone, what this process counted is the answer."""
        state = Elsewhere()
        state.up = False
        asked = ask(state)
        actions = [asked(item(n)).action for n in range(11)]

        assert (Action.ALLOW, Action.NUDGE, Action.BLOCK) == (actions[0], actions[4], actions[10])

    def test_a_call_that_reads_nothing_has_no_fault(self, ask):
        """Only who asks learns that the state is gone."""
        state = Elsewhere()
        state.up = False
        decision = ask(state, module(lambda item: []))(item(0))

        assert () == decision.faults

    def test_problems_say_so(self, ask):
        """A state that cannot be asked is a problem."""
        state = Elsewhere()
        ask(state)
        before = [p.where for p in ask.made[0].problems()]
        state.up = False

        assert ["state"] == [
            p.where for p in ask.made[0].problems() if p.where not in before and p.where == "state"
        ]

    def test_counts_in_one_process_are_noted(self, ask):
        """Without a shared state the problems name whose counts stay in one process."""
        ask(None)
        notes = [p for p in ask.made[0].problems() if p.where == "state"]

        assert [("note", True)] == [(p.level, "often" in p.what) for p in notes]


class TestAdd:
    """What is counted."""

    def test_a_revision_is_counted_once(self, ask):
        """A call that comes again adds nothing, and names the revision for other processes."""
        state = Elsewhere()
        asked = ask(state)
        for _ in range(2):
            asked(item(0))

        assert ["often item wall 1 i0"] == state.added

    def test_learning_happens_once_however_often_hooks_run(self, ask):
        """A second run of hooks is no second revision."""
        far = MemoryState()
        far.add([Count("sent", "a", str(n)) for n in range(9)], NOON)
        state = Elsewhere(far)
        ask(state)(item(0))

        assert 1 == len(state.added)

    def test_closing_lets_go_of_the_state(self):
        """A Safety that is closed closes its state."""
        state = Elsewhere()
        safety(state).close()

        assert state.closed


def module(hook, *, name="made", cost=None, **manifest):
    """A module of one function."""
    given_ = {"issues": {SPAM}, "surfaces": "*", "languages": "*", **manifest}
    told = Manifest(name=name, version="1", **given_)
    return SimpleNamespace(MANIFEST=told, pre_publish=hookimpl(cost=cost)(hook))


def seen(decision):
    """What a decision says, whoever made it."""
    return decision.action, [f.reason for f in decision.findings], decision.faults


class TestSameAnswer:
    """Several processes answer as one, and both facades answer alike."""

    @given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2)), max_size=25))
    def test_processes_answer_as_one(self, calls):
        """Whichever process an item comes to, the decision is that of a single process."""
        alone = safety(None)
        far = MemoryState()
        many = [safety(Elsewhere(far)) for _ in range(3)]
        try:
            asked = [each.feature("wall").pre_publish for each in many]
            expected = alone.feature("wall").pre_publish
            for number, (author, process) in enumerate(calls):
                made = item(number, author)

                assert seen(expected(made)) == seen(asked[process](made))
        finally:
            for each in (alone, *many):
                each.close()

    def test_both_facades_answer_alike(self):
        """AsyncSafety makes the same trips and the same decisions, and never blocks its loop."""
        far = MemoryState()
        far.add([Count("sent", "a", str(n)) for n in range(5)], NOON)
        state, other = Elsewhere(far), Elsewhere(far)

        async def awaited():
            async with safety(state, kind=AsyncSafety) as each:
                return seen(await each.feature("wall").pre_publish(item(0)))

        there = asyncio.run(awaited())
        other.far = MemoryState()
        other.far.add([Count("sent", "a", str(n)) for n in range(5)], NOON)
        with safety(other) as each:
            here = seen(each.feature("wall").pre_publish(item(0)))

        assert (here, len(other.asked)) == (there, len(state.asked))
