"""The profiles module: its contract, names, ages, advertising and renames."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import handrail_contact
import handrail_links
import handrail_profiles
from handrail import Actor, Age, Cause, InvalidValueError, Item, MemoryState
from handrail.testing import ModuleContract, make_safety
from handrail_profiles._ages import stated
from handrail_profiles._distance import distance
from handrail_profiles._protected import ONE_EDIT, TWO_EDITS, Protected
from handrail_profiles._settings import Settings
from handrail_profiles._skeleton import name

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
IMPERSONATION, UNDERAGE = "fraud.impersonation", "child_safety.underage_account"
FAKE, SPAM = "integrity.fake_account", "integrity.spam"
OURS = {"Blorb Bank": ["bank-1"], "Jane Quill": [], "Ada": []}


def change(text: str = "", author: Actor | None = None, **attributes: object) -> Item:
    """A changed profile."""
    author = author or Actor("somebody")
    return Item("p1", text, kind="profile_change", author=author, attributes=attributes)


class TestContract(ModuleContract):
    """The profiles module keeps its contract with the SDK."""

    module = handrail_profiles
    provides = (handrail_links, handrail_contact)
    settings = {"protected": OURS}  # noqa: RUF012
    examples = {  # noqa: RUF012
        UNDERAGE: ["I'm 12 and I like football", "11 y/o | she/her"],
        IMPERSONATION: [change(handle="blorb_bank_support")],
        SPAM: ["My shop: https://a1.example.com, write to me on telegram: @cool_jane"],
    }
    harmless = (
        "12 years of experience in gardening",
        "my son is 12",
        change(display_name="Ada Lovelace", handle="lovelace", email="ada@example.org"),
    )


class Profiles:
    """A feature for profiles, and what its decisions find."""

    def __init__(self, **options):
        self.state = MemoryState(most=10_000)
        self.safety = make_safety(
            handrail_profiles,
            handrail_contact,
            handrail_links,
            state=self.state,
            settings={"profiles": {"protected": OURS, **options}},
        )
        self.feature = self.safety.feature("profiles")
        self.numbers = count(1)
        self.at = NOON

    def decide(self, text="", author=None, **attributes):
        """The decision on one change, a minute after the last."""
        self.at += timedelta(minutes=1)
        item = Item(
            f"p{next(self.numbers)}",
            text,
            kind="profile_change",
            author=author or Actor("somebody"),
            attributes=attributes,
            created_at=self.at,
        )
        return self.feature.pre_publish(item)

    def change(self, text="", author=None, **attributes):
        """What this module finds in one change, by issue."""
        findings = self.decide(text, author, **attributes).findings
        return {f.issue: f for f in findings if f.module == "profiles"}


@pytest.fixture(name="profiles")
def _profiles():
    """Builds features for profiles, and closes them."""
    made = []

    def build(**options):
        made.append(Profiles(**options))
        return made[-1]

    yield build
    for each in made:
        each.safety.close()


class TestNames:
    """Names like protected ones."""

    @pytest.mark.parametrize(
        ("field", "text", "kind", "score"),
        [
            ("display_name", "Blorb Bank", "same", 0.5),
            ("handle", "blorb.bank", "same", 0.65),
            ("display_name", "Bl0rb Bank", "look_alikes", 0.85),
            ("display_name", "Вlоrb Bаnk", "look_alikes", 0.85),
            ("handle", "bIorbbank", "look_alikes", 0.85),
            ("display_name", "Blorb Bank Support", "authority", 0.8),
            ("handle", "blorbbanksupport", "authority", 0.8),
            ("display_name", "Jane Quill official", "genuine", 0.7),
            ("handle", "therealjanequill", "genuine", 0.7),
            ("handle", "janequill99", "digits", 0.45),
            ("handle", "blorrbbank", "one_edit", 0.6),
            ("display_name", "Jnae Quill", "one_edit", 0.45),
            ("display_name", "Jame Quill", "one_edit", 0.45),
        ],
    )
    def test_are_found(self, profiles, field, text, kind, score):
        """A likeness is found with its kind, and scored by how likely it is meant."""
        finding = profiles().change(**{field: text})[IMPERSONATION]

        assert (score, 1) == (finding.score, finding.evidence.counts.get(kind))

    @pytest.mark.parametrize("text", ["Snarf Support official", "official Snаrf-5upport"])
    def test_a_team_is_found_behind_more_words(self, profiles, text):
        """Where the protected name itself ends in such a word, what is added to it is found."""
        found = profiles(protected={"Snarf Support": ["team"]}).change(display_name=text)

        assert {IMPERSONATION} == set(found)

    @pytest.mark.parametrize(
        "text",
        [
            "Jane",
            "Bank",
            "Adam",
            "Blorb",
            "jq",
            "",
            "Janet Quilling",
            "日本",
            "Jane Quill fanpage",
        ],
    )
    def test_others_are_left_alone(self, profiles, text):
        """Parts of a name are other names, short ones are nobody's, and fans say that they are."""
        assert {} == profiles().change(display_name=text, handle=text)

    def test_the_owner_may_have_it(self, profiles):
        """An account that is listed with the name keeps it, in whatever spelling."""
        changing = profiles()
        owner = Actor("bank-1")

        assert {} == changing.change(author=owner, display_name="Blorb Bank Support")

    def test_lists_add_names(self, profiles, tmp_path):
        """Names come from files, too, with their accounts."""
        path = tmp_path / "names.csv"
        path.write_text('name,accounts\n"Snarf, Inc.",s1|s2\n')
        changing = profiles(lists=[str(path)])

        assert IMPERSONATION in changing.change(handle="snarf_inc")
        assert {} == changing.change(author=Actor("s2"), handle="snarf_inc")

    @pytest.mark.parametrize("line", ["only", "a,b,c", '"open'])
    def test_wrong_line_is_named(self, tmp_path, line):
        """An error says file and line."""
        path = tmp_path / "names.csv"
        path.write_text(f"name,accounts\nSnarf,\n{line}\n")

        with pytest.raises(InvalidValueError, match=r"names\.csv:3"):
            Settings(lists=[str(path)])

    def test_a_name_that_is_none_is_said(self, profiles):
        """What is no text cannot be looked at, and that is a fault."""
        decision = profiles().decide("I'm 12", display_name=7)

        assert [(Cause.MISSING, "attributes: name_is_no_text")] == [
            (f.cause, f.place) for f in decision.faults
        ]
        assert {UNDERAGE} == {f.issue for f in decision.findings}


LETTERS = st.text("abcd", min_size=1, max_size=16)


@st.composite
def edited(draw, least):
    """A name and what one edit makes of it."""
    one = draw(st.text("abcd", min_size=least, max_size=20))
    place = draw(st.integers(0, len(one) - 2))
    letter = draw(st.sampled_from("abcd"))
    other = draw(
        st.sampled_from(
            [
                one[:place] + one[place + 1 :],
                one[:place] + letter + one[place:],
                one[:place] + letter + one[place + 1 :],
                one[:place] + one[place + 1] + one[place] + one[place + 2 :],
            ]
        )
    )
    return one, other


class TestDistance:
    """Edits between two names."""

    @given(LETTERS, LETTERS)
    def test_is_the_same_both_ways(self, one, other):
        """Which comes first makes no difference."""
        assert distance(one, other, 20) == distance(other, one, 20)

    @given(LETTERS, LETTERS, st.integers(0, 3))
    def test_is_bounded(self, one, other, most):
        """Above the bound it says just that."""
        assert min(distance(one, other, 20), most + 1) == distance(one, other, most)

    @given(LETTERS)
    def test_of_the_same_is_none(self, one):
        """A name is no edit from itself."""
        assert 0 == distance(one, one, 2)

    @given(edited(2))
    def test_of_one_edit_is_one(self, pair):
        """Insertion, deletion, replacement and a swap are one edit each, or none."""
        assert distance(*pair, 5) <= 1


class TestIndex:
    """Near names among many."""

    @settings(max_examples=200)
    @given(edited(ONE_EDIT), st.lists(st.text("abcd", min_size=4, max_size=20), max_size=30))
    def test_one_edit_is_always_found(self, pair, others):
        """However many names there are, one that is an edit away is found."""
        one, other = pair
        near = Protected(dict.fromkeys([one, *others], ())).near(name(other))
        shapes = {each.entry.shape for each in near}

        assert shapes
        assert name(one).shape in shapes or name(other).shape in shapes

    @settings(max_examples=200)
    @given(LETTERS, st.lists(st.text("abcd", min_size=4, max_size=20), max_size=30))
    def test_nothing_further_is(self, text, names):
        """What is found is within the edits that its length allows."""
        for each in Protected(dict.fromkeys(names, ())).near(name(text)):
            edits = min(
                distance(s, each.entry.shape, 9) for s in (name(text).shape, name(text).stages[-1])
            )
            assert each.edits == edits
            assert edits <= (0 if len(each.entry.shape) < ONE_EDIT - 1 else 2)

    def test_two_edits_in_a_long_name(self):
        """Of a long name two edits are found, of a short one not."""
        index = Protected({"Margarete Snarfblorb": (), "Jane Quill": ()})

        assert [2] == [n.edits for n in index.near(name("Margerete Snarfblarb"))]
        assert [] == list(index.near(name("Jone Quyll")))
        assert len(name("Jane Quill").shape) < TWO_EDITS

    def test_many_names(self):
        """Among twenty thousand names the right one is found."""
        index = Protected({f"person number {n:05}x": () for n in range(20_000)})

        assert 20_000 == len(index)
        assert ["personnumberoizeax"] == [
            n.entry.shape for n in index.near(name("person number 01234x")) if not n.edits
        ]


class TestAges:
    """Statements of an age."""

    @pytest.mark.parametrize(
        ("text", "age", "kind"),
        [
            ("I'm 12", 12, "said"),
            ("I’m 11, and I love cats", 11, "said"),
            ("im 12 years old", 12, "said"),
            ("i am twelve", 12, "said"),
            ("hi! i'm only 10 lol", 10, "said"),
            ("i'm only 10 :)", None, None),
            ("I am 12 and I like football", 12, "said"),
            ("Ich bin 12 Jahre alt", 12, "said"),
            ("J'ai 11 ans", 11, "said"),
            ("Tengo 12 años y me gusta bailar", 12, "said"),
            ("tenho 11 anos", 11, "said"),
            ("ho 12 anni", 12, "said"),
            ("ik ben 12 jaar", 12, "said"),
            ("13 y/o girl from Berlin", 13, "alone"),
            ("she/her | 12yo | cats", 12, "alone"),
            ("Age: 12", 12, "alone"),
            ("12/f/uk", 12, "asl"),
            ("12 | f | london", 12, "asl"),
            ("I'm in 5th grade", 11, "grade"),
            ("6th grader, gamer", 12, "grade"),
            ("Year 7", 12, "grade"),
            ("7. Klasse", 13, "grade"),
            ("I was born in 2015", 11, "born"),
            ("born 3 May 2015", 11, "born"),
            ("geboren 2016", 10, "born"),
        ],
    )
    def test_are_read(self, text, age, kind):
        """A statement is read with the most years it means; a smiley at its end hides it."""
        found = [(s.age, s.kind) for s in stated(text, 2026)]

        assert ([(age, kind)] if age else []) == found

    @pytest.mark.parametrize(
        "text",
        [
            "only $12",
            "12 €",
            "12 years of experience",
            "my son is 12",
            "mum of a 12 year old",
            "playing since I was 12",
            "online since I'm 12",
            "I'm 12 weeks pregnant",
            "I'm 5'11",
            "I'm 100% sure",
            "explain it like I'm 5",
            "act like im 12",
            "12 year old whisky",
            "12 y/o son",
            "I'm 12 points ahead",
            "J'ai 12 ans d'expérience",
            "tengo 12 años de experiencia",
            "tenho 12 anos de estrada",
            "ich bin 12 Jahre verheiratet",
            "ich habe seit ich bin 12 Katzen",
            "5th grade teacher",
            "teaching 5th grade",
            "founded in 2015",
            "est. 2015",
            "proud dad, boy born 2015",
            "I'm 10/10",
            "I'm 9 to 5",
            "Room 12",
            "I'm 8 hours ahead",
            "no. 12",
        ],
    )
    def test_other_numbers_are_none(self, text):
        """Prices, experience, children, jokes and schools one works at are no age."""
        assert [] == list(stated(text, 2026))

    def test_least_age_can_be_set(self, profiles):
        """Somebody of sixteen is too young where one has to be eighteen."""
        assert {} == profiles().change("I'm 16")
        assert {UNDERAGE} == set(profiles(min_age=18).change("I'm 16"))

    def test_the_place_is_evidence(self, profiles):
        """The span points at the statement; the count says the age."""
        finding = profiles().change("Hello! I'm 12. Bye")[UNDERAGE]

        assert (((7, 13),), 12) == (finding.evidence.spans, finding.evidence.counts["age"])

    def test_a_verified_age_ends_it(self, profiles):
        """Who was verified to be old enough may joke."""
        grown = Actor("a", age=Age(30, known_by="verified"))

        assert {} == profiles().change("I'm 12", grown)
        assert {UNDERAGE} == set(profiles().change("I'm 12", Actor("a", age=30)))

    @given(st.integers(0, 2000).map(lambda n: "I'm 12 " * n))
    @settings(max_examples=5, deadline=None)
    def test_are_bounded(self, text):
        """A text of nothing but ages is read up to a bound."""
        assert len(list(stated(text, 2026))) <= 1000


class TestAdvertising:
    """Profiles made to lead elsewhere."""

    def test_two_kinds(self, profiles):
        """A link and a place elsewhere say little, a new account makes it more."""
        text = "My shop: https://a1.example.com, write to me on telegram: @cool_jane"
        old, new = Actor("a", tenure_days=400), Actor("b", tenure_days=1)
        scores = [profiles().change(text, who)[SPAM].score for who in (old, new)]

        assert [0.35, 0.55] == scores

    def test_a_link_alone_is_ordinary(self, profiles):
        """Many people have a page of their own."""
        assert {} == profiles().change("My page: https://a1.example.com")


class TestAccounts:
    """Renames and addresses."""

    def test_many_renames(self, profiles):
        """The fourth name within a week is churn; the same one again is none."""
        changing = profiles()
        names = ["blip", "blop", "blip", "bloop", "blurp"]
        found = [changing.change(handle=n) for n in names]

        assert [False] * 4 + [True] == [FAKE in each for each in found]
        assert 4 == found[-1][FAKE].evidence.counts["names"]

    def test_slow_renames(self, profiles):
        """A new name every week is a whim."""
        changing = profiles()
        for number in range(6):
            changing.at += timedelta(days=8)
            found = changing.change(handle=f"blip{number}")

        assert {} == found

    @pytest.mark.parametrize(
        ("address", "thrown"),
        [("a@throw.example", True), ("a@x.throw.example", True), ("a@throw.example.org", False)],
    )
    def test_disposable_addresses(self, profiles, tmp_path, address, thrown):
        """An address at a listed domain, or under one, is for throwing away."""
        path = tmp_path / "thrown.txt"
        path.write_text("throw.example\n")

        assert thrown == (FAKE in profiles(disposable=str(path)).change(email=address))

    def test_memory_holds_no_names(self, profiles, strings):
        """From the memory and the state no name and no raw id can be reached."""
        changing = profiles()
        for number in range(3):
            changing.change(author=Actor("canary-id"), handle=f"canary{number}")
        memory = next(m.memory for m in changing.safety.modules if m.name == "profiles")
        reached = strings(changing.state._series) | strings(memory)

        assert reached
        assert [] == [s for s in reached if "canary" in s]


class TestSettings:
    """What a host sets is checked at start-up."""

    @pytest.mark.parametrize(
        "wrong",
        [
            {"protected": 7},
            {"protected": [7]},
            {"min_age": -1},
            {"renames": 1},
            {"within": "999d"},
            {"lists": ["/nowhere.csv"]},
            {"disposable": ["/nowhere.txt"]},
        ],
    )
    def test_wrong_ones_are_refused(self, wrong):
        """A setting out of its range is refused by name."""
        (field,) = wrong

        with pytest.raises(InvalidValueError, match=field):
            Settings(**wrong)
