"""The comments module in threads: quotes, counter-speech, heat, pile-ons and nudges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handrail_comments
import handrail_links
from handrail import (
    Action,
    Finding,
    InvalidValueError,
    Item,
    Manifest,
    Policy,
    Quotes,
    Text,
    hookimpl,
)
from handrail.testing import make_actor, make_item, make_safety
from handrail_comments._counter import counter_speech
from handrail_comments._cues import cues
from handrail_comments._memory import hostile
from handrail_comments._quotes import QUOTES_MOST, quotes_of
from handrail_comments._settings import Settings

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BULLYING, HATE = "harassment.bullying", "hate.speech"


class Grumbles:
    """Finds every "grr" to be an insult: what a classifier would say."""

    MANIFEST = Manifest(
        name="grumbles", version="1", issues={BULLYING}, surfaces="*", languages="*"
    )

    @hookimpl
    def pre_publish(self, item: Item):
        """Find grumbles, with their places."""
        at = item.text.find("grr")
        if at >= 0:
            yield Finding(BULLYING, 0.7, "a grumble", evidence={"spans": [(at, at + 3)]})


@pytest.fixture(name="thread")
def _thread():
    """Post comments one after another; what the module counts of each, by name."""
    with make_safety(handrail_links, Grumbles(), handrail_comments, budget_ms=60_000) as safety:
        feature, number = safety.feature("comments"), iter(range(10_000))

        def post(text="hello", **fields):
            n = next(number)
            fields.setdefault("thread_id", "t")
            fields.setdefault("created_at", NOON + n * MINUTE / 2)
            fields.setdefault("author", make_actor())
            decision = feature.pre_publish(make_item(text, id=f"c{n}", **fields))
            assert () == decision.faults
            own = [f for f in decision.findings if f.module == "comments"]
            post.findings = own
            return {k: v for f in own for k, v in f.evidence.counts.items()}

        yield post


class TestQuotes:
    """Somebody else's words are marked in many ways."""

    @pytest.mark.parametrize(
        ("text", "quoted", "kind"),
        [
            ("> you are wrong\nNo, I am not.", "you are wrong", "line"),
            ("&gt; you are wrong\nNo.", "you are wrong", "line"),
            ("> 5 people came\nSo few?", "5 people came", "line"),
            ("Fine.\n>> so they said\n", "so they said", "line"),
            ("She wrote “go home now” to me", "go home now", "marks"),
            ("Er schrieb „geh nach Hause“ dazu", "geh nach Hause", "marks"),
            ("Il dit « rentre chez toi » encore", " rentre chez toi ", "marks"),
            ('He said "go home now", really', "go home now", "marks"),
            ("彼は「帰れ」と言った", "帰れ", "marks"),
            ("[quote=ann]go home[/quote] No!", "go home", "block"),
            ("RT @ann: go home now", "go home now", "repost"),
        ],
    )
    def test_is_found(self, text, quoted, kind):
        """The words without their marks, and how they are marked."""
        (quote,) = quotes_of(text)

        assert (quoted, kind) == (text[slice(*quote.span)], quote.kind)

    @pytest.mark.parametrize(
        "text",
        [
            "I love it >:) and >.<", ">:(", ">5 people came", "a -> b", "5 > 3",
            'the "best" song', "rock 'n' roll and don't", '6" by 4" boards', "“unclosed words here",
            "start @ann now", "",
        ],
    )  # fmt: skip
    def test_is_left_alone(self, text):
        """Faces, arrows, numbers, inches and single words are no quotes."""
        assert () == quotes_of(text)

    def test_outer_quote_stands(self):
        """A quote within a quoted line is part of it."""
        (quote,) = quotes_of('> he said "go home now" to me')

        assert "line" == quote.kind

    def test_is_bounded(self):
        """A text of quotes has no more than so many."""
        assert QUOTES_MOST == len(quotes_of("> a b\n" * 1000))

    @given(st.text(alphabet='ab >"“”„«»\n[]quote=/RT @:', max_size=300))
    def test_lies_inside_and_apart(self, text):
        """Quotes are in order, inside the text, and none overlaps another."""
        spans = [q.span for q in quotes_of(text)]
        flat = [end for span in spans for end in span]

        assert sorted(flat) == flat
        assert all(0 <= a < b <= len(text) for a, b in spans)

    def test_is_there_for_others(self):
        """A module that needs quotes is given them."""

        class Needs:
            MANIFEST = Manifest(
                name="needs", version="1", issues={BULLYING}, surfaces="*", languages="*",
                needs={"quotes": Quotes},
            )  # fmt: skip
            seen = ()

            @hookimpl
            def pre_publish(self, context):
                """Keep them."""
                Needs.seen = context.derive("quotes", Quotes)

        with make_safety(handrail_links, handrail_comments, Needs()) as safety:
            safety.feature("comments").pre_publish(make_item("> go home\nno"))

        assert [(2, 9)] == [q.span for q in Needs.seen]


class TestCounterSpeech:
    """What is said against a quote is told to policies, and loosens nothing by itself."""

    @staticmethod
    def counts(text):
        """What is counted of a text."""
        found = [*counter_speech(Text(text), quotes_of(text))]
        return dict(found[0].evidence.counts) if found else {}

    @pytest.mark.parametrize(
        "text",
        [
            'Saying "blorbs should go home" is unacceptable.',
            "> blorbs should go home\nShame on you, this is awful",
            "Wer „Blorbs raus hier“ ruft, ist rassistisch",
            "« rentrez chez vous » c'est honteux",
        ],
    )
    def test_quote_and_disagreement(self, text):
        """A quote that the rest speaks against is advice."""
        assert self.counts(text)["counter_speech"] >= 1

    def test_told_and_disagreement(self):
        """Without marks, words about saying it and plain ones against it will do."""
        got = self.counts("People who say blorbs should go home are racist")

        assert (1, 0) == (got["counter_speech"], got["quoted_words"])

    @pytest.mark.parametrize(
        "text",
        [
            "This is wrong.", "Blorbs should go home, they are disgusting",
            '"blorbs should go home" she wrote', "> this is wrong and racist\nagreed",
            "I say what I want and you are awful",
        ],
    )  # fmt: skip
    def test_one_of_the_two_is_not_enough(self, text):
        """Disagreement alone, a quote alone, and words inside the quote say nothing."""
        assert {} == self.counts(text)

    def test_loosens_nothing(self):
        """It is a finding below every ladder; a policy that wants to reads its count."""
        (found,) = counter_speech(
            Text('"go home now" is racist'), Quotes(quotes_of('"go home now" is racist'))
        )

        assert 0.05 == found.score


class TestHeatedThread:
    """A thread in which several people were hostile is heated for those who come next."""

    def test_four_grumbles_by_two(self, thread):
        """From the fourth hostile comment on, the next one knows."""
        people = [make_actor(), make_actor()]
        before = [thread("grr", author=people[n % 2]).get("thread_hostile") for n in range(4)]

        assert [None] * 4 == before
        assert {"thread_hostile": 4, "thread_people": 2, "thread_comments": 4} == thread()

    def test_one_angry_person_heats_no_thread(self, thread):
        """However often one person grumbles, it is theirs."""
        person = make_actor()
        for _ in range(8):
            thread("grr", author=person)

        assert {} == thread()

    def test_few_among_many_heat_no_thread(self, thread):
        """Four grumbles among forty comments are no heat."""
        for n in range(40):
            thread("grr" if n % 10 == 0 else "hello")

        assert {} == thread()

    def test_other_threads_are_calm(self, thread):
        """Heat stays in its thread."""
        for _ in range(6):
            thread("grr")

        assert {} == thread(thread_id="u")

    def test_heat_fades(self, thread):
        """After the window a thread is a new one."""
        for _ in range(6):
            thread("grr")

        assert {} == thread(created_at=NOON + timedelta(hours=3))

    def test_thread_follows_parents(self, thread):
        """Without a thread's id, answers belong to what they answer."""
        thread(thread_id=None)
        for n in range(5):
            thread("grr", thread_id=None, parent_id=f"c{n}")

        assert 5 == thread(thread_id=None, parent_id="c0")["thread_hostile"]

    def test_score_stays_below_ladders(self, thread):
        """Whoever comes next is not to blame: the score is 0.4 at most."""
        for _ in range(30):
            thread("grr")
        thread()

        assert {0.4} == {f.score for f in thread.findings}

    def test_quoted_grumbles_do_not_count(self, thread):
        """Who quotes an insult is not hostile."""
        for _ in range(6):
            thread("> grr you\nNo, you are fine")

        assert {} == thread()

    def test_counter_speech_does_not_count(self, thread):
        """Who speaks against an insult is not hostile."""
        for _ in range(6):
            thread('Saying "grr to you all" is wrong, grr')

        assert "thread_hostile" not in thread()


class TestPileOn:
    """Many at one person, some of them hostile, is a pile-on."""

    @pytest.fixture(name="target")
    def _target(self, thread):
        """Whoever wrote the first comment."""
        person = make_actor()
        thread("I like it", author=person)
        return person

    def test_hostile_answers_by_different_people(self, thread, target):
        """Four people grumble at one; the next answer knows."""
        for _ in range(4):
            thread("grr", parent_id="c0")

        assert 4 == thread("hi", parent_id="c0")["piling"]

    def test_new_accounts_count_too(self, thread, target):
        """Two who grumble and two new accounts are four."""
        for text, days in (("grr", 900), ("grr", 900), ("so", 1), ("so", 1)):
            thread(text, parent_id="c0", author=make_actor(tenure_days=days))

        assert {"piling": 4, "piling_hostile": 2} == thread("hi", parent_id="c0")

    def test_new_accounts_alone_do_not(self, thread, target):
        """A crowd of new people who are friendly is a welcome."""
        for _ in range(9):
            thread("welcome!", parent_id="c0", author=make_actor(tenure_days=0))

        assert {} == thread("hi", parent_id="c0")

    def test_recipients_are_targets(self, thread, target):
        """Where the host says whom a comment is for, no parent is needed."""
        for _ in range(4):
            thread("grr", recipients=[target])

        assert 4 == thread("hi", recipients=[target])["piling"]

    def test_answers_to_oneself_do_not_count(self, thread, target):
        """Who goes on below their own comment piles on nobody."""
        for _ in range(9):
            thread("grr", parent_id="c0", author=target)

        assert "piling" not in thread("hi", parent_id="c0", author=target)

    def test_own_answers_are_not_added(self, thread, target):
        """Three people who grumble, and the one who grumbles back, are three."""
        for person in (make_actor(), make_actor(), make_actor(), target):
            thread("grr", parent_id="c0", author=person)

        assert "piling" not in thread("hi", parent_id="c0")

    def test_others_in_the_thread_are_left_alone(self, thread, target):
        """An answer to somebody else is not part of it."""
        for _ in range(4):
            thread("grr", parent_id="c0")
        thread("calm down", author=make_actor())

        assert "piling" not in thread("thanks", parent_id="c5")


class TestNudge:
    """Mild words at somebody may be asked about, and seldom."""

    @pytest.mark.parametrize(
        "text",
        ["you are so dumb", "@ann idiot", "Du bist dumm", "tu es stupide", "você é patético"],
    )
    def test_mild_word_at_somebody(self, thread, text):
        """A harsh word next to a person is a candidate."""
        assert 1 == thread(text)["nudge"]

    @pytest.mark.parametrize(
        "text",
        [
            "my phone is dumb", "I am such an idiot", "what a lovely day you have",
            "> you are so dumb\nnot nice", "you can see from here that the old machine was dumb",
        ],
    )  # fmt: skip
    def test_nobody_near(self, thread, text):
        """A word about a thing, oneself, or in a quote, is none."""
        assert "nudge" not in thread(text)

    def test_nobody_is_asked_at_each_comment(self, thread):
        """Twice within a week, and then no more."""
        person = make_actor()
        asked = ["nudge" in thread("you are so dumb", author=person) for _ in range(5)]

        assert [True, True, False, False, False] == asked

    def test_another_week_another_question(self, thread):
        """After the window somebody may be asked again."""
        person = make_actor()
        for _ in range(3):
            thread("you are so dumb", author=person)
        later = thread("you are so dumb", author=person, created_at=NOON + timedelta(days=8))

        assert 1 == later["nudge"]

    def test_hostile_people_are_not_asked(self, thread):
        """Who insulted somebody this week has had their question."""
        person = make_actor()
        thread("grr", author=person)

        assert "nudge" not in thread("you are so dumb", author=person)

    def test_unknown_author_is_not_asked(self, thread):
        """Without an author nobody can be remembered."""
        assert "nudge" not in thread("you are so dumb", author=None)

    def test_confirmed_comment_goes_through(self):
        """Who was asked and says it again, says it."""
        policy = Policy(
            issues={},
            rules=[{"id": "ask", "issue": BULLYING, "at": 0.3, "then": "nudge"}],
        )
        with make_safety(handrail_links, handrail_comments, policy=policy) as safety:
            comments, person = safety.feature("comments"), make_actor()
            first = comments.pre_publish(make_item("you are so dumb", id="c", author=person))
            again = comments.pre_publish(
                make_item("you are so dumb", id="c", author=person, confirms=first.id)
            )

        assert (Action.NUDGE, Action.ALLOW) == (first.action, again.action)

    def test_can_be_switched_off(self):
        """With none allowed there are no candidates."""
        settings = {"comments": {"nudges": 0}}
        with make_safety(handrail_links, handrail_comments, settings=settings) as safety:
            item = make_item("you are so dumb", author=make_actor())

            assert () == safety.feature("comments").pre_publish(item).findings


class TestHostile:
    """What makes a comment hostile are others' findings, where they are not about a quote."""

    @pytest.mark.parametrize(
        ("found", "expected"),
        [
            ((), False),
            ((Finding(BULLYING, 0.5, "x"),), True),
            ((Finding(BULLYING, 0.49, "x"),), False),
            ((Finding("integrity.spam", 0.9, "x"),), False),
            ((Finding(HATE, 0.9, "x", evidence={"spans": [(2, 5)]}),), False),
            ((Finding(HATE, 0.9, "x", evidence={"spans": [(2, 5), (12, 15)]}),), True),
            (
                (
                    Finding(HATE, 0.9, "x"),
                    Finding(HATE, 0.05, "y", evidence={"counts": {"counter_speech": 1}}),
                ),
                False,
            ),
        ],
    )
    def test_by_findings(self, found, expected):
        """Harassment, hate and violence count from the setting on, outside of quotes."""
        item = make_item("> grr blub\nso grr")

        assert expected == hostile(item, found, 0.5)


class TestBounds:
    """What is remembered is bounded, and settings are checked."""

    def test_forgets_the_oldest_comments(self):
        """Of more comments than it may keep, the oldest go."""
        with make_safety(
            handrail_links, handrail_comments, settings={"comments": {"comments": 3}}
        ) as safety:
            for _ in range(9):
                safety.feature("comments").pre_publish(make_item(author=make_actor()))
            memory = next(m.memory for m in safety.modules if m.manifest.name == "comments")

        assert 3 == len(memory._places)

    def test_cues_are_looked_for_in_the_beginning(self):
        """A book of harsh words takes no longer than its first pages."""
        assert len(cues("mild", Text("dumb " * 100_000), Quotes())) <= 1000

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("heated", 1),
            ("piling", 1),
            ("nudges", -1),
            ("hostile", 2),
            ("comments", 0),
            ("new_days", -1),
        ],
    )
    def test_wrong_setting_is_refused(self, name, value):
        """A threshold that makes no sense is refused by name."""
        with pytest.raises(InvalidValueError, match=name):
            Settings(**{name: value})
