"""A look at the words alone leaves out no text in which a link may stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail_links import _extract
from handrail_links._extract import in_text

PIECES = (
    *_extract._NEEDLES, *"./\\:[](){}<>•·∙& ", " ", "\n", "\u00a0", "com", "net", "org", "de",
    "shop", "example", "www", "WWW", "www.", "http:", "hxxps", "//", "%2F%2f", "%2f", "dot",
    " Dot ", "punkt", "#46;", "period;", "。", "．", "ｗｗｗ", "\u200b", "\u2060", "jane@",
    "1.2.3.4", "/x", "x" * 45, "é",
)  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=2), max_size=14).map("".join)


def thorough(text):
    """The links of a text, looked for whatever its words are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_extract, "_hinting", lambda text: True)
        return [*in_text(f"{text} x")]


@given(texts)
@settings(max_examples=600)
def test_same_links_as_without_a_look_at_the_words(text):
    """Links are those of a search that looks at every text."""
    assert thorough(text) == [*in_text(f"{text} x")]


@pytest.mark.parametrize(
    "text",
    [
        "example.com/a", "http:/ /example.com", "hxxp:\\\\example.com", "http:%2f%2fexample.com",
        "example dot com", "example . com", "example[.]com", "example•com", "example&#46;com",
        "example&period;com", "www example com", "example punkt de", "example。com",
        "exam\u200bple.com", "example d0t com", "example ponto com",
        "example point com", "example точка ru", "examplecom点cn",
        "example\\.com",
    ],
)  # fmt: skip
def test_each_disguise_asks_for_a_look(text):
    """A link is found also where nothing else in the text asks for a look."""
    assert [] != thorough(text) == [*in_text(f"{text} x")]
