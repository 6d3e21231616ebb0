"""Rollouts: for which share of people a rule or a policy counts, stable per person."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import attrs

from handrail._actor import REGION
from handrail._effect_values import EVERYWHERE
from handrail._markets import check_market
from handrail.errors import InvalidValueError

if TYPE_CHECKING:
    from handrail._item import Item

_STEPS = 1 << 64


def _shares(value: float | Mapping[str, Any]) -> Mapping[str, float]:
    table: dict[Any, Any] = dict(value) if isinstance(value, Mapping) else {EVERYWHERE: value}
    for region, percent in table.items():
        if region != EVERYWHERE and not (isinstance(region, str) and REGION.fullmatch(region)):
            raise InvalidValueError("rollout: expected a region such as DE or US-CA, or '*'")
        if region != EVERYWHERE:
            check_market(region.partition("-")[0], kind="region", where="rollout")
        if (
            isinstance(percent, bool)
            or not isinstance(percent, (int, float))
            or not 0 <= percent <= 100
        ):
            raise InvalidValueError("rollout: expected a percent from 0 to 100")
    if not table:
        raise InvalidValueError("rollout: expected a percent, or percents by region")
    return {region: float(table[region]) for region in sorted(table)}


@attrs.frozen
class Rollout:
    """For which share of people something counts.

    A person is in or out by a hash of their id and a salt, so the same person always gets the
    same answer, a larger share keeps everybody it had, and two rules draw independently.

    Attributes:
        shares: Percent, 0 to 100, by the author's region (``DE``, ``US-CA``); ``*`` is
            everywhere else, and 0 where it is not named.
    """

    shares: Mapping[str, float] = attrs.field(converter=_shares)

    def includes(self, salt: str, item: Item) -> bool:
        """Whether it counts for the item's author, or for the item where nobody made it."""
        percent = self._percent(item)
        return percent > 0 and (percent >= 100 or _drawn(salt, item) * 100 < percent * _STEPS)

    def _percent(self, item: Item) -> float:
        shares, author = self.shares, item.author
        region = (author.region if author else None) or item.region
        if len(shares) > 1 or EVERYWHERE not in shares:
            for key in (region, region.partition("-")[0]) if region else ():
                if key in shares:
                    return shares[key]
        return shares.get(EVERYWHERE, 0.0)


def _drawn(salt: str, item: Item) -> int:
    who = f"actor\0{item.author.id}" if item.author else f"item\0{item.id}"
    text = f"{salt}\0{who}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def rollout(value: Rollout | float | Mapping[str, Any] | None) -> Rollout | None:
    """Read a percent, or percents by region; None is everybody."""
    return value if value is None or isinstance(value, Rollout) else Rollout(value)
