"""``handrail policy new``: begin with the starting bundle."""

from __future__ import annotations

from pathlib import Path

import click

from handrail import HandrailError
from handrail_cli import show
from handrail_cli._start import json_option
from handrail_cli.policy._load import Refused, directory_argument, say
from handrail_policyfiles import copy_starting


@click.command()
@directory_argument("directory")
@click.option("--surface", multiple=True, help="Only these, such as comments; all by default.")
@json_option
def new(*, directory: Path, surface: tuple[str, ...], as_json: bool) -> None:
    """Copy the starting policies to DIRECTORY.

    They come with their cases, and with schemas for editors. Each threshold has its reason in a
    comment.

    Exit code: 0; 1 if a file is there already; 2 if there is no such starting policy.
    """
    try:
        made = copy_starting(directory, surface or None)
    except FileExistsError as error:
        raise Refused(str(error)) from None
    except (HandrailError, OSError) as error:
        raise show.Stop(str(error)) from None
    if as_json:
        show.emit({"files": [str(path) for path in made]})
        return
    for path in made:
        say(str(path))
