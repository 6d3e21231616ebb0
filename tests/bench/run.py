"""Run the benchmarks and print a table: ``python tests/bench/run.py [--write] [PART …]``.

Each part runs in a process of its own, and imports only what it measures. ``--write`` puts the
rows into ``docs/reference/performance.md`` between its two marks; where only some parts are
measured, the rows of the others stay as they are.
"""

from __future__ import annotations

import importlib
import json
import platform
import subprocess
import sys
from importlib.metadata import version
from itertools import chain
from pathlib import Path

import attrs
from harness import Row
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs/reference/performance.md"
MARKS = ("<!-- bench -->", "<!-- /bench -->")
PARTS = (
    "calls",
    "traced",
    "policies",
    "conditions",
    "media",
    "modules",
    "meaning",
    "lists",
    "peers",
    "state",
    "startup",
    "asgi",
)
ELSEWHERE = {"traced": "calls"}
"""Parts that stand in the file of another."""


def part(name: str) -> list[Row]:
    """Run one part here."""
    home = importlib.import_module(ELSEWHERE.get(name, name))
    found: list[Row] = getattr(home, name if name in ELSEWHERE else "rows")()
    return found


def elsewhere(name: str) -> list[Row]:
    """Run one part in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(HERE / "run.py"), "--raw", name], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def cells(row: Row) -> tuple[str, str, str, str, str]:
    """What a row shows."""
    value = f"{row.value:,.3g} {row.unit} ({row.low:,.3g} to {row.high:,.3g})"
    if row.ratio is None:
        return row.what, value, "", "", row.goal
    ratio = f"{row.ratio:.3g} × ({row.ratio_low:.3g} to {row.ratio_high:.3g})"
    return row.what, value, row.baseline, ratio, row.goal


HEADS = ("what", "median (quartiles)", "baseline", "ratio (quartiles)", "goal")


def machine() -> str:
    """What was measured, on what."""
    names = ("attrs", "opentelemetry-api", "opentelemetry-sdk", "pluggy", "openfeature-sdk")
    found = ", ".join(f"{n} {version(n)}" for n in names)
    return f"CPython {platform.python_version()}, {platform.system()} {platform.machine()}; {found}"


def first(line: str) -> str:
    """What a line of the table is about."""
    return line.split(" | ", maxsplit=1)[0].removeprefix("| ")


def merged(there: list[str], lines: list[str]) -> list[str]:
    """The lines that are there, with new ones in the place of those of the same part.

    A line that goes on (``…``) belongs to the one above it.
    """
    names = {first(line) for line in lines if not first(line).startswith("…")}
    kept: list[str] = []
    place, ours = -1, False
    for line in there:
        ours = ours if first(line).startswith("…") else first(line) in names
        if not ours:
            kept.append(line)
        elif place < 0:
            place = len(kept)
    place = len(kept) if place < 0 else place
    return [*kept[:place], *lines, *kept[place:]]


def write(parts: list[list[Row]]) -> None:
    """Put the rows of each part into the page."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
    body, _, tail = rest.partition(MARKS[1])
    rows = [line for line in body.splitlines() if line.startswith("| ") and "|---" not in line][1:]
    for found in parts:
        rows = merged(rows, ["| " + " | ".join(cells(row)) + " |" for row in found])
    table = [f"Measured with {machine()}.", "", "| " + " | ".join(HEADS) + " |", "|---" * 5 + "|"]
    body = "\n".join([*table, *rows])
    PAGE.write_text(f"{head}{MARKS[0]}\n{body}\n{MARKS[1]}{tail}", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    if "--raw" in arguments:
        print(json.dumps([attrs.asdict(row) for row in part(arguments[-1])]))
        return
    console = Console()
    wanted = [a for a in arguments if not a.startswith("-")] or list(PARTS)
    parts: list[list[Row]] = []
    for name in wanted:
        with console.status(f"measuring {name} …"):
            parts.append(elsewhere(name))
    table = Table(*HEADS, title=machine())
    for row in chain.from_iterable(parts):
        table.add_row(*cells(row))
    console.print(table)
    if "--write" in arguments:
        write(parts)


if __name__ == "__main__":
    main(sys.argv[1:])
