"""Flows that look like laundering: circles, passing on, structuring, many payers, ping-pong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import attrs

from handrail import Actor, Context

from ._memory import Flows
from ._payment import Payment, digest
from ._settings import Settings
from ._sign import Sign, rising

_SMALL_MOST = 0.5
"""The most that many payers score who make no large sum: a till, or a collection."""


@attrs.frozen
class Past:
    """What is remembered, as windows that end with this payment."""

    context: Context
    settings: Settings
    flows: Flows

    def total(self, name: str, key: str, window: timedelta) -> float:
        """What was counted; what is unknown counts as nothing."""
        return self.context.state.recent(name, key, window, self.context.at) or 0.0

    def people(self, name: str, key: str, window: timedelta) -> int:
        """How many different people; what is unknown counts as none."""
        return self.context.state.distinct(name, key, window, self.context.at) or 0

    def signals(self, key: str, names: Sequence[str], window: timedelta) -> tuple[str, ...]:
        """Those of *names* that messages under *key* were a sign of."""
        if not self.people("signals", key, window):
            return ()
        return tuple(name for name in names if self.total("signals", f"{key}.{name}", window))


def laundering(paid: Payment, past: Past) -> Iterator[Sign]:
    """Yield each pattern that this payment completes."""
    yield from _structured(paid, past)
    yield from _passed_on(paid, past)
    for taker in paid.takers:
        yield from _circle(paid, taker, past)
        yield from _returned(paid, taker, past)
        yield from _many_payers(paid, taker, past)


def _structured(paid: Payment, past: Past) -> Iterator[Sign]:
    settings = past.settings
    limit = settings.limits.get(paid.currency)
    if limit is None or not settings.under * limit <= paid.value < limit:
        return
    number = int(past.total("just_under", paid.purse, settings.weekly)) + 1
    if number >= settings.structured:
        score = rising(0.6, number, settings.structured)
        yield Sign(score, f"{number} payments just under a limit", {"just_under": number})


def _passed_on(paid: Payment, past: Past) -> Iterator[Sign]:
    """Find money that came in within the hour, half a limit or more, and goes out again."""
    settings = past.settings
    limit = settings.limits.get(paid.currency)
    if limit is None or paid.gift:
        return
    came = past.total("paid_in", paid.purse, settings.hourly)
    went = past.total("paid_out", paid.purse, settings.hourly) + paid.value * len(paid.takers)
    if came >= limit / 2 and settings.pass_on * came <= went <= came:
        share = round(went / came, 2)
        lately = past.total("paid_in", paid.purse, settings.hourly / 4) >= came
        score, when = (0.6, "just now") if lately else (0.5, "within the hour")
        yield Sign(score, f"what came in {when} goes out again", {"passed_on": share})


def _circle(paid: Payment, taker: Actor, past: Past) -> Iterator[Sign]:
    since = (past.context.at - past.settings.daily).timestamp()
    people = past.flows.circle(paid.purse, paid.purse_of(taker), since)
    if people:
        yield Sign(0.6, f"closes a circle of {people} people", {"circle": people})


def _returned(paid: Payment, taker: Actor, past: Past) -> Iterator[Sign]:
    there, back = digest(paid.giver.id, taker.id), digest(taker.id, paid.giver.id)
    sent = int(past.total("pair", there, past.settings.daily)) + 1
    returned = int(past.total("pair", back, past.settings.daily))
    number = min(sent, returned)
    if number >= past.settings.returns:
        score = rising(0.5, number, past.settings.returns)
        yield Sign(score, f"goes to and fro {number} times", {"returns": number})


def _many_payers(paid: Payment, taker: Actor, past: Past) -> Iterator[Sign]:
    if paid.gift:
        return
    other = paid.purse_of(taker)
    number = past.people("payers", other, past.settings.daily)
    pair = digest(paid.giver.id, taker.id)
    number += not past.total("pair", pair, past.settings.daily)
    if number >= past.settings.payers:
        score = rising(0.4, number, past.settings.payers)
        limit = past.settings.limits.get(paid.currency)
        if limit is not None:
            taken = past.total("paid_in", other, past.settings.daily) + paid.value
            score = max(score, 0.6) if taken >= limit / 2 else min(score, _SMALL_MOST)
        yield Sign(score, f"{number} people pay one", {"payers": number})
