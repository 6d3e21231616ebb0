"""The behavior module finds who does what how often, in small made-up scenes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handrail_behavior
from handrail import Actor, ConfigError, Feature, Item, Policy, Safety
from handrail.testing import ModuleContract

SPAM, COORDINATED = "integrity.spam", "integrity.coordinated_inauthentic"
BULLYING, EVASION = "harassment.bullying", "security.ban_evasion"
NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
OFFER = "get your free coins at our new shop today"


class TestContract(ModuleContract):
    """The behavior module keeps its contract with the SDK."""

    module = handrail_behavior
    harmless = (OFFER, "hi", "1", "🔥🔥🔥", "aaaaaaaaaaaaaaaaaaaaa", "")


class Scene:
    """A place where things happen at seconds after noon."""

    def __init__(self, surface: str = "live", **options: object) -> None:
        features = [Feature(name="place", surface=surface)]
        self.safety = Safety(
            features,
            modules=[handrail_behavior],
            policy=Policy(issues={}),
            settings={"behavior": options} if options else None,
        )
        self._look = self.safety.feature("place").pre_publish
        self._count = 0

    def say(self, text: str, second: float = 0, by: str | Actor | None = "a", **more: object):
        """The findings about one more item, by issue."""
        self._count += 1
        author = Actor(by) if isinstance(by, str) else by
        at = NOON + timedelta(seconds=second)
        fields = {"id": f"i{self._count}", "author": author, "created_at": at, **more}
        decision = self._look(Item(text=text, **fields))
        assert () == decision.faults
        return {finding.issue: finding for finding in decision.findings}


@pytest.fixture
def scene():
    """A live room."""
    made = Scene()
    yield made
    made.safety.close()


def odd(number: int) -> str:
    """Three words that no other number has."""
    return " ".join(chr(97 + (number * step) % 26) * (number // 26 + 1) for step in (1, 3, 5))


def old(name: str) -> Actor:
    """Somebody who has been here for long."""
    return Actor(name, tenure_days=400)


def new(name: str) -> Actor:
    """Somebody who came today."""
    return Actor(name, tenure_days=0)


class TestFloods:
    """One person with one text, or with too many."""

    def test_the_fourth_copy_is_found(self, scene):
        """Three copies within a minute are let be, the fourth is found."""
        found = [bool(scene.say(OFFER, second)) for second in (0, 10, 20, 30)]

        assert [False, False, False, True] == found

    def test_evidence_counts(self, scene):
        """Policies can count copies, people and seconds."""
        for second in range(3):
            scene.say(OFFER, 10 * second)
        evidence = scene.say(OFFER, 30)[SPAM].evidence

        counts = {"copies": 4, "own_copies": 4, "authors": 1, "new_authors": 1, "window_s": 60}
        assert counts == dict(evidence.counts)

    @pytest.mark.parametrize(
        "text",
        [
            "get your free coins at our old shop today",
            "get your free coins at our new shop today now",
            "get your coins at our new shop today",
            "GET your FREE coins at our new shop today!!! 🔥🔥",
            "@somebody get your free coins at our new shop today",
            "get your free cöins at our new shop today",
        ],
    )
    def test_a_changed_word_changes_little(self, scene, text):
        """Copies with one word, case, signs or a name changed count like the others."""
        for second in (0, 10, 20):
            scene.say(OFFER, second)

        assert scene.say(text, 30)[SPAM].score >= 0.7

    def test_copies_over_days_are_no_flood(self, scene):
        """One text once an hour is no flood."""
        assert not any(scene.say(OFFER, 3600 * hour) for hour in range(10))

    def test_short_words_may_be_repeated(self, scene):
        """Who says yes five times in a minute floods nobody."""
        assert not any(scene.say("yes", 10 * n) for n in range(5))

    def test_short_words_at_once_are_a_flood(self, scene):
        """The same word five times within five seconds is found."""
        found = [scene.say("first", n / 2) for n in range(5)]

        assert [False] * 4 + [True] == [SPAM in each for each in found]

    def test_different_texts_at_once_are_a_burst(self, scene):
        """Five different messages within five seconds are typed by nobody."""
        found = [scene.say(odd(n), n / 2) for n in range(5)]

        assert "5 messages by one person within 5 seconds" == found[-1][SPAM].reason

    def test_fast_talk_is_let_be(self, scene):
        """Twenty different messages in a minute are fast, and no flood."""
        assert not any(scene.say(odd(n), 3 * n) for n in range(20))

    def test_edits_are_no_copies(self, scene):
        """Who corrects one message again and again posts one message."""
        found = [
            scene.say(OFFER + " now" * (n % 2), 5 * n, id="same", revision=n) for n in range(1, 12)
        ]

        assert [{}] * 11 == found

    def test_asking_again_is_no_copy(self, scene):
        """The same revision asked about again is no second message."""
        assert [{}] * 9 == [scene.say(OFFER, n, id="same") for n in range(9)]

    def test_nobody_in_particular_floods_too(self, scene):
        """Without authors, copies of one text are counted together."""
        found = [scene.say(OFFER, 10 * n, by=None) for n in range(4)]

        assert [False, False, False, True] == [SPAM in each for each in found]


class TestMany:
    """One text from many people."""

    def test_three_new_people_are_found(self, scene):
        """Three new people with one text within a minute are found at the third."""
        found = [scene.say(OFFER, 5 * n, by=new(f"n{n}")) for n in range(3)]

        assert [False, False, True] == [COORDINATED in each for each in found]
        assert found[-1][COORDINATED].score >= 0.75

    def test_established_people_are_a_weak_sign(self, scene):
        """Many who have been here for long and sing one song are not acted on."""
        found = [scene.say(OFFER, n, by=old(f"o{n}")) for n in range(20)]

        assert {0.4} == {each[COORDINATED].score for each in found[2:]}

    def test_greetings_are_let_be(self, scene):
        """Forty new people who say hi to a host are welcome."""
        assert not any(scene.say("hi there", n, by=new(f"n{n}")) for n in range(40))

    @pytest.mark.parametrize("text", ["1", "gg", "❤️❤️❤️", "let's go"])
    def test_votes_and_waves_are_let_be(self, scene, text):
        """Votes, and waves of emoji, are what a chat is for."""
        assert not any(scene.say(text, n / 10, by=f"n{n}") for n in range(60))

    def test_people_seen_for_days_are_not_new(self, scene):
        """Where nobody says how long people are here, who was seen yesterday is not new."""
        for n in range(3):
            scene.say(f"good morning, it is {n} again", n, by=f"n{n}")
        found = [scene.say(OFFER, 100_000 + n, by=f"n{n}") for n in range(3)]

        assert 0.4 == found[-1][COORDINATED].score

    def test_a_busy_room_needs_more(self, scene):
        """Where a thousand messages come in a minute, three alike are chance."""
        for n in range(1000):
            scene.say(odd(n), n / 20, by=f"u{n}", session_id="s")
        found = [scene.say(OFFER, 50 + n, by=new(f"n{n}"), session_id="s") for n in range(12)]

        assert [False] * 8 == [COORDINATED in each for each in found[:8]]
        assert COORDINATED in found[11]

    def test_the_next_account_is_found(self, scene):
        """A new account that goes on with a flood is a sign of evasion."""
        for n in range(5):
            scene.say(OFFER, n, by="flooder")

        assert EVASION in scene.say(OFFER, 30, by=new("next"))


class TestReach:
    """Whom people write to."""

    def write(self, scene, n, **more):
        """A message to one more person."""
        return scene.say(odd(n), 60 * n, recipients=[Actor(f"r{n}")], **more)

    def test_many_strangers(self):
        """From the eleventh stranger within an hour on, it is found."""
        scene = Scene("messaging")
        found = [self.write(scene, n, relation="stranger") for n in range(12)]

        assert [False] * 10 + [True] * 2 == [SPAM in each for each in found]
        assert 10 == found[10][SPAM].evidence.counts["recipients"]

    def test_friends_are_no_strangers(self):
        """Who writes to twenty friends is popular."""
        scene = Scene("messaging")

        assert not any(self.write(scene, n, relation="connected") for n in range(20))

    def test_a_pile_on_of_new_people(self):
        """New people who join many new people at one person are found."""
        scene = Scene("comments")
        target = [Actor("target")]
        found = [scene.say(odd(n), 5 * n, by=new(f"n{n}"), recipients=target) for n in range(17)]

        assert [False] * 15 + [True] * 2 == [BULLYING in each for each in found]

    def test_popularity_is_no_pile_on(self):
        """Many established people at one person are an audience, also for the new one."""
        scene = Scene("comments")
        target = [Actor("target")]
        for n in range(40):
            scene.say(odd(n), n, by=old(f"o{n}"), recipients=target)

        assert {} == scene.say("what they all say", 41, by=new("n"), recipients=target)


class TestNames:
    """Changes of names, and comings and goings."""

    def test_renames(self, scene):
        """The fifth change of a profile within an hour is a sign of evasion."""
        found = [scene.say("", 60 * n, kind="profile_change") for n in range(5)]

        assert [False] * 4 + [True] == [EVASION in each for each in found]

    def test_a_bad_line_is_let_be(self, scene):
        """Who joins again five times in ten minutes has a bad line."""
        assert not any(scene.say("", 100 * n, kind="join") for n in range(5))


class TestOddities:
    """Clocks, threads and crowds."""

    def test_a_clock_going_backwards(self, scene):
        """After a clock is set back by a day, floods are found as before."""
        for n in range(3):
            scene.say(OFFER, 10 * n)
        found = [scene.say("buy one more thing of this kind", -86_400 + n) for n in range(4)]

        assert SPAM in found[-1]

    def test_one_repeated_character(self, scene):
        """A long row of one character is a text like any other."""
        found = [scene.say("a" * 10_000, n) for n in range(5)]

        assert SPAM in found[-1]

    def test_memory_does_not_grow(self):
        """What it takes is taken when it is made, whoever comes."""
        scene = Scene(texts=500, people=500)
        memory = next(m.memory for m in scene.safety.modules if m.name == "behavior")
        before = memory.nbytes
        for n in range(2000):
            scene.say(odd(n), n, by=f"u{n}")

        assert (before, 500) == (memory.nbytes, len(memory.texts))

    def test_threads(self):
        """A storm from eight threads loses nobody and raises nothing."""
        scene = Scene()
        found = []

        def storm(number):
            who = f"t{number}"
            found.extend(scene.say(OFFER, n, by=who, id=f"{who}-{n}") for n in range(20))

        threads = [threading.Thread(target=storm, args=[n]) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert 160 == len(found)
        assert SPAM in scene.say(OFFER, 21, by="t0", id="last")

    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from("abc"), st.sampled_from([OFFER, "hi", "", "🔥"]),
                      st.integers(-200, 200)),
            max_size=30,
        )
    )  # fmt: skip
    def test_any_order_of_events(self, events):
        """Whatever comes when, there are no faults, and scores stay in bounds."""
        scene = Scene()
        found = [scene.say(text, second, by=by) for by, text, second in events]

        assert all(0 <= f.score <= 1 for each in found for f in each.values())

    def test_settings_are_checked(self):
        """A threshold that makes no sense is refused at start-up."""
        with pytest.raises(ConfigError, match="own_copies"):
            Scene(own_copies=0)
