"""The text module finds its terms however they are spelled, and nothing inside other words."""

from __future__ import annotations

import sys
import threading
import unicodedata
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handrail_text
from handrail import InvalidValueError, Item, MissingExtraError, Text, fold
from handrail.testing import ModuleContract
from handrail_text._rows import rows, shipped
from handrail_text._settings import ISSUES, Settings
from handrail_text._skeleton import Disguises, Skeleton

INSULT = "harassment.bullying"
TERMS = {
    "flibber": INSULT,
    "zat": {"issue": INSULT, "score": 0.5},
    "snoozle wump": {"issue": "violence.threat", "score": 0.8},
    "grommel": {"issue": "hate.speech", "score": 0.9, "allowed": ["wallace and grommel"]},
    "bitta": {"issue": INSULT, "language": "fr"},
    "krümm": {"issue": INSULT, "language": "de"},
    "白痴": INSULT,
    "blixen": {"issue": INSULT, "score": 0.3},
    "blaxxen": {"issue": "sexual.explicit", "score": 0.6},
}
ODD = [
    "",
    "\x00",
    "\ud800",
    "\u202eflibber\u202c",
    "\u200b" * 5_000,
    "z\u0301" * 5_000,
    "*" * 5_000,
]


class TestContract(ModuleContract):
    """The text module keeps its contract with the SDK."""

    module = handrail_text
    examples = {"integrity.spam": ["subscribe to my channel"]}  # noqa: RUF012
    harmless = ("Scunthorpe, Essex, a cockpit, an assassin and Dickens", "well done, thank you!")


@pytest.fixture(name="find")
def _find(look):
    """Find the made-up terms in a text, and no others."""

    def find(text, **settings):
        return look(handrail_text, text, **{"builtin": False, "terms": TERMS, **settings})

    return find


class TestSpelling:
    """A disguised term is still the term."""

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("what a flibber", id="plain"),
            pytest.param("FLIBBER!", id="capitals"),
            pytest.param("ｆｌｉｂｂｅｒ", id="wide letters"),
            pytest.param("𝕗𝕝𝕚𝕓𝕓𝕖𝕣", id="mathematical letters"),
            pytest.param("flіbbеr", id="Cyrillic letters"),
            pytest.param("flιbber", id="Greek letter"),
            pytest.param("🅵🅻🅸🅱🅱🅴🆁", id="letters in boxes"),
            pytest.param("fli\u0336bb\u0336er", id="struck through"),
            pytest.param("fl1bb3r", id="digits"),
            pytest.param("f1ibber", id="one for l"),
            pytest.param("fl!bber", id="exclamation mark"),
            pytest.param("fIibber", id="capital i for l"),
            pytest.param("f l i b b e r", id="spaced"),
            pytest.param("f.l.i.b.b.e.r", id="dotted"),
            pytest.param("fli-bber", id="hyphen"),
            pytest.param("fli\u200bbb\u00ader", id="invisible characters"),
            pytest.param("flibbbberrrr", id="repeated letters"),
            pytest.param("fli🙂bber", id="an emoji between letters"),
            pytest.param("fli❤️bb❤️er", id="hearts between letters"),
            pytest.param("fl*bber", id="masked"),
            pytest.param("fl**ber", id="masked twice"),
            pytest.param("@flibber", id="after a sign"),
            pytest.param("ɹǝqqᴉlɟ ɐ ʇɐɥʍ", id="upside down"),
            pytest.param("oh \u202erebbilf\u202c no", id="backwards by a mark"),
        ],
    )
    def test_disguise_is_seen_through(self, find, text):
        """A term is found in every spelling that a reader takes for it."""
        assert {INSULT} == set(find(text))

    @pytest.mark.parametrize(
        "text", ["snoozle, wump", "snoozle\nwump", "snoozlewump", "snoozle-wump"]
    )
    def test_phrase_survives_punctuation(self, find, text):
        """A phrase is found whatever stands between its words, or nothing at all."""
        assert {"violence.threat"} == set(find(text))

    @pytest.mark.parametrize(
        "text", ["sn**zle wump", "snoozle w*mp", "sn**zle w*mp", "S N O O Z L E wump"]
    )
    def test_phrase_is_found_though_a_word_is_disguised(self, find, text):
        """A phrase is found where only some of its words are masked or spaced."""
        assert {"violence.threat"} == set(find(text))

    def test_word_with_dots_is_found_beside_a_link(self, find):
        """The dots of a link are its own, those of a word beside it are a disguise."""
        assert {INSULT} == set(find("see https://www.example.org/a.b.c you f.l.i.b.b.e.r"))

    def test_disguised_phrase_is_covered_whole(self, find):
        """The span of a phrase covers its masked words and its plain ones."""
        text = "oh sn**zle wump you"

        ((start, end),) = find(text)["violence.threat"].evidence.spans
        assert "sn**zle wump" == text[start:end]

    @pytest.mark.parametrize(
        ("text", "counts"),
        [("🐸🪁", False), ("🐢🍌", True), ("🐢 🍌🍌", True), ("turtle banana", False)],
    )
    def test_emoji_are_no_words(self, look, text, counts):
        """A term of emoji is found as emoji, and not as the words they are read as."""
        found = look(handrail_text, text, builtin=False, terms={"🐢🍌": INSULT})

        assert counts == bool(found)

    def test_emoji_that_are_read_as_nothing_are_refused(self):
        """An emoji without a word can be no term."""
        with pytest.raises(InvalidValueError, match="letters among them"):
            Settings(terms={"🪁": INSULT})

    def test_mask_is_read_as_the_mildest_term(self, find):
        """A mask that fits several terms says no more than the least of them."""
        terms = {"blixen": TERMS["blixen"], "blaxen": TERMS["blaxxen"]}

        assert {INSULT} == set(find("bl*xen", terms=terms))

    def test_masks_without_end_are_read(self, find):
        """Masked words that fit nothing, thousands of them, are text like any other."""
        assert {} == find("f*b sn**ple " * 5_000)

    def test_script_without_spaces_needs_no_boundary(self, find):
        """A Chinese term is found inside a sentence."""
        assert INSULT in find("你真是白痴吗")

    @pytest.mark.parametrize(
        ("part", "text"),
        [
            ("leet", "fl1bb3r"),
            ("look_alikes", "flіbber"),
            ("repeats", "flibbbber"),
            ("spacing", "f l i b b e r"),
            ("masks", "fl*bber"),
            ("turned", "ɹǝqqᴉlɟ"),
        ],
    )
    def test_each_disguise_can_be_left_alone(self, find, part, text):
        """A host switches off what it does not want seen through."""
        assert {} == find(text, fold={part: False})


class TestOrdinaryWords:
    """What only looks like a term is left alone."""

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("flibberish", id="longer word"),
            pytest.param("unflibber", id="inside a word"),
            pytest.param("fliber", id="a doubled letter missing"),
            pytest.param("zaat", id="another doubled letter"),
            pytest.param("274", id="digits alone"),
            pytest.param("2a7", id="digits in a short word"),
            pytest.param("zät", id="an accent of another language"),
            pytest.param("zat's".replace("zat", "zit"), id="another word"),
            pytest.param("гат зат", id="a word of another script"),
            pytest.param("Wallace and Grommel", id="allowed phrase"),
            pytest.param("krumm", id="a term's accent missing"),
            pytest.param("a snoozle. Wump it is", id="two sentences"),
        ],
    )
    def test_lookalike_word_is_no_hit(self, find, text):
        """A word that is not the term is not found."""
        assert {} == find(text)

    def test_full_stop_after_each_word_is_emphasis(self, find):
        """A phrase said word by word is still the phrase."""
        assert INSULT in find("Quux. Flib. Zot.", terms={"quux flib zot": INSULT})

    def test_stretched_allowed_phrase_excuses_nothing(self, find):
        """An allowed phrase counts only as it is written."""
        assert {"hate.speech"} == set(find("wallace and grommmmel"))

    @pytest.mark.parametrize(
        "text", ["I'm such a flibber", "am i a flibber?", "Ich bin ein flibber"]
    )
    def test_what_people_call_themselves_is_no_insult(self, find, text):
        """An insult that the author is called by the author is none."""
        assert {} == find(text)

    def test_own_slur_still_counts(self, find):
        """Only insults are the author's own affair."""
        assert {"hate.speech"} == set(find("I'm a grommel"))

    def test_allowed_phrase_excuses_only_its_own_words(self, find):
        """A term beside its allowed phrase still counts."""
        found = find("wallace and grommel, you grommel")

        assert 1 == found["hate.speech"].evidence.counts["terms"]

    def test_word_of_another_language_is_left_out(self, find):
        """A single word counts only in its own language, where the item's language is known."""
        assert {} == find(Item("item-1", "bitta", language="de-AT"))

    def test_word_counts_in_unknown_language(self, find):
        """A single word counts where the item's language is unknown."""
        assert {INSULT} == set(find("bitta"))

    @pytest.mark.parametrize(
        "text",
        [
            "Scunthorpe assassin Essex cockpit Dickens class",
            "the Maine coon is a large cat",
            "He graduated magna cum laude.",
            "Il est en retard ce matin.",
            "a chink in the armour",
            "a skilled killer whale will kill time",
            "It will let you hang yourself if you try hard enough.",
            "Please don't kill yourself over it.",
            "Nothing is 100% guaranteed, but it is 100% free.",
            "sleep when you're dead",
        ],
    )
    def test_shipped_list_spares_ordinary_text(self, look, text):
        """Words and phrases known for false alarms raise none."""
        assert {} == look(handrail_text, text)


class TestFinding:
    """One finding an issue says how much and where, and copies nothing."""

    def test_span_points_at_the_raw_characters(self, find):
        """A span covers the disguised word as it stands in the text."""
        text = "so, fl\u200bіbbеr it is"

        ((start, end),) = find(text)[INSULT].evidence.spans
        assert "fl\u200bіbbеr" == text[start:end]

    @pytest.mark.parametrize(
        ("text", "there"),
        [
            pytest.param("ʇǝʎ ɹǝqqᴉlɟ ɐ", "ɹǝqqᴉlɟ", id="upside down"),
            pytest.param("oh \u202eeno rebbilf", "rebbilf", id="by a mark"),
        ],
    )
    def test_span_of_a_turned_word_runs_forwards(self, find, text, there):
        """The span of a word that is read backwards is a range of the text like any other."""
        ((start, end),) = find(text)[INSULT].evidence.spans

        assert there == text[start:end]

    def test_emoji_is_read_as_its_word(self, find):
        """An emoji that stands for a listed word is a hit, and its own span."""
        ((start, end),) = find("you 🐍!", terms={"snake": INSULT})[INSULT].evidence.spans

        assert (4, 5) == (start, end)

    def test_emoji_can_be_left_alone(self, find):
        """A host that does not want emoji read has them left alone."""
        assert {} == find("you 🐍!", terms={"snake": INSULT}, fold={"emoji": False})

    def test_one_finding_an_issue(self, find):
        """Terms of one issue are one finding that counts them."""
        assert 2 == find("flibber and flibber")[INSULT].evidence.counts["terms"]

    def test_highest_score_stands(self, find):
        """The strongest term sets the score."""
        assert 0.7 == find("a zat, a flibber")[INSULT].score

    def test_spans_are_capped(self, find):
        """A wall of hits names twenty spans."""
        assert 20 == len(find("zat. " * 100)[INSULT].evidence.spans)

    def test_insult_at_somebody_scores_higher(self, find):
        """An insult near a second person scores higher by ``aimed``."""
        assert pytest.approx(0.7) == find("you zat", aimed=0.2)[INSULT].score

    def test_letters_of_a_spaced_word_are_nobody(self, find):
        """The u of a word with spaced letters is no second person."""
        assert (
            0.5
            == find("the q u u x z", terms={"quuxz": {"issue": INSULT, "score": 0.5}})[INSULT].score
        )

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("a flibber", "1 listed insult"),
            ("a flibber, a flibber", "2 listed insults"),
            ("blixen blixen", "2 listed swear words"),
        ],
    )
    def test_reason_counts_in_words_that_agree(self, find, text, reason):
        """One is singular, more are plural."""
        assert reason == find(text)[INSULT].reason

    def test_reason_never_copies_the_text(self, find):
        """A reason counts and describes."""
        assert "1 listed insult, in disguised spelling" == find("what a fl1bber")[INSULT].reason

    @pytest.mark.parametrize("hook", ["post_publish", "report"])
    def test_later_stages_find_the_same(self, find, hook):
        """Every stage finds what ``pre_publish`` finds."""
        item, settings = Item("item-1", "a flibber"), Settings(builtin=False, terms=TERMS)
        context = SimpleNamespace(text=Text(item.text))
        given_ = {"item": item, "context": context, "settings": settings}
        if hook == "report":
            given_["report"] = None

        assert list(find(item).values()) == list(getattr(handrail_text, hook)(**given_))


class TestAnyText:
    """No text makes the module raise or point outside."""

    @pytest.mark.parametrize("text", [*ODD, *(f"flibber{odd}flibber" for odd in ODD)])
    def test_odd_text_is_read(self, find, text):
        """NUL, lone surrogates, overrides and thousands of marks are text like any other."""
        assert isinstance(find(text), dict)

    def test_large_text_is_read(self, find):
        """A million characters are read to their end."""
        assert {INSULT} == set(find("word " * 200_000 + "flibber"))

    @given(st.text())
    def test_folding_never_raises(self, text):
        """Any text folds, and folding what is folded changes nothing."""
        how = Disguises().fold()
        once = fold(text, how).plain

        assert once == fold(once, how).plain

    @given(st.text(), st.sampled_from(["flibber", "f l i b b e r", "ﬂibber", "fl1bber"]), st.text())
    def test_spans_lie_inside_the_text(self, before, term, after):
        """A span is a range of the text, and not empty."""
        text = f"{before} {term} {after}"
        hits = Settings(builtin=False, terms=TERMS).matcher.hits(Text(text))

        assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)

    @given(st.text(alphabet="ab \u200bé", min_size=1))
    def test_skeleton_knows_its_way_back(self, text):
        """Each letter of a skeleton covers characters that fold to it."""
        how = Disguises().fold()
        view = Skeleton.of(fold(text, how))
        for place, letter in [*enumerate(view.skeleton)][1:-1]:
            start, end = view.span(place, place + 1)

            assert {letter} == set(fold(text[start:end], how).plain)

    @given(st.text(alphabet="flibber 1!*.-\u200b", max_size=40))
    def test_normal_form_changes_no_answer(self, text):
        """Composed and decomposed text have the same terms."""
        compiled = Settings(builtin=False, terms=TERMS).matcher
        counts = [len(compiled.hits(Text(unicodedata.normalize(f, text)))) for f in ("NFC", "NFD")]

        assert counts[0] == counts[1]

    def test_threads_share_a_matcher(self):
        """Many threads at once get the answer that one gets."""
        compiled, answers = Settings(builtin=False, terms=TERMS).matcher, []
        ask = lambda: answers.append(len(compiled.hits(Text("flibber ｆlibber zat"))))  # noqa: E731
        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [3] * 16 == answers


class TestLists:
    """Terms are data, and a mistake in them is named by its place."""

    def test_host_list_is_used(self, look, tmp_path):
        """Terms of a host's own file are found."""
        path = tmp_path / "ours.csv"
        path.write_text("term,issue,score,language,allowed\nquuxle,integrity.spam,0.6,,\n")

        assert 0.6 == look(handrail_text, "quuxle", lists=[str(path)])["integrity.spam"].score

    @pytest.mark.parametrize(
        ("line", "wrong"),
        [
            ("quux,integrity.spam,2,,", "score"),
            ("quux,integrity.spam,often,,", "score"),
            ("quux,no.such,0.5,,", "issue"),
            ("...,integrity.spam,0.5,,", "term"),
            ("quux,integrity.spam", "columns"),
            ('"quux', "ours.csv:2"),
        ],
    )
    def test_error_names_file_and_line(self, tmp_path, line, wrong):
        """A list that cannot be used is refused with file, line and column."""
        path = tmp_path / "ours.csv"
        path.write_text(f"term,issue,score,language,allowed\n{line}\n")

        with pytest.raises(InvalidValueError, match=rf"ours\.csv:2.*{wrong}|{wrong}"):
            Settings(lists=str(path))

    def test_wrong_header_is_refused(self):
        """A list without the columns is refused at its first line."""
        with pytest.raises(InvalidValueError, match=r"^here:1: expected the header"):
            rows(b"word,score\n", "here", ISSUES)

    def test_missing_file_is_refused(self):
        """A list that is not there is refused by name, at start-up."""
        with pytest.raises(InvalidValueError, match=r"nowhere\.csv:1: cannot be read"):
            Settings(lists="nowhere.csv")

    def test_unknown_column_is_refused(self):
        """A misspelled column of an inline term is refused."""
        with pytest.raises(InvalidValueError, match="unknown column 'sorce'"):
            Settings(terms={"quux": {"issue": INSULT, "sorce": 1}})

    @pytest.mark.parametrize(
        "settings",
        [
            {"builtin": "no"},
            {"aimed": 2},
            {"aimed": "much"},
            {"fold": True},
            {"fold": {"leet": 1}},
            {"lists": 5},
            {"languages": "tlh"},
            {"terms": ["quux"]},
            {"terms": {"quux": "no.such"}},
        ],
    )
    def test_wrong_setting_is_an_invalid_value(self, settings):
        """A setting that cannot be used raises what the SDK reports with its place."""
        with pytest.raises(InvalidValueError):
            Settings(**settings)

    def test_unknown_disguise_is_refused(self):
        """A misspelled fold option is refused."""
        with pytest.raises(InvalidValueError, match="unknown disguise 'leat'"):
            Settings(fold={"leat": True})

    def test_changed_file_makes_other_settings(self, tmp_path):
        """Settings with the same path but other terms are not equal."""
        path = tmp_path / "ours.csv"
        path.write_text("term,issue,score,language,allowed\nquux,integrity.spam,0.5,,\n")
        before = Settings(lists=str(path))
        path.write_text("term,issue,score,language,allowed\nquux,integrity.spam,0.6,,\n")

        assert before != Settings(lists=str(path))

    def test_equal_settings_share_a_matcher(self):
        """The matcher is built once for each value of the settings."""
        one, other = (Settings(builtin=False, terms=TERMS) for _ in range(2))

        assert one.matcher is other.matcher

    def test_shipped_list_is_of_measured_languages(self):
        """Each shipped term is of a language that the manifest names."""
        assert handrail_text.MANIFEST.languages == shipped(ISSUES).languages - {"*"}

    def test_shipped_list_never_lists_a_bare_identity(self):
        """Words for who people are stand in no row alone."""
        words = {"gay", "lesbian", "trans", "jew", "jews", "muslim", "black", "queer", "sex"}

        assert set() == words & {text.casefold() for *_, text in shipped(ISSUES).phrases()}

    def test_languages_choose_from_the_shipped_list(self):
        """Settings take one language of the shipped list."""
        ours = shipped(ISSUES)

        assert {"de"} == {ours.term(n).language for n, *_ in ours.phrases({"de"})}

    def test_missing_extra_is_named(self, monkeypatch):
        """Without the extra, many terms of scripts without spaces are refused."""
        monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
        monkeypatch.setattr("handrail_text._inside.FEW", 0)

        with pytest.raises(MissingExtraError, match=r"handrail\[text\]"):
            Settings(builtin=False, terms={"白痴": INSULT})
