"""What becomes of the work for an item that is gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection


def cancel(connection: Connection, feature: str, item: str, at: datetime) -> None:
    """Cancel what waits for an item that its author or the host took back."""
