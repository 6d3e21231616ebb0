"""The classifier adds up words, sees through spelling, and is blind to which group is named."""

from __future__ import annotations

from operator import add
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handrail_classifier
from handrail import ConfigError, InvalidValueError, Item, Text, fold
from handrail.testing import ModuleContract
from handrail_classifier._address import addressed
from handrail_classifier._features import ROWS, rows
from handrail_classifier._groups import mentions
from handrail_classifier._near import around
from handrail_classifier._score import DIRECT, LONG, POWER, SHRUNK, Model
from handrail_classifier._settings import Settings, model
from handrail_classifier._spelling import word
from handrail_classifier._tokens import HOW, LONGEST, marks, places, tokens
from handrail_classifier._weights import VALUES, ZERO, Weights, shipped

BULLYING, HATE, SPAM = "harassment.bullying", "hate.speech", "integrity.spam"
RISK = "self_harm.at_risk"
INSULT = "you are a stupid idiot, nobody likes you"


class TestContract(ModuleContract):
    """The classifier keeps its contract with the SDK."""

    module = handrail_classifier
    settings = {"floor": 0.5}  # noqa: RUF012
    examples = {  # noqa: RUF012
        BULLYING: [INSULT],
        SPAM: ["check out my channel and subscribe please http://example.com/watch"],
        RISK: ["I want to end my life", "I don't want to live anymore"],
    }
    harmless = (
        "The meeting moved to three o'clock on Thursday.",
        "Thanks for the lovely photos of the garden!",
        "I love how quiet this street is in the morning.",
    )


def judged(text, language=None, **settings):
    """The findings about a text, by issue."""
    context = SimpleNamespace(text=Text(text), surface="comments")
    item = Item("item-1", text, language=language)
    found = handrail_classifier.pre_publish(item, context, Settings(**settings))
    return {finding.issue: finding for finding in found}


def score(issue, text):
    """The score of an issue, whatever the floor."""
    return judged(text, floor=0)[issue].score


def slowly(text):
    """The sums of a text, row by row, as training reads it."""
    weights, width = shipped(), len(shipped().heads) + 1
    folded = fold(text, HOW).plain
    total = [0] * width
    for row in rows(tokens(folded), weights.known, marks(text), quoted='"' in folded):
        squared, *heads = weights.table[row * width : (row + 1) * width]
        total = [total[0] + squared - ZERO, *map(add, total[1:], map(VALUES.__getitem__, heads))]
    return [head / (total[0] + SHRUNK) ** POWER for head in total[1:]]


class TestSums:
    """What is kept and added up comes to the same as reading row by row."""

    @pytest.mark.parametrize(
        "text",
        [
            "",
            INSULT,
            'All muslims are welcome here, "no" they said',
            "y0u @re an i d i o t!!! http://example.com £100 0800123456 WIN 150p NOW",
            "你好,这是一个很好的视频",
            "it's a man's world and the old women know it",
            "black people are vermin, see murdev.example.com/a?ref=2",
            "".join(map(chr, range(0x4E00, 0x5200))),
        ],
    )
    def test_equal(self, text):
        """Fast and slow agree."""
        assert slowly(text) == pytest.approx(model().sums(text)[:-1])

    @given(st.text(max_size=60))
    def test_equal_on_anything(self, text):
        """Fast and slow agree on any text."""
        assert slowly(text) == pytest.approx(model().sums(text)[:-1])

    def test_forgets_and_knows_again(self, monkeypatch):
        """A model that keeps almost nothing gives the same sums."""
        monkeypatch.setattr("handrail_classifier._kept._WORDS", 3)
        text = f"{INSULT} {INSULT} all women love muslims"

        assert model().sums(text) == Model(shipped()).sums(text)

    def test_a_flood_is_no_more_than_its_words(self):
        """A word that is repeated counts once."""
        once, often = (score(BULLYING, "idiot " * n) for n in (2, 200))

        assert once == pytest.approx(often)


class TestSpelling:
    """Disguises of known words are read."""

    @pytest.mark.parametrize(
        "text",
        [
            "you are an id1ot",
            "you are an 1d!0t",
            "you are an i d i o t",
            "you are an i.d.i.o.t",
            "you are an idoit",
            "you are an idiotttt",
            "you are an id*ot",
            "you are an іdіоt",
            "you are an ｉｄｉｏｔ",
            "you are an id\u200biot",
        ],
    )
    def test_reads(self, text):
        """A disguised word weighs as much as the plain one."""
        assert score(BULLYING, "you are an idiot") == pytest.approx(score(BULLYING, text))

    def test_words_apart_stay_words(self):
        """Letters belong together by one and the same gap."""
        assert ["you", "are", "it"] == tokens("y.o.u a-r-e it")

    def test_what_stands_by_a_number(self):
        """A measure is no word in disguise."""
        assert "0ppm" == word("150ppm", frozenset())

    def test_names_stay(self):
        """A word is mended only into one that is known."""
        assert "idoit" == word("idoit", frozenset())

    def test_numbers_stay(self):
        """A number is no word in disguise."""
        assert tokens("455 1337") == ["455", "1337"]


class TestAddresses:
    """A web address is one token, and its host and words count."""

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("see murdev.com.", ["see", "murdev.com"]),
            ("go to win.co.uk/now?ref 3", ["go", "to", "win.co.uk/now?ref", "3"]),
            ("http://example.org/a b", ["http://example.org/a", "b"]),
            ("that was it.so there", ["that", "was", "it", "so", "there"]),
        ],
    )
    def test_tokens(self, text, found):
        """With or without ``http``, where its ending is no word."""
        assert found == tokens(text)

    def test_parts(self):
        """The host counts as it was registered, and so does a link that refers."""
        assert ["end uk", "host win.co.uk", "in join", "in ref", "in win", "path", "query",
                "refers"] == addressed("win.co.uk/join?ref")  # fmt: skip

    def test_is_read(self):
        """Two addresses are two."""
        assert rows(["www.example.com"], frozenset(), quoted=False) != rows(
            ["www.example.org"], frozenset(), quoted=False
        )


class TestNear:
    """What stands near a group is known apart, and is the same for all groups."""

    def test_alike(self):
        """The name is not among what is known."""
        found = {frozenset(around(["i", "hate", name], [2])) for name in ("muslims", "women")}

        assert 1 == len(found)

    def test_sides(self):
        """Before and behind are told apart."""
        assert {"l hate", "L hate", "p hate <group>"} <= around(["hate", "muslims"], [1])
        assert {"r hate", "R hate", "p <group> hate"} <= around(["muslims", "hate"], [0])

    def test_people(self):
        """A word such as *black* names a group where people follow, and they are one name."""
        assert [0] == mentions(["black", "people", "left"])
        assert [] == mentions(["black", "cars", "left"])
        assert "p <group> left" in around(["black", "people", "left"], [0])

    def test_far(self):
        """Words far away are not near."""
        assert "g far" not in around(["muslims", *["so"] * 8, "far"], [0])


class TestGroups:
    """Who is named says nothing; what is said of them does."""

    NAMES = (
        "muslims",
        "christians",
        "jews",
        "gays",
        "lesbians",
        "immigrants",
        "asians",
        "refugees",
    )

    def test_names_are_alike(self):
        """Every group has the same scores in the same words."""
        found = {tuple(judged(f"my neighbours are {n}", floor=0).values()) for n in self.NAMES}

        assert 1 == len({tuple(f.score for f in each) for each in found})

    PEOPLE = ("mohammed", "john", "fatima", "maria", "jamal", "svetlana", "yuki", "priya")

    @pytest.mark.parametrize("text", ["{} is my neighbour", "you are an idiot, {}", "{} hates us"])
    def test_people_are_alike(self, text):
        """What a person is called changes no score."""
        found = {tuple(judged(text.format(n), floor=0).values()) for n in self.PEOPLE}

        assert 1 == len({tuple(f.score for f in each) for each in found})

    @pytest.mark.parametrize(("more", "about"), [(0, 2), (DIRECT - 3, 2), (DIRECT - 2, LONG)])
    def test_long_prose_is_about_many_things(self, more, about):
        """A group is what a text is about only where the text is short."""
        assert about == model().sums(f"muslims are vermin{' so' * more}")[-1]

    def test_hate_is_more_than_love(self):
        """The frame decides."""
        assert score(HATE, "all muslims are vermin") > 0.5 > score(HATE, "I love muslims")

    def test_counter_speech(self):
        """Who rejects hate does not spread it."""
        assert score(HATE, "people who say muslims are vermin are racist") < 0.5

    def test_a_hateful_threat_is_hate(self):
        """A threat to a group never scores above the hate in it."""
        found = judged("we should kill all muslims", floor=0)

        assert found["hate.threat"].score <= found[HATE].score

    def test_things(self):
        """Things may be hated."""
        assert score(HATE, "I hate mondays and all traffic is vermin") < 0.5


class TestHarmless:
    """Words that made-up sentences taught too well are harmless elsewhere."""

    @pytest.mark.parametrize(
        ("issue", "text"),
        [
            ("harassment.gendered", "It should stay the way it is."),
            ("harassment.gendered", "These plants should stay inside in winter."),
            (RISK, "he is too old to jump to many conclusions"),
            (SPAM, "the history is told on https://en.wikipedia.org/wiki/Bristol in short"),
            (SPAM, "Is https://lwn.net/Articles/123/ the article you meant?"),
            (SPAM, "Here is the recipe my mum wrote down: bit.ly/3pAnCake"),
            (BULLYING, "Worst pizza in town, tastes like cardboard"),
            (HATE, "i migranti lavorano nei campi"),
            ("harassment.gendered", "औरतें काम पर जाती हैं"),
        ],
    )
    def test_left_alone(self, issue, text):
        """Nothing is said of them."""
        assert score(issue, text) < 0.5


class TestThreats:
    """Plain threats are found, and what only sounds like one is left alone."""

    THREAT = "violence.threat"

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("Next time I see you I'm going to stab you", True),
            ("We will set your shop on fire if you don't pay", True),
            ("The bomb squad cleared the gym, it was only a suitcase", False),
            ("My hip is killing me since the marathon", False),
        ],
    )
    def test_found(self, text, found):
        """None of them is a made-up sentence that training has read."""
        assert found == (score(self.THREAT, text) >= 0.5)


class TestEvidence:
    """Findings point at the words that weighed most."""

    def test_spans(self):
        """The insult is among the words."""
        spans = judged(INSULT)[BULLYING].evidence.spans

        assert "idiot" in {INSULT[a:b] for a, b in spans}

    def test_spans_of_a_disguise(self):
        """A span covers the disguise in the text as it came."""
        text = "hello everyone, you are an ｉ ｄ\u200b ｉ ｏ ｔ"
        folded = fold(text, HOW)
        found = {text[slice(*folded.span(a, b))] for _, a, b in places(folded.plain)}

        assert "ｉ ｄ\u200b ｉ ｏ ｔ" in found

    def test_off(self):
        """A host may go without."""
        assert () == judged(INSULT, evidence=False)[BULLYING].evidence.spans

    def test_reason_repeats_nothing(self):
        """The reason says what it reads like, never the words."""
        assert "reads like harassment or abuse" == judged(INSULT)[BULLYING].reason


class TestSettings:
    """A host chooses issues, floors and languages."""

    def test_issues(self):
        """Only what is asked for is found."""
        assert {SPAM} == set(judged(INSULT, floor=0, issues=[SPAM]))

    def test_floors(self):
        """A floor of its own holds for an issue."""
        assert SPAM not in judged(INSULT, floor=0, floors={SPAM: 0.99})

    @pytest.mark.parametrize("language", ["en", "en-GB", "und", None])
    def test_english(self, language):
        """All is looked for in English, and where the language is unknown."""
        assert SPAM in judged(INSULT, language=language, floor=0)

    def test_foreign(self):
        """What was learned from English alone is not looked for elsewhere."""
        assert {BULLYING, HATE, RISK} == set(judged(INSULT, language="de", floor=0))

    def test_scored_by_language(self):
        """A language with labels of its own is calibrated by them, and others as English is."""
        sums = model().sums("du bist so dumm")
        english, german, other = (model().scores(sums, x)[BULLYING] for x in ("en", "de", "nl"))

        assert english != german
        assert english == other

    def test_languages(self):
        """Other languages are passed over, and an unknown one is not."""
        assert {} == judged(INSULT, language="de-AT", languages=["en"])
        assert judged(INSULT, languages=["en"])

    @pytest.mark.parametrize(
        "wrong",
        [{"issues": ["privacy.doxxing"]}, {"floor": 2}, {"floors": {"x": 0.1}},
         {"floors": {SPAM: 2}}, {"floors": 3}, {"evidence": 1}],
    )  # fmt: skip
    def test_refused(self, wrong):
        """What is no setting is refused at start-up."""
        with pytest.raises(InvalidValueError):
            Settings(**wrong)


class TestWeights:
    """The file is whole, or refused."""

    def test_size(self):
        """There is a row for each feature."""
        assert ROWS * (len(shipped().heads) + 1) == len(shipped().table)

    @pytest.mark.parametrize("packed", [b"", b"{}\n", b'{"heads": [], "table": 9}\nshort'])
    def test_damaged(self, packed):
        """A damaged file is said to be one."""
        with pytest.raises(ConfigError, match="install handrail again"):
            Weights.read(packed)


class TestLimits:
    """Long texts are cut before work."""

    def test_what_comes_late_is_not_read(self):
        """Behind the limit nothing counts."""
        assert tokens("a " * LONGEST + "idiot") == tokens("a " * LONGEST)
