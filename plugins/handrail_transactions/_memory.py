"""What is remembered of payments: sums and counts by hashes, and lately who paid whom."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from handrail import Context, Count, Item

from ._payment import digest, payment
from ._settings import Settings

GIVERS_MOST = 20_000
"""People whose payments are remembered one by one, those who paid last."""

TAKERS_MOST = 16
"""People that each of them paid last."""

VISITED_MOST = 200
"""People looked at in search of a circle."""

CIRCLE_MOST = 5
"""People in a circle."""


class Flows:
    """Who paid whom lately: hashes and times in this process, and counts in the state."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._paid: OrderedDict[str, tuple[tuple[str, float], ...]] = OrderedDict()

    def learn(self, item: Item, context: Context) -> Iterator[Count]:
        """Count a payment for each taker."""
        paid = None if context.report is not None else payment(item)
        if paid is None:
            return
        limit = self._settings.limits.get(paid.currency)
        yield Count("payments", digest(paid.giver.id))
        if limit is not None and self._settings.under * limit <= paid.value < limit:
            yield Count("just_under", paid.purse)
        for taker in paid.takers:
            other = paid.purse_of(taker)
            yield Count("paid_out", paid.purse, other, by=paid.value)
            yield Count("paid_in", other, paid.purse, by=paid.value)
            yield Count("pair", digest(paid.giver.id, taker.id))
            if not paid.gift:
                yield Count("payers", other, paid.purse)
            self._remember(paid.purse, other, context.at.timestamp())

    def _remember(self, giver: str, taker: str, at: float) -> None:
        """Put a new tuple in place of the old: who reads meanwhile has the one or the other."""
        before = self._paid.pop(giver, ())
        kept = [(name, when) for name, when in before if name != taker][1 - TAKERS_MOST :]
        self._paid[giver] = (*kept, (taker, at))
        if len(self._paid) > GIVERS_MOST:
            self._paid.popitem(last=False)

    def circle(self, giver: str, taker: str, since: float) -> int:
        """Return how many people a circle has that this payment closes; 0 where there is none."""
        reached, visited = [taker], {taker}
        for people in range(2, CIRCLE_MOST + 1):
            following: list[str] = []
            for each in reached:
                for name, at in self._paid.get(each, ()):
                    if at <= since:
                        continue
                    if name == giver and people > 2:
                        return people
                    if name not in visited and name != giver and len(visited) < VISITED_MOST:
                        visited.add(name)
                        following.append(name)
            reached = following
        return 0
