"""What a module remembers: given to hooks, written once a revision, its failures its own."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from handrail import (
    Action,
    Actor,
    AsyncSafety,
    Cause,
    Count,
    Feature,
    Finding,
    InvalidValueError,
    Item,
    Manifest,
    MemoryState,
    ModuleError,
    Policy,
    Report,
    Safety,
    hookimpl,
)
from handrail._counting import counting

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
SPAM = "integrity.spam"


@attrs.frozen(kw_only=True)
class Settings:
    most: int = 2


class Sent:
    """Remembers texts, and counts what people send."""

    def __init__(self, settings: Settings) -> None:
        self.most, self.texts = settings.most, []

    def learn(self, item, context):
        self.texts.append(item.text)
        if item.author is not None:
            yield Count("sent", item.author.id)


class Often:
    """Finds authors who send often."""

    MANIFEST = Manifest(
        name="often", version="1", issues={SPAM}, surfaces="*", languages="*", settings=Settings,
        memory=Sent, counters="sent",
    )  # fmt: skip

    @hookimpl
    def pre_publish(self, item, context, memory):
        """Find one who has sent much already."""
        sent = context.state.recent("sent", item.author.id, MINUTE, context.at)
        if sent >= memory.most:
            yield Finding(SPAM, 0.9, "sends often")

    @hookimpl
    def report(self, item, context, memory):
        """Find nothing."""


def safety(*modules, facade=Safety, **options):
    """A Safety with one feature, which holds spam."""
    policy = Policy(issues={SPAM: {"block": 0.5}})
    features = [Feature(name="chat", surface="live")]
    return facade(features, modules=list(modules), policy=policy, **options)


def item(number: int, **more) -> Item:
    """A message of one author."""
    return Item(f"i{number}", "hello", author=Actor("a"), created_at=NOON, **more)


def memory_of(made: Safety) -> Sent:
    """What the module of that name remembers."""
    return next(m.memory for m in made.modules if m.name == "often")


class TestLearning:
    """The SDK has a memory learn after the hooks."""

    def test_hooks_see_what_came_before(self):
        """The third message is found where two are allowed; the first two are not."""
        with safety(Often()) as made:
            chat = made.feature("chat")
            actions = [chat.pre_publish(item(n)).action for n in range(3)]

        assert [Action.ALLOW, Action.ALLOW, Action.BLOCK] == actions

    def test_a_revision_counts_once(self):
        """An item that is asked about again does not count again."""
        with safety(Often()) as made:
            chat = made.feature("chat")
            actions = [chat.pre_publish(item(1)).action for _ in range(9)]

        assert {Action.ALLOW} == set(actions)

    def test_another_revision_counts(self):
        """An edit is one more message."""
        with safety(Often()) as made:
            chat = made.feature("chat")
            for n in range(1, 4):
                last = chat.pre_publish(item(1, revision=n))

        assert Action.BLOCK is last.action

    def test_a_report_counts_once(self):
        """A memory learns from a report by the report's id."""
        with safety(Often()) as made:
            for _ in range(2):
                made.feature("chat").report(Report(id="r1", item=item(1)))
            learned = list(memory_of(made).texts)

        assert ["hello"] == learned

    def test_settings_reach_the_memory(self):
        """A memory is built from the module's settings."""
        with safety(Often(), settings={"often": {"most": 1}}) as made:
            chat = made.feature("chat")
            actions = [chat.pre_publish(item(n)).action for n in range(2)]

        assert [Action.ALLOW, Action.BLOCK] == actions

    def test_a_state_of_the_hosts_is_counted_in(self):
        """Counts go to the state that the host has given."""
        state = MemoryState()
        with safety(Often(), state=state) as made:
            made.feature("chat").pre_publish(item(1))

        assert 1.0 == state.recent("sent", "a", MINUTE, NOON)

    def test_async_learns_too(self):
        """Both facades learn alike."""

        async def ask() -> list[Action]:
            async with safety(Often(), facade=AsyncSafety) as made:
                chat = made.feature("chat")
                return [(await chat.pre_publish(item(n))).action for n in range(3)]

        assert [Action.ALLOW, Action.ALLOW, Action.BLOCK] == asyncio.run(ask())

    def test_other_safeties_remember_for_themselves(self):
        """What one Safety has learned, another does not know."""
        module = Often()
        with safety(module) as one, safety(module) as other:
            one.feature("chat").pre_publish(item(1))

            assert [1, 0] == [len(memory_of(s).texts) for s in (one, other)]

    def test_a_reload_forgets_nothing(self):
        """Other policies leave memories as they are."""
        with safety(Often()) as made:
            chat = made.feature("chat")
            for n in range(2):
                chat.pre_publish(item(n))
            made.reload(Policy(issues={SPAM: {"nudge": 0.5}}))

            assert Action.NUDGE is chat.pre_publish(item(3)).action


class Odd(Often):
    """Learns as it is told."""

    def __init__(self, learn, **more):
        class Told:
            def __init__(self, settings):
                pass

            def learn(self, item, context):
                return learn(item)

        self.MANIFEST = attrs.evolve(Often.MANIFEST, memory=Told, **more)

    @hookimpl
    def pre_publish(self, item):
        """Find nothing."""


def raises(_):
    """Fail to learn."""
    raise RuntimeError("hello")


class TestFailure:
    """A memory that fails is a fault of its module, and of nobody else."""

    def test_what_raises_is_a_fault(self):
        """The decision says that the module could not learn, and where."""
        with safety(Odd(raises)) as made:
            decision = made.feature("chat").pre_publish(item(1))

        assert [("often", Cause.ERROR, "RuntimeError")] == [
            (f.source, f.cause, f.error) for f in decision.faults
        ]

    @pytest.mark.parametrize(
        "given",
        [[Count("other", "a")], ["sent"], [Count("sent", 7)], [Count("sent", "a")] * 1001, 7],
        ids=["undeclared", "no count", "no key", "too many", "no list"],
    )
    def test_what_is_no_count_is_a_fault(self, given):
        """A count of a counter that was not declared, or none at all, is invalid."""
        with safety(Odd(lambda _: given)) as made:
            decision = made.feature("chat").pre_publish(item(1))

        assert [Cause.INVALID] == [f.cause for f in decision.faults]

    def test_what_is_right_beside_it_counts(self):
        """Beside a wrong count the others are kept."""
        state = MemoryState()
        with safety(Odd(lambda _: ["sent", Count("sent", "a")]), state=state) as made:
            made.feature("chat").pre_publish(item(1))

        assert 1.0 == state.recent("sent", "a", MINUTE, NOON)

    def test_one_that_cannot_be_built_is_refused(self):
        """A memory that does not take the settings is an error at the start."""

        class Alone:
            def learn(self, item, context):
                return None

        module = Odd(lambda _: None)
        module.MANIFEST = attrs.evolve(Often.MANIFEST, memory=Alone)
        with pytest.raises(ModuleError, match=r"memory: Alone\(.*\) raises TypeError"):
            safety(module)


class TestManifest:
    """What a manifest may say of a memory."""

    def test_a_memory_learns(self):
        """A class without learn is no memory."""
        with pytest.raises(InvalidValueError, match="method learn"):
            attrs.evolve(Often.MANIFEST, memory=dict)

    def test_counters_need_a_memory(self):
        """Nobody adds to the counters of a module without a memory."""
        with pytest.raises(InvalidValueError, match="kept by a memory"):
            attrs.evolve(Often.MANIFEST, memory=None)


class Read:
    """A State of a host's that only knows counters."""

    def counter(self, name, item):
        """Say what every counter is."""
        return 7.0


class TestBeside:
    """Beside a State that does not count, the SDK counts in the process."""

    def test_counts_all_the_same(self):
        """What modules count is there, and what the host's State knows stays."""
        with safety(Often(), state=Read()) as made:
            chat = made.feature("chat")
            actions = [chat.pre_publish(item(n)).action for n in range(3)]

        assert [Action.ALLOW, Action.ALLOW, Action.BLOCK] == actions

    @pytest.mark.parametrize(
        ("ask", "known"),
        [
            (lambda state: state.counter("posts", item(1)), 7.0),
            (lambda state: state.strikes("a", SPAM, 90), 2.0),
            (lambda state: state.session("s", SPAM, 5), 3),
            (lambda state: state.tags("actor", "a"), frozenset({"new"})),
        ],
    )
    def test_the_host_answers_for_the_rest(self, ask, known):
        """Counters, strikes, sessions and tags come from the host's State."""

        class Known(Read):
            strikes = lambda self, *_: 2.0  # noqa: E731
            session = lambda self, *_: 3  # noqa: E731
            tags = lambda self, *_: frozenset({"new"})  # noqa: E731

        assert known == ask(counting(Known()))


class Heard:
    """Remembers what others find."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def learn(self, item, context):
        self.found += [f.issue for f in context.found]


class Hears:
    """Looks at what others found, while hooks run."""

    MANIFEST = Manifest(
        name="hears", version="1", issues={SPAM}, surfaces="*", languages="*", memory=Heard
    )

    early: tuple[Finding, ...] = ()

    @hookimpl
    def pre_publish(self, context):
        """Look, and find nothing."""
        Hears.early += context.found


class Finds:
    """Finds spam everywhere."""

    MANIFEST = Manifest(name="a_finds", version="1", issues={SPAM}, surfaces="*", languages="*")

    @hookimpl
    def pre_publish(self):
        """Find spam."""
        return [Finding(SPAM, 0.2, "always")]


class TestFound:
    """A memory learns what the call's modules found; hooks do not see it."""

    @staticmethod
    def heard(**options):
        """What a memory hears of one call."""
        with safety(Finds(), Hears(), **options) as made:
            made.feature("chat").pre_publish(item(1))
            return next(m.memory for m in made.modules if m.name == "hears").found

    def test_memory_learns_what_others_found(self):
        """The findings of another module are there once hooks are done."""
        assert [SPAM] == self.heard()

    def test_hooks_see_none_of_it(self):
        """While hooks run it is empty, whatever has been found already."""
        self.heard()

        assert () == Hears.early

    def test_what_is_in_shadow_is_left_out(self):
        """A module on trial changes nothing, not even what others remember."""
        trial = {"a_finds": {"mode": "shadow", "expires": date(2099, 1, 1)}}

        assert [] == self.heard(modes=trial)
