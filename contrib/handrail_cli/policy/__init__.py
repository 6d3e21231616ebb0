"""``handrail policy``: look at policy files, try a change, put it in force, explain a decision."""

from __future__ import annotations

import click

from handrail_cli.policy._confirm import confirm
from handrail_cli.policy._diff import diff
from handrail_cli.policy._explain import explain
from handrail_cli.policy._lint import lint
from handrail_cli.policy._new import new
from handrail_cli.policy._promote import promote
from handrail_cli.policy._show import show_ladders
from handrail_cli.policy._test import run_tests

__all__ = ["policy"]


@click.group()
def policy() -> None:
    """Own policies as files.

    Exit code: 0 if nothing is wrong, 1 for findings, differences, failed cases or a refusal,
    2 if nothing could start.
    """


for _command in (new, lint, show_ladders, run_tests, explain, diff, promote, confirm):
    policy.add_command(_command)
