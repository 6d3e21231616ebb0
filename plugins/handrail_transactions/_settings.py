"""What a host can set about gifts and payments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from math import isfinite

import attrs

from handrail import FrozenMap, InvalidValueError
from handrail.settings import fraction, number, span, whole

_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def _amounts(value: object) -> FrozenMap:
    if not isinstance(value, Mapping):
        raise InvalidValueError("expected amounts by currency")
    for currency, most in value.items():
        wrong = isinstance(most, bool) or not isinstance(most, (int, float))
        if not isinstance(currency, str) or wrong or not isfinite(most) or most <= 0:
            raise InvalidValueError("expected amounts above 0 by currency, such as {EUR: 1000}")
    return FrozenMap({currency.upper(): float(most) for currency, most in value.items()})


def _check_span(_: object, field: attrs.Attribute[timedelta], value: timedelta) -> None:
    if not timedelta(0) < value <= timedelta(days=365):
        raise InvalidValueError(f"{field.name}: expected more than 0, at most 365d")


@attrs.frozen(kw_only=True)
class Settings:
    """How many and how much is too much, and what a flow has to look like.

    Attributes:
        payments: Gifts and payments of one person within an hour from which they are many.
        sums: By currency, what one person gives within a day from which it is much.
        limits: By currency, the amount from which a payment is looked at more closely.
        under: The share of a limit from which a payment is just under it.
        structured: Payments just under a limit within ``weekly`` from which they are a pattern.
        payers: Different people who pay one within a day from which they are many; not gifts.
        pass_on: The share of what came in within an hour that goes out again from which it is
            passed on.
        returns: Times that two people pay each other within a day from which it is ping-pong.
        hourly, daily, weekly: The windows.
    """

    payments: int = attrs.field(default=30, validator=whole(2, 1000))
    sums: FrozenMap = attrs.field(factory=FrozenMap, converter=_amounts)
    limits: FrozenMap = attrs.field(factory=FrozenMap, converter=_amounts)
    under: float = attrs.field(default=0.9, validator=fraction)
    structured: int = attrs.field(default=3, validator=whole(2, 1000))
    payers: int = attrs.field(default=10, validator=whole(2, 1000))
    pass_on: float = attrs.field(default=0.8, validator=number(0.1, 1))
    returns: int = attrs.field(default=3, validator=whole(2, 1000))
    hourly: timedelta = attrs.field(default=_HOUR, converter=span, validator=_check_span)
    daily: timedelta = attrs.field(default=_DAY, converter=span, validator=_check_span)
    weekly: timedelta = attrs.field(default=_WEEK, converter=span, validator=_check_span)
