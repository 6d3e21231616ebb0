"""``handrail respond``: stop a wave now, with a rule that ends by itself and can be taken back."""

from __future__ import annotations

import click

from handrail_cli.respond._after import list_responses, revert, sign
from handrail_cli.respond._exemplar import link, term
from handrail_cli.respond._posture import posture

__all__ = ["respond"]


@click.group()
def respond() -> None:
    """Respond to an emergency.

    What is put in force lies in the folder emergency of the policies; a process that watches them
    takes it in within a second. Every step is written to emergency/log.jsonl.

    Exit code: 0 if it was done, 1 if it was refused, 2 if nothing could start.
    """


for _command in (term, link, posture, sign, list_responses, revert):
    respond.add_command(_command)
