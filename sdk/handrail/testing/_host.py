"""What a host shows of itself to its contract: the adapter between a product and the tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from handrail import Effect, Item, Safety


class Host:
    """A product, driven and looked at from outside, the way its users would.

    Subclass it, make your product in ``__init__`` with the *safety* it is to ask, and write the
    methods your feature needs: ``submit`` and ``visible`` always, the others for what it lists
    in ``carries_out``. Look where users look (the page, the database, the queue's other end), not
    into a variable that says what was meant to happen. Let queues run before you return.
    """

    def __init__(self, safety: Safety) -> None:
        self.safety = safety

    def submit(self, item: Item) -> None:
        """Hand in *item* as its author does; if it is asked for, wait until it was worked on."""
        raise _unwritten("submit")

    def visible(self, item: Item) -> bool:
        """Whether people other than its author can see *item*."""
        raise _unwritten("visible")

    def pending(self, item: Item) -> bool:
        """Whether *item* waits for somebody to look at it (HOLD)."""
        raise _unwritten("pending")

    def asked(self, item: Item) -> bool:
        """Whether the author sees a question about *item* that they can confirm (NUDGE)."""
        raise _unwritten("asked")

    def confirm(self, item: Item) -> None:
        """Send *item* again as its author does who answers that question with yes (NUDGE)."""
        raise _unwritten("confirm")

    def told(self, item: Item) -> str | None:
        """What the author is shown about *item*: the notice, or None."""
        raise _unwritten("told")

    def later(self, now: datetime) -> None:
        """Let it be *now*, and do what the product does by then (the end of a HOLD)."""
        raise _unwritten("later")

    def effects(self, item: Item) -> Mapping[str, object] | Iterable[Effect]:
        """What is in force because of *item*: value by effect, as the product keeps it."""
        raise _unwritten("effects")


def _unwritten(name: str) -> NotImplementedError:
    return NotImplementedError(f"write {name}() in your Host: the feature's contract needs it")
