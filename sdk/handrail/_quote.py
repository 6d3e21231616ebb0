"""The type of the ``quotes`` derivation: what in a text is somebody else's words."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

QuoteKind: TypeAlias = Literal["line", "marks", "block", "repost"]
"""How words are marked as a quote: ``> …``, “…”, ``[quote]…[/quote]``, ``RT @name: …``."""


@attrs.frozen
class Quote:
    """One quote.

    Attributes:
        span: Half-open range of characters in the text, without its marks.
        kind: How it is marked.
    """

    span: tuple[int, int]
    kind: QuoteKind


class Quotes(tuple[Quote, ...]):
    """The quotes of a text, in order; none overlaps another."""

    __slots__ = ()

    def covers(self, start: int, end: int) -> bool:
        """Whether all of a range of characters lies in one quote."""
        return any(q.span[0] <= start and end <= q.span[1] for q in self)
