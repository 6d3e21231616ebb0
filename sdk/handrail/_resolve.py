"""The inputs of conditions that take arguments: score(…), item.attributes.NAME and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from handrail._inputs import INPUTS, MISSING, Input, Seen, or_missing
from handrail._issues import families, issue
from handrail.errors import InvalidValueError, unknown

if TYPE_CHECKING:
    from handrail._context import Context

_CALL = re.compile(
    r"(score|found|count|counter|strikes|session)\(([a-z0-9_.]+)(?:, *([a-z0-9_.]+))?\)"
)


_ATTRIBUTE = "item.attributes."


def resolve(text: str, where: str) -> Input:
    """Find the input called *text*; raises UnknownNameError with the nearest names."""
    if text in INPUTS:
        return INPUTS[text]
    if text not in _called:
        _called[text] = _resolve_call(text, where)
    return _called[text]


_called: dict[str, Input] = {}
"""Inputs such as score(…) that were resolved before: the same input is read once per call."""


def _resolve_call(text: str, where: str) -> Input:
    if text.startswith(_ATTRIBUTE):
        return _attribute(text.removeprefix(_ATTRIBUTE))
    match = _CALL.fullmatch(text)
    if match is None:
        known = [*INPUTS, "score(hate.speech)", "counter(name)", "strikes(hate.speech, 90d)"]
        raise unknown("input", text, known, where=where)
    function, first, second = match.groups()
    if function != "counter" and not (function == "strikes" and first in families()):
        issue(first, where=where)
    return _CALLS[function](first, second or "", where)


def _attribute(key: str) -> Input:
    return Input(lambda context, seen: or_missing(context._item.attributes.get(key)))


def _score(name: str, module: str, where: str) -> Input:
    if not module:
        return Input(lambda context, seen: seen.scores.get(name, 0.0), optional=False)

    def read(context: Context, seen: Seen) -> Any:
        slots = context._plan.slots
        found = (f.score for f, i in seen.pairs if f.issue == name and slots[i].name == module)
        return max(found, default=0.0)

    return Input(read, optional=False)


def _found(name: str, least: str, where: str) -> Input:
    if not re.fullmatch(r"0(\.\d{1,6})?|1(\.0{1,6})?", least):
        raise InvalidValueError(f"{where}: found needs a least score from 0 to 1, such as 0.5")
    at = float(least)

    def read(context: Context, seen: Seen) -> Any:
        slots = context._plan.slots
        return len({slots[i].name for f, i in seen.pairs if f.issue == name and f.score >= at})

    return Input(read, optional=False)


def _count(name: str, key: str, where: str) -> Input:
    if not key:
        raise InvalidValueError(f"{where}: count needs an issue and a name of its evidence")

    def read(context: Context, seen: Seen) -> Any:
        counts = [f.evidence.count(key) for f, _ in seen.pairs if f.issue == name]
        return max(counts, default=0)

    return Input(read, optional=False)


def _counter(name: str, _: str, where: str) -> Input:
    return Input(lambda context, seen: or_missing(context.state.counter(name, context.item)))


def _strikes(name: str, window: str, where: str) -> Input:
    if not re.fullmatch(r"[1-9]\d{0,3}d", window):
        raise InvalidValueError(f"{where}: strikes needs a window in days, such as 90d")
    days = int(window[:-1])

    def read(context: Context, seen: Seen) -> Any:
        actor = context.item.author
        return MISSING if actor is None else or_missing(context.state.strikes(actor.id, name, days))

    return Input(read, provision="author")


def _session(name: str, segments: str, where: str) -> Input:
    if not re.fullmatch(r"[1-9]\d{0,3}", segments):
        raise InvalidValueError(f"{where}: session needs a number of segments, such as 10")
    most = int(segments)

    def read(context: Context, seen: Seen) -> Any:
        session = context.item.session_id
        return (
            MISSING if session is None else or_missing(context.state.session(session, name, most))
        )

    return Input(read, provision="session")


_CALLS = {
    "score": _score,
    "found": _found,
    "count": _count,
    "counter": _counter,
    "strikes": _strikes,
    "session": _session,
}
