"""The two sinks the SDK brings: memory for tests, and a file of JSON lines, masked by default."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from handrail._call import decision
from handrail._context import OFFSET_NS, Context
from handrail._decision import Action, Decision, Receipt
from handrail._health import RenewedLock
from handrail._plan import LANGUAGES_MOST
from handrail._record import SAMPLED, unserved
from handrail._seams import Entry, HostEvent
from handrail._telemetry import trace_id
from handrail._values import Json
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

    Item and decision texts are never in it. With a mask, an item's id is replaced by a keyed
    hash (BLAKE2b, 16 hexadecimal digits), so that lines of one item can still be brought together
    by whoever has the key. A clean ALLOW is a short line that names its plan; what all clean
    calls of a plan share stands once, in a line of its own.

    Args:
        path: The file; created with its directory, for its owner alone to read.
        mask: Whether ids are hashed. key: The key of that hash; by default it is made once and
            kept beside the file, as ``<path>.key``.
    """

    durable = True

    def __init__(self, path: str | Path, *, mask: bool = True, key: bytes | None = None) -> None:
        self._path = Path(path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._keyed = _keyed(key or _kept_key(self._path)) if mask else None
        self._lock = RenewedLock()
        self._committed: deque[str] = deque(maxlen=10_000)
        self._plans: set[str] = set()
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def masked(self, id: str) -> str:  # noqa: A002
        """Return *id* as the file shows it."""
        if self._keyed is None:
            return id
        keyed = self._keyed.copy()
        keyed.update(id.encode("utf-8", "surrogatepass"))
        return keyed.hexdigest()

    def write(self, batch: Sequence[Entry]) -> None:
        """Append a batch and hand it to the operating system."""
        with self._lock:
            if self._committed:
                committed = set(self._committed)
                batch = [e for e in batch if not (type(e) is Decision and e.id in committed)]
            clean = self._clean
            self._append("".join([
                clean(c) if (c := clean_call(entry)) is not None else self._line(entry)
                for entry in batch
            ]))  # fmt: skip

    def commit(self, decisions: Sequence[Decision]) -> bool:
        """Append decisions that open a case, and wait until the disk has them."""
        with self._lock:
            self._append("".join(map(self._line, decisions)))
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
        left = memoryview(text.encode())
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError:
            self._plans.clear()  # Their lines may be among those that were not written.
            raise

    def _line(self, entry: Entry) -> str:
        data = entry.to_json()
        data["entry"] = type(entry).__name__.lower()
        data["item"] = self.masked(str(data["item"]))
        return json.dumps(data, separators=(",", ":")) + "\n"

    def _clean(self, context: Context) -> str:
        """The short line of a clean ALLOW, and before it, the first time, that of its plan."""
        item, number, start = context.item, context._number, context._stamps[0]
        shared = context._plan.templates.get(item.language)
        if shared is None or shared[0] not in self._plans:
            return self._first(context)
        if self._keyed is None:
            shown = json.dumps(item.id)
        else:
            keyed = self._keyed.copy()
            keyed.update(item.id.encode("utf-8", "surrogatepass"))
            shown = f'"{keyed.hexdigest()}"'
        more = "" if number % SAMPLED and not context._otel else _more(context)
        return (
            f'{{"entry":"clean","plan":"{shared[0]}","id":"{number:x}","item":{shown},'
            f'"revision":{item.revision},"us":{(start + OFFSET_NS) // 1000},'
            f'"latency_us":{(context._end - start) // 1000}{more}}}\n'
        )

    def _first(self, context: Context) -> str:
        """The line of a plan that was not written yet, and the one that needs it."""
        shared = shared_line(context)
        if len(context._plan.templates) >= LANGUAGES_MOST:
            context._plan.templates.clear()
        context._plan.templates[context.item.language] = shared
        self._plans.add(shared[0])
        return shared[1] + self._clean(context)

    def __repr__(self) -> str:
        return f"JsonlSink(mask={self._keyed is not None})"


def clean_call(entry: Entry) -> Context | None:
    """The call behind a clean ALLOW, which has nothing to say but that it was; else None."""
    if type(entry) is not Decision:
        return None
    context = getattr(entry, "_source", None)
    if type(context) is not Context or context._outcome is not None:
        return None
    if context._plan.unserved and unserved(context._plan, context.item):
        return None
    return context


def _keyed(key: bytes) -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=8, key=key[:64])


def _kept_key(path: Path) -> bytes:
    place = path.with_name(path.name + ".key")
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(place.read_text())
    with os.fdopen(descriptor, "w") as file:
        key = secrets.token_bytes(32)
        file.write(key.hex())
    return key


_VARYING = ("id", "item", "revision", "at", "latency_us", "trace_id")


def shared_line(context: Context) -> tuple[str, str]:
    """What all clean lines of a plan in one language share: its mark, and the line that says it."""
    data = decision(context, Action.ALLOW).to_json()
    rows: list[dict[str, Json]] = data["coverage"]  # type: ignore[assignment]
    shared = {name: value for name, value in data.items() if name not in _VARYING}
    shared["coverage"] = [{**row, "ms": None} for row in rows]
    text = json.dumps(shared, separators=(",", ":"))
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    return mark, f'{{"entry":"plan","plan":"{mark}","decision":{text}}}\n'


def _more(context: Context) -> str:
    """What few clean lines say: a trace id, and for one in so many, ns per inline module."""
    stamps, lent, more = context._stamps, context._lent, ""
    if not context._number % SAMPLED:
        took = [e - s for s, e in pairwise(stamps)]
        for number, ns in lent.items():
            took[number] -= ns
        more = f',"ns":{took}'
    found = trace_id(context._otel)
    return f'{more},"trace_id":"{found}"' if found else more


def read_record(path: str | Path) -> Iterator[Entry]:
    """Read a file of JsonlSink back, line by line, short lines made whole again.

    Raises InvalidValueError with the line's number for one that cannot be read; the last line
    may be cut off by a crash and is then left out.
    """
    plans: dict[str, dict[str, Any]] = {}
    with Path(path).open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith("\n"):
                return
            try:
                data = json.loads(line)
                kind = data.pop("entry")
                if kind == "plan":
                    plans[data["plan"]] = data["decision"]
                else:
                    yield _KINDS[kind](data, plans)
            except (KeyError, TypeError, ValueError) as error:
                text = f"line {number}: no entry of a record ({type(error).__name__})"
                raise InvalidValueError(text) from None


def _whole(data: dict[str, Any], plans: dict[str, dict[str, Any]]) -> Decision:
    shared = plans[data.pop("plan")]
    at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=data.pop("us"))
    took = iter(data.pop("ns", ()))
    coverage = list(shared["coverage"])
    for number, row in enumerate(coverage):
        if row["status"] == "ran" and (ns := next(took, 0)):
            coverage[number] = {**row, "ms": round(ns / 1e6, 3)}
    return Decision.from_json({**shared, "coverage": coverage, "at": at.isoformat(), **data})


_KINDS: dict[str, Callable[[dict[str, Any], dict[str, dict[str, Any]]], Entry]] = {
    "clean": _whole,
    "decision": lambda data, _: Decision.from_json(data),
    "receipt": lambda data, _: Receipt.from_json(data),
    "hostevent": lambda data, _: HostEvent.from_json(data),
}
