"""Who gives to whom: minors, and pressure before a payment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from handrail import Actor, Item, UnseenError

from ._laundering import Past
from ._payment import Payment, digest
from ._sign import Sign, rising

_MONTH = timedelta(days=30)
_STORIES = ("crisis", "opportunity")
_PRESSING = ("payment", "secrecy", "threat", "urgency", *_STORIES)
"""Signals that the messaging module counts, of the taker towards the giver."""

_PROMISE = "gift"
_LURES = ("alone", _PROMISE, "image", "meet", "secrecy")
"""The same of the giver towards a minor who takes: what a gift may be meant for."""

_CLOSE_IN_AGE = 4
"""Years between two people, as the messaging module has it."""


def minors(item: Item, paid: Payment) -> Iterator[Sign]:
    """Find that a minor gives or takes: a fact, which policy judges."""
    giving, taking = _is_minor(paid.giver), sum(map(_is_minor, paid.takers))
    if not giving and not taking:
        return
    counts = {
        "minor_gives": int(giving),
        "minors_take": taking,
        "unknown_gives": int(paid.giver.age is None),
        "unknown_take": sum(taker.age is None for taker in paid.takers),
        "unrelated": sum(
            _is_minor(taker) != giving and not _related(item, taker) for taker in paid.takers
        ),
        "strangers": sum(
            (giving or _is_minor(taker)) and _relation(item, taker) == "stranger"
            for taker in paid.takers
        ),
    }
    who = " and ".join(w for w, is_so in (("gives", giving), ("takes", taking)) if is_so)
    yield Sign(0.25, f"a minor {who}", {name: n for name, n in counts.items() if n})


def gifts_to_minors(item: Item, paid: Payment, past: Past) -> Iterator[Sign]:
    """Find an adult, or somebody of unknown age, who gives to a minor again and again.

    Of people whom the host calls anything but strangers it stays a fact: families do it. It is
    more where somebody who is not of the family asked for secrecy, a picture and the like before.
    """
    if _is_minor(paid.giver):
        return
    for taker in filter(_is_minor, paid.takers):
        key = digest(paid.giver.id, taker.id)
        number = int(past.total("pair", key, _MONTH)) + 1
        adult = paid.giver.age is not None
        counts = {("adult_to_minor" if adult else "unknown_to_minor"): 1, "gifts": number}
        lured, lures = _lured(item, paid.giver, taker, past)
        score = max(lured, 0.35 if number >= 3 and not _related(item, taker) else 0.2)
        who = "an adult" if adult else "somebody of unknown age"
        reason = f"{who} gives to a minor, {number} within a month"
        reason += ", and asked for more in messages" if lures else ""
        counts |= dict.fromkeys(lures, 1)
        yield Sign(round(score - (0.0 if adult else 0.1), 2), reason, counts)


def _lured(item: Item, giver: Actor, taker: Actor, past: Past) -> tuple[float, tuple[str, ...]]:
    """What the giver asked a minor for in messages, and what a gift after it scores.

    One request is enough of an adult whom nobody calls an acquaintance. People who know each
    other, and people close in age, have reasons for one; a promise alone is kept by the gift.
    """
    if _relation(item, taker) == "family":
        return 0.0, ()
    lures = past.signals(digest(giver.id, taker.id), _LURES, _MONTH)
    if not {*lures} - {_PROMISE}:
        return 0.0, ()
    needed = 1 + _related(item, taker) + _close_in_age(giver, taker)
    return (0.45 if len(lures) >= needed else 0.25), lures


def velocity(paid: Payment, past: Past) -> Iterator[Sign]:
    """Find many payments within an hour, and much within a day."""
    settings = past.settings
    number = int(past.total("payments", digest(paid.giver.id), settings.hourly)) + 1
    if number >= settings.payments:
        score = rising(0.4, number, settings.payments)
        yield Sign(score, f"{number} payments within the hour", {"payments": number})
    most = settings.sums.get(paid.currency)
    if most is None:
        return
    given = past.total("paid_out", paid.purse, settings.daily) + paid.value * len(paid.takers)
    if given >= most:
        times = round(given / most, 2)
        yield Sign(rising(0.4, given, most), "much given within a day", {"times_the_sum": times})


def coercion(item: Item, paid: Payment, past: Past) -> Iterator[Sign]:
    """Find pressure by a taker before the payment: in messages, or by the host's word.

    A threat lingers for a week. Without one, people who know each other have reasons to hurry.
    """
    days = past.settings.daily, past.settings.weekly
    for taker in paid.takers:
        key = digest(taker.id, paid.giver.id)
        pressed = past.signals(key, _PRESSING, days[0])
        threat = past.signals(key, ("threat",), max(days))
        counts = {"pressure": len({*pressed, *threat}), **dict.fromkeys((*pressed, *threat), 1)}
        if threat:
            yield Sign(0.6, "a threat in messages before a payment", counts)
        elif len(pressed) >= 2:
            score = 0.3 if _related(item, taker) else 0.4
            yield Sign(score, "pressure in messages before a payment", counts)
    said = _pressure(item)
    if said >= 0.5:
        yield Sign(round(0.3 + 0.4 * said, 2), "pressure before a payment", {"pressure": 1})


def _pressure(item: Item) -> float:
    given = item.attributes.get("signals")
    if given is None:
        return 0.0
    value = given.get("pressure", 0) if isinstance(given, Mapping) else None
    if type(value) not in (int, float) or not 0 <= value <= 1:  # type: ignore[operator]  # a number
        raise UnseenError("attributes", "signals_pressure_not_0_to_1")
    return float(value)  # type: ignore[arg-type]  # as above


def _related(item: Item, taker: Actor) -> bool:
    """Whether the host says that they are no strangers."""
    return _relation(item, taker) not in (None, "stranger")


def _relation(item: Item, taker: Actor) -> str | None:
    return taker.relation or item.relation


def _close_in_age(one: Actor, other: Actor) -> bool:
    """Whether both ages are known, and near each other."""
    if one.age is None or other.age is None:
        return False
    return abs(one.age.value - other.age.value) <= _CLOSE_IN_AGE


def _is_minor(actor: Actor) -> bool:
    return actor.age is not None and actor.age.value < 18
