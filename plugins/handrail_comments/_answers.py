"""What is answered to somebody at risk: calls to do it, whatever the words mean elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from handrail import Context, Evidence, Finding, Item, Quotes, Text

from ._cues import cues
from ._memory import Threads

Span: TypeAlias = tuple[int, int]

PROMOTION = "self_harm.promotion"

_AROUND = 2
"""Words around a call to do it, at most: "please just do it then"."""

_FILLERS = frozenset({
    "alors", "dann", "das", "doch", "donc", "então", "haha", "lmao", "lol", "pues", "schon", "then",
})  # fmt: skip
"""Words that leave it a whole answer what they stand beside."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")

_WORDS_MOST = 12
"""Words up to which an answer is looked at; longer ones say more than that."""

_DENIED = frozenset({
    "bitte", "don't", "dont", "kein", "ne", "never", "nicht", "nie", "no", "non", "not", "nunca",
    "não", "pas", "please", "rien", "stop", "talk",
})  # fmt: skip
"""Words that make a plea of what they stand beside."""


def answers(item: Item, context: Context, quotes: Quotes, memory: Threads) -> Iterator[Finding]:
    """Find short answers that tell somebody at risk to go on with it."""
    if not memory.answers_risk(item, context):
        return
    yield Finding(
        PROMOTION,
        0.1,
        "about the thread: answers somebody who may be at risk",
        evidence=Evidence(counts={"answers_at_risk": 1}),
    )
    if len(context.text.words) > _WORDS_MOST:
        return
    span = _called(context.text, quotes) or _agreed(context.text, quotes)
    if span is not None:
        yield Finding(
            PROMOTION,
            0.7,
            "tells somebody who may be at risk to go on with it",
            evidence=Evidence(spans=(span,), counts={"answers_at_risk": 1}),
        )


def _called(text: Text, quotes: Quotes) -> Span | None:
    """Where a call to do it stands, with few words beside it and not denied."""
    for span in cues("urge", text, quotes):
        beside = _beside(text, span)
        if len(beside) <= _AROUND and _DENIED.isdisjoint(beside):
            return span
    return None


def _agreed(text: Text, quotes: Quotes) -> Span | None:
    """Where words stand that agree, and are all that is answered: "good" is, "good luck" not."""
    spans = cues("assent", text, quotes)
    return spans[0] if spans and _beside(text, *spans) <= _FILLERS else None


def _beside(text: Text, *spans: Span) -> set[str]:
    """The words of *text* outside of *spans*."""
    rest, start = "", 0
    for place in spans:
        rest += f"{text.raw[start : place[0]]} "
        start = place[1]
    said = (rest + text.raw[start:]).casefold().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return set(_WORD.findall(said))
