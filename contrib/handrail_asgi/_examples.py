"""Examples of the OpenAPI document: a comment under a video, asked about, published, reported."""

from __future__ import annotations

from collections.abc import Mapping

from handrail import Json

_ADA: Json = {
    "id": "u-ada", "age": {"value": 17, "known_by": "declared"}, "tenure_days": 2, "region": "DE",
}  # fmt: skip
_COMMENT: Json = {
    "id": "c-1", "text": "What a lovely video!", "author": _ADA, "thread_id": "v-7",
    "language": "en", "visibility": "public", "created_at": "2026-12-01T09:30:00Z",
}  # fmt: skip
_ID = "8f14e45fceea167a5a36dedd"
_POLICY: Json = {"name": "comments", "revision": "15007d0f1260", "bundle": None}
_RAN: Json = [{"module": "comments", "status": "ran", "reason": None, "ms": 0.04}]
_DECISION: dict[str, Json] = {
    "action": "allow", "id": _ID, "item": "c-1", "revision": 1, "feature": "video_comments",
    "stage": "pre_publish", "effects": [], "findings": [], "faults": [], "coverage": _RAN,
    "rules": [], "decided_by": None, "confirms": None, "policy": _POLICY, "hold": None,
    "notice": None, "shadow": None, "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    "at": "2026-12-01T09:30:01+00:00", "latency_us": 182, "final": True, "complete": True,
    "degraded": False, "recorded": None,
}  # fmt: skip
_RECEIPT: dict[str, Json] = {
    "id": "8f14e45fceea167a5a36dede", "item": "c-1", "revision": 1, "feature": "video_comments",
    "stage": "post_publish", "status": "pending", "degraded": False,
}  # fmt: skip

EXAMPLES: Mapping[str, Json] = {
    "PrePublish": {"feature": "video_comments", "item": _COMMENT},
    "PrePublishBatch": {
        "feature": "video_comments",
        "items": [_COMMENT, {"id": "c-2", "text": "First!", "author": {"id": "u-bo"}}],
    },
    "PostPublish": {"feature": "video_comments", "item": _COMMENT},
    "NewReport": {
        "feature": "video_comments",
        "report": {
            "id": "r-1", "item": _COMMENT, "issue": "harassment.bullying",
            "reporter": {"id": "u-cy"}, "text": "They keep doing this.",
        },
    },
    "Events": {
        "feature": "video_comments",
        "events": [
            {"name": "carried_out", "decision": _ID, "action": "allow", "item": "c-1",
             "published": True},
            {"name": "viewed", "item": "c-1", "views": 12, "segment": "DE"},
            {"name": "withdrawn", "item": "c-1"},
        ],
    },
    "Decision": _DECISION,
    "Decided": {
        "decisions": [
            _DECISION,
            {**_DECISION, "id": "8f14e45fceea167a5a36dedf", "item": "c-2", "at":
             "2026-12-01T09:30:02+00:00"},
        ],
    },
    "Receipt": _RECEIPT,
    "Taken": {"accepted": 3},
    "Health": {"status": "ok"},
    "ProblemDetails": {
        "type": "urn:handrail:problem:invalid",
        "title": "The body is not what the schema says",
        "status": 422,
        "detail": "See errors for what to mend.",
        "errors": [{"detail": "is missing", "pointer": "/item/id"}],
    },
}  # fmt: skip
"""An example of each body, by its schema."""
