"""What a scene is made of: people, and the payments, messages and reports between them."""

from __future__ import annotations

from collections.abc import Sequence

import attrs


@attrs.frozen
class Event:
    """One thing that happens.

    Attributes:
        at: Minutes from the start. kind: ``payment``, ``gift`` or ``message``.
        giver, taker: Who it is from and to, as ``name:age``. value: In euros. text: Of a message.
    """

    at: float
    kind: str
    giver: str
    taker: str
    value: float = 0
    text: str = ""
    relation: str | None = None
    signals: dict[str, float] | None = None


@attrs.frozen
class Scene:
    """Events, and whether somebody should look at one of them."""

    kind: str
    bad: bool
    name: str
    events: Sequence[Event]


@attrs.frozen
class Filing:
    """One report.

    Attributes:
        at: Minutes from the start. who: The reporter. tenure: Days of the account, or None.
        words: What they wrote. issue: What they say it is. item: What it is about.
        right, wrong: Reports of theirs that were upheld and dismissed before.
    """

    at: float
    who: str
    tenure: float | None = 300
    words: str = ""
    issue: str = "harassment.bullying"
    item: str = "post"
    right: int = 0
    wrong: int = 0


@attrs.frozen
class Crowd:
    """Reports, the last ones about one item, and whether they are a coordinated wave."""

    kind: str
    bad: bool
    name: str
    filings: Sequence[Filing]


@attrs.frozen
class Order:
    """Reports about two items, of which a moderator should see the first one first."""

    kind: str
    name: str
    first: Sequence[Filing]
    second: Sequence[Filing]


def pay(at: float, giver: str, taker: str, value: float, **more: object) -> Event:
    """A payment."""
    return Event(at, "payment", giver, taker, value, **more)  # type: ignore[arg-type]


def gift(at: float, giver: str, taker: str, value: float, **more: object) -> Event:
    """A gift."""
    return Event(at, "gift", giver, taker, value, **more)  # type: ignore[arg-type]


def say(at: float, author: str, recipient: str, text: str) -> Event:
    """A message before a payment."""
    return Event(at, "message", author, recipient, text=text)
