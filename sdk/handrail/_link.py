"""The type of the ``links`` derivation: the links of an item, however they were written."""

from __future__ import annotations

import attrs


@attrs.frozen(repr=False)
class Link:
    """One link.

    Attributes:
        url: Its normal form. host: The host, lower case, in its ASCII form.
        domain: The registrable domain, or the host where there is none.
        span: Half-open range of characters in the text; None if the host named the link.
        obfuscated: Whether it was written so as not to look like a link.
    """

    url: str
    host: str
    domain: str
    span: tuple[int, int] | None = None
    obfuscated: bool = False

    def __repr__(self) -> str:
        return f"Link(span={self.span}, obfuscated={self.obfuscated})"


class Links(tuple[Link, ...]):
    """All links of an item: those in its text, in order, then those the host named."""

    __slots__ = ()
