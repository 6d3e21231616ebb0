"""The people a message is between, and what has passed between them so far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

import attrs

from handrail import Actor, Context, Item

from ._phrases import SIGNALS
from ._settings import Settings
from ._signals import digest

PAIRS_MOST = 20
"""Recipients of one message that are looked at one by one."""

Grown: TypeAlias = Literal["adult", "minor", "unknown"]


def grown(actor: Actor | None) -> Grown:
    """Whether somebody is of age; unknown is its own value."""
    if actor is None or actor.age is None:
        return "unknown"
    return "minor" if actor.age.value < 18 else "adult"


@attrs.frozen
class Pair:
    """An author and one recipient, before this message.

    Attributes:
        author, recipient: Whether they are of age. gap: Years between them, where both are known.
        known: Whether the host says that they know each other; None if it says nothing.
        family: Whether it says that they are of one family.
        sent, answered: Messages from the one to the other, and back; None if not known.
        recent, older: Signals in the author's earlier messages: lately, and before that.
    """

    author: Grown = "unknown"
    recipient: Grown = "unknown"
    gap: int | None = None
    known: bool | None = None
    family: bool = False
    sent: int | None = None
    answered: int | None = None
    recent: frozenset[str] = frozenset()
    older: frozenset[str] = frozenset()

    @property
    def first(self) -> bool | None:
        """Whether it is the first message of two people who do not know each other."""
        if self.known:
            return False
        if self.sent is None or self.answered is None:
            return None
        return self.sent + self.answered == 0

    @property
    def trusted(self) -> bool:
        """Whether they know each other, and it is no adult who knows a child of other people."""
        others_child = self.author == "adult" and self.recipient == "minor" and not self.family
        return bool(self.known) and not others_child

    @property
    def stranger(self) -> bool | None:
        """Whether the author is a stranger: the host says so, or nothing was ever answered."""
        if self.known is not None:
            return not self.known
        return None if self.answered is None else self.answered == 0


def keys(author: Actor, recipient: Actor) -> tuple[str, str]:
    """What the memory calls the two, in this direction and in the other."""
    return digest(author.id, recipient.id), digest(recipient.id, author.id)


def known(item: Item, recipient: Actor) -> bool | None:
    """Whether the host says that they know each other; None if it says nothing."""
    relation = recipient.relation or item.relation
    return None if relation is None else relation != "stranger"


def pairs(item: Item, context: Context, settings: Settings) -> Iterator[Pair]:
    """Yield each pair that the message is between; one of unknown people where none are named."""
    author = item.author
    if author is None or not item.recipients:
        relation = item.relation
        known_to = None if relation is None else relation != "stranger"
        yield Pair(grown(author), known=known_to, family=relation == "family")
        return
    for recipient in item.recipients[:PAIRS_MOST]:
        yield _pair(item, author, recipient, Past(context, settings))


@attrs.frozen
class Past:
    """What is remembered, as windows that end with this message."""

    context: Context
    settings: Settings

    def sent(self, key: str) -> int | None:
        """Messages under *key*."""
        context = self.context
        count = context.state.recent("messages", key, self.settings.remember, context.at)
        return None if count is None else int(count)

    def signals(self, key: str) -> tuple[frozenset[str], frozenset[str]]:
        """Signals under *key*, the fresh ones and the others."""
        context, settings = self.context, self.settings
        state, at = context.state, context.at
        if not state.distinct("signals", key, settings.remember, at):
            return frozenset(), frozenset()
        names = [f"{key}.{signal}" for signal in SIGNALS]
        fresh = [bool(state.recent("signals", n, settings.fresh, at)) for n in names]
        still = [bool(state.recent("signals", n, settings.remember, at)) for n in names]
        recent = frozenset(s for s, seen in zip(SIGNALS, fresh, strict=True) if seen)
        return recent, frozenset(s for s, seen in zip(SIGNALS, still, strict=True) if seen) - recent


def _pair(item: Item, author: Actor, recipient: Actor, past: Past) -> Pair:
    there, back = keys(author, recipient)
    recent, older = past.signals(there)
    return Pair(
        grown(author),
        grown(recipient),
        author.age.value - recipient.age.value if author.age and recipient.age else None,
        known(item, recipient),
        (recipient.relation or item.relation) == "family",
        past.sent(there),
        past.sent(back),
        recent,
        older,
    )
