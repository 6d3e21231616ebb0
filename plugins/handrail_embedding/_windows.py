"""A long text in parts that the model can read: whole sentences where they fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

TOKENS = 126
"""Tokens of a part at most; the model was trained on little more."""

LONGEST = 40_000
"""Characters of a text that are looked at."""

_ENDS = frozenset(".!?…。\n")


@attrs.frozen
class Window:
    """A part of a text: its tokens, and the characters it stands at."""

    ids: tuple[int, ...]
    span: tuple[int, int]


def windows(
    text: str, ids: Sequence[int], offsets: Sequence[tuple[int, int]], most: int
) -> Iterator[Window]:
    """Yield up to *most* parts of a text, in order, from its tokens and where they stand.

    A part ends behind the last sentence that fits, unless that would leave it half empty.
    """
    start = 0
    for _ in range(most):
        if start >= len(ids):
            return
        end = _end(text, offsets, start)
        yield Window(tuple(ids[start:end]), (offsets[start][0], offsets[end - 1][1]))
        start = end


def _end(text: str, offsets: Sequence[tuple[int, int]], start: int) -> int:
    full = start + TOKENS
    if full >= len(offsets):
        return len(offsets)
    for end in range(full, start + TOKENS // 2, -1):
        last, following = offsets[end - 1], offsets[end]
        if not _ENDS.isdisjoint(text[last[0] : following[0]]):
            return end
    return full
