"""Counters and tags on Redis or Valkey, shared by all processes: one trip a call.

Where the server is slow or gone, counts go on in each process, and decisions say so.
"""

from handrail_redis._ledger import RedisLedger
from handrail_redis._settings import load
from handrail_redis._state import RedisState

__all__ = ["RedisLedger", "RedisState", "load"]
