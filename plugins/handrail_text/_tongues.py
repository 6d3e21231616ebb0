"""Where a term counts: a word of one language may be an ordinary word of another."""

from __future__ import annotations

import re

from ._terms import Term

_SAME = {
    **dict.fromkeys(("cmn", "yue", "wuu", "nan", "hak"), "zh"),
    **dict.fromkeys(("arb", "arz", "ary", "apc", "ajp", "acm", "afb"), "ar"),
    "in": "id",
}
"""Older tags, and tags of kinds of one language that share its terms."""

_LONG = 12
"""Characters from which a phrase of two words or more is no chance."""

_LONG_WORD = 7
"""Letters from which words written together are no other word."""

_TIGHT = frozenset({"*", "en", "ja", "ko", "zh"})
"""Languages whose short phrases are written together, and what belongs to none."""

_SCRIPTS = tuple(
    (re.compile(letters), frozenset(users.split()))
    for letters, users in (
        ("[\u3040-\u30ff]", "ja"),
        ("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]", "ko"),
        ("[\u3400-\u9fff]", "zh ja"),
        ("[\u0600-\u06ff]", "ar fa ur ps sd ug ku ckb pa ms"),
        ("[\u0900-\u097f]", "hi mr ne sa mai bho kok"),
        ("[\u0400-\u052f]", "ru uk be bg sr mk kk ky tg mn tt ba cv os"),
    )
)
"""Letters, and the languages that write with them."""


def spoken(language: str | None) -> str | None:
    """Return what terms call *language*, a BCP 47 tag."""
    if not language:
        return None
    primary = language.partition("-")[0].lower()
    return _SAME.get(primary, primary)


def serves(term: Term, language: str | None) -> bool:
    """Whether *term* counts in a text of *language*, None where nobody knows it.

    A long phrase counts in all, for it is hardly ever ordinary elsewhere, and so do those in
    English, which are said everywhere. So does a word in letters that the language does not
    write: it was said in another one.
    """
    if term.certain:
        return term.language == language
    return (
        language is None
        or term.language in ("*", language)
        or _telling(term)
        or _foreign(term.text, language)
    )


def _telling(term: Term) -> bool:
    return " " in term.text and (term.language == "en" or len(term.text) >= _LONG)


def together(language: str, phrase: str) -> bool:
    """Whether *phrase* of *language* is looked for without the spaces between its words.

    Two short words make an ordinary one too easily: ``se mata``, ``semata-mata``.
    """
    return language in _TIGHT or len(phrase.replace(" ", "")) >= _LONG_WORD


def _foreign(text: str, language: str) -> bool:
    users = next((users for letters, users in _SCRIPTS if letters.search(text)), None)
    return users is not None and language not in users
