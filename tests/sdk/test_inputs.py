"""What conditions read: each input is what its name says, and MISSING where it is not known."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from handrail import (
    Actor,
    Amount,
    Condition,
    Feature,
    Finding,
    InvalidValueError,
    Item,
    Link,
    Links,
    Manifest,
    MemoryState,
    Policy,
    Rule,
    Safety,
    UnknownNameError,
    hookimpl,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
HATE = "hate.speech"
RECIPIENT = Actor("r", age=15, tenure_days=2, region="DE", language="de", relation="stranger",
                  tags=["vip"])  # fmt: skip
ITEM = Item(
    "i", "Get FREE  money!", author=Actor("a", tags=["host"]), parent_id="p", thread_id="t",
    session_id="s", links=["https://B.test/x", "c.test", "http://["],
    amount=Amount("12.50", "EUR"), created_at=AT, recipients=[RECIPIENT],
)  # fmt: skip


@pytest.fixture(name="read")
def _read(decide):
    """What a condition over one input is given in a call; None where it is missing."""

    def read(name, item=ITEM, *, each=None, **call):
        seen = []
        when = Condition([f"{name}?"], lambda value: seen.append(value) or False)
        rule = Rule(id="r", when=when, then="block", each=each)
        decide(Policy(rules=[rule]), item=item, **call)
        return seen[0]

    return read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("item.id", "i"),
        ("item.parent_id", "p"),
        ("item.thread_id", "t"),
        ("item.session_id", "s"),
        ("amount.currency", "EUR"),
        ("links.hosts", ("b.test", "c.test")),
        ("text.words", " get free money "),
        ("stage", "pre_publish"),
        ("feature", "wall"),
        ("actor.tags", frozenset({"host"})),
    ],
)
def test_reads(read, name, value):
    """An input is what its name says."""
    assert value == read(name)


@pytest.mark.parametrize(
    "name",
    ["item.parent_id", "item.thread_id", "item.session_id", "amount.currency", "actor.tags",
     "session.tags", "thread.tags", "report.source"],
)  # fmt: skip
def test_misses(read, name):
    """What the host does not send is missing, not empty."""
    assert None is read(name, Item("i"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("recipient.id", "r"),
        ("recipient.age", 15),
        ("recipient.age_known_by", "declared"),
        ("recipient.tenure_days", 2),
        ("recipient.region", "DE"),
        ("recipient.language", "de"),
        ("recipient.relation", "stranger"),
        ("recipient.tags", frozenset({"vip"})),
    ],
)
def test_reads_each_recipient(read, name, value):
    """Where a rule is tested for each recipient, that one is read."""
    assert value == read(name, each="recipients")


class TestState:
    """What the platform keeps."""

    @pytest.fixture(name="state")
    def _state(self):
        return MemoryState()

    def test_tags_join_the_host_s(self, read, state):
        """An author has the tags that the host sends and those the state keeps."""
        state.tag("actor", "a", "kept")

        assert {"host", "kept"} == read("actor.tags", state=state)

    @pytest.mark.parametrize(("kind", "key"), [("session", "s"), ("thread", "t")])
    def test_tags_of_places(self, read, state, kind, key):
        """A session and a thread have the tags the state keeps."""
        state.tag(kind, key, "raided")

        assert {"raided"} == read(f"{kind}.tags", state=state)

    @pytest.mark.parametrize("name", ["hate", "hate.speech"])
    def test_strikes_of_an_issue_or_a_family(self, read, state, name):
        """Strikes are asked for by issue or by family."""
        state.add_strike("a", HATE)

        assert 1 == read(f"strikes({name}, 90d)", state=state)

    def test_windows_of_a_session(self, read, state):
        """A session's window counts segments."""
        state.add_segment("s", [HATE])

        assert 1 == read(f"session({HATE}, 10)", state=state)

    def test_counters(self, read, state):
        """A counter is read for the item's author."""
        state.count("posts", "a", by=4)

        assert 4 == read("counter(posts)", state=state)


def module(name, *scores, **manifest):
    """A module that finds hate with these scores."""

    @hookimpl
    def pre_publish(item):
        return [Finding(HATE, score, "as the test says") for score in scores]

    told = Manifest(
        name=name, version="1.0", issues={HATE}, surfaces={"*"}, languages={"*"}, **manifest
    )
    return SimpleNamespace(MANIFEST=told, pre_publish=pre_publish)


def links(item, context) -> Links:
    """What a module finds in a text that hides its links."""
    return Links([Link("https://d.test/", "d.test", "d.test")])


class TestFindings:
    """Who found what."""

    @pytest.fixture(name="seen")
    def _seen(self):
        def seen(name, *modules):
            values = []
            when = Condition([name], lambda value: values.append(value) or False)
            policy = Policy(rules=[{"id": "r", "when": when, "then": "block"}])
            features = [Feature(name="wall", surface="comments")]
            with Safety(features, modules=modules, policy=policy, complete_share=0) as safety:
                safety.feature("wall").pre_publish(ITEM)
            return values[0]

        return seen

    @pytest.mark.parametrize(("least", "count"), [("0.5", 2), ("0.6", 1), ("1", 0)])
    def test_counts_modules(self, seen, least, count):
        """A module counts once, if any of its findings is high enough."""
        modules = [module("one", 0.5, 0.6, 0.7), module("two", 0.5)]

        assert count == seen(f"found({HATE}, {least})", *modules)

    @pytest.mark.parametrize(("name", "score"), [("one", 0.6), ("two", 0.5), ("three", 0.0)])
    def test_scores_by_module(self, seen, name, score):
        """One module's score is its own highest."""
        modules = [module("one", 0.4, 0.6), module("two", 0.5)]

        assert score == seen(f"score({HATE}, {name})", *modules)

    def test_links_are_the_derivation_s(self, seen):
        """Where modules read links out of the text, their hosts are those that were found."""
        modules = [module("one", provides={"links": links}), module("two", needs={"links": Links})]

        assert ("d.test",) == seen("links.hosts", *modules)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("strikes(harasment, 90d)", "harassment"),
        ("found(hate.speech)", "least score"),
        ("found(hate.speech, 2)", "least score"),
        ("recipient.aeg", "recipient.age"),
    ],
)
def test_refuses(name, said):
    """An input that does not exist is refused when the condition is made."""
    with pytest.raises(InvalidValueError, match=said):
        Condition([name], lambda value: True)


class TestThreeValued:
    """A test that works out itself what missing values come to."""

    WHEN = Condition(["actor.age?"], lambda age: age and age < 18, three_valued=True)

    def test_may_miss(self):
        """It may be left without an answer, so its rule says what that means."""
        assert (True, ("actor.age",)) == (self.WHEN.may_miss, self.WHEN.missable)

    def test_needs_its_inputs(self):
        """A feature provides what it asks for, though it can do without in a call."""
        assert {"actor.age"} == self.WHEN.provisions


def test_a_report_names_an_issue(read):
    """What a report says is read at its stage only."""
    assert None is read("report.issue")


def test_unknown_names_are_unknown():
    """The nearest names are offered."""
    with pytest.raises(UnknownNameError, match=r"thread\.tags"):
        Condition(["thread.tag"], lambda value: True)
