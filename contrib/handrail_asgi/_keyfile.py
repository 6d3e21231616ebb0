"""Keys in a file: lines of JSON that are only ever added, for their owner's eyes alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from pathlib import Path
from stat import S_IMODE
from typing import Any

import attrs

from handrail import ConfigError, InvalidValueError, Json
from handrail_asgi._key import Key

FILE_MOST = 16 * 1024 * 1024
"""Bytes of a file of keys that are read."""


class FileKeys:
    """API keys in a file that the processes of one machine share (mode 0600).

    A key is a line, a revocation another, each written at once and flushed to the disk, so that
    two processes that write lose nothing of each other's.

    Args:
        path: The file; made with the first key.

    Raises ConfigError, with file and line, for what cannot be read, and for a file that others
    may read.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def read(self) -> Sequence[Key]:
        """Return every key in the file; none where there is no file."""
        keys: dict[str, Key] = {}
        for number, line, cut in self._lines():
            try:
                _apply(json.loads(line), keys)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                if cut:
                    continue
                why = str(error) if isinstance(error, InvalidValueError) else "not a key"
                raise ConfigError(f"{self.path}:{number}:1: {why}") from None
        return tuple(keys.values())

    def add(self, key: Key) -> None:
        """Write a new key down."""
        self._write({"key": key.to_json()})

    def revoke(self, id: str, at: datetime) -> bool:  # noqa: A002 - the word for it
        """Write down that a key has ended; return whether there is one of that id."""
        if all(key.id != id for key in self.read()):
            return False
        self._write({"revoked": id, "at": at.isoformat()})
        return True

    def _lines(self) -> Iterator[tuple[int, bytes, bool]]:
        """Each line, its number, and whether a crash cut it off: a blank line follows."""
        try:
            with self.path.open("rb") as file:
                mode = S_IMODE(os.fstat(file.fileno()).st_mode)
                if os.name == "posix" and mode & 0o077:
                    raise ConfigError(
                        f"{self.path}: others may read it (mode {mode:04o}): chmod 600 it"
                    )
                text = file.read(FILE_MOST + 1)
        except FileNotFoundError:
            return
        if len(text) > FILE_MOST:
            raise ConfigError(f"{self.path}: more than {FILE_MOST} bytes of keys")
        # What follows the last newline was cut off as well, or is being written.
        *lines, _ = text.split(b"\n")
        for number, (line, following) in enumerate(zip_longest(lines, lines[1:]), start=1):
            if line:
                yield number, line, following == b""

    def _write(self, said: Mapping[str, Json]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        handle = os.open(self.path, flags, 0o600)
        with open(handle, "r+b", buffering=0) as file:  # noqa: PTH123 - a handle, not a path.
            before = b"\n\n" if _torn(file.fileno()) else b""
            file.write(before + json.dumps(said).encode() + b"\n")
            os.fsync(file.fileno())


def _torn(handle: int) -> bool:
    """Whether the last line of a file has no end."""
    size = os.fstat(handle).st_size
    if not size:
        return False
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) != b"\n"


def _apply(line: Any, keys: dict[str, Key]) -> None:
    if "key" in line:
        key = Key.from_json(line["key"])
        keys[key.id] = key
    else:
        key = keys[line["revoked"]]
        at = datetime.fromisoformat(line["at"])
        keys[key.id] = attrs.evolve(key, revoked_at=key.revoked_at or at)
