"""Run the benchmarks and print a table: ``python tests/bench/run.py [--write] [PART …]``.

Each part runs in a process of its own. ``--write`` puts the table into
``docs/reference/performance.md`` between its two marks.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from importlib.metadata import version
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


def part(name: str) -> list[Row]:
    """Run one part here."""
    import asgi
    import calls
    import conditions
    import lists
    import meaning
    import media
    import modules
    import peers
    import policies
    import startup
    import state

    found = {
        "asgi": asgi.rows,
        "calls": calls.rows,
        "traced": calls.traced,
        "policies": policies.rows,
        "conditions": conditions.rows,
        "media": media.rows,
        "modules": modules.rows,
        "meaning": meaning.rows,
        "lists": lists.rows,
        "peers": peers.rows,
        "state": state.rows,
        "startup": startup.rows,
    }
    return found[name]()


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


def write(rows: list[Row]) -> None:
    """Put the table into the page."""
    lines = [f"Measured with {machine()}.", "", "| " + " | ".join(HEADS) + " |", "|---" * 5 + "|"]
    lines += ["| " + " | ".join(cells(row)) + " |" for row in rows]
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(MARKS[0])
    tail = rest.partition(MARKS[1])[2]
    body = "\n".join(lines)
    PAGE.write_text(f"{head}{MARKS[0]}\n{body}\n{MARKS[1]}{tail}", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    if "--raw" in arguments:
        print(json.dumps([attrs.asdict(row) for row in part(arguments[-1])]))
        return
    console = Console()
    wanted = [a for a in arguments if not a.startswith("-")] or list(PARTS)
    rows: list[Row] = []
    for name in wanted:
        with console.status(f"measuring {name} …"):
            rows += elsewhere(name)
    table = Table(*HEADS, title=machine())
    for row in rows:
        table.add_row(*cells(row))
    console.print(table)
    if "--write" in arguments:
        write(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
