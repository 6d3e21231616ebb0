"""``handrail doctor``: what is wrong, unguarded or unmeasured, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import attrs
import click
from rich.text import Text

from handrail import Problem
from handrail_cli import show
from handrail_cli._group import broken_commands
from handrail_cli._start import (
    CONFIG,
    config_option,
    config_path,
    configured,
    installed,
    json_option,
)

STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}
"""The levels, the gravest first, and their colours."""


@click.command()
@config_option
@json_option
def doctor(*, config: Path | None, as_json: bool) -> None:
    """Look for what is wrong, unguarded or unmeasured.

    Looks at the settings, at every module and feature they name, and at the commands.

    Exit code: 0 if all is well (notes do not count), 1 if there are problems.
    """
    path = config_path(config)
    problems = sorted(
        [*_of_settings(path), *_of_commands()], key=lambda p: list(STYLES).index(p.level)
    )
    ill = any(p.level != "note" for p in problems)
    if as_json:
        rows = [attrs.asdict(p) for p in problems]
        show.emit({"ok": not ill, "settings": path and str(path), "problems": rows})
    else:
        _print(problems, path)
    raise SystemExit(1 if ill else 0)


def _of_settings(path: Path | None) -> list[Problem]:
    try:
        with configured(path) if path else installed() as safety:
            found = list(safety.problems())
    except show.Stop as stop:
        return [Problem(level="error", where="settings", what=stop.message)]
    if path is None:
        fix = f"Write a {CONFIG}, or name one with --config."
        what = "No settings file: only installed modules were looked at, no feature."
        found.append(Problem(level="note", where=str(CONFIG), what=what, fix=fix))
    return found


def _of_commands() -> list[Problem]:
    return [
        Problem(
            level="warning",
            where=f"command {name!r}",
            what=f"It cannot be loaded: {reason}.",
            fix="Mend or remove the package that offers it.",
        )
        for name, reason in broken_commands().items()
    ]


def _print(problems: list[Problem], path: Path | None) -> None:
    screen = show.screen()
    screen.print(f"Looked at {path}." if path else "Looked at what is installed.")
    if all(p.level == "note" for p in problems):
        screen.print(Text("All is well.", "green"))
    table = show.grid("level", "problem", whole=["level"])
    for problem in problems:
        told = Text(show.printable(problem.where), "bold")
        told.append(f"\n{show.printable(problem.what, 1000)}", "not bold")
        if problem.fix:
            told.append(f"\n→ {show.printable(problem.fix, 1000)}", "not bold dim")
        table.add_row(Text(problem.level, STYLES[problem.level]), told)
    if problems:
        screen.print()
        screen.print(table)
