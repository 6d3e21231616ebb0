"""The transactions module: minors, numbers and sums, flows, and pressure before a payment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handrail_contact
import handrail_messaging
import handrail_transactions
from handrail import Actor, Cause, Feature, InvalidValueError, Item, MemoryState
from handrail.testing import ModuleContract, make_safety
from handrail_transactions._memory import CIRCLE_MOST, GIVERS_MOST, Flows
from handrail_transactions._settings import Settings

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
LAUNDERING, COERCION = "fraud.money_laundering", "harassment.coercion"
EXPOSURE, GROOMING, PAYMENT = (
    "child_safety.exposure",
    "child_safety.grooming",
    "fraud.payment",
)
ANN, BEA, CARL, DAN = (Actor(name, age=30) for name in ("ann", "bea", "carl", "dan"))
KIM, UNKNOWN = Actor("kim", age=14), Actor("nn")


def gift(author=ANN, recipient=BEA, value="5", currency="EUR", **fields):
    """A gift, of which a test says the rest."""
    amount = {"value": value, "currency": currency}
    values = {"kind": "gift", "amount": amount, "author": author, "recipients": [recipient]}
    return Item("g1", **{**values, **fields})


class TestContract(ModuleContract):
    """The transactions module keeps its contract with the SDK."""

    module = handrail_transactions
    examples = {  # noqa: RUF012
        EXPOSURE: [gift(KIM)],
        GROOMING: [gift(ANN, KIM)],
        COERCION: [gift(attributes={"signals": {"pressure": 0.9}})],
    }
    harmless = ("send me the money or else", gift())


class Till:
    """A feature for payments beside one for messages, and what decisions find."""

    def __init__(self, **options):
        self.state = MemoryState(most=50_000)
        self.safety = make_safety(
            handrail_transactions,
            handrail_messaging,
            handrail_contact,
            features=[Feature(name="pay", surface="transactions")],
            state=self.state,
            settings={"transactions": options},
        )
        self.numbers = count(1)
        self.at = NOON

    def decide(self, author, recipient, value="5", **fields):
        """The decision on one payment, a minute after the last."""
        self.at += timedelta(minutes=1)
        values = {"kind": "payment", "created_at": self.at, "id": f"t{next(self.numbers)}"}
        amount = {"value": value, "currency": fields.pop("currency", "EUR")}
        people = recipient if isinstance(recipient, list) else [recipient]
        item = Item(
            **{**values, "author": author, "recipients": people, "amount": amount, **fields}
        )
        return self.safety.feature("pay").pre_publish(item)

    def pay(self, author, recipient, value="5", **fields):
        """What this module finds in one payment, by issue."""
        findings = self.decide(author, recipient, value, **fields).findings
        return {f.issue: f for f in findings if f.module == "transactions"}

    def write(self, author, recipient, text):
        """Send a message from one person to another."""
        self.at += timedelta(minutes=1)
        values = {"author": author, "recipients": [recipient], "created_at": self.at}
        self.safety.feature("messaging").pre_publish(Item(f"m{next(self.numbers)}", text, **values))


@pytest.fixture(name="till")
def _till():
    """Builds features for payments, and closes them."""
    made = []

    def build(**options):
        made.append(Till(**options))
        return made[-1]

    yield build
    for each in made:
        each.safety.close()


def counts(found, issue):
    """The counts of a finding, or none."""
    return dict(found[issue].evidence.counts) if issue in found else {}


class TestMinors:
    """Money to and from people under eighteen."""

    @pytest.mark.parametrize(
        ("author", "recipient", "expected"),
        [
            (KIM, ANN, {"minor_gives": 1, "unrelated": 1}),
            (KIM, UNKNOWN, {"minor_gives": 1, "unknown_take": 1, "unrelated": 1}),
            (UNKNOWN, KIM, {"minors_take": 1, "unknown_gives": 1, "unrelated": 1}),
            (ANN, [BEA, KIM, Actor("lou", age=17)], {"minors_take": 2, "unrelated": 2}),
            (KIM, Actor("lou", age=15), {"minor_gives": 1, "minors_take": 1}),
            (ANN, BEA, {}),
            (UNKNOWN, UNKNOWN, {}),
        ],
    )
    def test_are_a_fact(self, till, author, recipient, expected):
        """That a minor gives or takes is said with counts; an unknown age is no minor's."""
        assert expected == counts(till().pay(author, recipient, kind="gift"), EXPOSURE)

    @pytest.mark.parametrize(("relation", "expected"), [("family", 0), ("stranger", 1), (None, 1)])
    def test_a_relation_is_the_host_s_word(self, till, relation, expected):
        """Whom the host calls anything but strangers are related, and nobody else."""
        found = till().pay(ANN, KIM, relation=relation)

        assert expected == counts(found, EXPOSURE).get("unrelated", 0)

    @pytest.mark.parametrize(
        ("author", "recipient", "relation", "expected"),
        [
            (ANN, KIM, "stranger", 1),
            (KIM, Actor("lou", age=15), "stranger", 1),
            (KIM, Actor("lou", age=15, relation="stranger"), None, 1),
            (ANN, KIM, None, 0),
            (ANN, Actor("kim", age=14, relation="family"), "stranger", 0),
            (ANN, [Actor("kim", age=14, relation="family"), BEA], "stranger", 0),
            (KIM, [Actor("mum", age=40, relation="family"), BEA], "stranger", 1),
        ],
    )
    def test_strangers(self, till, author, recipient, relation, expected):
        """Strangers are those of a minor, and a person's own relation goes before the item's."""
        found = till().pay(author, recipient, kind="gift", relation=relation)

        assert expected == counts(found, EXPOSURE).get("strangers", 0)

    @pytest.mark.parametrize(
        ("relation", "score"), [("family", 0.2), ("connected", 0.45), ("stranger", 0.45)]
    )
    def test_a_gift_after_lures(self, till, relation, score):
        """Who promised a child a present in secret gives no harmless gift, unless of the family."""
        paying = till()
        paying.write(ANN, KIM, "I have a present for you, don't tell your mum")

        assert score == paying.pay(ANN, KIM, kind="gift", relation=relation)[GROOMING].score

    @pytest.mark.parametrize(
        "text", ["send me a pic of the homework", "dont tell mum, it's a surprise for her"]
    )
    @pytest.mark.parametrize(
        ("ages", "relation", "score"),
        [
            ((30, 14), "connected", 0.25),
            ((30, 14), None, 0.45),
            ((22, 17), None, 0.45),
            ((21, 17), None, 0.25),
            ((None, 17), None, 0.35),
        ],
    )
    def test_one_lure(self, till, text, ages, relation, score):
        """One request says little of people who know each other, or are four years apart."""
        giver, taker = Actor("ann", age=ages[0]), Actor("kim", age=ages[1])
        paying = till()
        paying.write(giver, taker, text)

        assert score == paying.pay(giver, taker, kind="gift", relation=relation)[GROOMING].score

    @pytest.mark.parametrize(("age", "score"), [(14, 0.45), (17, 0.25)])
    def test_two_lures(self, till, age, score):
        """Two requests are enough of people who know each other, but for those close in age."""
        giver, taker = Actor("ann", age=20), Actor("kim", age=age)
        paying = till()
        paying.write(giver, taker, "send me a pic, dont tell mum")

        assert score == paying.pay(giver, taker, kind="gift", relation="connected")[GROOMING].score

    @pytest.mark.parametrize("relation", ["connected", None])
    def test_a_promised_gift(self, till, relation):
        """To promise a present and give it is no lure by itself."""
        paying = till()
        paying.write(ANN, KIM, "happy birthday, I have a present for you")

        assert 0.2 == paying.pay(ANN, KIM, kind="gift", relation=relation)[GROOMING].score

    def test_a_gift_after_a_talk(self, till):
        """Another message before a gift changes nothing."""
        paying = till()
        paying.write(ANN, KIM, "happy birthday! how was the match?")

        assert 0.2 == paying.pay(ANN, KIM, kind="gift", relation="connected")[GROOMING].score

    def test_an_adult_who_gives_again_and_again(self, till):
        """The third gift of an adult to the same minor within a month scores higher."""
        paying = till()
        scores = [paying.pay(ANN, KIM, kind="gift")[GROOMING].score for _ in range(3)]

        assert [0.2, 0.2, 0.35] == scores

    @pytest.mark.parametrize(("relation", "score"), [("family", 0.2), ("stranger", 0.35)])
    def test_family_gives_again_and_again(self, till, relation, score):
        """Of people whom the host knows to be no strangers a gift stays a fact."""
        paying = till()
        scores = [
            paying.pay(ANN, KIM, kind="gift", relation=relation)[GROOMING].score for _ in range(4)
        ]

        assert score == scores[-1]

    def test_minors_may_give_to_minors(self, till):
        """Among minors it is no sign of grooming."""
        assert GROOMING not in till().pay(Actor("lou", age=15), KIM, kind="gift")


class TestVelocity:
    """Many and large payments."""

    def test_many_within_an_hour(self, till):
        """The fifth within the hour is many where five are."""
        paying = till(payments=5)
        found = [paying.pay(ANN, BEA) for _ in range(5)]

        assert [False] * 4 + [True] == [PAYMENT in each for each in found]

    def test_many_and_much_say_more(self, till):
        """Many payments that are also much score higher than many alone."""
        many, both = till(payments=5), till(payments=5, sums={"EUR": 50})
        found = [[each.pay(ANN, BEA, "10") for _ in range(5)][-1] for each in (many, both)]

        assert [0.4, 0.55] == [each["fraud.payment"].score for each in found]

    def test_much_within_a_day(self, till):
        """Sums are counted by currency."""
        paying = till(sums={"eur": 100})
        found = [
            paying.pay(ANN, BEA, "60"),
            paying.pay(ANN, BEA, "60", currency="USD"),
            paying.pay(ANN, BEA, "40", currency="eur"),
        ]

        assert [False, False, True] == [PAYMENT in each for each in found]

    def test_a_group_gets_the_sum_once(self, till):
        """What several people get together is what was given."""
        assert {} == till(sums={"EUR": 100}).pay(ANN, [BEA, CARL, DAN], "99")

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.integers(1, 200), min_size=1, max_size=15))
    def test_windows_slide(self, minutes):
        """Whatever the pauses, the number is that of payments within the hour before."""
        paying = Till(payments=3)
        times = []
        with paying.safety:
            for pause in minutes:
                paying.at += timedelta(minutes=pause - 1)
                found = paying.pay(ANN, BEA)
                times.append(paying.at)
                recent = sum(at > paying.at - timedelta(hours=1) for at in times)
                expected = {"payments": recent} if recent >= 3 else {}
                assert expected == counts(found, PAYMENT)


class TestFlows:
    """Patterns of laundering."""

    def test_structuring(self, till):
        """Three payments just under a limit within a week are a pattern, at the limit are none."""
        paying = till(limits={"EUR": 1000})
        found = [paying.pay(ANN, BEA, value) for value in ("950", "1000", "899", "990", "901")]

        assert [False] * 4 + [True] == [LAUNDERING in each for each in found]
        assert {"just_under": 3} == counts(found[-1], LAUNDERING)

    def test_passing_on(self, till):
        """What came in and goes out within the hour is passed on."""
        paying = till(limits={"EUR": 1000})
        paying.pay(ANN, BEA, "800")

        assert {"passed_on": 0.9} == counts(paying.pay(BEA, CARL, "720"), LAUNDERING)

    @pytest.mark.parametrize(("minutes", "score"), [(5, 0.6), (40, 0.5)])
    def test_passing_on_at_once_says_more(self, till, minutes, score):
        """Money that stays for minutes waits for a person, money that stays longer is a hint."""
        paying = till(limits={"EUR": 1000})
        paying.pay(ANN, BEA, "800")
        paying.at += timedelta(minutes=minutes)

        assert score == paying.pay(BEA, CARL, "720")[LAUNDERING].score

    @pytest.mark.parametrize(("value", "score"), [("20", 0.5), ("90", 0.9)])
    def test_a_till_is_no_flow(self, till, value, score):
        """Sixty who pay little are a till or a collection; who pay much are a flow."""
        paying = till(limits={"EUR": 10000})
        found = [paying.pay(Actor(f"p{n}", age=30), BEA, value) for n in range(60)]

        assert score == found[-1][LAUNDERING].score

    @pytest.mark.parametrize(("came", "went"), [("800", "600"), ("300", "300"), ("800", "900")])
    def test_spending_is_no_passing_on(self, till, came, went):
        """Less than four fifths, small sums, and more than came in are ordinary."""
        paying = till(limits={"EUR": 1000})
        paying.pay(ANN, BEA, came)

        assert {} == paying.pay(BEA, CARL, went)

    def test_a_circle(self, till):
        """The payment that closes a circle is found, with the people in it."""
        paying = till()
        people = [ANN, BEA, CARL, DAN]
        found = [paying.pay(one, other) for one, other in pairwise([*people, ANN])]

        assert [{}, {}, {}] == found[:3]
        assert {"circle": 4} == counts(found[3], LAUNDERING)

    def test_a_slow_circle(self, till):
        """Money that comes back after days is no circle."""
        paying = till()
        for one, other in ((ANN, BEA), (BEA, CARL), (CARL, ANN)):
            paying.at += timedelta(days=2)
            found = paying.pay(one, other)

        assert {} == found

    def test_to_and_fro(self, till):
        """Paying each other three times a day is ping-pong, once is change."""
        paying = till()
        found = [paying.pay(*((ANN, BEA) if n % 2 else (BEA, ANN))) for n in range(6)]

        assert [{}] * 5 == found[:5]
        assert {"returns": 3} == counts(found[5], LAUNDERING)

    def test_many_payers(self, till):
        """The tenth person who pays one within a day is found; gifts are not payments."""
        paying, giving = till(), till()
        paid = [paying.pay(Actor(f"p{n}", age=30), BEA) for n in range(10)]
        given_ = [giving.pay(Actor(f"p{n}", age=30), BEA, kind="gift") for n in range(10)]

        assert [{}] * 9 == paid[:9]
        assert {"payers": 10} == counts(paid[9], LAUNDERING)
        assert [{}] * 10 == given_

    def test_patterns_add_up(self, till):
        """Two patterns say more than one."""
        paying = till(limits={"EUR": 1000}, structured=2)
        for one, other in ((ANN, BEA), (BEA, CARL), (CARL, DAN)):
            paying.pay(one, other, "950")
        paying.pay(DAN, BEA, "950")
        found = paying.pay(DAN, ANN, "950")

        assert {"circle", "just_under"} <= set(counts(found, LAUNDERING))
        assert found[LAUNDERING].score >= 0.75


class TestCircles:
    """The memory of who paid whom."""

    @given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=40))
    def test_are_those_of_the_graph(self, edges):
        """A circle is found exactly where a path leads back."""
        flows = Flows(Settings())
        graph: dict[str, set[str]] = {}
        for one, other in edges:
            if one != other:
                flows._remember(str(one), str(other), 10.0)
                graph.setdefault(str(one), set()).add(str(other))

        assert shortest(graph, "1", "0") == flows.circle("0", "1", 0.0)

    def test_are_bounded(self):
        """People who paid long ago make room for others."""
        flows = Flows(Settings())
        for number in range(GIVERS_MOST + 10):
            flows._remember(f"g{number}", "t", float(number))
        for number in range(100):
            flows._remember("g", f"t{number}", float(number))

        assert GIVERS_MOST >= len(flows._paid) - 1
        assert 16 == len(flows._paid["g"])


def shortest(graph, start, end):
    """How many people the shortest circle has that leads from *start* over others to *end*."""
    reached, seen = {start}, {start}
    for people in range(2, CIRCLE_MOST + 1):
        following = {each for one in reached for each in graph.get(one, ())}
        if end in following and people > 2:
            return people
        reached = following - seen - {end}
        seen |= reached
    return 0


class TestCoercion:
    """Pressure before a payment."""

    def test_a_threat_in_messages(self, till):
        """What the messaging module has counted of the taker is pressure on the giver."""
        paying = till()
        paying.write(BEA, ANN, "I will send it to everyone")

        assert 0.6 == paying.pay(ANN, BEA)[COERCION].score

    def test_two_kinds_of_pressure(self, till):
        """A request to pay is no pressure, an urgent and secret one is."""
        asked, pressed = till(), till()
        asked.write(BEA, ANN, "can you send me the money for dinner")
        pressed.write(BEA, ANN, "send me the money right now, don't tell anyone")

        assert {} == asked.pay(ANN, BEA)
        assert 0.4 == pressed.pay(ANN, BEA)[COERCION].score

    def test_pressure_has_a_direction(self, till):
        """Who presses and then pays is not coerced."""
        paying = till()
        paying.write(ANN, BEA, "I will send it to everyone")

        assert {} == paying.pay(ANN, BEA)

    def test_yesterday_is_over(self, till):
        """After a day a hurry does not count, and a threat does for a week."""
        hurried, threatened = till(), till()
        hurried.write(BEA, ANN, "send me the money right now, don't tell anyone")
        threatened.write(BEA, ANN, "I will send it to everyone")
        hurried.at += timedelta(days=2)
        threatened.at += timedelta(days=2)

        assert {} == hurried.pay(ANN, BEA)
        assert 0.6 == threatened.pay(ANN, BEA)[COERCION].score
        threatened.at += timedelta(days=7)
        assert {} == threatened.pay(ANN, BEA)

    def test_friends_have_reasons_to_hurry(self, till):
        """Pressure scores less among people who know each other, a threat does not."""
        hurried, threatened = till(), till()
        hurried.write(BEA, ANN, "send me the money right now, don't tell anyone")
        threatened.write(BEA, ANN, "I will send it to everyone")

        assert 0.3 == hurried.pay(ANN, BEA, relation="connected")[COERCION].score
        assert 0.6 == threatened.pay(ANN, BEA, relation="connected")[COERCION].score

    def test_a_story_is_pressure(self, till):
        """A request to pay with an emergency presses, too."""
        paying = till()
        paying.write(BEA, ANN, "hi mum, my phone broke, this is my new number. send me 900")

        assert {"payment", "crisis"} <= set(counts(paying.pay(ANN, BEA), COERCION))

    def test_the_host_knows(self, till):
        """A signal that the host has computed counts by its strength."""
        found = till().pay(ANN, BEA, attributes={"signals": {"pressure": 0.5}})

        assert 0.5 == found[COERCION].score

    @pytest.mark.parametrize("signals", [7, {"pressure": "much"}, {"pressure": 2}, ["pressure"]])
    def test_a_wrong_shape_is_a_fault(self, till, signals):
        """What cannot be read is said, and the rest is looked at all the same."""
        decision = till().decide(KIM, BEA, attributes={"signals": signals})

        assert [(Cause.MISSING, "attributes: signals_pressure_not_0_to_1")] == [
            (f.cause, f.place) for f in decision.faults
        ]
        assert {EXPOSURE} == {f.issue for f in decision.findings}


class TestMemory:
    """What stays behind, and what does not count."""

    def test_holds_no_ids(self, till, strings):
        """From the memory and the state no raw id can be reached."""
        paying = till()
        for number in range(3):
            paying.pay(Actor("canary-a", age=30), Actor(f"canary-{number}", age=30))
        memory = next(m.memory for m in paying.safety.modules if m.name == "transactions")
        reached = strings(memory) | strings(paying.state._series)

        assert reached
        assert [] == [s for s in reached if "canary" in s]

    def test_other_items_are_passed_over(self, till):
        """A chat line on a surface with gifts is none of this module's business."""
        paying = till(payments=2)
        for number in range(5):
            item = Item(f"c{number}", "hello", author=KIM, recipients=[ANN], created_at=NOON)
            decision = paying.safety.feature("live").pre_publish(item)

        assert () == decision.findings

    def test_gifts_count_on_every_surface(self, till):
        """A gift in a live room is one, with an amount or without."""
        room = till().safety.feature("live")
        decision = room.pre_publish(Item("g", kind="gift", author=KIM, recipients=[ANN]))

        assert {EXPOSURE} == {f.issue for f in decision.findings}


class TestSettings:
    """What a host sets is checked at start-up."""

    @pytest.mark.parametrize(
        "wrong",
        [
            {"payments": 1},
            {"sums": [1]},
            {"limits": {"EUR": 0}},
            {"limits": {"EUR": "1000"}},
            {"limits": {"EUR": float("nan")}},
            {"under": 1.1},
            {"pass_on": 0},
            {"daily": "999d"},
        ],
    )
    def test_wrong_ones_are_refused(self, wrong):
        """A setting out of its range is refused."""
        with pytest.raises(InvalidValueError, match="expected"):
            Settings(**wrong)
