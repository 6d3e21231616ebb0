"""The two sinks the SDK brings: memory for tests, and a file of JSON lines, masked by default."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from handrail._context import Context
from handrail._decision import Decision
from handrail._plan import Plan
from handrail._record import unserved
from handrail._seams import Entry


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
    """Appends one JSON object per line to a file.

    Item and decision texts are never in it. With a mask, an item's id is replaced by a keyed
    hash (BLAKE2b, 16 hexadecimal digits), so that lines of one item can still be brought together
    by whoever has the key.

    Args:
        path: The file; created with its directory, for its owner alone to read.
        mask: Whether ids are hashed. key: The key of that hash; by default it is made once and
            kept beside the file, as ``<path>.key``.
    """

    durable = True

    def __init__(self, path: str | Path, *, mask: bool = True, key: bytes | None = None) -> None:
        self._path = Path(path)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._key = (key or _kept_key(self._path)) if mask else None
        self._lock = threading.Lock()
        self._committed: deque[str] = deque(maxlen=10_000)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._file = os.fdopen(descriptor, "a", encoding="utf-8", newline="\n")

    def masked(self, id: str) -> str:  # noqa: A002
        """Return *id* as the file shows it."""
        if self._key is None:
            return id
        return _hash(id, self._key)

    def write(self, batch: Sequence[Entry]) -> None:
        """Append a batch and hand it to the operating system."""
        with self._lock:
            committed = set(self._committed)
            lines = [self._line(e) for e in batch if not _id_in(e, committed)]
            self._file.write("".join(lines))
            self._file.flush()

    def commit(self, decisions: Sequence[Decision]) -> bool:
        """Append decisions that open a case, and wait until the disk has them."""
        with self._lock:
            for decision in decisions:
                self._file.write(self._line(decision))
                self._committed.append(decision.id)
            self._file.flush()
            os.fsync(self._file.fileno())
        return True

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def _line(self, entry: Entry) -> str:
        context = getattr(entry, "_source", None)
        if isinstance(context, Context) and context._outcome is None:
            if not unserved(context._plan, context.item):
                return clean_line(context, self.masked(context.item.id))
        data = entry.to_json()
        data["entry"] = type(entry).__name__.lower()
        data["item"] = self.masked(str(data["item"]))
        return json.dumps(data, separators=(",", ":")) + "\n"

    def __repr__(self) -> str:
        return f"JsonlSink(mask={self._key is not None})"


def _id_in(entry: Entry, committed: set[str]) -> bool:
    return bool(committed) and isinstance(entry, Decision) and entry.id in committed


def _hash(id: str, key: bytes) -> str:  # noqa: A002
    data = id.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=8, key=key).hexdigest()


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


def clean_line(context: Context, item: str) -> str:
    """The line of a clean ALLOW: what ``Decision.to_json`` says, from a template of its plan."""
    plan = context._plan
    template = plan.templates.get(context.item.language)
    if template is None:
        template = plan.templates[context.item.language] = _template(plan, context)
    stamps, lent = context._stamps, context._lent
    took = [e - s for s, e in zip(stamps, stamps[1:], strict=False)]
    for number, ns in (lent or {}).items():
        took[number] -= ns
    return template % (
        context._number,
        json.dumps(item),
        context.item.revision,
        *[ns / 1e6 for ns in took],
        json.dumps(context.build("trace_id")),
        context.now.isoformat(),
        (context._end - stamps[0]) // 1000,
    )


_SLOTS: tuple[tuple[str, Callable[[Any], str]], ...] = (
    ("id", lambda _: '"%024x"'),
    ("item", lambda _: "%s"),
    ("revision", lambda _: "%d"),
    ("trace_id", lambda _: "%s"),
    ("at", lambda _: '"%s"'),
    ("latency_us", lambda _: "%d"),
)


def _template(plan: Plan, context: Context) -> str:
    """A decision's JSON with places for what differs between clean calls of one plan."""
    from handrail._call import decision
    from handrail._decision import Action

    places = dict(_SLOTS)
    data = decision(context, Action.ALLOW).to_json()
    data["entry"] = "decision"
    parts = []
    for name, value in data.items():
        if name in places:
            text = places[name](value)
        else:
            text = json.dumps(value, separators=(",", ":")).replace("%", "%%")
        if name == "coverage":
            text = _timed(value, plan)
        parts.append(f'"{name}":{text}')
    return "{" + ",".join(parts) + "}\n"


def _timed(rows: Any, plan: Plan) -> str:
    ran = {s.name for s in plan.inline_slots}
    parts = []
    for row in rows:
        text = json.dumps({**row, "ms": None}, separators=(",", ":")).replace("%", "%%")
        parts.append(text[: -len("null}")] + "%.3f}" if row["module"] in ran else text)
    return "[" + ",".join(parts) + "]"
