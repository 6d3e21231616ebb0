"""Which names a person has had lately, as hashes."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from handrail import Context, Count, Item

from ._settings import Settings

NAMES = ("display_name", "handle")


def digest(*parts: str) -> str:
    """What stands for an id or a name in the memory."""
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=12).hexdigest()


class Names:
    """Counts the names of each person; keeps nothing itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def learn(self, item: Item, context: Context) -> Iterator[Count]:
        """Count each name once a change."""
        if item.author is None or context.report is not None:
            return
        for where in NAMES:
            text = item.attributes.get(where)
            if isinstance(text, str) and text:
                key = digest(item.author.id, where)
                yield Count("names", key, digest(text))
                yield Count("names", digest(key, text))


def worn(item: Item, context: Context, settings: Settings) -> int:
    """Return how many different names of one kind the author has had lately, this one too."""
    if item.author is None:
        return 0
    most = 0
    for where in NAMES:
        text = item.attributes.get(where)
        if isinstance(text, str) and text:
            key = digest(item.author.id, where)
            state, at = context.state, context.at
            before = state.distinct("names", key, settings.within, at) or 0
            again = state.recent("names", digest(key, text), settings.within, at)
            most = max(most, before + (not again))
    return most
