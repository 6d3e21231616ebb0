"""``handrail policy test``: decide the cases beside the policies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.text import Text

from handrail import HandrailError
from handrail_cli import show
from handrail_cli._start import json_option
from handrail_cli.policy._load import directory_argument, open_bundle
from handrail_policyfiles import CaseResult, run_cases


@click.command("test")
@directory_argument("directory")
@json_option
def run_tests(*, directory: Path, as_json: bool) -> None:
    """Decide the cases in DIRECTORY, and say what came out otherwise.

    Exit code: 0 if all came out as expected, 1 if one did not, 2 if nothing could start.
    """
    bundle = open_bundle(directory)
    try:
        results = run_cases(bundle)
    except HandrailError as error:
        raise show.Stop(str(error)) from None
    failed = [result for result in results if not result.passed]
    if as_json:
        show.emit({"revision": bundle.revision, "passed": len(results) - len(failed),
                   "failed": [_failed(result) for result in failed]})  # fmt: skip
    else:
        _print(failed, len(results))
    raise SystemExit(1 if failed else 0)


def _failed(result: CaseResult) -> dict[str, object]:
    made = result.decision
    return {
        "name": result.name,
        "place": result.place,
        "differences": list(result.differences),
        "action": made and made.action.name.lower(),
        "decided_by": made and made.decided_by,
    }


def _print(failed: Sequence[CaseResult], total: int) -> None:
    screen = show.screen()
    table = show.grid("case", "what came out otherwise")
    for result in failed:
        case = Text.assemble(show.printable(result.name), "\n", (result.place, "dim"))
        table.add_row(case, Text("\n".join(map(show.printable, result.differences)), "red"))
    if failed:
        screen.print(table)
    if not total:
        screen.print("No cases: write some in NAME.cases.yaml beside the policies.")
    else:
        style = "red" if failed else "green"
        screen.print(Text(f"{total - len(failed)} of {total} cases as expected.", style))
