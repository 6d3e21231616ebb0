"""How a command ends that could not start."""

from __future__ import annotations

import click


class Stop(click.ClickException):
    """Nothing could start: printed as one line, exit code 2."""

    exit_code = 2
