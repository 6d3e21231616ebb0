"""What alembic runs: the steps, on the connection that it is given."""

from __future__ import annotations

from alembic import context

from handrail_store._migrate import VERSION_TABLE
from handrail_store._schema import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
context.run_migrations()
