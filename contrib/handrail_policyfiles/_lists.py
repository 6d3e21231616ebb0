"""Lists of a bundle: ``lists/NAME.txt``, one entry a line, for conditions as ``lists.NAME``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from handrail_policyfiles._diagnostic import Diagnostic, Findings

FOLDER = "lists"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
BYTES_MOST = 80_000_000
"""Bytes a list may have: a million SHA-256 sums and some room."""

ENTRIES_MOST = 1_000_000
ENTRY_MOST = 1_000
"""Characters an entry may have."""


def read_lists(directory: Path, found: Findings) -> Mapping[str, frozenset[str]]:
    """Read the lists of a bundle.

    White space around an entry, empty lines and lines that begin with ``#`` and a space do not
    count. Entries are taken as they stand: upper and lower case differ.
    """
    lists = {}
    for path in list_files(directory):
        name = path.name.removesuffix(".txt")
        if _NAME.fullmatch(name):
            lists[name] = _read(path, found)
        else:
            found.errors.append(_at(path, "call a list lower_snake.txt, at most 64 characters"))
    return lists


def list_files(directory: Path) -> list[Path]:
    """The files of the lists, by name."""
    return sorted(path for path in (directory / FOLDER).glob("*.txt") if path.is_file())


def _read(path: Path, found: Findings) -> frozenset[str]:
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MOST + 1)
        if len(data) > BYTES_MOST:
            found.errors.append(_at(path, f"more than {BYTES_MOST} bytes; split the list"))
            return frozenset()
        lines = data.decode("utf-8-sig").splitlines()
    except OSError as error:
        found.errors.append(_at(path, f"cannot be read: {error.strerror}"))
        return frozenset()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        found.errors.append(_at(path, "not UTF-8", line))
        return frozenset()
    return _entries(path, lines, found)


def _entries(path: Path, lines: list[str], found: Findings) -> frozenset[str]:
    entries = set()
    for number, line in enumerate(lines, 1):
        entry = line.strip()
        if not entry or entry == "#" or entry.startswith("# "):
            continue
        if len(entry) > ENTRY_MOST:
            found.errors.append(_at(path, f"more than {ENTRY_MOST} characters in a line", number))
        entries.add(entry)
    if len(entries) > ENTRIES_MOST:
        found.errors.append(_at(path, f"more than {ENTRIES_MOST} entries; split the list"))
    return frozenset(entries)


def _at(path: Path, what: str, line: int = 1) -> Diagnostic:
    return Diagnostic(str(path), line, 1, what)


def digest(entries: frozenset[str]) -> str:
    """A hash of a list, whatever the order of its lines."""
    return hashlib.sha256("\n".join(sorted(entries)).encode()).hexdigest()
