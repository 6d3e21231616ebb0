"""Long lists of terms: read once, told apart by line, looked up whatever their length."""

from __future__ import annotations

import threading

import pytest

import handrail_text
from handrail import ConfigError, Feature, InvalidValueError, Item, Policy, Safety, Text
from handrail_text._index import Index
from handrail_text._match import Matcher
from handrail_text._rows import Rows, rows, shipped
from handrail_text._settings import ISSUES, Settings
from handrail_text._terms import ALLOWED

HEADER = "term,issue,score,language,allowed\n"
SPAM = "integrity.spam"
LONG = [f"w{n:x}q" for n in range(100_000)]


def write(path, lines):
    """Write a list of terms of one kind; a line with a comma stands as it is."""
    rows_ = (line if "," in line else f"{line},{SPAM},0.6,," for line in lines)
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows_))
    return path


@pytest.fixture(name="path")
def _path(tmp_path):
    """Where a list may be written."""
    return tmp_path / "ours.csv"


@pytest.fixture(name="hits")
def _hits(path):
    """The terms of a list that stand in a text."""

    def hits(lines, text, language=None):
        settings = Settings(builtin=False, lists=str(write(path, lines)))
        return [hit.term.text for hit in settings.matcher.hits(Text(text), language)]

    return hits


@pytest.fixture(name="matchers", scope="module")
def _matchers():
    """A matcher that has learnt all terms by itself, and the one of settings."""
    settings = Settings(terms={
        "idiot": {"issue": SPAM, "score": 0.3, "allowed": ["village idiot"]},
        "brobdem": {"issue": SPAM, "language": "tr"},
        "flibber": SPAM, "one two": SPAM, "傻瓜蛋": SPAM,
    })  # fmt: skip
    alone = Matcher([(shipped(ISSUES), ()), (settings.terms, ())], settings.fold)
    return alone, settings.matcher


class TestBeside:
    """Own terms stand beside the shipped list, which is learnt once."""

    @pytest.mark.parametrize("text", [
        "the village idiot is an idiot", "f*ck a fl*bb*r", "id1ot", "傻瓜蛋和傻逼",
        "onetwo o n e t w o", "brobdemlar sen aptalsin", "kill yourself, one-two",
        "you_are_an_idiot @flibber",
    ])  # fmt: skip
    def test_hits_are_those_of_one_list(self, matchers, text):
        """What is found is the same however the lists were learnt."""
        alone, beside = (matcher.hits(Text(text)) for matcher in matchers)

        assert alone
        assert alone == beside

    def test_shipped_list_is_learnt_once(self, monkeypatch):
        """More settings with other terms do not read it again."""
        Settings()
        monkeypatch.setattr(Rows, "phrases", pytest.fail)

        assert Settings(terms={"snoozle": SPAM}).matcher.hits(Text("a snoozle, you idiot"))

    def test_own_terms_stay_with_their_settings(self):
        """Nobody else finds them: neither words, nor such as stand inside, masks and forms."""
        mine = {"flibber": SPAM, "鬼话连篇": SPAM, "brobdem": {"issue": SPAM, "language": "tr"}}
        texts = [Text(text) for text in ("flibber", "说鬼话连篇的", "fl*bber", "brobdemlar")]
        before = Settings().matcher

        assert all(map(Settings(terms=mine).matcher.hits, texts))
        assert not any(map(before.hits, texts))
        assert not any(map(Settings(terms={"snoozle": SPAM}).matcher.hits, texts))


class TestLong:
    """A list may be long."""

    def test_term_is_found_among_many(self, hits):
        """Of a hundred thousand terms the one in the text is found."""
        assert ["w1869fq"] == hits(LONG, "so w1869fq it is")

    def test_row_keeps_its_columns(self, path):
        """Issue, score, language and allowed phrases are those of the row."""
        lines = [*LONG[:500], "flibber,hate.speech,0.9,DE,big flibber|flibber day", *LONG[500:900]]
        matcher = Settings(builtin=False, lists=str(write(path, lines))).matcher
        (hit,) = matcher.hits(Text("a flibber"))

        assert ("hate.speech", 0.9, "de", ("big flibber", "flibber day")) == (
            hit.term.issue, hit.term.score, hit.term.language, hit.term.allowed,
        )  # fmt: skip

    def test_allowed_phrase_of_a_row_excuses_it(self, hits):
        """A phrase in the last column means nothing."""
        assert [] == hits([f"flibber,{SPAM},0.6,,big flibber"], "the Big Flibber")

    def test_many_phrases_with_one_word_are_told_apart(self, hits):
        """Phrases that share their longest word, at every place, are found each."""
        lines = [f"{'a ' * n}flibberty{' b' * m}" for n in range(1, 9) for m in range(9)]

        assert [lines[40]] == hits(lines, lines[40].replace(" a", "  a"))

    def test_row_over_two_lines_is_read(self, hits):
        """A quoted term may have a line break in it."""
        assert ["snoozle\nwump", "quux"] == hits(
            [f'"snoozle\nwump",{SPAM},0.6,,', "quux"], "snoozle wump and quux"
        )

    def test_byte_order_mark_is_no_mistake(self, path):
        """A file that begins with a byte order mark is read."""
        write(path, ["flibber"])
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

        assert Settings(builtin=False, lists=str(path)).matcher.hits(Text("flibber"))

    def test_equal_lists_are_held_once(self):
        """The same bytes under two names are one list in memory."""
        content = (HEADER + f"flibber,{SPAM},0.6,,\n").encode()

        assert rows(content, "a.csv", ISSUES) is rows(content, "b.csv", ISSUES)

    def test_too_many_terms_are_refused(self, path, monkeypatch):
        """There is a most, and the error names it."""
        monkeypatch.setattr("handrail_text._rows.MOST", 3)

        with pytest.raises(InvalidValueError, match=r"ours\.csv:5: expected at most 3 terms"):
            Settings(lists=str(write(path, LONG[:4])))

    def test_too_large_a_file_is_refused(self, path, monkeypatch):
        """A file is not read beyond its largest size."""
        monkeypatch.setattr("handrail_text._settings.LARGEST", 50)

        with pytest.raises(InvalidValueError, match=r"ours\.csv:1: expected at most 50 bytes"):
            Settings(lists=str(write(path, LONG[:9])))


class TestMistakes:
    """A mistake is named by its line, wherever it stands."""

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            pytest.param(f"flibber,{SPAM},7,,", "score: expected", id="score"),
            pytest.param("flibber,no.such,0.5,,", "issue: unknown .* 'no.such'", id="issue"),
            pytest.param(f"flibber,{SPAM}m,0.5,,", f"Did you mean '{SPAM}'", id="near issue"),
            pytest.param(f"flibber,{SPAM},0.5,english,", "language: expected", id="language"),
            pytest.param(f"flibber,{SPAM}", "expected 5 columns, got 2", id="columns"),
            pytest.param(f"?!,{SPAM},0.6,,", "term: expected", id="no letters"),
            pytest.param(f"{'x' * 201},{SPAM},0.6,,", "term: expected", id="too long"),
            pytest.param(f'"flibber,{SPAM},0.6,,', "is never closed", id="quote"),
            pytest.param(
                f"flibber,{SPAM},0.6,,{'|'.join(LONG[: ALLOWED + 1])}", "at most", id="allowed"
            ),
        ],
    )
    def test_error_names_the_line(self, path, line, said):
        """A mistake at line 90,000 is refused as such, in a few words."""
        lines = [*LONG[:89_998], line, *LONG[89_998:]]

        with pytest.raises(InvalidValueError, match=rf"^lists: .*ours\.csv:90000: .*({said})"):
            Settings(lists=str(write(path, lines)))

    def test_bytes_that_are_no_text_are_placed(self, path):
        """A file that is not UTF-8 is refused at the line."""
        write(path, LONG[:9])
        path.write_bytes(path.read_bytes() + b"\xff\xfe,x\n")

        with pytest.raises(InvalidValueError, match=r"ours\.csv:11: not in UTF-8"):
            Settings(lists=str(path))

    @pytest.mark.parametrize(
        "line",
        [r"\bflib\w+", "(a+)+$", "(?i)flibber", "flib.*", "fl[a-z]bber", "flib{2,}er", "[^x]+"],
    )
    def test_pattern_is_refused(self, path, line):
        """What looks like a regular expression is not run, and not taken for words."""
        with pytest.raises(InvalidValueError, match=r"ours\.csv:2: .*none is run"):
            Settings(lists=str(write(path, [f'"{line}",{SPAM},0.6,,'])))

    @pytest.mark.parametrize("line", ["f.l.i.b", "fl*bber", "c++", "a$$", "what (the) flib?"])
    def test_signs_in_words_are_no_pattern(self, path, line):
        """Dots, asterisks and brackets in a term are signs like any other."""
        assert Settings(lists=str(write(path, [line]))).files

    def test_broken_list_is_read_once(self, path, monkeypatch):
        """Other settings beside it are no reason to read it again."""
        read = []
        monkeypatch.setattr(
            "handrail_text._settings.read_file", lambda p, most: read.append(p) or (b"x\n", None)
        )
        settings = {"text": {"lists": [str(path)], "aimed": 0.1, "builtin": False}}

        with pytest.raises(ConfigError, match=r"'text'\.lists: .*:1: expected the header"):
            Safety([], modules=[handrail_text], settings=settings)
        assert 1 == len(read)


class TestSwap:
    """A list that changes is in force without a restart."""

    @pytest.fixture(name="wall")
    def _wall(self, path):
        """A feature whose text module reads a list."""
        settings = {"text": {"builtin": False, "lists": [str(write(path, ["flibber"]))]}}
        with Safety(
            [Feature(name="wall", surface="comments")], modules=[handrail_text],
            settings=settings, policy=Policy(name="p"),
        ) as safety:  # fmt: skip
            wall = safety.feature("wall")

            def finds(text):
                return bool(wall.pre_publish(Item("1", text)).findings)

            def change(lines):
                write(path, lines)
                safety._core.tick()
                for thread in threading.enumerate():
                    if thread.name == "handrail-files":
                        thread.join(30)

            yield finds, change

    def test_changed_list_is_taken_in(self, wall):
        """Terms come and go with the file."""
        finds, change = wall
        change(["grommel", "snoozle"])

        assert (False, True) == (finds("a flibber"), finds("a grommel"))

    def test_broken_list_changes_nothing(self, wall):
        """What was read before still holds."""
        finds, change = wall
        change(["grommel", "(a+)+$"])

        assert (True, False) == (finds("a flibber"), finds("a grommel"))


class TestIndex:
    """The index finds whole phrases, wherever they stand."""

    def test_phrases_are_placed(self):
        """A phrase comes with its number and its place."""
        index = Index()
        for n, phrase in enumerate(("ab", "ab cd", "cd ef gh", "白")):
            index.add(phrase, n)
        index.seal()

        assert {("ab", 0, 1), ("ab cd", 1, 1), ("白", (3,), 10)} == set(index.find(" ab cd ef 白 "))

    def test_phrase_of_two_terms_has_both_numbers(self):
        """Two terms that fold to the same are both there."""
        index = Index()
        for n in (3, 5, 7):
            index.add("ab", n)
        index.seal()

        assert [("ab", (3, 5, 7), 1)] == list(index.find(" ab "))

    def test_phrase_cut_off_is_none(self):
        """A phrase that would begin before the text, or end behind it, is not there."""
        index = Index()
        index.add("a bbbb c", 1)
        index.seal()

        assert [] == [*index.find(" bbbb c "), *index.find(" a bbbb ")]

    @pytest.mark.parametrize("many", [10, 1_000])
    def test_places_are_looked_at_once(self, many):
        """However many places and phrases there are, each is looked at a few times at most."""
        index, looked = Index(), []

        class Place:
            def __init__(self, *bounds):
                self._bounds = bounds

            start = property(lambda self: looked.append(1) or self._bounds[0])
            stop = property(lambda self: looked.append(1) or self._bounds[1])

        index.add("ab", 1)
        index.seal()
        index.leads("ab")
        beside = [Place(n, n + 1) for n in range(1, 2 * many, 2)]

        assert not index.stands(["ab", "cd"] * many, beside)
        assert len(looked) <= 4 * many
