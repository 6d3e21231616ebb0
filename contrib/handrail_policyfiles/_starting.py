"""The starting bundle: policies to begin with, as files to copy and change."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from handrail import Policy
from handrail.errors import unknown
from handrail_policyfiles._bundle import CASES, Bundle, policy_files

DIRECTORY = Path(__file__).parent / "starting"


def starting_policy(name: str) -> Policy:
    """Return a starting policy by its surface, or ``reports`` for all of them.

    Raises UnknownNameError for another name.
    """
    _check(name)
    return next(p for p in _bundle().policies if p.name == f"starting-{name}")


def copy_starting(directory: Path | str, names: Iterable[str] | None = None) -> list[Path]:
    """Copy starting policies and their cases to a directory, to be changed there.

    Args:
        directory: Where to; it is made if it is not there.
        names: Which ones; all by default.

    Returns the files written, among them the schemas for editors. Raises UnknownNameError for
    another name, and FileExistsError rather than write over a policy.
    """
    target = Path(directory)
    sources = [path for name in names or _names() for path in _files(name)]
    made = [target / path.name for path in sources]
    for path in made:
        if path.exists():
            raise FileExistsError(f"{path}: is there already; copy to an empty directory")
    target.mkdir(parents=True, exist_ok=True)
    for source, path in zip(sources, made, strict=True):
        text = source.read_text(encoding="utf-8")
        path.write_text(text.replace("$schema=../", "$schema="), encoding="utf-8")
    shipped = sorted(DIRECTORY.parent.glob("*.schema.json"))
    return made + [Path(shutil.copyfile(path, target / path.name)) for path in shipped]


def _files(name: str) -> list[Path]:
    _check(name)
    paths = [DIRECTORY / f"{name}.yaml", DIRECTORY / f"{name}{CASES}"]
    return [path for path in paths if path.is_file()]


def _names() -> list[str]:
    return [path.stem for path in policy_files(DIRECTORY)]


def _check(name: str) -> None:
    if name not in _names():
        raise unknown("starting policy", name, _names())


@cache
def _bundle() -> Bundle:
    return Bundle.read(DIRECTORY)
