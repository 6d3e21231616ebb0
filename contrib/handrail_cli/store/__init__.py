"""``handrail db`` and ``handrail audit``: look after the durable store."""

from __future__ import annotations

import click

from handrail_cli.store._audit import show_log, verify
from handrail_cli.store._bundles import bundles
from handrail_cli.store._person import erase, export
from handrail_cli.store._purge import hold, holds, purge, release
from handrail_cli.store._schema import check, upgrade

__all__ = ["audit", "db"]


@click.group()
def db() -> None:
    """Look after the database of the durable store.

    Exit code: 0 if it was done, 1 if something is to be done or was refused, 2 if nothing could
    start.
    """


@click.group()
def audit() -> None:
    """Look at the audit log, a chain of hashes.

    Exit code: 0 if the chain holds, 1 if it does not, 2 if nothing could start.
    """


for _command in (upgrade, check, purge, erase, export, hold, release, holds, bundles):
    db.add_command(_command)
for _command in (verify, show_log):
    audit.add_command(_command)
