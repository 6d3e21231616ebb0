"""What a stream carries, and the two ends it needs from a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable


class Work(Protocol):
    """One thing that was accepted and is to be looked at."""

    @property
    def key(self) -> str:
        """The same for the same work."""

    @property
    def order(self) -> str:
        """What has the same order is handled one after the other."""

    @property
    def carrier(self) -> Mapping[str, str]:
        """The W3C trace context of the call that accepted it."""

    @property
    def accepted_at(self) -> datetime:
        """When it was accepted."""


def waits(work: Work, before: Iterable[tuple[Work, object]]) -> bool:
    """Whether *work* only names its item, and what is written *before* it may tell what it is."""
    telling = (each.order for each, _ in before if not getattr(each, "bare", False))
    return getattr(work, "bare", False) and work.order in telling


class Handler(Protocol):
    """Looks at work and records what comes of it."""

    def handle(self, work: Work, /) -> object:
        """Handle it once, however often it comes; raises what is to be tried again."""


@runtime_checkable
class Settler(Handler, Protocol):
    """A handler whose looking and writing can be had apart: many looks, one transaction."""

    def settled(self, works: Sequence[Any], /) -> Mapping[str, object]:
        """What has its outcome already, by key."""

    def look(self, work: Any, /) -> object:
        """Look at work; nothing is written."""

    def enter(self, looked: Sequence[tuple[Any, Any]], /) -> object:
        """Write what came of works, in one transaction; None for what has its outcome."""


class Outbox(Protocol):
    """Where accepted work waits for the broker."""

    def claim(self, most: int) -> Sequence[Work]:
        """Take work that waits, in its order, and lease it to this relay."""

    def sent(self, works: Sequence[Work]) -> None:
        """Forget what the broker has confirmed."""

    def release(self, works: Sequence[Work]) -> None:
        """Give back what the broker did not confirm."""

    def seal(self, work: Work) -> bytes:
        """What the broker may see of it."""

    def unseal(self, body: bytes) -> Work:
        """The work again; raises whatever it likes on what is none."""

    def bury(self, body: bytes, work: Work | None, reason: str) -> None:
        """Keep a dead letter, with the reason; once, however often it is asked."""


@runtime_checkable
class Verifier(Outbox, Protocol):
    """An outbox whose messages are signed, and not sealed."""

    def verified(self, body: bytes, headers: Mapping[str, str]) -> Work:
        """The work in a message; raises whatever it likes on what is none of ours."""
