"""The intents module: what a text says together, and how words and recipes are read."""

from __future__ import annotations

import json
from array import array

import pytest

import handrail_intents
from handrail import ConfigError, InvalidValueError, Text
from handrail.testing import ModuleContract
from handrail_intents import _features, _tokens
from handrail_intents._concepts import Concepts, Seen
from handrail_intents._data import phrases, primary, recipes
from handrail_intents._features import concept, word
from handrail_intents._find import _told, findings, heard
from handrail_intents._model import LENGTH, PARTS, POWER, WORDS, Model, parts
from handrail_intents._phrases import phrase
from handrail_intents._recipes import WINDOW, Recipes, recipe
from handrail_intents._settings import LEARNED, Settings
from handrail_intents._tokens import LONGEST, WORD, Tokens

THREAT = "violence.threat"
SAID = (
    ("will", "en", "will|gonna"),
    ("harm", "en", "kill|stab*"),
    ("harm", "en", "put * bullet"),
    ("harm", "en", "set * * on fire"),
    ("you", "en", "you|u"),
    ("you", "de", "dich"),
    ("place", "*", "<n> street"),
    ("joke", "en", "lol"),
)


def seen(text: str) -> dict[str, dict[str, list[tuple[int, int]]]]:
    """Where the concepts of SAID stand in a text."""
    return Concepts(phrase(*row) for row in SAID).find(Tokens(Text(text)).words)


def complete(said: str, text: str, unless: str = "") -> bool:
    """Whether a recipe of the concepts of SAID is complete in English."""
    made = Recipes([recipe(THREAT, "0.8", said, unless, "says so")])
    return any(made.find(seen(text).get("en", {})))


class TestContract(ModuleContract):
    """The intents module keeps its contract with the SDK."""

    module = handrail_intents
    harmless = ("What a lovely song", "I will call you tomorrow", "the news say a man was shot")


class TestTokens:
    """What a text is cut into."""

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            pytest.param("You're HERE", ["youre", "here"], id="apostrophe and capitals"),
            pytest.param("see https://a.example/b?c", ["see", "<link>"], id="link"),
            pytest.param("see bank-login.cc/now", ["see", "<link>"], id="host"),
            pytest.param("over.Then we go", ["over", "then", "we", "go"], id="no space"),
            pytest.param("$400 or 50€", ["<money>", "or", "<money>"], id="money"),
            pytest.param("for $ 400 or $ or 4", ["for", "<money>", "or", "or", "4"], id="apart"),
            pytest.param("ask @bob or #sale", ["ask", "<name>", "or", "<name>"], id="names"),
            pytest.param("pick-up 1/2", ["pick", "up", "1", "2"], id="written together"),
            pytest.param("我要 go", ["我", "要", "go"], id="Chinese"),
            pytest.param("🔫 soon", ["gun", "soon"], id="emoji"),
            pytest.param("तेरी हड्डियाँ।", ["तेरी", "हड्डियाँ"], id="vowel signs"),
        ],
    )
    def test_words(self, text, words):
        """A word is a token, and so is a link, an amount, a name, a Chinese character."""
        assert words == Tokens(Text(text)).words

    def test_spans_lead_back(self):
        """A token's range is that of the raw text behind it."""
        text = "İf you're – at bank-login.cc, run"
        start, end = Tokens(Text(text)).span(1, 2)

        assert "you're" == text[start:end]

    def test_the_end_of_a_long_text_is_left_out(self):
        """What comes after the limit is not looked at."""
        assert "late" not in Tokens(Text("a " * LONGEST + "late")).words

    def test_a_long_word_is_cut(self):
        """What is kept of a word is short, however long the word is."""
        assert ["a" * WORD, "b"] == Tokens(Text("a" * 5_000 + " b")).words


class TestKept:
    """What is kept of texts in memory: words, few and short ones."""

    def test_words_with_what_they_say(self, monkeypatch):
        """However many words there are, no more are kept than said."""
        monkeypatch.setattr("handrail_intents._concepts.WORDS_KEPT", 5)
        concepts = Concepts(phrase(*row) for row in SAID)
        concepts.find([f"word{n}" for n in range(50)])

        assert 0 < len(concepts._kept) <= 5

    def test_pieces(self, monkeypatch):
        """The same is true of what stands between spaces, and of a long one nothing is kept."""
        monkeypatch.setattr(_tokens, "PIECES_KEPT", 5)
        pieces = _tokens._Pieces()
        assert [("a" * WORD,), ("b",)] == [pieces["a" * (WORD + 1)], pieces["b"]]
        assert {"b"} == set(pieces)
        assert [*map(pieces.__getitem__, map(str, range(50)))]
        assert 0 < len(pieces) <= 5

    def test_numbers_of_words(self, monkeypatch):
        """And of the numbers of words."""
        monkeypatch.setattr(_features, "_KEPT", 5)
        numbers = _features._Words()
        assert [*map(numbers.__getitem__, map(str, range(50)))]
        assert 0 < len(numbers) <= 5


class TestConcepts:
    """Which words say a concept."""

    @pytest.mark.parametrize(
        ("text", "where"),
        [
            pytest.param("kill", [(0, 1)], id="a word"),
            pytest.param("stabbing", [(0, 1)], id="an ending"),
            pytest.param("put bullet", [(0, 2)], id="a gap of none"),
            pytest.param("put a big bullet", [(0, 4)], id="a gap of two"),
            pytest.param("put a very big bullet", None, id="too wide a gap"),
            pytest.param("set all of it on fire", [(0, 6)], id="a gap of four"),
            pytest.param("skill", None, id="the end of a word"),
        ],
    )
    def test_places(self, text, where):
        """A concept stands where one of its phrases does."""
        assert where == seen(text).get("en", {}).get("harm")

    def test_a_word_over_and_over(self):
        """In the midst of a run of one word nothing is looked for; at both its ends it is."""
        found = seen("you " * 1_000 + "will put " * 2 + "kill " * 1_000 + "bullet")

        assert (0, 1) in found["en"]["you"]
        assert (999, 1000) in found["en"]["you"]
        assert len(found["en"]["you"]) < 30

    def test_numbers(self):
        """``<n>`` stands for any number."""
        assert {"*": {"place": [(1, 3)]}} == seen("at 221b street")

    def test_words_are_folded(self):
        """Words may be written with the accents and letters of their language."""
        found = Concepts([phrase("harm", "pl", "spalę"), phrase("harm", "ru", "убью*")])

        assert {"pl", "ru"} == set(found.find(Tokens(Text("Spale, УБЬЮ!")).words))

    @pytest.mark.parametrize("said", ["", "* kill", "kill *", "ki*", "kill||stab"])
    def test_unreadable_phrases(self, said):
        """A phrase without words, with a gap at an end or a short stem is refused."""
        with pytest.raises(InvalidValueError, match="words: expected"):
            phrase("harm", "en", said)

    def test_which_stand_is_known_before_where(self):
        """All concepts are known at once, and the learned part's apart from them."""
        concepts = Concepts((phrase(*row) for row in SAID), frozenset({"en"}))
        read = concepts.read(Tokens(Text("set it on fire, dich at 5 street")).words)

        assert ({"harm", "you", "place"}, {"harm"}) == (read.names, read.told)

    def test_only_what_is_wanted_is_placed(self):
        """Of a language that says nothing that is wanted only the name is there."""
        concepts = Concepts(phrase(*row) for row in SAID)
        read = concepts.read(["kill", "dich"])

        assert {"en": {}, "de": {"you": [(1, 2)]}} == concepts.places(read, {"you"})

    def test_what_is_kept_changes_nothing(self):
        """A word that was met before begins the same phrases."""
        concepts = Concepts(phrase(*row) for row in SAID)

        assert concepts.find(["stabbed"]) == concepts.find(["stabbed"])


class TestRecipes:
    """When concepts make an intent."""

    @pytest.mark.parametrize(
        ("said", "text", "expected"),
        [
            pytest.param("will > harm", "i will kill", True, id="in order"),
            pytest.param("will > harm", "kill who will", False, id="out of order"),
            pytest.param("will ~ harm", "kill who will", True, id="in any order"),
            pytest.param("will > harm", "will a b c d e kill", False, id="too far apart"),
            pytest.param("will + harm", "will a b c d e f g h i kill", True, id="anywhere"),
            pytest.param("will + harm", "will " + "a " * WINDOW + "kill", False, id="too long"),
            pytest.param("will|you > harm", "u kill", True, id="one of two"),
            pytest.param("will > harm", "ich will dich", False, id="another language"),
        ],
    )
    def test_complete(self, said, text, expected):
        """A recipe is complete where its concepts stand as it says, in one language."""
        assert expected is complete(said, text)

    def test_taken_back(self):
        """What a recipe names under ``unless`` takes it back, wherever it stands."""
        assert not complete("will > harm", "i will kill this song lol", unless="joke")

    @pytest.mark.parametrize(
        ("names", "expected"), [({"will", "harm"}, 1), ({"you", "harm"}, 1), ({"will", "you"}, 0)]
    )
    def test_possible(self, names, expected):
        """A recipe is possible where each of its places can be taken."""
        made = Recipes([recipe(THREAT, "0.8", "will|you > harm", "", "says so")])

        assert expected == len(made.possible(names))

    @pytest.mark.parametrize("said", ["", "will >", "will harm", "will > harm +"])
    def test_unreadable_recipes(self, said):
        """A recipe without concepts, or without what joins them, is refused."""
        with pytest.raises(InvalidValueError, match="recipe: expected"):
            recipe(THREAT, "0.8", said, "", "says so")

    @pytest.mark.parametrize("score", ["0", "1.1"])
    def test_unreadable_scores(self, score):
        """A score is above 0 and at most 1."""
        with pytest.raises(InvalidValueError, match="score: expected"):
            recipe(THREAT, score, "will", "", "says so")


class TestShipped:
    """The words and recipes that come with the module."""

    def test_every_concept_of_a_recipe_has_words(self):
        """No recipe waits for a concept that nothing says."""
        said = {each.concept for each in phrases()}
        asked = {n for r in recipes() for names in [*r.names(), r.unless] for n in names}

        assert set() == asked - said

    def test_each_word_is_one_token(self):
        """A word that is cut in two where it stands in a text can never be met."""
        words = {w for p in phrases() for slot in p.slots if slot for w in slot.exact}
        odd = {w for w in words if not w.startswith("<") and [w] != Tokens(Text(w)).words}

        assert set() == odd


class TestModel:
    """The learned part."""

    @pytest.mark.parametrize(
        ("count", "expected"),
        [
            pytest.param(0, [(0, 0)], id="nothing"),
            pytest.param(WORDS, [(0, WORDS)], id="one part"),
            pytest.param(WORDS + 1, [(0, WORDS), (30, WORDS + 1)], id="two"),
        ],
    )
    def test_parts(self, count, expected):
        """A text is read in parts that overlap by half."""
        assert expected == [*parts(count)]

    def test_parts_are_few(self):
        """However long a text is, no more is read."""
        assert PARTS == len([*parts(100_000)])

    def test_each_part_is_told_what_begins_in_it(self):
        """Of a long text each part is told the concepts that begin there, as in training."""
        concepts = Concepts(phrase(f"concept{n}", "en", f"word{n}") for n in range(200))
        told = _told(concepts, concepts.read([f"word{n}" for n in range(200)]), "en")

        expected = [(p, {f"concept{n}" for n in range(*p)}) for p in parts(200)]
        assert expected == told

    @pytest.mark.parametrize(("lacks", "said"), [(0, {"a": 0.5}), (0.001, {})])
    def test_what_is_rare_enough_is_said(self, lacks, said):
        """A sum that is as rare as the first point is said, and one that is less so is not."""
        least = 12 / LENGTH**POWER + lacks
        about = {
            "heads": ["a"], "rows": 1, "steps": [1], "square": 1, "bias": [0],
            "points": [[least, least + 1, least + 2]],
        }  # fmt: skip
        row = array("I", [word("a")]).tobytes() + bytes([130, 140])
        model = Model(json.dumps(about).encode() + b"\n" + row)
        found = model.scores(["a"], [(Seen(0, 1), [])])

        assert said == {head: score for head, (score, _) in found.items()}

    def test_a_damaged_file_is_refused(self):
        """Weights that are not whole are an error, not other weights."""
        with pytest.raises(ConfigError, match=r"weights\.bin is damaged"):
            Model(b'{"heads": ["a"], "rows": 2}\n123')

    @pytest.mark.parametrize(
        ("sum_", "score"), [(-0.1, 0.0), (0.0, 0.5), (1.0, 0.6), (2.0, 0.7), (4.0, 0.85), (9, 0.85)]
    )
    def test_scores(self, sum_, score):
        """A score says how rare a sum is among harmless texts."""
        about = {
            "heads": ["a"], "rows": 0, "steps": [1], "square": 1, "bias": [0],
            "points": [[0.0, 2.0, 4.0]],
        }  # fmt: skip

        assert score == pytest.approx(Model(json.dumps(about).encode() + b"\n").score(0, sum_))


class TestFindings:
    """What is said of a text."""

    def test_points_at_what_says_it(self):
        """A finding has the ranges of its parts, and a reason that a moderator can read."""
        text = "listen: I will kill you tomorrow"
        settings = Settings(issues=(THREAT,), learned=False)
        found = next(findings(Text(text), settings))

        assert [text[a:b] for a, b in found.evidence.spans] == ["I will kill you"]

    def test_the_learned_part_points_at_words(self):
        """What is read without a recipe points at the words that weighed most."""
        text = "you have the personality of wet cardboard"
        found = next(findings(Text(text), Settings(issues=("harassment.bullying",))))

        assert "cardboard" in {text[a:b] for a, b in found.evidence.spans}

    def test_the_learned_part_can_be_left_out(self):
        """Where only recipes look, a text that no recipe fits is nothing."""
        text = "the bridge is that way, nobody would come to your funeral"

        assert [] == [*findings(Text(text), Settings(learned=False))]

    def test_a_long_text_is_read_in_parts(self):
        """Harmless words around it hide nothing."""
        around = "we went to the market and bought bread and apples and came home " * 8
        text = around + "i have a plan and i have the pills, i wish i was dead " + around

        assert {"self_harm.at_risk"} <= {f.issue for f in findings(Text(text), Settings())}

    @pytest.mark.parametrize(
        ("words", "concepts"),
        [
            pytest.param(["a", "a"], [], id="a word said twice"),
            pytest.param(["a", "\0x"], ["x"], id="a word and a concept of one number"),
        ],
    )
    def test_a_number_counts_once(self, words, concepts):
        """However often something is read off a text, and as what, it weighs as much."""
        numbers = array("I", sorted({word("a"), concept("x")}))
        about = {"heads": ["a"], "rows": 2, "steps": [1], "square": 1, "bias": [0], "points": [[1]]}
        head = json.dumps(about).encode()
        model = Model(b"%s\n%s%s" % (head, numbers.tobytes(), bytes([130, 140, 130, 140])))

        assert model.sums(list(dict.fromkeys(words)), []) == model.sums(words, concepts)

    def test_what_is_said_before_hides_nothing(self):
        """However often a text has spoken of somebody, a threat at its end is found."""
        before = "i like you and we talk a lot about birds. " * 20
        found = findings(Text(before + "I will kill you tomorrow"), Settings(learned=False))

        assert [THREAT] == [each.issue for each in found]

    def test_the_learned_part_never_says_enough_of_a_lure_to_block(self):
        """A lure that is only read as one waits for a person."""
        text = "let me be your secret boyfriend, i could tuck you in at night little one"
        found = [*findings(Text(text), Settings(issues=("child_safety.grooming",)))]

        assert [(0.6, LEARNED["grooming"][1])] == [(f.score, f.reason) for f in found]

    def test_a_language_that_nobody_knows_is_none(self):
        """Who says that nobody knows the language says no more than who says nothing."""
        assert primary("und") == primary(None)

    def test_a_chance_word_of_another_language_is_not_learned_from(self):
        """Of a text in no said language English concepts and those of all languages are told."""
        said = {"en": {"a": [Seen(0, 1)]}, "id": {"b": [Seen(1, 2)]}, "*": {"c": [Seen(2, 3)]}}

        assert {"a", "c"} == set(heard(said, None))
        assert {"a", "b", "c"} == set(heard(said, "id-ID"))

    def test_issues_can_be_left_out(self):
        """Only what the settings name is found."""
        settings = Settings(issues=("goods.drugs",))

        assert [] == [*findings(Text("I will kill you"), settings)]

    def test_a_text_of_one_word_is_read_in_linear_time(self):
        """Places of a concept that are compared are few, however often it stands."""
        assert [] == [*findings(Text("you kill " * 10_000), Settings(issues=("goods.drugs",)))]
