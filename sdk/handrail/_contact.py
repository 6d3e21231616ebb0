"""The type of the ``contacts`` derivation: ways to reach or pay somebody, however written."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

ContactKind: TypeAlias = Literal[
    "card", "crypto", "email", "handle", "iban", "lure", "pay_link", "phone"
]
"""What a contact is; a ``lure`` asks to go on talking elsewhere, and need not say where."""


@attrs.frozen(repr=False)
class Contact:
    """One way to reach or pay somebody, or an invitation to go elsewhere.

    Attributes:
        kind: A ContactKind.
        value: Its normal form: digits of a phone number (with ``+`` where the country is known),
            lower-case address, name or link; empty for a lure. Personal data.
        span: Half-open range of characters in the text.
        service: Where it leads, such as ``telegram`` or ``bitcoin``; None if that is open.
        checked: Whether a checksum, numbering plan or form of its own holds; else the words
            around it say what it is.
        obfuscated: Whether it was written so as not to look like one.
    """

    kind: ContactKind
    value: str
    span: tuple[int, int]
    service: str | None = None
    checked: bool = True
    obfuscated: bool = False

    def __repr__(self) -> str:
        return f"Contact({self.kind}, span={self.span}, obfuscated={self.obfuscated})"


class Contacts(tuple[Contact, ...]):
    """All contacts in an item's text, in order; no two overlap but a lure and what it names."""

    __slots__ = ()
