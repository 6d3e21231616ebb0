"""How people meet: first messages, pictures from strangers, moves elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from ._pairs import Pair
from ._patterns import GROOMING, SCAM, STORY, Story, ages, between
from ._settings import Settings
from ._sign import Sign

UNSOLICITED = "sexual.unsolicited"
EXPOSURE = "child_safety.exposure"


def first_contact(pair: Pair) -> Iterator[Sign]:
    """Find a first message to a minor from somebody not known to be one: a fact, not an offence."""
    if pair.recipient != "minor" or pair.author == "minor" or pair.first is False:
        return
    score = 0.2 if pair.author == "adult" else 0.15
    contact = "first_contact" if pair.first else "contact_unknown"
    reason = "a first message" if pair.first else "perhaps a first message"
    counts = {contact: 1, **ages(pair)}
    yield Sign(GROOMING, score, f"{reason}, {between(pair)}", counts)


def move(pair: Pair, story: Story, settings: Settings) -> Iterator[Sign]:
    """Find a stranger who soon asks to go on elsewhere, and more so with a story before it."""
    if "move" not in story.now or pair.stranger is not True or pair.sent is None:
        return
    number = pair.sent + 1
    if number <= settings.early:
        told = story.weight(*STORY)
        reason = f"asks to move elsewhere in message {number}" + (", with a story" if told else "")
        score = round((0.4 if number == 1 else 0.35) + 0.15 * told, 2)
        yield Sign(SCAM, score, reason, {"moves": 1, "message": number}, frozenset({"move"}))


def media(pair: Pair, pieces: int) -> Iterator[Sign]:
    """Find media from a stranger who has had no answer."""
    if not pieces or pair.stranger is not True:
        return
    counts = {"media": pieces, **ages(pair)}
    yield Sign(UNSOLICITED, 0.3, "media from a stranger, before any answer", counts)
    if pair.recipient == "minor" and pair.author != "minor":
        score = 0.35 if pair.author == "adult" else 0.25
        yield Sign(EXPOSURE, score, f"unasked media, {between(pair)}", counts)
