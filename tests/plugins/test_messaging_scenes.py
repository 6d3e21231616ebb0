"""Conversations as they go: who writes to whom, in which order, after how long."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handrail_contact
import handrail_messaging
from handrail import Actor, Cause, Item, Media, MemoryState
from handrail.testing import make_report, make_safety

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
GROOMING, SEXTORTION = "child_safety.grooming", "child_safety.sextortion"
SCAM, SPAM = "fraud.scam", "integrity.spam"
ADULT, OTHER = Actor("ann", age=34), Actor("bea", age=41)
MINOR, YOUTH = Actor("kim", age=12), Actor("lou", age=15)
UNKNOWN = Actor("nn")
PICTURE = Media(id="m", type="image/png")


class Chat:
    """A messaging feature, and what its decisions find."""

    def __init__(self, **options):
        self.state = MemoryState(most=50_000)
        self.safety = make_safety(
            handrail_messaging,
            handrail_contact,
            state=self.state,
            settings={"messaging": options},
        )
        self.feature = self.safety.feature("messaging")
        self.numbers = count(1)
        self.at = NOON

    def decide(self, author, recipients, text="", **fields):
        """The decision on one message, a minute after the last."""
        self.at += timedelta(minutes=1)
        people = recipients if isinstance(recipients, list) else [recipients]
        values = {"created_at": self.at, "author": author, "recipients": people, **fields}
        return self.feature.pre_publish(Item(f"m{next(self.numbers)}", text, **values))

    def send(self, author, recipients, text="", **fields):
        """What this module finds in one message, by issue."""
        findings = self.decide(author, recipients, text, **fields).findings
        return {f.issue: f for f in findings if f.module == "messaging"}


@pytest.fixture(name="chat")
def _chat():
    """Builds chats, and closes them."""
    made = []

    def build(**options):
        made.append(Chat(**options))
        return made[-1]

    yield build
    for chat in made:
        chat.safety.close()


class TestFirstContact:
    """Who writes to a minor for the first time."""

    def test_an_adult_to_a_minor(self, chat):
        """The first message of an adult to a minor is a fact with its counts, and low."""
        finding = chat().send(ADULT, MINOR, "hello")[GROOMING]

        assert {"first_contact": 1, "adult_to_minor": 1, "age_gap": 22} == finding.evidence.counts
        assert 0.2 == finding.score

    def test_an_unknown_age_is_its_own_value(self, chat):
        """Who says no age is neither an adult nor a minor."""
        counts = chat().send(UNKNOWN, MINOR, "hello")[GROOMING].evidence.counts

        assert {"first_contact": 1, "unknown_to_minor": 1} == counts

    def test_the_second_message_is_not_the_first(self, chat):
        """Once they have written, there is nothing to say."""
        chatting = chat()
        chatting.send(ADULT, MINOR, "hello")

        assert {} == chatting.send(ADULT, MINOR, "hello again")

    def test_an_answer_is_no_first_contact(self, chat):
        """Whoever was written to first may answer."""
        chatting = chat()
        chatting.send(MINOR, ADULT, "hello")

        assert {} == chatting.send(ADULT, MINOR, "hello")

    @pytest.mark.parametrize(
        ("author", "recipient"), [(YOUTH, MINOR), (ADULT, OTHER), (MINOR, ADULT), (ADULT, UNKNOWN)]
    )
    def test_others_may_meet(self, chat, author, recipient):
        """Minors or adults among themselves, and a minor who writes first, are fine."""
        assert {} == chat().send(author, recipient, "hello")

    def test_connected_people_have_met(self, chat):
        """The host's word that they know each other ends it."""
        assert {} == chat().send(ADULT, MINOR, "hello", relation="connected")

    def test_in_a_group_each_is_looked_at(self, chat):
        """One minor among many recipients is enough."""
        assert GROOMING in chat().send(ADULT, [OTHER, UNKNOWN, MINOR], "hello")

    def test_what_is_forgotten_is_unknown(self, chat):
        """Where the state has dropped keys, a first contact is said to be unknown."""
        chatting = chat()
        chatting.state._forgot = True
        counts = chatting.send(ADULT, MINOR, "hello")[GROOMING].evidence.counts

        assert (1, None) == (counts.get("contact_unknown"), counts.get("first_contact"))

    def test_a_first_contact_long_ago_is_one_again(self, chat):
        """What is older than the memory does not count."""
        chatting = chat(remember="30d")
        chatting.send(ADULT, MINOR, "hello")
        chatting.at += timedelta(days=31)

        assert GROOMING in chatting.send(ADULT, MINOR, "hello")


class TestMasses:
    """Messages to many people."""

    def test_many_recipients(self, chat):
        """Thirty different people within an hour are the masses, twenty-nine are not."""
        chatting = chat(strangers=1000)
        found = [chatting.send(ADULT, Actor(f"p{n}"), f"hello {n}") for n in range(30)]

        assert [False] * 29 + [True] == [SPAM in each for each in found]
        assert 30 == found[-1][SPAM].evidence.counts["recipients"]

    def test_many_strangers(self, chat):
        """Ten who never answered within an hour are many strangers."""
        chatting = chat()
        found = [chatting.send(ADULT, Actor(f"p{n}"), f"hello {n}") for n in range(10)]

        assert [False] * 9 + [True] == [SPAM in each for each in found]

    def test_friends_are_no_strangers(self, chat):
        """Connected people do not count as strangers."""
        chatting = chat()
        for n in range(29):
            found = chatting.send(ADULT, Actor(f"p{n}", relation="connected"), f"hello {n}")

        assert {} == found

    def test_the_same_text(self, chat):
        """A text of some length to five people is a copy, however it is cased."""
        chatting = chat()
        text = "Come and see what we have in the shop today"
        found = [
            chatting.send(ADULT, Actor(f"p{n}"), text.upper() if n % 2 else text) for n in range(5)
        ]

        assert [False] * 4 + [True] == ["copies" in counts(each, SPAM) for each in found]

    def test_short_words_are_no_copies(self, chat):
        """Everybody writes "happy birthday"."""
        chatting = chat()
        found = [chatting.send(ADULT, Actor(f"p{n}"), "happy birthday") for n in range(9)]

        assert all("copies" not in counts(each, SPAM) for each in found)

    def test_a_day_later_counts_anew(self, chat):
        """Nine today and nine tomorrow are few."""
        chatting = chat()
        for n in range(18):
            chatting.at += timedelta(days=n == 9)
            found = chatting.send(ADULT, Actor(f"p{n}"), f"hello {n}")

        assert {} == found

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.integers(0, 12), max_size=40))
    def test_counts_different_people(self, people):
        """However often each is written to, the number is that of different people."""
        chatting = Chat(recipients=5, strangers=1000)
        with chatting.safety:
            for n, person in enumerate(people):
                found = chatting.send(ADULT, Actor(f"p{person}"), f"{n}")
                met = len(set(people[: n + 1]))
                assert (met if met >= 5 else None) == counts(found, SPAM).get("recipients")


def counts(found, issue):
    """The counts of a finding, or none."""
    return found[issue].evidence.counts if issue in found else {}


class TestMoves:
    """Asking to go on elsewhere."""

    def test_a_stranger_moves_early(self, chat):
        """A stranger's first message that names another service is a sign of a scam."""
        finding = chat().send(ADULT, OTHER, "hello, add me on telegram")[SCAM]

        assert (0.4, 1) == (finding.score, finding.evidence.counts["message"])

    def test_late_moves_are_left_alone(self, chat):
        """After five messages it is no longer early."""
        chatting = chat()
        for n in range(5):
            chatting.send(ADULT, OTHER, f"hello {n}")

        assert {} == chatting.send(ADULT, OTHER, "add me on telegram")

    def test_once_answered_nobody_is_a_stranger(self, chat):
        """Two people who talk may exchange numbers."""
        chatting = chat()
        chatting.send(OTHER, ADULT, "hello")

        assert {} == chatting.send(ADULT, OTHER, "add me on telegram")


class TestMedia:
    """Pictures from strangers."""

    def test_to_an_adult(self, chat):
        """Media before any answer are unsolicited."""
        assert {"sexual.unsolicited"} == set(chat().send(ADULT, OTHER, media=[PICTURE]))

    def test_to_a_minor(self, chat):
        """To a minor they are a matter of child safety, too."""
        finding = chat().send(ADULT, MINOR, media=[PICTURE])["child_safety.exposure"]

        assert (0.35, 1) == (finding.score, finding.evidence.counts["media"])

    def test_after_an_answer(self, chat):
        """Who was answered may send pictures."""
        chatting = chat()
        chatting.send(OTHER, ADULT, "hello")

        assert {} == chatting.send(ADULT, OTHER, media=[PICTURE])


class TestScam:
    """A script over several messages."""

    SCRIPT = (
        "hello dear, I saw your profile",
        "my uncle taught me trading and it is a guaranteed profit",
        "trust me, there is no risk",
        "just send me 200 dollars in bitcoin",
    )

    def test_steps_add_up(self, chat):
        """Each step says more, and the request to pay says most."""
        chatting = chat()
        found = [chatting.send(ADULT, OTHER, text) for text in self.SCRIPT]
        scores = [each[SCAM].score if SCAM in each else 0.0 for each in found]

        assert sorted(scores) == scores
        assert 0.0 == scores[0]
        assert scores[2] < 0.5
        assert scores[3] >= 0.8
        assert 4 == found[-1][SCAM].evidence.counts["steps"]

    def test_the_victim_is_not_the_scammer(self, chat):
        """Signals are those of the author: who answers has none."""
        chatting = chat()
        for text in self.SCRIPT:
            chatting.send(ADULT, OTHER, text)

        assert {} == chatting.send(OTHER, ADULT, "why should I pay you the money?")

    def test_another_recipient_starts_anew(self, chat):
        """What was said to one person does not count for another."""
        chatting = chat()
        for text in self.SCRIPT[:3]:
            chatting.send(ADULT, OTHER, text)
        other = chatting.send(ADULT, Actor("carl", age=50), self.SCRIPT[3])

        assert other.get(SCAM) is None or other[SCAM].score < 0.5

    def test_old_steps_count_half(self, chat):
        """What was said weeks ago says less."""
        fresh, old = chat(), chat()
        for chatting, days in ((fresh, 0), (old, 14)):
            for text in self.SCRIPT[:3]:
                chatting.send(ADULT, OTHER, text)
            chatting.at += timedelta(days=days)
        now, later = (c.send(ADULT, OTHER, self.SCRIPT[3])[SCAM].score for c in (fresh, old))

        assert later < now

    def test_a_harmless_message_finds_nothing(self, chat):
        """What was said before is not held against every later message."""
        chatting = chat()
        for text in self.SCRIPT:
            chatting.send(ADULT, OTHER, text)

        assert {} == chatting.send(ADULT, OTHER, "see you at seven")

    def test_what_else_is_said_adds_nothing(self, chat):
        """A signal that is no step of a scam does not bring the steps before it up again."""
        chatting = chat()
        for text in self.SCRIPT:
            chatting.send(ADULT, OTHER, text)

        assert {} == chatting.send(ADULT, OTHER, "how old are you")

    @pytest.mark.parametrize(
        "text", ["can you send me the money for dinner", "venmo me for the pizza please"]
    )
    def test_friends_share_bills(self, chat, text):
        """A request to pay is no scam by itself."""
        assert {} == chat().send(ADULT, OTHER, text, relation="connected")


class TestSextortion:
    """A threat to share pictures."""

    def test_over_three_messages(self, chat):
        """Asking for a picture, a threat and a demand of a minor score highest."""
        chatting = chat()
        texts = (
            "send me a picture",
            "I will send it to everyone",
            "buy a gift card and send me the code",
        )
        found = [chatting.send(ADULT, MINOR, text) for text in texts]
        scores = [each[SEXTORTION].score if SEXTORTION in each else 0.0 for each in found]

        assert [0.0, 0.65, 1.0] == scores
        assert {"signals": 3, "image": 1, "payment": 1, "threat": 1} == counts(found[2], SEXTORTION)

    def test_of_an_adult(self, chat):
        """An adult's is an issue of its own."""
        text = "pay me now or I will send your pictures to everyone"
        found = chat().send(OTHER, ADULT, text)

        assert (0.6, True) == (found["sexual.sextortion"].score, SEXTORTION not in found)

    def test_an_unknown_age_is_said(self, chat):
        """Where the age is unknown, policy can tell."""
        text = "pay me now or I will send your pictures to everyone"

        assert 1 == counts(chat().send(OTHER, UNKNOWN, text), "sexual.sextortion")["age_unknown"]

    def test_a_threat_alone_says_little(self, chat):
        """The minutes of a meeting go to everyone, too: only to a minor is it even a hint."""
        text = "I will send it to everyone"

        assert {} == chat().send(OTHER, ADULT, text)
        assert 0.25 == chat().send(OTHER, MINOR, text)[SEXTORTION].score


class TestGrooming:
    """Several signs, from somebody not known to be a minor to one who may be."""

    SIGNS = (
        "how old are you",
        "don't tell your parents",
        "I'll buy you a new phone",
        "can we meet somewhere alone",
        "are you home alone",
    )

    def run(self, chat, author, recipient, **fields):
        """The scores of the five messages."""
        found = [chat.send(author, recipient, text, **fields) for text in self.SIGNS]
        return [each[GROOMING].score if GROOMING in each else 0.0 for each in found]

    def test_three_signs_from_an_adult(self, chat):
        """Two signs, one of them alarming, pass the threshold; no number of them blocks."""
        assert [0.2, 0.35, 0.5, 0.65, 0.7] == self.run(chat(), ADULT, MINOR)

    def test_unknown_ages_need_more(self, chat):
        """Where an age is unknown, the same signs say less."""
        assert [0.15, 0.15, 0.25, 0.4, 0.55] == self.run(chat(), UNKNOWN, MINOR)
        assert [0.0, 0.0, 0.25, 0.4, 0.55] == self.run(chat(), ADULT, UNKNOWN)

    def test_family_needs_one_more(self, chat):
        """People who know each other ask such things."""
        assert [0.0, 0.2, 0.2, 0.35, 0.5] == self.run(chat(), ADULT, MINOR, relation="family")

    @pytest.mark.parametrize(("author", "recipient"), [(YOUTH, MINOR), (ADULT, OTHER)])
    def test_is_about_adults_and_minors(self, chat, author, recipient):
        """Minors among themselves and adults among themselves are none of it."""
        assert [0.0] * 5 == self.run(chat(), author, recipient)

    def test_the_same_sign_counts_once(self, chat):
        """Asking for an age five times is one sign."""
        chatting = chat()
        for _ in range(5):
            found = chatting.send(ADULT, MINOR, "how old are you")

        assert {} == found


class TestPrivate:
    """Derived signals instead of text."""

    SIGNALS = (
        {"age": 0.9},
        {"secrecy": 0.8},
        {"gift": 0.7, "fingerprint": "0a1b"},
    )

    def test_reads_no_text(self, chat):
        """What the text says makes no difference."""
        text = "pay me now or I will send your pictures to everyone"
        found = chat(private=True).send(ADULT, OTHER, text, attributes={"signals": {}})

        assert {} == found

    def test_takes_signals(self, chat):
        """Signals that devices computed are judged like those of a text."""
        chatting = chat(private=True)
        for signals in self.SIGNALS:
            found = chatting.send(ADULT, MINOR, attributes={"signals": signals})

        assert 0.5 == found[GROOMING].score

    def test_signals_stand_for_the_text_anywhere(self, chat):
        """An item that brings signals is judged by them, whatever is set."""
        text = "pay me now or I will send your pictures to everyone"
        found = chat().send(ADULT, OTHER, text, attributes={"signals": {"rapport": 1}})

        assert {} == found

    def test_weak_signals_do_not_count(self, chat):
        """Below the least strength a signal is none."""
        chatting = chat(private=True, least=0.6)
        for name in ("age", "secrecy", "gift", "meet"):
            found = chatting.send(ADULT, MINOR, attributes={"signals": {name: 0.59}})

        assert {} == found

    def test_fingerprints_find_copies(self, chat):
        """Equal fingerprints are equal texts."""
        chatting = chat(private=True)
        signals = {"signals": {"fingerprint": "0a1b"}}
        found = [chatting.send(ADULT, Actor(f"p{n}"), attributes=signals) for n in range(5)]

        assert 5 == counts(found[-1], SPAM)["copies"]

    @pytest.mark.parametrize(
        ("signals", "why"),
        [
            (None, "missing"),
            ("age", "no_mapping"),
            (["age"], "no_mapping"),
            ({"age": "0.9"}, "not_0_to_1"),
            ({"age": 1.1}, "not_0_to_1"),
            ({"age": True}, "not_0_to_1"),
            ({"agee": 0.5}, "unknown"),
            ({"fingerprint": 7}, "fingerprint"),
            ({"fingerprint": "x" * 65}, "fingerprint"),
        ],
    )
    def test_a_wrong_shape_is_a_fault(self, chat, signals, why):
        """What cannot be read is said, and what is known of the people is found all the same."""
        decision = chat(private=True).decide(ADULT, MINOR, attributes={"signals": signals})

        assert [("messaging", Cause.MISSING, f"attributes: signals_{why}")] == [
            (f.source, f.cause, f.place) for f in decision.faults
        ]
        assert {GROOMING} == {f.issue for f in decision.findings}

    def test_missing_signals_are_a_fault(self, chat):
        """In private mode, silence of the devices is no all-clear."""
        assert 1 == len(chat(private=True).decide(ADULT, MINOR, "hello").faults)

    def test_devices_cannot_switch_it_off(self, chat):
        """However many wrong signals come, the next right one is judged."""
        chatting = chat(private=True)
        for _ in range(30):
            chatting.decide(ADULT, MINOR, attributes={"signals": "broken"})
        decision = chatting.decide(OTHER, MINOR, attributes={"signals": {}})

        assert ((), {GROOMING}) == (decision.faults, {f.issue for f in decision.findings})


class TestMemory:
    """What stays behind."""

    @pytest.mark.parametrize("private", [True, False])
    def test_holds_no_text_and_no_ids(self, chat, private, strings):
        """From the memory and the state no text and no raw id can be reached."""
        chatting = chat(private=private)
        attributes = {"signals": {"age": 1, "fingerprint": "canary-print"}} if private else {}
        for n in range(3):
            text = "canary how old are you, don't tell your parents about the canary"
            chatting.send(
                Actor("canary-author", age=30),
                Actor(f"canary-{n}", age=12),
                text,
                attributes=attributes,
            )
        memory = next(m.memory for m in chatting.safety.modules if m.name == "messaging")
        reached = strings(memory) | strings(chatting.state._series)

        assert any(re.search(r"\b[0-9a-f]{24}\b", s) for s in reached)
        assert [] == [s for s in reached if "canary" in s or "how old are you d" in s]

    def test_reports_are_not_messages(self, chat):
        """What is reported was counted when it was sent."""
        chatting = chat()
        item = Item("m", "hello", author=ADULT, recipients=[MINOR], created_at=NOON)
        chatting.feature.report(make_report(item))

        assert GROOMING in chatting.send(ADULT, MINOR, "hello")

    def test_many_recipients_are_bounded(self, chat):
        """A message to thousands counts a bounded number, and is no fault."""
        people = [Actor(f"p{n}") for n in range(5000)]
        decision = chat().decide(ADULT, people, "how old are you, send me a picture")

        assert () == decision.faults


class TestReadOnce:
    """What a hook has read of a message is not read again to remember it."""

    def test_a_message_is_read_once(self, chat, monkeypatch):
        """Hook and memory share the signals of a call; the next call has its own."""
        chatting, read = chat(), []
        plainly = handrail_messaging._memory.signals

        def counted(item, *others):
            read.append(item.id)
            return plainly(item, *others)

        monkeypatch.setattr("handrail_messaging._memory.signals", counted)
        chatting.send(ADULT, OTHER, "let's keep it a secret")
        chatting.send(ADULT, OTHER, "let's keep it a secret")

        assert ["m1", "m2"] == read
