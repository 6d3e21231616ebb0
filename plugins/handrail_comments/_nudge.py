"""Mild words at somebody, by people who are not usually hostile: what a kind question may help."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Evidence, Finding, Item, Quotes, Text

from ._cues import READ_MOST, cues
from ._memory import BY, NUDGED
from ._settings import Settings

_MENTION = "@"
_NEAR = 20
"""Characters between a word and the person it is for, at most."""

_SPANS = 20


def nudge(item: Item, context: Context, settings: Settings, quotes: Quotes) -> Iterator[Finding]:
    """Find who may want to think again: mildly harsh at a person, and seldom asked so far."""
    if item.author is None or settings.nudges == 0:
        return
    mild = aimed(context.text, quotes)
    if not mild:
        return
    state, author, window = context.state, item.author.id, settings.nudge_window
    if (state.recent(NUDGED, author, window, context.at) or 0) >= settings.nudges:
        return
    if state.recent(BY, author, window, context.at):
        return
    yield Finding(
        "harassment.bullying",
        score=0.3,
        reason="mildly harsh words at somebody, by a person who is not usually hostile",
        evidence=Evidence(spans=mild[:_SPANS], counts={"nudge": 1, "words": len(mild)}),
    )


def aimed(text: Text, quotes: Quotes) -> tuple[tuple[int, int], ...]:
    """Return where mildly harsh words stand that have a person near."""
    mild = cues("mild", text, quotes)
    if not mild:
        return ()
    persons = cues("person", text, quotes)
    persons += tuple((n, n + 1) for n, sign in enumerate(text.raw[:READ_MOST]) if sign == _MENTION)
    return tuple(
        span
        for span in mild
        if any(a - span[1] <= _NEAR and span[0] - b <= _NEAR for a, b in persons)
    )
