"""The two sinks the SDK brings: memory for tests, and a file of JSON lines, masked by default."""

from __future__ import annotations

import os
import secrets
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from handrail._decision import Decision
from handrail._lines import clean_call, clean_lines, full_line
from handrail._locks import RenewedLock
from handrail._mask import Mask
from handrail._seams import Entry
from handrail.errors import InvalidValueError


class MemorySink:
    """Keeps the last entries in memory; nothing it holds survives the process.

    Args:
        keep: How many entries, at most. Attributes: entries: What was written, in order.
    """

    durable = False

    def __init__(self, keep: int = 10_000) -> None:
        self.entries: deque[Entry] = deque(maxlen=keep)

    def write(self, batch: Sequence[Entry]) -> None:
        """Keep a batch."""
        self.entries.extend(batch)

    def commit(self, decisions: Sequence[Decision]) -> bool:
        """Return False: memory is not durable. The drain brings the decisions later."""
        return False

    def close(self) -> None:
        """Do nothing: what was kept can still be read."""

    def __repr__(self) -> str:
        return f"MemorySink({len(self.entries)} entries)"


class JsonlSink:
    """Appends one JSON object per line to a file; ``read_record`` reads it back.

    Item and decision texts are never in it. With a mask, an item's id, and that of whom an effect
    acts on, is replaced by a keyed hash (BLAKE2b, 16 hexadecimal digits), so that lines of one
    item can still be brought together by whoever has the key.

    Args:
        path: The file; created with its directory, for its owner alone to read.
        mask: Whether ids are hashed. key: The key of that hash; by default it is made once and
            kept beside the file, as ``<path>.key``.
    """

    durable = True

    def __init__(self, path: str | Path, *, mask: bool = True, key: bytes | None = None) -> None:
        self._path = Path(path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._mask = Mask((key or _kept_key(self._path)) if mask else None)
        self._lock = RenewedLock()
        self._committed: deque[str] = deque(maxlen=10_000)
        self._plans: set[str] = set()
        self._torn = ""
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def masked(self, id: str) -> str:  # noqa: A002 - the word for it
        """Return *id* as the file shows it."""
        return self._mask.one(id)

    def write(self, batch: Sequence[Entry]) -> None:
        """Append a batch and hand it to the operating system."""
        with self._lock:
            if self._committed:
                committed = set(self._committed)
                batch = [e for e in batch if not (type(e) is Decision and e.id in committed)]
            clean, lines = [], []
            for entry in batch:
                call = clean_call(entry)
                if call is None:
                    with suppress(Exception):  # One bad entry must not hold up the others.
                        lines.append(full_line(entry, self._mask))
                else:
                    clean.append(call)
            self._append("".join([*clean_lines(clean, self._mask, self._plans), *lines]))

    def commit(self, decisions: Sequence[Decision]) -> bool:
        """Append decisions that open a case, and wait until the disk has them."""
        with self._lock:
            self._append("".join(full_line(d, self._mask) for d in decisions))
            os.fsync(self._file)
            self._committed.extend(decision.id for decision in decisions)
        return True

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1

    def _append(self, text: str) -> None:
        """Write without a buffer of our own: after a fork, two processes would write it out."""
        left = memoryview((self._torn + text).encode())
        try:
            while left:
                self._torn = "\n"  # Until the last byte is out, the file may end within a line.
                left = left[os.write(self._file, left) :]
        except OSError:
            self._plans.clear()  # Their lines may be among those that were not written.
            raise
        self._torn = ""

    def __repr__(self) -> str:
        return f"JsonlSink(mask={self._mask.hides})"


def _kept_key(path: Path) -> bytes:
    """The key beside the file, made once: whole or not at all, whichever process comes first."""
    place = path.with_name(path.name + ".key")
    if not place.exists():
        made = path.with_name(f"{path.name}.key.{secrets.token_hex(4)}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(made, place)
        made.unlink()
    try:
        key = bytes.fromhex(place.read_text())
    except ValueError:
        key = b""
    if len(key) != 32:
        # An empty key would mask nothing: anybody could hash an id and compare.
        raise InvalidValueError(f"{place}: not a key; restore it, or remove it for new masks")
    return key
