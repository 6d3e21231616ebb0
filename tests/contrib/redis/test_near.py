"""What a process knows of tags by itself is bounded."""

import math
from datetime import UTC, datetime

from handrail_redis import _near


def test_the_tags_seen_longest_ago_are_forgotten(monkeypatch):
    """Beyond the bound the thing whose tags were seen longest ago goes."""
    monkeypatch.setattr(_near, "KEYS_MOST", 2)
    near = _near.Near(None, lambda: datetime(2026, 1, 1, tzinfo=UTC))
    for name in "abac":
        near.keep_tags("actor", name, {"trusted": math.inf})

    assert [{"trusted"}, None, {"trusted"}] == [near.tags("actor", name) for name in "abc"]
