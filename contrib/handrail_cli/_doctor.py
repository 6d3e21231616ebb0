"""``handrail doctor``: what is wrong, unguarded or unmeasured, and how to mend it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import attrs
import click
from rich.text import Text

from handrail import Problem
from handrail_cli import show
from handrail_cli._doctor_store import of_store
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
@show.apart()
def doctor(*, config: Path | None, as_json: bool) -> None:
    """Look for what is wrong, unguarded or unmeasured.

    Looks at the settings, at every module, feature and store they name, and at the commands.

    Exit code: 0 if nothing is wrong (notes do not count), 1 for errors or warnings, 2 if the
    settings file that was named does not exist.
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
        found += of_store(path) if path else []
    except show.Stop as stop:
        told = [line for line in stop.message.splitlines() if not line.startswith(" ")]
        return [Problem(level="error", where="settings", what=line) for line in told]
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


def _summary(counts: Counter[str]) -> Text:
    """Say in one line how things stand: a note is something to know, and nothing wrong."""
    if not counts:
        return Text("All is well.", "green")
    told = [f"{n} {level}{'s' * (n > 1)}" for level in STYLES if (n := counts[level])]
    if set(counts) == {"note"}:
        return Text(f"Nothing is wrong. {told[0]} to know:", "green")
    return Text(f"Found {' and '.join([', '.join(told[:-1]), told[-1]] if told[1:] else told)}.")


def _print(problems: list[Problem], path: Path | None) -> None:
    screen = show.screen()
    screen.print(f"Looked at {path}." if path else "Looked at what is installed.")
    screen.print(_summary(Counter(p.level for p in problems)))
    table = show.grid("level", "where and what", whole=["level"])
    for problem in problems:
        told = Text(show.printable(problem.where), "bold")
        told.append(f"\n{show.printable(problem.what, 1000)}", "not bold")
        if problem.fix:
            told.append(f"\n→ {show.printable(problem.fix, 1000)}", "not bold dim")
        table.add_row(Text(problem.level, STYLES[problem.level]), told)
    if problems:
        screen.print()
        screen.print(table)
