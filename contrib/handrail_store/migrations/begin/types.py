"""Column types as they were when the first schema was made."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

MOMENT = sa.DateTime(timezone=True)
HOST_ID = sa.String(512)
OWN_ID = sa.String(32)
WORD = sa.String(64)
STRUCTURE: Any = sa.JSON().with_variant(JSONB(), "postgresql")
SERIAL: Any = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
