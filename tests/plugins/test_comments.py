"""The comments module finds shouting, repetition, and floods of links or mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import handrail_comments
import handrail_links
from handrail import InvalidValueError, Text
from handrail.testing import ModuleContract, make_item, make_safety
from handrail_comments._repetition import repetition
from handrail_comments._settings import Settings

BULLYING, SPAM = "harassment.bullying", "integrity.spam"
MENTIONS = "@ann @ben @cleo @dan @eve @finn"


class TestContract(ModuleContract):
    """The comments module keeps its contract with the SDK."""

    module = handrail_comments
    provides = (handrail_links,)
    examples = {BULLYING: ["WHY DOES NOBODY EVER LISTEN"], SPAM: [MENTIONS]}  # noqa: RUF012
    harmless = ("What a lovely evening it was.", "NASA", "12345 67890", "你好你好你好")


@pytest.fixture(name="find")
def _find():
    """Find what the comments module finds in a text, of which nothing else is known."""

    def find(text, **settings):
        made = {"comments": settings}
        with make_safety(handrail_links, handrail_comments, settings=made) as safety:
            decision = safety.feature("comments").pre_publish(make_item(text))
        assert () == decision.faults
        return {f.issue: f for f in decision.findings if f.module == "comments"}

    return find


class TestShouting:
    """Capitals are loud only in a text long enough."""

    def test_capitals_shout(self, find):
        """A comment in capitals scores 0.3, whatever its length."""
        assert 0.3 == find("WHY DOES NOBODY EVER LISTEN")[BULLYING].score

    @pytest.mark.parametrize(
        "text", ["OK THANKS", "Why Does Nobody Ever Listen To Me", "ДА", "你好" * 20]
    )
    def test_short_or_mixed_text_is_quiet(self, find, text):
        """Few capitals, or letters without case, do not shout."""
        assert {} == find(text)

    def test_threshold_is_inclusive(self, find):
        """A share of capitals at the threshold shouts."""
        assert BULLYING in find("A" * 9 + "b" * 11, capital_share=0.45, same_character=20)


class TestRepetition:
    """The same again and again is a sign of spam."""

    def test_word_over_and_over(self, find):
        """One word that makes up the comment is repetition."""
        assert 6 == find("win win win win win win now")[SPAM].evidence.counts["words"]

    def test_long_run_of_one_character(self, find):
        """A long run of one character is repetition, with its place."""
        assert ((2, 22),) == find("no" + "!" * 20)[SPAM].evidence.spans

    @pytest.mark.parametrize(
        "text", ["yes yes yes", "sooooo good", "the cat and the dog and the bird saw the sun"]
    )
    def test_emphasis_is_left_alone(self, find, text):
        """People repeat themselves a little."""
        assert {} == find(text)

    @pytest.mark.parametrize("text", ["-" * 70, "=" * 70, "k" * 40, "ha" + "h" * 40, "哈" * 20])
    def test_ruled_lines_and_laughter_are_left_alone(self, find, text):
        """Rows that good comments are full of are no sign of spam."""
        assert {} == find(text)

    def test_person_called_over_and_over_is_no_repeated_word(self, find):
        """A name in a mention is not a word of the comment."""
        assert {} == find("@ann " * 8 + "thanks")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("no" + "!" * 20, "1 long run of one character"),
            ("no" + "!" * 20 + "?" * 20, "2 long runs of one character"),
        ],
    )
    def test_reason_counts_in_words_that_agree(self, find, text, reason):
        """One run is singular, more are plural."""
        assert reason == find(text)[SPAM].reason

    @given(st.text(alphabet="ab !", max_size=200))
    def test_spans_lie_inside_the_text(self, text):
        """Each span is a long run of one character."""
        spans = [
            s for f in repetition(Text(text), Settings(same_character=4)) for s in f.evidence.spans
        ]

        assert all(1 == len(set(text[start:end])) and end - start >= 4 for start, end in spans)


class TestFlooding:
    """Links and mentions are counted."""

    def test_many_links(self, find):
        """Three links in one comment are a flood of links."""
        assert 0.5 == find("a1.example.com b2.example.com c3.example.com")[SPAM].score

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("a1.example.com", "1 link in one comment"),
            ("a1.example.com b2.example.com", "2 links in one comment"),
            ("@ann", "1 mention in one comment"),
        ],
    )
    def test_reason_counts_in_words_that_agree(self, find, text, reason):
        """One is singular, more are plural."""
        assert reason == find(text, links=1, mentions=1)[SPAM].reason

    def test_two_links_pass(self, find):
        """Two links are none."""
        assert {} == find("a1.example.com b2.example.com")

    def test_many_mentions(self, find):
        """Six people called in one comment are a flood of mentions."""
        assert 6 == find(MENTIONS)[SPAM].evidence.counts["mentions"]

    @pytest.mark.parametrize(
        "text", ["@ann " * 4 + "@Ann @ANN", "a@b.example " * 4, "@ @ @ @ @ @ @"]
    )
    def test_same_person_and_mail_are_no_flood(self, find, text):
        """One person called often, mail addresses and bare signs are no flood of mentions."""
        assert not any("mentions" in f.reason for f in find(text).values())

    @pytest.mark.parametrize("name", ["links", "mentions", "same_word", "same_character"])
    def test_wrong_setting_is_refused(self, name):
        """A threshold that cannot be reached from below is refused at start-up."""
        with pytest.raises(InvalidValueError, match=name):
            Settings(**{name: 0})
