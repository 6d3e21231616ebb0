"""Messages to the masses: how many people an author has written to lately."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handrail import Context, Item

from ._pairs import Pair
from ._settings import Settings
from ._sign import Sign
from ._signals import digest

SPAM = "integrity.spam"


def volume(
    item: Item, context: Context, met: Sequence[Pair], same: str | None, settings: Settings
) -> Iterator[Sign]:
    """Find many recipients, many strangers, and one text to many."""
    if item.author is None or not item.recipients:
        return
    who = digest(item.author.id)
    new = sum(pair.sent == 0 for pair in met)
    strangers = sum(pair.sent == 0 and pair.stranger is True for pair in met)
    looks = [
        ("recipients", who, settings.recipients, new, 0.5),
        ("strangers", who, settings.strangers, strangers, 0.6),
    ]
    if same is not None:
        looks.append(("copies", digest(who, same), settings.copies, len(item.recipients), 0.6))
    for name, key, most, more, base in looks:
        before = context.state.distinct(name, key, settings.within, context.at)
        number = (before or 0) + more
        if number >= most:
            yield _sign(name, number, base + 0.1 * (number / most - 1))


def _sign(name: str, number: int, score: float) -> Sign:
    what = {
        "recipients": f"{number} people written to",
        "strangers": f"{number} strangers written to",
        "copies": f"the same text to {number} people",
    }[name]
    return Sign(SPAM, round(min(score, 0.9), 2), f"{what} lately", {name: number})
