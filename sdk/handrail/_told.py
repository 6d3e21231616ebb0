"""What the host hands in after publishing and tells back, and the receipt it gets."""

from __future__ import annotations

from asyncio import CancelledError
from datetime import UTC, datetime
from typing import Any

from handrail._context import Context
from handrail._core import Core
from handrail._decision import Decision
from handrail._enforcement import Enforcement
from handrail._fields import number_text, numbers
from handrail._finding import Stage
from handrail._host_event import HostEvent
from handrail._item import Item
from handrail._keep import type_of
from handrail._log import log
from handrail._receipt import Receipt
from handrail._report import Report


def receipt(context: Context, decision: Decision) -> Receipt:
    """The receipt of a stage that was run in process."""
    return Receipt(
        id=decision.id,
        item=context._item.id,
        revision=context._item.revision,
        feature=context.feature,
        stage=context.stage,
        degraded=decision.degraded,
        recorded=context._recorded,
        trace_id=decision.trace_id,
    )


def take_in(core: Core, feature: str, stage: Stage, subject: Item | Report) -> Receipt | bool:
    """Hand a subject to the intake; True if there is none that takes it, False if it failed."""
    try:
        taken = False if core.intake is None else core.intake.accept(feature, subject)
        refused = isinstance(taken, str) and taken == "refused"
        # A forgotten return is None: whatever was not taken is looked at here, and not lost.
        if not (refused or taken):
            return True
    except (Exception, CancelledError) as error:
        log("handrail.call_failed", "error", call="intake", error=type_of(error))
        return False
    if refused:
        log("handrail.intake_refused", feature=feature, stage=str(stage))
    item = subject.item_id if isinstance(subject, Report) else subject.id
    revision = subject.revision if isinstance(subject, Item) else None
    return Receipt(
        id=number_text(numbers.next()), item=str(item), revision=revision, feature=feature,
        stage=stage, status="refused" if refused else "accepted", recorded=not refused,
    )  # fmt: skip


def tell(core: Core, name: str, feature: str, item: object, **facts: Any) -> None:
    """Record what the host tells back; whatever is wrong with it is logged, never raised."""
    try:
        if isinstance(item, Item):
            facts = {"item": item.id, "revision": item.revision, **facts}
        elif isinstance(item, (Decision, Enforcement)):
            decision = item.id if isinstance(item, Decision) else item.decision
            said = {"decision": decision, "action": item.action}
            facts = {"item": item.item, "revision": item.revision, **said, **facts}
        event = HostEvent(name=name, feature=feature, at=datetime.now(UTC), **facts)
        core.recorder.add(event)
    except Exception as error:
        log("handrail.call_failed", "error", call=name, error=type_of(error))
