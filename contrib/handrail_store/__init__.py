"""The durable store: what Handrail must not lose, on SQLite or PostgreSQL."""

from handrail import MissingExtraError

_EXTRA = {"alembic", "cryptography", "psycopg", "sqlalchemy", "uuid_utils"}

try:
    from handrail_store._approvals import Approval
    from handrail_store._channels import Channel, NotCarriedOutError
    from handrail_store._handler import Handler
    from handrail_store._intake import Outbox
    from handrail_store._keep import Keep, Record
    from handrail_store._migrate import SchemaError
    from handrail_store._read import Wanted, read
    from handrail_store._store import Store
    from handrail_store._sweep import Sweep, Swept, kept
    from handrail_store._work import Outcome, Work
    from handrail_store._worker import Pace, Tally, Worker
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in _EXTRA:
        raise
    raise MissingExtraError("store", "the durable store") from None

__all__ = [
    "Approval",
    "Channel",
    "Handler",
    "Keep",
    "NotCarriedOutError",
    "Outbox",
    "Outcome",
    "Pace",
    "Record",
    "SchemaError",
    "Store",
    "Sweep",
    "Swept",
    "Tally",
    "Wanted",
    "Work",
    "Worker",
    "kept",
    "read",
]
