"""What is remembered of conversations: hashes, names of signals and times, never a text."""

from __future__ import annotations

from collections.abc import Iterator
from weakref import ref

from handrail import Actor, Context, Count, DerivationError, Item, UnseenError

from ._pairs import PAIRS_MOST, keys, known
from ._settings import Settings
from ._signals import Signals, digest, signals

RECIPIENTS_MOST = 100
"""Recipients of one message that are counted."""


class Conversations:
    """Counts who writes to whom, and which signals; keeps no more than those of the last call."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lately: tuple[ref[Context], Signals] | None = None

    def signals(self, item: Item, context: Context) -> Signals:
        """Return the signals of *item*, and keep them for ``learn``, which asks once more.

        Raises what ``signals`` raises.
        """
        lately = self._lately
        if lately is not None and lately[0]() is context:
            return lately[1]
        said = signals(item, context, self._settings)
        self._lately = ref(context), said
        return said

    def learn(self, item: Item, context: Context) -> Iterator[Count]:
        """Count a message for each pair, and for its author."""
        author = item.author
        if context.report is not None or author is None:
            return
        said = self._said(item, context)
        self._lately = None
        who = digest(author.id)
        for recipient in item.recipients[:RECIPIENTS_MOST]:
            other = digest(recipient.id)
            yield Count("recipients", who, other)
            if said.same is not None:
                yield Count("copies", digest(who, said.same), other)
            if self._strangers(item, author, recipient, context):
                yield Count("strangers", who, other)
        for recipient in item.recipients[:PAIRS_MOST]:
            there, _ = keys(author, recipient)
            yield Count("messages", there)
            for name in said.names:
                yield Count("signals", there, name)
                yield Count("signals", f"{there}.{name}")

    def _said(self, item: Item, context: Context) -> Signals:
        try:
            return self.signals(item, context)
        except (DerivationError, UnseenError):
            return Signals({})  # The hook has met it too: it is a fault of this call already.

    def _strangers(self, item: Item, author: Actor, recipient: Actor, context: Context) -> bool:
        """Whether the host says so, or else whether nothing ever came back."""
        said = known(item, recipient)
        if said is not None:
            return not said
        _, back = keys(author, recipient)
        return context.state.recent("messages", back, self._settings.remember, context.at) == 0
