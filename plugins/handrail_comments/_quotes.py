"""What in a comment is somebody else's words: quoted lines, quotation marks, blocks, reposts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail import Context, Item, Quote, QuoteKind, Quotes

QUOTES_MOST = 200
"""Quotes of one comment that are read."""

_LEAST = 2
"""Words between marks: a single one is a title, a nickname, or irony."""

_LINE = re.compile(
    r"^[ \t]{0,3}(?:(?:>|&gt;)[ \t]?+){1,9}+(?=[^\W\d_]|[\"“„«'*(\[]|(?<=[ \t])\d)([^\n]+)$",
    re.MULTILINE,
)
_BLOCK = re.compile(
    r"\[quote(?:=[^\]\n]{0,80})?\](.{1,2000}?)\[/quote\]", re.IGNORECASE | re.DOTALL
)
_REPOST = re.compile(r"\b(?:RT|QT)\s{1,3}@\w{1,64}:?\s{1,3}([^\n]+)")
_PAIRS = (
    ("“", "”"), ("„", "“"), ("„", "”"), ("«", "»"), ("»", "«"), ("‹", "›"), ("「", "」"),
    ("『", "』"), ("‘", "’"),
)  # fmt: skip
_MARKS = tuple(
    re.compile(rf"(?<!\w){left}([^{left}{right}\n]{{2,500}}){right}(?!\w)")
    if left in "‘»"
    else re.compile(rf"{left}([^{left}{right}\n]{{2,500}}){right}")
    for left, right in _PAIRS
)
_STRAIGHT = re.compile(r'(?<![^\s(\[—–-])"(?=\S)([^"\n]{2,500})(?<=\S)"(?!\w)')


def find_quotes(item: Item, context: Context) -> Quotes:
    """Compute the derivation ``quotes``."""
    return quotes_of(item.text)


def quotes_of(text: str) -> Quotes:
    """Return the quotes of *text*, in order; where two overlap, the outer one."""
    found = sorted(_all(text), key=lambda q: (q.span[0], -q.span[1]))
    kept: list[Quote] = []
    for quote in found:
        if not kept or quote.span[0] >= kept[-1].span[1]:
            kept.append(quote)
    return Quotes(kept[:QUOTES_MOST])


def _all(text: str) -> Iterator[Quote]:
    if ">" in text or "&gt;" in text:
        yield from _of(_LINE, "line", text)
    if "[/" in text:
        yield from _of(_BLOCK, "block", text)
    if "T @" in text:
        yield from _of(_REPOST, "repost", text)
    for (left, _), pattern in zip(_PAIRS, _MARKS, strict=True):
        if left in text:
            yield from _of(pattern, "marks", text, _LEAST)
    if '"' in text:
        yield from _of(_STRAIGHT, "marks", text, _LEAST)


def _of(pattern: re.Pattern[str], kind: QuoteKind, text: str, least: int = 1) -> Iterator[Quote]:
    for match in pattern.finditer(text):
        inside = match[1]
        if len(inside.split()) >= least or not inside.isascii():
            yield Quote(match.span(1), kind)
