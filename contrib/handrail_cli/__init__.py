"""The command line, ``handrail``: what to check, to look up, to change and to stop.

Commands come by entry point (group ``handrail.commands``), each a ``click.Command``, so that
another package adds one without touching this one.
"""

from __future__ import annotations

import sys

from handrail.errors import MissingExtraError

CANNOT_START = 2
"""Exit code when nothing could start: an unknown feature, a missing file, a missing extra."""


def main() -> None:
    """Run the command line; says which extra is missing if click or rich is."""
    try:
        from handrail_cli._group import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"click", "rich"}:
            raise
        sys.stderr.write(f"handrail: {MissingExtraError('cli', 'the command line')}\n")
        raise SystemExit(CANNOT_START) from None
    run()
