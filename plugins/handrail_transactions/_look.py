"""One look at a payment: who, how much, what flow it is part of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handrail import Context, Evidence, Finding, Item, UnseenError

from ._laundering import Past, laundering
from ._memory import Flows
from ._payment import payment
from ._people import coercion, gifts_to_minors, minors, velocity
from ._settings import Settings
from ._sign import Sign

LAUNDERING = "fraud.money_laundering"
EXPOSURE = "child_safety.exposure"
GROOMING = "child_safety.grooming"
COERCION = "harassment.coercion"
PAYMENT = "fraud.payment"


def look(item: Item, context: Context, settings: Settings, flows: Flows) -> Iterator[Finding]:
    """Yield what there is to say about a gift or payment; other items have nothing."""
    paid = payment(item)
    if paid is None:
        return
    past = Past(context, settings, flows)
    yield from _joined(EXPOSURE, minors(item, paid))
    yield from _joined(GROOMING, gifts_to_minors(item, paid, past))
    yield from _joined(PAYMENT, velocity(paid, past))
    yield from _joined(LAUNDERING, laundering(paid, past))
    yield from _joined(COERCION, coercion(item, paid, past))


def _joined(issue: str, signs: Iterator[Sign]) -> Iterator[Finding]:
    """Yield one finding: the highest score, and a little more for each other kind of sign."""
    found: list[Sign] = []
    wrong: UnseenError | None = None
    try:
        found.extend(signs)
    except UnseenError as error:
        wrong = error
    if found:
        yield _finding(issue, sorted(found, key=lambda sign: (-sign.score, sign.reason)))
    if wrong is not None:
        raise wrong


def _finding(issue: str, found: Sequence[Sign]) -> Finding:
    counts: dict[str, float] = {}
    for sign in found:
        for name, number in sign.counts.items():
            counts[name] = max(counts.get(name, 0), number)
    kinds = {frozenset(sign.counts) for sign in found}
    more = 0.15 * (len(kinds) - 1) if issue in (LAUNDERING, PAYMENT) else 0.0
    score = round(min(0.9, found[0].score + more), 2)
    reason = "; ".join(list(dict.fromkeys(sign.reason for sign in found))[:3])
    return Finding(issue, score, reason, evidence=Evidence(counts=counts))
