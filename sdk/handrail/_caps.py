"""What is remembered of rules that act on too many: when each was first seen, tripped, confirmed.

It is kept as lines of JSON that are only ever added, so that several processes share one file
and nobody's confirmation is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from os import SEEK_END
from pathlib import Path
from typing import IO, Any, Protocol

from handrail._locks import RenewedLock

BYTES_MOST = 50_000_000
"""Bytes of a file of caps that are read."""


class Caps(Protocol):
    """Remembers what happened to rules, by the hash of what each matches and asks for."""

    def first_seen(self, marks: Iterable[str]) -> Mapping[str, datetime]:
        """Return when each rule was first seen; now, and remembered, where it is new."""
        ...

    def trip(self, mark: str, rule: str) -> None:
        """Remember that a rule was demoted."""
        ...

    def confirm(self, mark: str, rule: str, by: str) -> None:
        """Remember that *by* has confirmed a rule as it is."""
        ...

    def tripped(self) -> Mapping[str, str]:
        """Return the rules that are demoted now: their ids by hash."""
        ...

    def confirmed(self) -> frozenset[str]:
        """Return the hashes of rules that somebody confirmed."""
        ...


class MemoryCaps:
    """Caps of one process; forgotten with it."""

    def __init__(self) -> None:
        self._lock = RenewedLock()
        self._seen: dict[str, datetime] = {}
        self._tripped: dict[str, str] = {}
        self._confirmed: set[str] = set()

    def first_seen(self, marks: Iterable[str]) -> Mapping[str, datetime]:
        """Return when each rule was first seen; now, and remembered, where it is new."""
        with self._lock:
            self._read()
            wanted = list(marks)
            self._note([_line("seen", mark) for mark in wanted if mark not in self._seen])
            return {mark: self._seen[mark] for mark in wanted}

    def trip(self, mark: str, rule: str) -> None:
        """Remember that a rule was demoted."""
        with self._lock:
            self._read()
            if mark not in self._tripped and mark not in self._confirmed:
                self._note([_line("tripped", mark, rule=rule)])

    def confirm(self, mark: str, rule: str, by: str) -> None:
        """Remember that *by* has confirmed a rule as it is."""
        with self._lock:
            self._note([_line("confirmed", mark, rule=rule, by=by)])

    def tripped(self) -> Mapping[str, str]:
        """Return the rules that are demoted now: their ids by hash."""
        with self._lock:
            self._read()
            return dict(self._tripped)

    def confirmed(self) -> frozenset[str]:
        """Return the hashes of rules that somebody confirmed."""
        with self._lock:
            self._read()
            return frozenset(self._confirmed)

    def _note(self, lines: Sequence[Mapping[str, str]]) -> None:
        for line in lines:
            self._apply(line)

    def _read(self) -> None:
        return

    def _apply(self, line: Mapping[str, Any]) -> None:
        mark, event = str(line["hash"]), line["event"]
        if event == "seen":
            since = datetime.fromisoformat(str(line["at"]))
            self._seen.setdefault(mark, since if since.tzinfo else since.replace(tzinfo=UTC))
        elif event == "tripped" and mark not in self._confirmed:
            self._tripped[mark] = str(line.get("rule", ""))
        elif event == "confirmed":
            self._tripped.pop(mark, None)
            self._confirmed.add(mark)


class FileCaps(MemoryCaps):
    """Caps in a file that the processes of one machine share.

    Args:
        path: The file; made, with its folder, when there is something to write.

    Raises OSError where it cannot be written. A line that cannot be read is passed over.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self.path = Path(path)
        self._at = 0

    def _note(self, lines: Sequence[Mapping[str, str]]) -> None:
        super()._note(lines)  # Where the disk refuses, at least this process knows.
        if not lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab+") as file:
            said = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
            file.write(_apart(file) + said)
        self._read()

    def _read(self) -> None:
        """Take in what was added since the last look."""
        with suppress(OSError), self.path.open("rb") as file:
            file.seek(self._at)
            *lines, _ = file.read(BYTES_MOST).split(b"\n")  # The last one may still be written.
            for line in lines:
                self._at += len(line) + 1
                with suppress(ValueError, KeyError, TypeError, RecursionError):
                    self._apply(json.loads(line))


def _line(event: str, mark: str, **more: str) -> Mapping[str, str]:
    return {"event": event, "hash": mark, "at": datetime.now(UTC).isoformat(), **more}


def _apart(file: IO[bytes]) -> bytes:
    """What goes before a new line: a newline, where a crash cut the last line off."""
    if not file.seek(0, SEEK_END):
        return b""
    file.seek(-1, SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"
