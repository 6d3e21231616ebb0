"""A look at the words alone leaves out no view of a text in which a term stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail import Text, fold
from handrail_text._hints import Hints, bare
from handrail_text._match import Matcher
from handrail_text._settings import ISSUES
from handrail_text._skeleton import Disguises, Skeleton, once
from handrail_text._terms import inline
from handrail_text._turned import turned
from handrail_text._views import as_i, as_l, as_space, has_signs, joined, unjoined

INSULT = "harassment.bullying"
TERMS = {
    "flibber": INSULT,
    "zat": {"issue": INSULT, "score": 0.5},
    "zaat": {"issue": "hate.speech", "score": 0.7},
    "snoozle wump": {"issue": "violence.threat", "score": 0.8},
    "grommel": {"issue": "hate.speech", "score": 0.9, "allowed": ["wallace and grommel"]},
    "go and flib": INSULT,
    "krümm": {"issue": INSULT, "language": "de"},
    "白痴": INSULT,
    "见 zat": INSULT,
    "it": {"issue": "sexual.explicit", "score": 0.6},
    "a b c": INSULT,
    "zurna": {"issue": INSULT, "language": "tr"},
    "flib zurna": {"issue": INSULT, "language": "tr"},
}
PIECES = (
    *" .-_*~!|1(+I@$013 ", *"flibberzat", "flibber", "fl1bber", "f.l.i.b.b.e.r", "f l i b b e r",
    "fl!bber", "f|ibber", "zat", "z-a-t", "za", "t", "snoozle", "wump", "sn00zle", "wum", "p",
    "grommel", "wallace and ", "go", "and", " flib", "krümm", "krumm", "白痴", "白", "痴", "见 ",
    "http://", "www.", "://", "\u202e", "\u202c", "ɟlᴉqqǝɹ", "ɐ", "ʇɐz", "\u200b", "\u00a0", "\n",
    "zurna", "zurnalar", "flib zurnasin ", "lar",
    " zat ", " Zaat, ", " zaaat ", " it.", " FLIBBER ", " flibbeR!", "\n it ",
    "ﬂ", "🅵", "ｆ", "а", "é", "z*t", "fl***er", "i", "t", "a", "b", "c", "  ", "@flibber", "x@zat",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=14).map("".join)
ALL = Hints(*[9] * len(Hints._fields))


class _Suspicious:
    """Knows no word, and takes each to have everything."""

    def hints(self, text):
        return ALL


class Thorough(Matcher):
    """A matcher that looks at every view of a text, whatever stands in it."""

    def __init__(self, lists, seen):
        super().__init__(lists, seen)
        self._known = _Suspicious()

    def _standing(self, read, has, language):
        for view in self._every(read):
            yield from self._look(view, read.raw, language)

    def _every(self, read):
        text, how, whole = read.raw, self._how, Skeleton.of(read.fold(self._how))
        yield whole
        yield from self._endings.views(text, read.fold(how), how)
        if self._seen.leet:
            for reading in (as_space, as_i, as_l) if has_signs(text) else (as_space,):
                yield Skeleton.of(fold(reading(text), how))
        if self._seen.spacing:
            yield from joined(text, read.fold(how), how)
        if self._seen.masks:
            yield from self._masks.views(text)
        if self._seen.turned:
            for other, kept in turned(text):
                yield Skeleton.of(fold(other, how), kept)


def pair(**disguises):
    """A matcher, and one that looks at everything."""
    lists, seen = [(inline(TERMS, ISSUES), ())], Disguises(**disguises)
    return Matcher(lists, seen), Thorough(lists, seen)


SEEN = [
    pair(),
    pair(leet=False),
    pair(spacing=False, turned=False),
    pair(look_alikes=False, emoji=False, masks=False),
]


@pytest.mark.parametrize(("matcher", "thorough"), SEEN)
@given(text=texts)
@settings(max_examples=100, deadline=None)
def test_same_hits_as_with_every_view(matcher, thorough, text):
    """Hits are those of a matcher that looks at every view."""
    assert thorough.hits(Text(text), "en") == matcher.hits(Text(text), "en")


@pytest.mark.parametrize(
    "text",
    [
        "fl1bber", "f.l.i.b.b.e.r", "f l i b b e r", "f|ibber", "x@zat", "snoozle wum-p", "fl*bber",
        "ɹǝqqᴉlɟ", "\u202erebbilf", "你白痴吗", "http://x.org/a-b fl-ib-ber", "see it.",
        "go, and flib", "zurnalar", "flib zurnasin",
    ],
)  # fmt: skip
def test_a_disguise_alone_is_looked_at(text):
    """Each disguise is found also where nothing else in the text asks for a look."""
    matcher, thorough = SEEN[0]
    assert [] != thorough.hits(Text(text)) == matcher.hits(Text(text))


def test_plain_words_ask_for_no_view():
    """A text of which no word leads to a term is not folded as a whole."""
    read = Text("nothing to see here")
    assert [] == SEEN[0][0].hits(read)
    assert not read._folds


@given(st.text("abIiLl1!.,?;:'-@0é", max_size=8).filter(lambda word: word and not word.isspace()))
@settings(max_examples=500)
def test_bare_words(word):
    """A word of plain letters has what it is found to have the long way, in every reading."""
    matcher, _ = SEEN[0]
    slow = Hints(*[0] * len(Hints._fields))
    if plain := bare(word):
        slow = matcher._known._counted(word)
        for read in (str, as_space, as_i, as_l, unjoined):
            assert once(plain).split() == once(fold(read(word), matcher._how).plain).split()
    fast = matcher._known.hints(word) if plain else None

    assert (slow if any(slow) else None) == fast


@pytest.mark.parametrize("word", ["flibber", "Flibber,", "ZAT!", "t?", "I"])
def test_bare(word):
    """Most words are plain letters, with a sign behind them."""
    assert word.rstrip(",!?").lower() == bare(word)


@pytest.mark.parametrize("word", ["fl1bber", "fl!b", "x-y", "", "!", "alI", "é", "a.b", "@zat"])
def test_not_bare(word):
    """A word with another way to read it is none of them."""
    assert not bare(word)
