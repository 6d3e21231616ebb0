"""What a scene is made of: people, and the payments, reports and texts between them."""

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


@attrs.frozen
class Line:
    """One thing that is said, given or joined in a room or below a post.

    Attributes:
        at: Seconds from the start. who: As ``name:age``. kind: As of an Item. tenure: In days.
        bad: Whether a good moderator would do something about it; None is either way.
        name: Its id, and *parent* that of the line it answers. to: Who it is for.
        stage: Who is seen meanwhile. edit: The revision.
    """

    at: float
    who: str
    text: str = ""
    bad: bool | None = False
    kind: str = "text"
    tenure: float | None = 300
    name: str = ""
    parent: str = ""
    to: str = ""
    stage: Sequence[str] = ()
    edit: int = 1
    value: float = 0
    relation: str | None = None


@attrs.frozen
class Talk:
    """Lines, and what a good moderator would want done about the bad ones.

    Attributes:
        lines: In any order; those that are not bad (False) are to be left alone.
        wants: Any of ``act``, ``ask``, ``limit``, ``hold``, ``block``, ``review``, ``support``,
            or an issue to be found. Empty is nothing.
        within: The bad lines by whose last one that should have happened.
        surface: ``live`` or ``comments``.
    """

    kind: str
    name: str
    lines: Sequence[Line]
    wants: Sequence[str] = ()
    within: int = 1
    surface: str = "live"


def pay(at: float, giver: str, taker: str, value: float, **more: object) -> Event:
    """A payment."""
    return Event(at, "payment", giver, taker, value, **more)  # type: ignore[arg-type]


def gift(at: float, giver: str, taker: str, value: float, **more: object) -> Event:
    """A gift."""
    return Event(at, "gift", giver, taker, value, **more)  # type: ignore[arg-type]


def say(at: float, author: str, recipient: str, text: str) -> Event:
    """A message before a payment."""
    return Event(at, "message", author, recipient, text=text)
