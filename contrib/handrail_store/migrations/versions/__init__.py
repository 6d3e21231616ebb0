"""One file a step; alembic reads them by path."""
