"""The durable store: what Handrail must not lose, on SQLite or PostgreSQL."""

from handrail import MissingExtraError

_EXTRA = {"alembic", "cryptography", "psycopg", "sqlalchemy", "uuid_utils"}

try:
    from handrail_store._acknowledge import Acknowledgement
    from handrail_store._api_keys import ApiKey, ApiKeys
    from handrail_store._appeals import Appeal
    from handrail_store._approvals import Approval
    from handrail_store._backlog import backlog
    from handrail_store._batches import Batch
    from handrail_store._bundles import keep_bundles, restore_bundle, revisions
    from handrail_store._casework import Case
    from handrail_store._channels import Channel, NotCarriedOutError
    from handrail_store._clock import ClockError
    from handrail_store._counters import load_counts, save_counts
    from handrail_store._database import Audited, Database
    from handrail_store._deadlines import AnswerBy, Deadlines, read_deadlines
    from handrail_store._export import export
    from handrail_store._handler import Handler
    from handrail_store._holds import HeldError, LegalHold, hold, holds
    from handrail_store._intake import Outbox, Waiting
    from handrail_store._keep import Keep, Record
    from handrail_store._ladder import Step, Term, read_ladder, read_terms
    from handrail_store._ledger import Kept, Ledger
    from handrail_store._letters import Letter, Sent
    from handrail_store._migrate import SchemaError
    from handrail_store._owed import erase, finish, release
    from handrail_store._pace import Pace, Tally
    from handrail_store._purge import purge
    from handrail_store._read import Wanted, read
    from handrail_store._replies import Reply
    from handrail_store._reporters import Misuse, Reporter
    from handrail_store._reports import Factors, KeptReport
    from handrail_store._saving import Saving
    from handrail_store._settings import configured, keys_given, load, url_of
    from handrail_store._store import Store
    from handrail_store._strikes import Offence, Strike
    from handrail_store._sweep import Sweep, Swept, kept
    from handrail_store._verdict import Verdict
    from handrail_store._work import Outcome, Work
    from handrail_store._worker import Worker
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in _EXTRA:
        raise
    raise MissingExtraError("store", "the durable store") from None

__all__ = [
    "Acknowledgement",
    "AnswerBy",
    "ApiKey",
    "ApiKeys",
    "Appeal",
    "Approval",
    "Audited",
    "Batch",
    "Case",
    "Channel",
    "ClockError",
    "Database",
    "Deadlines",
    "Factors",
    "Handler",
    "HeldError",
    "Keep",
    "Kept",
    "KeptReport",
    "Ledger",
    "LegalHold",
    "Letter",
    "Misuse",
    "NotCarriedOutError",
    "Offence",
    "Outbox",
    "Outcome",
    "Pace",
    "Record",
    "Reply",
    "Reporter",
    "Saving",
    "SchemaError",
    "Sent",
    "Step",
    "Store",
    "Strike",
    "Sweep",
    "Swept",
    "Tally",
    "Term",
    "Verdict",
    "Waiting",
    "Wanted",
    "Work",
    "Worker",
    "backlog",
    "configured",
    "erase",
    "export",
    "finish",
    "hold",
    "holds",
    "keep_bundles",
    "kept",
    "keys_given",
    "load",
    "load_counts",
    "purge",
    "read",
    "read_deadlines",
    "read_ladder",
    "read_terms",
    "release",
    "restore_bundle",
    "revisions",
    "save_counts",
    "url_of",
]
