"""What is answered to somebody at risk: calls to do it, whatever the words mean elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Evidence, Finding, Item, Quotes

from ._cues import cues
from ._memory import Threads

PROMOTION = "self_harm.promotion"

_AROUND = 2
"""Words around a call to do it, at most: "please just do it then"."""

_WORDS_MOST = 12
"""Words up to which an answer is looked at; longer ones say more than that."""

_DENIED = frozenset({
    "bitte", "don't", "dont", "kein", "ne", "never", "nicht", "nie", "no", "non", "not", "nunca",
    "não", "pas", "please", "stop", "talk",
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
    words = context.text.words
    if len(words) > _WORDS_MOST:
        return
    for start, end in cues("urge", context.text, quotes):
        raw = context.text.raw
        around = f"{raw[:start]} {raw[end:]}".casefold().replace(
            "\N{RIGHT SINGLE QUOTATION MARK}", "'"
        )
        beside = {word.strip(".,!?…") for word in around.split()} - {""}
        if len(beside) <= _AROUND and _DENIED.isdisjoint(beside):
            yield Finding(
                PROMOTION,
                0.7,
                "tells somebody who may be at risk to go on with it",
                evidence=Evidence(spans=((start, end),), counts={"answers_at_risk": 1}),
            )
            return
