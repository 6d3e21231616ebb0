"""Gifts and payments between people: minors, numbers and sums, laundering, pressure."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Manifest, Report, hookimpl

from ._look import COERCION, EXPOSURE, GROOMING, LAUNDERING, PAYMENT, look
from ._memory import Flows
from ._settings import Settings

MANIFEST = Manifest(
    name="transactions",
    version="0.1",
    issues={LAUNDERING},
    hints={COERCION, EXPOSURE, GROOMING, PAYMENT},
    surfaces={"live", "messaging", "transactions"},
    languages={"*"},
    reads={"amount", "author", "recipients", "attributes"},
    memory=Flows,
    counters={"just_under", "paid_in", "paid_out", "pair", "payers", "payments"},
    settings=Settings,
    model_card="handrail_transactions/README.md",
    summary="Gifts and payments: minors, many and large ones, laundering, pressure before them.",
)


@hookimpl
def pre_publish(
    item: Item, context: Context, settings: Settings, memory: Flows
) -> Iterator[Finding]:
    """Look at a gift or payment before it is made."""
    return look(item, context, settings, memory)


@hookimpl
def report(
    item: Item, report: Report, context: Context, settings: Settings, memory: Flows
) -> Iterator[Finding]:
    """Look at a gift or payment that was reported."""
    return look(item, context, settings, memory)
