"""What was hit, and which hits count: what is excused does not, nor what lies inside another."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate

import attrs

from ._terms import Term


@attrs.frozen
class Hit:
    """A term found: raw characters ``start`` to ``end``, and whether it was disguised."""

    term: Term
    start: int
    end: int
    disguised: bool


def cover(hits: Iterable[Hit]) -> tuple[list[int], list[int]]:
    """Return the starts in order, and the furthest end among the hits up to each of them."""
    spans = sorted((h.start, h.end) for h in hits)
    return [start for start, _ in spans], list(accumulate((end for _, end in spans), max))


def is_excused(hit: Hit, cover: tuple[list[int], list[int]] | None) -> bool:
    """Whether a hit lies in a phrase that excuses it, among those of *cover*."""
    before = bisect_right(cover[0], hit.start) if cover else 0
    return cover is not None and before > 0 and cover[1][before - 1] >= hit.end


def mildest(hits: Iterable[Hit], text: str) -> Iterator[Hit]:
    """Where a mask fits several terms, keep the one that says least: nobody knows which is meant.

    One term may stand for several issues.
    """
    places: dict[tuple[int, int], list[Hit]] = defaultdict(list)
    for hit in hits:
        places[hit.start, hit.end].append(hit)
    for (start, end), found in places.items():
        least = min(found, key=lambda h: (h.term.score, h.term.text)).term.text
        masked = "*" in text[start:end]
        yield from (h for h in found if not masked or h.term.text == least)


def outermost(hits: Iterable[Hit]) -> list[Hit]:
    """Sort *hits* and drop those inside another that says as much about the same issue."""
    kept: list[Hit] = []
    last: dict[str, Hit] = {}
    for hit in sorted(
        hits, key=lambda h: (h.start, -h.end, -h.term.score, h.disguised, h.term.text)
    ):
        outer = last.get(hit.term.issue)
        if outer and hit.end <= outer.end and hit.term.score <= outer.term.score:
            continue
        last[hit.term.issue] = hit
        kept.append(hit)
    return kept
