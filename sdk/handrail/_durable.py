"""What a durable store is to Safety: every seam at once, from one place."""

from __future__ import annotations

from typing import Any, Protocol, cast

import attrs

from handrail._caps import Caps, MemoryCaps
from handrail._counting import State
from handrail._judged import NeutralNotices, Notices
from handrail._seams import Approvals, Intake, Sink


class Durable(Protocol):
    """Keeps the record, takes in work, and knows what people decided; see ``Safety(store=…)``.

    Each part stands for the argument of Safety of the same name; ``caps`` for that of Cap. One
    that tells authors of decisions itself has an attribute ``notices``; where that is None it is
    given those of Safety. A method ``reloaded``, where there is one, is called when policies were
    read again.
    """

    @property
    def sink(self) -> Sink:
        """Where decisions, receipts and host events are kept."""
        ...

    @property
    def intake(self) -> Intake:
        """What takes in ``post_publish`` and ``report``, to be worked later."""
        ...

    @property
    def state(self) -> State:
        """Counters, strikes, session windows and tags."""
        ...

    @property
    def approvals(self) -> Approvals:
        """What people let pass."""
        ...

    @property
    def caps(self) -> Caps:
        """What is remembered of rules that act on too many."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def with_store(
    store: Durable | None, given: dict[str, Any], notices: Notices | None = None
) -> dict[str, Any]:
    """The arguments of Safety, with what the store gives where nothing else was given."""
    if store is None:
        return given
    if getattr(store, "notices", given) is None:  # A store without any says nothing by itself.
        cast("Any", store).notices = notices or NeutralNotices()
    for part in ("sink", "intake", "state", "approvals"):
        if given[part] is None:
            given[part] = getattr(store, part)
    cap = given["cap"]
    if cap is not None and type(cap.caps) is MemoryCaps:
        given["cap"] = attrs.evolve(cap, caps=store.caps)
    return given
