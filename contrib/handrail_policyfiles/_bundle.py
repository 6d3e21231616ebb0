"""A bundle: a directory of policies, read as one, with one revision that says what it means."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import attrs

from handrail import Feature, Node, Policy, expand
from handrail_policyfiles._conditions import Conditions
from handrail_policyfiles._deadlines import Deadline
from handrail_policyfiles._diagnostic import BundleError, Diagnostic, Findings
from handrail_policyfiles._kinds import Reading
from handrail_policyfiles._lint import applied, lint, mentions, slips
from handrail_policyfiles._lists import digest, list_files, read_lists
from handrail_policyfiles._read import Draft, check_names, read_policy

CASES = ".cases.yaml"
EMERGENCY = "emergency"
"""The folder of what an emergency put in force for a while; it is read like the directory."""

FOLDERS = frozenset({EMERGENCY, "postures"})
"""The folders that may hold policy files; a posture counts once it is copied to the other."""

STARTING = ("comments", "live", "messaging", "profiles", "transactions")
"""The surfaces that have a starting policy; there may be others."""

FILES_MOST = 500
BYTES_MOST = 20_000_000
"""Bytes the policies of a bundle may have together."""


@attrs.frozen(eq=False, kw_only=True)
class Bundle:
    """The policies of a directory.

    The revision is a hash of what the files say: policies, lists, and the legal deadlines that
    counted on that day. Names and order of files, order of rules and keys, comments and layout
    are not part of it, nor are cases.

    Attributes:
        directory: Where it was read. revision: 12 hexadecimal digits; each policy carries it.
        policies: By name. lists: By name. warnings: What is doubtful, by file and line.
        day: The day whose laws counted. deadlines: The legal deadlines that policies name.
        files: A SHA-256 sum of each file, by its path within the directory.
    """

    directory: Path
    revision: str
    policies: tuple[Policy, ...]
    lists: Mapping[str, frozenset[str]] = attrs.field(repr=False)
    warnings: tuple[Diagnostic, ...] = attrs.field(repr=False)
    day: date
    deadlines: tuple[Deadline, ...] = attrs.field(repr=False)
    files: Mapping[str, str] = attrs.field(repr=False)

    _mentions: tuple[tuple[str, Diagnostic], ...] = attrs.field(repr=False, default=())
    _applied: tuple[tuple[str, str, Node], ...] = attrs.field(repr=False, default=())

    @classmethod
    def read(cls, directory: Path | str, *, day: date | None = None) -> Bundle:
        """Read a directory: ``*.yaml``, ``lists/*.txt``; ``*.cases.yaml`` is for ``run_cases``.

        Args:
            directory: Where the files are.
            day: The day whose laws count; today's by default.

        Raises BundleError with every problem there is.
        """
        return read_bundle(Path(directory), Reading() if day is None else Reading(day=day))

    @classmethod
    def open(cls, directory: Path | str, revision: str) -> Bundle:
        """Open a bundle that was archived, with the laws of its day.

        Raises PolicyError for a revision that is not there, or whose files were changed.
        """
        from handrail_policyfiles._archive import open_archived

        return open_archived(Path(directory), revision)

    def archive(self, directory: Path | str) -> Path:
        """Keep the files under the revision in *directory*; return where.

        What is there already is left alone. Raises PolicyError where the files have changed since
        they were read.
        """
        from handrail_policyfiles._archive import archive

        return archive(self, Path(directory))

    @property
    def issues(self) -> frozenset[str]:
        """The issues and patterns that something is decided for."""
        return frozenset(name for name, _ in self._mentions)

    def unserved(self, issues: Iterable[str]) -> tuple[Diagnostic, ...]:
        """What decides about issues that nobody looks for, where modules look for *issues*."""
        covered = frozenset(issues)
        return tuple(
            sorted(said for name, said in self._mentions if covered.isdisjoint(expand([name])))
        )

    def misnamed(self, features: Iterable[Feature] | None = None) -> tuple[Diagnostic, ...]:
        """What ``applies`` names that is nearly a surface or feature of *features*, and none.

        Without them: what is nearly a surface that has a starting policy.
        """
        there = None if features is None else tuple(features)
        surfaces = STARTING if there is None else {f.surface for f in there}
        known = {"surface": surfaces, "feature": {f.name for f in there or ()}}
        return tuple(sorted(slips(self._applied, known)))


def load(directory: Path, archive: Path | None = None) -> Sequence[Policy]:
    """Read the policies of a directory: the ``PolicyLoader`` of this package.

    Args:
        directory: Where the files are.
        archive: Where the bundle is kept by its revision; None keeps it nowhere.

    Raises BundleError with every problem there is.
    """
    bundle = Bundle.read(directory)
    if archive is not None:
        bundle.archive(archive)
    return bundle.policies


def read_bundle(directory: Path, reading: Reading) -> Bundle:
    """Read a directory with the deadlines and the day of *reading*; raises BundleError."""
    found = reading.found
    paths = _policy_files(directory, found)
    lists = read_lists(directory, found)
    conditions = Conditions(lists, found)
    drafts = [d for p in paths if (d := read_policy(p, reading, conditions)) is not None]
    check_names(drafts, reading)
    revision = _revision(drafts, lists)
    built = [d.policy(reading, bundle=revision) for d in drafts]
    lint(drafts, reading)
    if found.errors:
        raise BundleError(found.errors)
    policies = sorted((p for p in built if p is not None), key=lambda p: p.name)
    return Bundle(
        directory=directory,
        revision=revision,
        policies=tuple(policies),
        lists=lists,
        warnings=tuple(sorted(found.warnings)),
        day=reading.day,
        deadlines=tuple(row for row in reading.rows if row.id in reading.used),
        files=digests(directory),
        mentions=tuple(mentions(drafts)),
        applied=tuple(applied(drafts)),
    )


def _policy_files(directory: Path, found: Findings) -> list[Path]:
    if not directory.is_dir():
        raise BundleError([Diagnostic(str(directory), 1, 1, "no such directory")])
    _refuse_misplaced(directory, found)
    paths = policy_files(directory)
    if not paths:
        found.errors.append(
            _whole(directory, "no policy here: expected files such as comments.yaml")
        )
    if len(paths) > FILES_MOST:
        raise BundleError([_whole(directory, f"more than {FILES_MOST} policy files")])
    if sum(_size(path) for path in paths) > BYTES_MOST:
        raise BundleError([_whole(directory, f"policy files of more than {BYTES_MOST} bytes")])
    return paths


def _size(path: Path) -> int:
    """The size of a file; one that cannot be asked is refused when it is read."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def policy_files(directory: Path) -> list[Path]:
    """The policy files of a directory and of its folder ``emergency``, by name."""
    found = (*directory.glob("*.yaml"), *directory.glob(f"{EMERGENCY}/*.yaml"))
    return sorted(p for p in found if p.is_file() and not _is_case(p))


def case_files(directory: Path) -> list[Path]:
    """The files of cases of a directory, by name."""
    return sorted(p for p in directory.glob(f"*{CASES}") if p.is_file())


def _is_case(path: Path) -> bool:
    return path.name.endswith(CASES)


def _refuse_misplaced(directory: Path, found: Findings) -> None:
    """Say what would be overlooked: another suffix, a subdirectory."""
    for path in sorted(directory.glob("*.yml")):
        found.errors.append(_whole(path, "is not read: call it .yaml"))
    for path in sorted(directory.glob("*/*.yaml")):
        # A mounted volume keeps its versions in hidden folders, and links to their files.
        if path.parent.name not in FOLDERS and not path.parent.name.startswith("."):
            found.errors.append(_whole(path, "is not read: move it up, there are no subfolders"))


def _whole(path: Path, what: str) -> Diagnostic:
    return Diagnostic(str(path), 1, 1, what)


def _revision(drafts: Iterable[Draft], lists: Mapping[str, frozenset[str]]) -> str:
    content: dict[str, Any] = {
        "policies": sorted((_plain(draft.canonical()) for draft in drafts), key=_text),
        "lists": {name: digest(entries) for name, entries in lists.items()},
    }
    return hashlib.sha256(_text(content).encode()).hexdigest()[:12]


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def _plain(value: Any) -> Any:
    """The same with 1.0 written as 1."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def digests(directory: Path) -> dict[str, str]:
    """A SHA-256 sum of each file of a bundle, by its path within the directory."""
    paths = [*policy_files(directory), *case_files(directory), *list_files(directory)]
    return {path.relative_to(directory).as_posix(): _digest(path) for path in paths}


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BundleError([_whole(path, f"cannot be read: {error.strerror}")]) from None
