"""A text into tokens: words as they stand, addresses, mentions, marks.

What a token is must never depend on the tokens around it, so that what is known of one can be kept.
"""

from __future__ import annotations

import re
from operator import itemgetter

from handrail import Fold

from ._address import PATTERN
from ._spelling import SIGNS

HOW = Fold(apart=True, emoji=True, keep="!?@$€£%&#;:/.'’*|+-_\"")
"""How a text is folded before it is cut: look-alikes and invisible letters, not digits."""

LONGEST = 20_000
"""Characters that are looked at; what comes after them is not."""

MOST = 4_000
"""Different tokens that count, of words and of pairs each."""

_TOKENS = re.compile(
    rf"""(?=\S)(?:{PATTERN}"""
    r"""|&\#?\w{1,8};"""
    rf"""|[@$€£]?[^\W_]++(?:['’@$!*€£|+]{{1,3}}+[^\W_]++|[{SIGNS}]++[^\W_]*+)*+[$*]{{0,3}}+"""
    r"""|[!?]++|[£$€%])"""
)
_SPACED = re.compile(
    r"(?<![^\W_'’])[^\W_](?P<gap>[ .*_\-])[^\W_]"
    r"(?:(?P=gap)[^\W_](?![^\W_'’])){1,40}+(?![^\W_'’])"
)

_SHOUTED = re.compile(r"[A-Z][A-Z][A-Z]")
_CAPITALS = re.compile(r"(?<![^\W_])[A-Z]{3,30}+(?![^\W_])")


def marks(raw: str) -> list[str]:
    """Return what stands for the look of a text: ``<caps1>``, ``<caps2>`` or ``<caps5>``."""
    if not _SHOUTED.search(raw):
        return []
    shouted = len(_CAPITALS.findall(raw, 0, LONGEST))
    return [f"<caps{max(n for n in (1, 2, 5) if n <= shouted)}>"] if shouted else []


def tokens(folded: str) -> list[str]:
    """Return the tokens of a folded text, in order; letters that stand apart are put together."""
    text = folded[:LONGEST]
    if spaced := _SPACED.search(text):
        text = text[: spaced.start()] + _SPACED.sub(_joined, text[spaced.start() :])
    return _TOKENS.findall(text)


def places(folded: str) -> list[tuple[str, int, int]]:
    """Return each token with its range in the folded text; dearer than ``tokens``."""
    text, apart = folded[:LONGEST], []
    if _SPACED.search(text):
        apart = [(_joined(m), *m.span()) for m in _SPACED.finditer(text)]
        text = _SPACED.sub(lambda m: " " * len(m[0]), text)
    found = [(m[0], *m.span()) for m in _TOKENS.finditer(text)]
    return sorted([*apart, *found], key=itemgetter(1)) if apart else found


def _joined(spaced: re.Match[str]) -> str:
    return re.sub(r"[ .*_\-]+", "", spaced[0])
