"""What a language cannot say: the notices that a market would go without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import attrs

from handrail import Action, Effect, Hold, Judged
from handrail_notices._compose import Cards, Said, compose
from handrail_notices._shelf import Shelf

_AT = datetime(2026, 1, 1, tzinfo=UTC)

_WHOLE = Judged(
    action=Action.ALLOW,
    clause={"id": "1"},
    law="1",
    hold=Hold(until=_AT, otherwise=Action.BLOCK),
    effects=(
        Effect("label", "x", until=_AT), Effect("reach", 0.5), Effect("reach", 0),
        Effect("min_viewer_age", 18), Effect("geo_block", ["DE"]), Effect("deny", "x"),
        Effect("money", "freeze"), Effect("support", "crisis"),
    ),
)  # fmt: skip
"""An outcome with everything a notice can speak of."""

_CARD = tuple(
    Said((name,)) for name in ("card", "card-text", "card-link", "emergency", "emergency-number")
)


@attrs.frozen
class Lack:
    """A notice that cannot be given in a language.

    Attributes:
        language: The language asked for. issue, action: What the notice would be about.
        messages: The messages that are not there; empty where the language is not spoken at all.
    """

    language: str
    issue: str
    action: Action
    messages: tuple[str, ...] = ()


def lacks(shelf: Shelf, language: str, issue: str, action: Action) -> Iterator[Lack]:
    """What *language* lacks to speak of an issue and action; nothing where it lacks nothing."""
    tag = shelf.find(language)
    if tag is None:
        yield Lack(language, issue, action)
        return
    speech = shelf.speech(tag)
    needed = _sentences(attrs.evolve(_WHOLE, action=action, issue=issue, issues=(issue,)))
    if names := tuple(dict.fromkeys(s.ids[-1] for s in needed if speech.has(s) is None)):
        yield Lack(language, issue, action, names)


def _sentences(judged: Judged) -> Iterable[Said]:
    if judged.action is not Action.ALLOW:
        yield from (Said(("revised",)), Said(("revised-allow",)))
    for line in compose(judged, "https://example.org"):
        if isinstance(line, Cards):
            yield from (line.intro, *_CARD)
        elif not isinstance(line, str):
            yield from line
