"""The live module under the starting policy: raids, minors and people at risk, both ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import handrail_live
from handrail import (
    Action,
    Actor,
    Age,
    Decision,
    Feature,
    Finding,
    Item,
    Manifest,
    Safety,
    Text,
    hookimpl,
    starting_policy,
)
from handrail_live._ages import said_age

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
BULLYING, AT_RISK = "harassment.bullying", "self_harm.at_risk"
KIM, GROWN = Actor("kim", age=14), Actor("mia", age=30)


class Ears:
    """Finds "grr" to be half an insult and "low" to be despair: what a classifier would say."""

    MANIFEST = Manifest(
        name="ears", version="1", issues={BULLYING, AT_RISK}, surfaces="*", languages="*"
    )

    @hookimpl
    def pre_publish(self, item: Item):
        """Find what is heard."""
        if "grr" in item.text:
            yield Finding(BULLYING, 0.55, "a grumble")
        if "low" in item.text:
            yield Finding(AT_RISK, 0.9, "despair")


@pytest.fixture(name="say")
def _say():
    """Say something in a room that regulars have talked in for a quarter of an hour."""
    features = [Feature(name="room", surface="live", budget_ms=60_000)]
    modules = [Ears(), handrail_live]
    with Safety(features, modules=modules, policy=starting_policy("live")) as safety:
        feature, number = safety.feature("room"), iter(range(10_000))

        def say(text: str, second: float = 900, by: Actor | str = "a", **more) -> Decision:
            author = Actor(by) if isinstance(by, str) else by
            at = NOON + timedelta(seconds=second)
            fields = {"session_id": "s", "created_at": at, **more}
            decision = feature.pre_publish(Item(f"i{next(number)}", text, author=author, **fields))
            assert () == decision.faults
            return decision

        for n in range(60):
            say("hello", 15 * n, by=f"regular {n % 9}")
        yield say


def crowd(say, text, tenure):
    """Twelve people who are new in the room, one a second."""
    return [say(text, 900 + n, by=Actor(f"u{n}", tenure_days=tenure)) for n in range(12)]


def labels(decisions):
    """What is asked for of the room, in order."""
    effects = (effect for each in decisions for effect in each.effects)
    return [(effect.name, effect.target) for effect in effects]


class TestRaid:
    """Many who are new in a room at once."""

    def test_a_hostile_crowd_of_old_accounts(self, say):
        """Half an insult is asked about where it is one of many, and a person looks, once."""
        made = crowd(say, "grr", 400)

        assert (Action.ALLOW, Action.NUDGE) == (made[0].action, made[-1].action)
        assert [("label", "session"), ("review", "session")] == sorted(set(labels(made)))
        assert 1 == labels(made).count(("review", "session"))

    def test_a_friendly_crowd_of_old_accounts(self, say):
        """The audience that a friendly host brings is welcome."""
        made = crowd(say, "hello from kai", 400)

        assert ({Action.ALLOW}, []) == ({each.action for each in made}, labels(made))

    def test_a_friendly_crowd_of_new_accounts(self, say):
        """A school class is asked nothing: the room slows down, once."""
        made = crowd(say, "good morning", 1)

        assert {Action.ALLOW} == {each.action for each in made}
        assert [("label", "session")] == labels(made)

    def test_a_hostile_crowd_of_new_accounts(self, say):
        """Each of a raid by new accounts is asked, whatever they say."""
        crowd(say, "grr", 1)

        assert Action.NUDGE is say("hello", 913, by=Actor("last", tenure_days=1)).action

    def test_regulars_in_a_raid(self, say):
        """Whoever was in the room before is not asked for it."""
        crowd(say, "grr", 1)

        assert Action.ALLOW is say("hello", 913, by="regular 3").action


class TestMinorOnStage:
    """What is said and given to a minor in front of everybody."""

    @pytest.mark.parametrize(
        "text",
        [
            "take off your shirt", "show us your feet", "feet pls", "zieh dich aus",
            "quítate la camisa", "you are so sexy", "tira a blusa", "spogliati",
            "show more skin", "now bend over", "turn around slowly please", "strip for me",
            "spread your legs", "take off your hoodie", "get naked", "show me your feet babe",
            "show us your feet i pay 50", "zeig deine Füße bitte",
        ],
    )  # fmt: skip
    def test_the_body(self, say, text):
        """Lines about a minor's body are blocked; the same to an adult are not this module's."""
        asked = Action.BLOCK, Action.ALLOW

        assert asked == tuple(say(text, participants=[who]).action for who in (KIM, GROWN))

    @pytest.mark.parametrize(("who", "action"), [(KIM, Action.BLOCK), (GROWN, Action.ALLOW)])
    def test_the_first_line_of_a_room(self, say, who, action):
        """Who is on stage is known before the room is."""
        line = "take off your shirt"

        assert action is say(line, session_id="new", participants=[who]).action

    def test_signs_add_up(self, say):
        """One sign is nothing, another one of the same person within the session is a pattern."""
        lines = ["are you home alone?", "how was school", "add me on snap, it's our secret"]
        made = [say(text, 900 + n, participants=[KIM]).action for n, text in enumerate(lines)]

        assert [Action.ALLOW, Action.ALLOW, Action.BLOCK] == made

    def test_signs_of_two_people(self, say):
        """What two people say is not one person's pattern."""
        lines = ["are you home alone?", "add me on snap"]
        made = [say(text, by=f"v{n}", participants=[KIM]).action for n, text in enumerate(lines)]

        assert [Action.ALLOW, Action.ALLOW] == made

    @pytest.mark.parametrize(
        "text",
        [
            "how old were you when you started?", "show us your guitar", "take off the capo",
            "follow me on insta", "send us the chords", "your teacher must be proud",
            "what time does it start", "i have the same shirt", "zeig uns deine gitarre",
            "show me your skin in fortnite", "show your skin", "flash your skin collection",
            "bend over backwards for chat", "open your legs wider for the squat",
            "show us your feet placement for that kickflip", "get naked juice brand",
            "strip now on cards", "take off the hoodie, it's hot in there",
            "turn around slowly there is a creeper", "muestra tu piel de fortnite",
            "show us the full body armor",
        ],
    )  # fmt: skip
    def test_an_audience(self, say, text):
        """What an audience says to a young musician is let be."""
        assert Action.ALLOW is say(text, participants=[KIM]).action

    @pytest.mark.parametrize(
        ("relation", "action", "warned"),
        [
            ("family", Action.ALLOW, []),
            ("connected", Action.ALLOW, []),
            (None, Action.ALLOW, ["label"]),
            ("stranger", Action.BLOCK, []),
        ],
    )
    def test_gifts(self, say, relation, action, warned):
        """Family and friends give, where nobody says there is a warning, strangers do not."""
        taker = Actor("kim", age=14, relation=relation)
        made = say("", kind="gift", participants=[KIM], recipients=[taker])

        assert (action, warned) == (made.action, [effect.name for effect in made.effects])

    @pytest.mark.parametrize(
        ("age", "relation", "third"),
        [
            (30, None, Action.BLOCK),
            (None, None, Action.BLOCK),
            (30, "family", Action.ALLOW),
            (15, None, Action.ALLOW),
        ],
    )
    def test_many_gifts(self, say, age, relation, third):
        """The third of one person is blocked, but of family and of peers."""
        taker, giver = Actor("kim", age=14, relation=relation), Actor("lou", age=age)
        made = [
            say("", 900 + n, by=giver, kind="gift", participants=[KIM], recipients=[taker]).action
            for n in range(3)
        ]

        assert [Action.ALLOW, Action.ALLOW, third] == made

    def test_gifts_of_many(self, say):
        """One gift of each of many people stays one gift."""
        made = [say("", 900 + n, by=f"v{n}", kind="gift", participants=[KIM]) for n in range(4)]

        assert {Action.ALLOW} == {each.action for each in made}


class TestSaidAge:
    """Somebody on stage who says how old they are."""

    def test_is_looked_at_and_holds(self, say):
        """The segment goes on and a person looks; from then on a minor is on stage."""
        before = say("show us your feet", 900)
        said = say("i'm 12 by the way", 901, by="mia", kind="live_segment")
        after = say("show us your feet", 960)

        assert [Action.ALLOW, Action.ALLOW, Action.BLOCK] == [
            each.action for each in (before, said, after)
        ]
        assert ["review"] == [effect.name for effect in said.effects]

    @pytest.mark.parametrize(
        ("age", "action"),
        [
            (None, Action.BLOCK),
            (Age(34), Action.BLOCK),
            (Age(34, "estimated"), Action.ALLOW),
            (Age(34, "verified"), Action.ALLOW),
        ],
    )
    def test_of_a_known_adult(self, say, age, action):
        """It changes nothing where all on stage are adults by more than their own word."""
        host = Actor("mia", age=age)
        said = say("i'm 12", 901, by=host, kind="live_segment", participants=[host])
        after = say("show us your feet", 960, participants=[host])

        assert (["review"], action) == ([effect.name for effect in said.effects], after.action)

    @pytest.mark.parametrize(
        ("text", "age"),
        [
            ("so, i turned 13 yesterday", 13),
            ("ich bin erst zehn Jahre alt", 10),
            ("tengo 12 años y este es mi perro", 12),
            ("j'ai 14 ans", 14),
            ("I'm in 7th grade", 13),
            ("when i was 13 we had no phones", None),
            ("my sister is 12", None),
            ("i'm 38, my kids are 9 and 12", None),
            ("i am 10 minutes late", None),
            ("i'm 16 kills in", None),
            ("tengo 10 años de experiencia", None),
            ("i'm 12 years old today", 12),
            ("ich bin 11 und spiele gern", 11),
            ("im 13 😭", 13),
            ("I'm 6'2 and still can't dunk", None),
            ("I am 5'9 by the way", None),
            ("I'm six two", None),
            ("I'm 10 times better than you at this", None),
            ("I'm 6 years sober today", None),
            ("I'm 10 years clean", None),
            ("I'm 7 wins away", None),
            ("I'm 9 beers deep", None),
            ("I'm 12 bucks short", None),
            ("I'm 10 rounds away", None),
            ("I'm 15% done", None),
            ("I'm 10-0 tonight", None),
            ("i'm 17 down", None),
            ("I'm 11 for 11", None),
            ("I am 10 miles from home", None),
            ("ich bin 10 Jahre verheiratet", None),
            ("Ich bin 8 mal gestorben", None),
            ("tengo 10 años trabajando", None),
            ("tengo 15 años con mi esposa", None),
            ("my son says I'm 12", None),
            ("I'm in 5th grade as a teacher", None),
        ],
    )
    def test_said_age(self, text, age):
        """Ages are the speaker's own, now, and under 18."""
        assert age == said_age(Text(text))


class TestAtRisk:
    """Somebody on stage who may hurt themselves."""

    @pytest.mark.parametrize(
        "text",
        [
            "do it", "DO IT!!", "jump already", "mach doch", "salta", "you won't", "go on then",
            "nobody cares lol", "you should do it", "hurry up!!",
        ],
    )  # fmt: skip
    def test_calls_to_do_it(self, say, text):
        """Calls to do it are blocked from then on, and were nothing before."""
        before = say(text, 900).action
        say("i feel so low", 901, by="mia", kind="live_segment")

        assert (Action.ALLOW, Action.BLOCK) == (before, say(text, 910).action)

    @pytest.mark.parametrize(
        "text",
        [
            "please don't do it", "don't jump", "stay with us", "you should get help",
            "you should rest", "you should call 988", "go for help", "go for a walk",
            "go ahead and cry", "hurry up police", "you won this", "do it justice", "so do i",
            "nobody cares? i do", "tu es aimé",
        ],
    )  # fmt: skip
    def test_pleas(self, say, text):
        """Who pleads with them is let be."""
        say("i feel so low", 901, by="mia", kind="live_segment")

        assert Action.ALLOW is say(text, 910).action

    def test_of_a_viewer(self, say):
        """A viewer at risk does not change what the players shout at each other."""
        say("i feel so low", 901, by="viewer")

        assert Action.ALLOW is say("jump", 910).action


@pytest.mark.parametrize(
    ("names", "action"),
    [
        ([f"hoss00312_{n}" for n in range(12)], Action.BLOCK),
        (["ann3", "bea_7", "cid99", "dora1", "eve2", "finn4", "gus5", "hana6", "ivo7", "jo8"] * 2,
         Action.ALLOW),
    ],
)  # fmt: skip
def test_arrivals(say, names, action):
    """Names that differ in digits only were made by a machine, those of a crowd were not."""
    made = [say(name, 900 + n, by=f"n{n}", kind="follow") for n, name in enumerate(names)]

    assert action is made[-1].action
