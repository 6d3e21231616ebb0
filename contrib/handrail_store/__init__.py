"""The durable store: what Handrail must not lose, on SQLite or PostgreSQL."""

from handrail import MissingExtraError

_EXTRA = {"alembic", "cryptography", "psycopg", "sqlalchemy", "uuid_utils"}

try:
    from handrail_store._migrate import SchemaError
    from handrail_store._store import Store
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in _EXTRA:
        raise
    raise MissingExtraError("store", "the durable store") from None

__all__ = ["SchemaError", "Store"]
