"""``handrail policy lint``: everything that is wrong or doubtful, with its place."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import attrs
import click
from rich.text import Text

from handrail import HandrailError
from handrail_cli import show
from handrail_cli._start import config_option, config_path, json_option
from handrail_cli.policy._among import Met, among
from handrail_cli.policy._load import check_directory, directory_argument
from handrail_policyfiles import Bundle, BundleError, Diagnostic

POSTURES = "postures"
"""The folder of policies that an emergency may put in force."""

WIDEST = 100
"""Characters that are shown of a line."""


@click.command()
@directory_argument("directory")
@config_option
@json_option
@show.apart()
def lint(*, directory: Path, config: Path | None, as_json: bool) -> None:
    """Say all that is wrong in DIRECTORY, and then what is doubtful.

    Postures are looked at as well. With settings, and once nothing else is wrong, their features
    and modules are asked too: what a feature cannot carry out, what no module looks for.

    Exit code: 0 if the policies can be used (warnings do not count), 1 if they cannot, 2 if
    there is no such directory.
    """
    check_directory(directory)
    bundle, found = looked_at(directory)
    met = Met(()) if bundle is None else _met(bundle, config)
    found += met.found
    if (postures := directory / POSTURES).is_dir():
        found += looked_at(postures)[1]
    found.sort(key=lambda each: (each.severity, each))
    errors = sum(each.severity == "error" for each in found)
    if as_json:
        problems = [attrs.asdict(p, filter=lambda a, _: a.name != "picture") for p in found]
        revision = bundle and bundle.revision
        told = {"ok": not errors, "revision": revision, "problems": problems}
        show.emit({**told, "unserved": met.unserved})
    else:
        _print(found, errors, bundle)
        if met.unserved:
            what = f"No module here looks for {', '.join(met.unserved)}: nothing comes of these."
            show.screen().print(Text(what, "dim"))
    raise SystemExit(1 if errors else 0)


def _met(bundle: Bundle, config: Path | None) -> Met:
    """Return what the settings make of a bundle: those named, or those lying here if they can."""
    if (path := config_path(config)) is None:
        return Met(bundle.misnamed())
    try:
        return among(bundle, path)
    except show.Stop as stop:
        if config is not None:
            raise
        what = f"these settings cannot be used, so their features were not asked: {stop.message}"
        return Met((Diagnostic(str(path), 1, 1, what, "warning"), *bundle.misnamed()))


def looked_at(directory: Path) -> tuple[Bundle | None, list[Diagnostic]]:
    """Read a directory; return its bundle, if it is one, and what is wrong or doubtful."""
    try:
        bundle = Bundle.read(directory)
    except BundleError as error:
        return None, list(error.problems)
    except HandrailError as error:
        raise show.Stop(str(error)) from None
    return bundle, list(bundle.warnings)


def told(found: Iterable[Diagnostic]) -> Text:
    """Return each problem with its place, the line, and a caret under the column."""
    style = {"error": "bold red", "warning": "yellow"}
    return Text("\n").join(
        Text.assemble(
            (each.place, "bold"), ": ", (each.severity, style[each.severity]),
            f": {show.printable(each.message, 1000)}\n",
            (each.picture or pictured(Path(each.file), each.line, each.column), "dim"),
        )
        for each in found
    )  # fmt: skip


def pictured(path: Path, number: int, column: int) -> str:
    """Return a line of a file with a caret under a column; nothing where it cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    if not 0 < number <= len(lines):
        return ""
    cut = max(0, column - WIDEST)
    line = lines[number - 1][cut : cut + WIDEST]
    # One sign for one sign, or the caret would stand elsewhere.
    safe = "".join(show.printable(sign) or " " for sign in line)
    return f"    {safe}\n" + " " * (3 + column - cut) + "^"


def _print(found: list[Diagnostic], errors: int, bundle: Bundle | None) -> None:
    screen = show.screen()
    if found:
        screen.print(told(found), soft_wrap=True)
    warnings = len(found) - errors
    counts = f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"
    if bundle is None:
        screen.print(Text(f"{counts}.", "red"))
    else:
        policies = len(bundle.policies)
        what = f"{policies} polic{'y' if policies == 1 else 'ies'}, revision {bundle.revision}"
        screen.print(Text(f"{counts}: {what}.", "green" if not found else ""))
