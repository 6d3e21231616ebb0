"""Every table of the store, in one place to import them from."""

from __future__ import annotations

from handrail_store._schema_keep import (
    api_keys,
    audit,
    bundles,
    caps,
    chain,
    counters,
    erasures,
    http_answers,
    http_rates,
    leases,
    legal_holds,
)
from handrail_store._schema_people import appeals, approvals, cases, strikes, tags
from handrail_store._schema_record import (
    decisions,
    events,
    findings,
    items,
    plans,
    snapshots,
    views,
)
from handrail_store._schema_reports import replies, reporters, reports
from handrail_store._schema_work import batches, dead, enforcements, outbox, outcomes, standing
from handrail_store._types import METADATA

__all__ = [
    "METADATA",
    "api_keys",
    "appeals",
    "approvals",
    "audit",
    "batches",
    "bundles",
    "caps",
    "cases",
    "chain",
    "counters",
    "dead",
    "decisions",
    "enforcements",
    "erasures",
    "events",
    "findings",
    "http_answers",
    "http_rates",
    "items",
    "leases",
    "legal_holds",
    "outbox",
    "outcomes",
    "plans",
    "replies",
    "reporters",
    "reports",
    "snapshots",
    "standing",
    "strikes",
    "tags",
    "views",
]
