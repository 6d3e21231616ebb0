"""The record as JSON lines: one for each decision that says something, one for many that do not.

A clean ALLOW says nothing but that it was. Those of one batch and plan share a ``clean`` line
whose fields are columns, and what all clean calls of a plan have in common stands once, in a
``plan`` line before them. ``read_record`` makes them whole again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from handrail._call import decision
from handrail._context import Context, clock, unix_ns, wall
from handrail._decision import Decision
from handrail._fields import SAMPLED, number_text, unserved
from handrail._finding import Action
from handrail._host_event import HostEvent
from handrail._item import Item
from handrail._mask import Mask
from handrail._outcome import CLEAR
from handrail._plan import LANGUAGES_MOST
from handrail._receipt import Receipt
from handrail._seams import Entry
from handrail._spans import trace_id
from handrail.errors import InvalidValueError

_PLAN = '{{"entry":"plan","plan":"{}","decision":'
_VARYING = ("id", "item", "revision", "at", "latency_us", "trace_id")


def clean_call(entry: Entry) -> Context | None:
    """The call behind a clean ALLOW, which has nothing to say but that it was; else None."""
    call = getattr(entry, "_source", None)
    if type(call) is not Context or not (call._outcome is None or _said_nothing(call)):
        return None
    return None if call._plan.unserved and unserved(call._plan, call._item) else call


def _said_nothing(call: Context) -> bool:
    """Whether nothing was found and nothing failed in a call, and nobody was left out."""
    usual = call._complete and call._shadow is None and not (call._said or call._skipped)
    return call._outcome is CLEAR and usual and not call._plan.rest


class Clean(NamedTuple):
    """A clean ALLOW: a decision that says nothing but that it was.

    Attributes:
        plan: The mark of what all clean calls of one plan and language have in common.
        id, at, latency_us, trace_id: As on the decision. item: What was looked at.
    """

    plan: str
    id: str
    at: datetime
    item: Item
    latency_us: int
    trace_id: str | None


def split_clean(entries: Iterable[Entry]) -> tuple[list[Clean], dict[str, str], list[Entry]]:
    """Take the clean ALLOWs of a batch apart, so that a sink writes little for each.

    Most decisions are such; how long each of their modules took is left out. What answers a
    report is never among them: it says what was reported.

    Returns the clean ones; by mark of a plan the JSON form of a decision, without what differs
    from call to call (id, item, revision, at, latency_us and trace_id); and all other entries.
    """
    clean: list[Clean] = []
    rest: list[Entry] = []
    plans: dict[str, str] = {}
    for entry in entries:
        call = clean_call(entry)
        if call is None or call._report is not None:
            rest.append(entry)
            continue
        mark, line = call._plan.templates.get(call._item.language) or _remember(call)
        if mark not in plans:
            plans[mark] = line[len(_PLAN.format(mark)) : -2]
        start = call._stamps[0]
        trace = trace_id(call._otel) if call._otel else None
        took = (call._end - start) // 1000
        number = number_text(call._number)
        clean.append(Clean(mark, number, wall(start), call._item, took, trace))
    return clean, plans, rest


def full_line(entry: Entry, mask: Mask) -> str:
    """One entry by itself."""
    data: dict[str, Any] = entry.to_json()
    data["entry"] = type(entry).__name__.lower()
    data["item"] = mask.one(str(data["item"]))
    for effect in (*data.get("effects", ()), *(data.get("shadow") or {}).get("effects", ())):
        if effect.get("subject") is not None:
            effect["subject"] = mask.one(str(effect["subject"]))
    return json.dumps(data, separators=(",", ":")) + "\n"


def clean_lines(calls: Iterable[Context], mask: Mask, written: set[str]) -> Iterator[str]:
    """The lines of clean calls, by plan and language; *written* are the plans in the file."""
    groups: dict[str, list[Context]] = {}
    plan, language, group = None, None, list[Context]()
    for call in calls:
        if call._plan is not plan or call._item.language != language:
            plan, language = call._plan, call._item.language
            mark, line = plan.templates.get(language) or _remember(call)
            group = groups.setdefault(mark, [])
            if mark not in written:
                written.add(mark)
                yield line
        group.append(call)
    for mark, group in groups.items():
        yield _block(mark, group, mask)


def _block(mark: str, calls: Sequence[Context], mask: Mask) -> str:
    """One line of columns. ``n``, ``revision``, ``ns`` and ``trace_id`` say what is unusual."""
    numbers = [c._number for c in calls]
    first, gapless = numbers[0], _gapless(numbers)
    items = [c._item for c in calls]
    starts = [c._stamps[0] for c in calls]
    start_us = unix_ns(starts[0]) // 1000
    zero = start_us * 1000 - clock.offset_ns
    revisions = {n: item.revision for n, item in enumerate(items) if item.revision != 1}
    traces = {n: trace_id(call._otel) for n, call in enumerate(calls) if call._otel}
    return (
        f'{{"entry":"clean","plan":"{mark}","first":"{first:x}","start_us":{start_us},'
        f'"n":{len(numbers) if gapless else [n - first for n in numbers]},'
        f'"item":{mask.column([i.id for i in items])},"revision":{json.dumps(revisions)},'
        f'"us":{[(s - zero) // 1000 for s in starts]},'
        f'"latency_us":{[(c._end - s) // 1000 for c, s in zip(calls, starts, strict=True)]},'
        f'"ns":{{{",".join(_took(n, calls[n]) for n in _sampled(numbers, gapless))}}},'
        f'"trace_id":{json.dumps(traces)}}}\n'
    )


def _gapless(numbers: list[int]) -> bool:
    """Whether calls follow one another as they were numbered; most batches are such runs."""
    return numbers[-1] - numbers[0] == len(numbers) - 1 and numbers == sorted(numbers)


def _sampled(numbers: Sequence[int], gapless: bool) -> Iterable[int]:  # noqa: FBT001 - of two
    """The places of the calls that are looked at closely."""
    if gapless:
        return range(-numbers[0] % SAMPLED, len(numbers), SAMPLED)
    return [place for place, number in enumerate(numbers) if not number % SAMPLED]


def _took(place: int, call: Context) -> str:
    """What each inline module took, in ns, without what it had others derive; by place."""
    took = [e - s for s, e in pairwise(call._stamps)]
    for number, ns in call._lent.items():
        took[number] -= ns
    return f'"{place}":{took}'


def _remember(call: Context) -> tuple[str, str]:
    templates = call._plan.templates
    if len(templates) >= LANGUAGES_MOST:
        templates.clear()
    shared = templates[call._item.language] = _shared(call)
    return shared


def _shared(call: Context) -> tuple[str, str]:
    """What all clean calls of a plan in one language share: its mark, and the line that says it."""
    data = decision(call, Action.ALLOW).to_json()
    rows: Any = data["coverage"]
    shared = {name: value for name, value in data.items() if name not in _VARYING}
    shared["coverage"] = [{**row, "ms": None} for row in rows]
    text = json.dumps(shared, separators=(",", ":"))
    mark = hashlib.sha256(text.encode()).hexdigest()[:12]
    return mark, f"{_PLAN.format(mark)}{text}}}\n"


def read_record(path: str | Path) -> Iterator[Entry]:
    """Read a file of JsonlSink back; clean calls become whole decisions again.

    Raises InvalidValueError with the line's number for one that cannot be read. A line cut off
    by a crash or a full disk is no JSON and is left out; what it held was written again after it.
    """
    plans: dict[str, dict[str, Any]] = {}
    with Path(path).open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                data = json.loads(line)
            except ValueError:
                if line.startswith("{") or not line.strip():
                    continue
                raise InvalidValueError(f"line {number}: no entry of a record") from None
            try:
                entries = _read(data, plans)
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                text = f"line {number}: no entry of a record ({type(error).__name__})"
                raise InvalidValueError(text) from None
            yield from entries


def _read(data: dict[str, Any], plans: dict[str, dict[str, Any]]) -> list[Entry]:
    kind = data.pop("entry")
    if kind == "plan":
        plans[data["plan"]] = data["decision"]
        return []
    if kind == "clean":
        shared = plans[data["plan"]]
        offsets = data["n"] if isinstance(data["n"], list) else range(data["n"])
        return [_whole(shared, data, n, offset) for n, offset in enumerate(offsets)]
    return [_KINDS[kind](data)]


def _whole(shared: dict[str, Any], data: Mapping[str, Any], n: int, offset: int) -> Decision:
    at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=data["start_us"] + data["us"][n])
    took = iter(data["ns"].get(str(n), ()))
    coverage = list(shared["coverage"])
    for number, row in enumerate(coverage):
        if row["status"] == "ran" and (ns := next(took, 0)):
            coverage[number] = {**row, "ms": round(ns / 1e6, 3)}
    return Decision.from_json({
        **shared, "item": data["item"][n], "latency_us": data["latency_us"][n],
        "revision": data["revision"].get(str(n), 1), "coverage": coverage, "at": at.isoformat(),
        "id": f"{int(data['first'], 16) + offset:x}",
        "trace_id": data["trace_id"].get(str(n)),
    })  # fmt: skip


_KINDS: dict[str, Callable[[dict[str, Any]], Entry]] = {
    "decision": Decision.from_json,
    "receipt": Receipt.from_json,
    "hostevent": HostEvent.from_json,
}
