"""A gift or payment: from whom to whom, how much, and what the memory calls it."""

from __future__ import annotations

from hashlib import blake2b

import attrs

from handrail import Actor, Item

KINDS = ("gift", "payment")
RECIPIENTS_MOST = 20
"""Recipients of one payment that are looked at."""


def digest(*parts: str) -> str:
    """What stands for ids in the memory."""
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=12).hexdigest()


@attrs.frozen
class Payment:
    """What one person gives others.

    Attributes:
        giver, takers: The people. gift: Whether it is a gift, and not a payment.
        value: What each taker gets, as a number; 0 where the item has no amount.
        currency: In capitals; empty where there is none.
    """

    giver: Actor
    takers: tuple[Actor, ...]
    gift: bool
    value: float
    currency: str

    @property
    def purse(self) -> str:
        """The giver and the currency, as the memory calls them."""
        return digest(self.giver.id, self.currency)

    def purse_of(self, taker: Actor) -> str:
        """A taker and the currency, as the memory calls them."""
        return digest(taker.id, self.currency)


def payment(item: Item) -> Payment | None:
    """Return what *item* gives, or None where it gives nothing or nobody is said to."""
    if item.author is None or (item.amount is None and item.kind not in KINDS):
        return None
    takers = tuple(r for r in item.recipients[:RECIPIENTS_MOST] if r.id != item.author.id)
    amount = item.amount
    value = min(float(amount.value), 1e15) if amount else 0.0
    currency = amount.currency.upper() if amount else ""
    share = value / max(1, len(item.recipients))
    return Payment(item.author, takers, item.kind == "gift", share, currency)
