"""Conditions: a test over declared inputs, so that typos are caught and "unknown" is never "no"."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import TYPE_CHECKING, Any, Final, Protocol

import attrs

from handrail._issues import issue
from handrail._link import Links
from handrail._values import strings
from handrail.errors import InvalidValueError, unknown

if TYPE_CHECKING:
    from handrail._context import Context


class Unknown(enum.StrEnum):
    """What a rule does where a value it needs is missing."""

    MATCH = "match"
    SKIP = "skip"
    FAULT = "fault"


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""The value of an input that is not known in this call."""

_FINDINGS = re.compile(r"(?:score|count)\(([a-z0-9_.]+)")
_CALL = re.compile(r"(score|count|counter|strikes|session)\(([a-z0-9_.]+)(?:, *([a-z0-9_]+))?\)")


class Seen(Protocol):
    """What counts in a decision: in shadow it is more than what is enforced."""

    @property
    def scores(self) -> Mapping[str, float]:
        """The highest score of each issue."""
        ...

    @property
    def pairs(self) -> Iterable[tuple[Any, int]]:
        """The findings, each with its slot."""
        ...


@attrs.frozen
class Input:
    """One thing a condition may ask for.

    Attributes:
        read: Returns its value for a call and what was seen in it, or MISSING.
        optional: Whether it can be missing. provision: What the feature must provide for it.
    """

    read: Callable[[Context, Seen], Any]
    optional: bool = True
    provision: str | None = None


def _item(field: str, provision: str | None = None, *, optional: bool = True) -> Input:
    def read(context: Context, seen: Seen) -> Any:
        value = getattr(context.item, field)
        return MISSING if value is None else value

    return Input(read, optional, provision)


def _actor(field: str, provision: str) -> Input:
    def read(context: Context, seen: Seen) -> Any:
        actor = context.item.author
        value = None if actor is None else getattr(actor, field)
        return MISSING if value is None else value

    return Input(read, True, provision)


def _age(part: str) -> Input:
    def read(context: Context, seen: Seen) -> Any:
        actor = context.item.author
        return MISSING if actor is None or actor.age is None else getattr(actor.age, part)

    return Input(read, True, "actor.age")


def _links(context: Context, seen: Seen) -> int:
    if "links" in context._plan.derivations:
        return len(context.derive("links", Links))
    return len(context.item.links)


def _report(field: str) -> Input:
    def read(context: Context, seen: Seen) -> Any:
        value = None if context.report is None else getattr(context.report, field)
        return MISSING if value is None else value

    return Input(read)


def _amount(context: Context, seen: Seen) -> Any:
    amount = context.item.amount
    return MISSING if amount is None else amount.value


INPUTS: Mapping[str, Input] = {
    "item.kind": _item("kind", optional=False),
    "item.tags": _item("tags", optional=False),
    "item.revision": _item("revision", optional=False),
    "item.attributes": _item("attributes", optional=False),
    "item.language": _item("language", "language"),
    "item.region": _item("region", "region"),
    "item.visibility": _item("visibility", "visibility"),
    "item.relation": _item("relation", "relation"),
    "item.created_at": _item("created_at", "created_at"),
    "actor.age": _age("value"),
    "actor.age_known_by": _age("known_by"),
    "actor.tenure_days": _actor("tenure_days", "actor.tenure_days"),
    "actor.region": _actor("region", "actor.region"),
    "actor.language": _actor("language", "actor.language"),
    "actor.tags": _actor("tags", "author"),
    "participants": _item("participants", "participants", optional=False),
    "recipients": _item("recipients", "recipients", optional=False),
    "links.count": Input(_links, optional=False),
    "media.count": Input(lambda c, s: len(c.item.media), optional=False),
    "amount.value": Input(_amount, provision="amount"),
    "text.length": Input(lambda c, s: len(c.item.text), optional=False),
    "report.source": _report("source"),
    "report.issue": _report("issue"),
    "now": Input(lambda c, s: c.now, optional=False),
}
"""Every plain input by name; beside them stand score(issue), count(issue, name), counter(name),
strikes(issue, 90d) and session(issue, 10)."""


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
    match = _CALL.fullmatch(text)
    if match is None:
        known = [*INPUTS, "score(hate.speech)", "counter(name)", "strikes(hate.speech, 90d)"]
        raise unknown("input", text, known, where=where)
    function, first, second = match.groups()
    if function != "counter":
        issue(first, where=where)
    return _CALLS[function](first, second or "", where)


def _score(name: str, _: str, where: str) -> Input:
    return Input(lambda context, seen: seen.scores.get(name, 0.0), optional=False)


def _count(name: str, key: str, where: str) -> Input:
    if not key:
        raise InvalidValueError(f"{where}: count needs an issue and a name of its evidence")

    def read(context: Context, seen: Seen) -> Any:
        counts = [f.evidence.counts.get(key, 0) for f, _ in seen.pairs if f.issue == name]
        return max(counts, default=0)

    return Input(read, optional=False)


def _counter(name: str, _: str, where: str) -> Input:
    def read(context: Context, seen: Seen) -> Any:
        value = context.state.counter(name, context.item)
        return MISSING if value is None else value

    return Input(read)


def _strikes(name: str, window: str, where: str) -> Input:
    if not re.fullmatch(r"[1-9]\d{0,3}d", window):
        raise InvalidValueError(f"{where}: strikes needs a window in days, such as 90d")
    days = int(window[:-1])

    def read(context: Context, seen: Seen) -> Any:
        actor = context.item.author
        value = None if actor is None else context.state.strikes(actor.id, name, days)
        return MISSING if value is None else value

    return Input(read, provision="author")


def _session(name: str, segments: str, where: str) -> Input:
    if not re.fullmatch(r"[1-9]\d{0,3}", segments):
        raise InvalidValueError(f"{where}: session needs a number of segments, such as 10")

    def read(context: Context, seen: Seen) -> Any:
        session = context.item.session_id
        value = None if session is None else context.state.session(session, name, int(segments))
        return MISSING if value is None else value

    return Input(read, provision="session")


_CALLS = {
    "score": _score,
    "count": _count,
    "counter": _counter,
    "strikes": _strikes,
    "session": _session,
}


def _inputs(value: Any) -> tuple[str, ...]:
    return strings(value, "Condition.inputs")


@attrs.frozen
class Condition:
    """A test over declared inputs.

    ``Condition(["actor.tenure_days", "links.count"], lambda days, links: days < 3 and links > 2)``

    Attributes:
        inputs: Names of inputs, in the order of the test's arguments. One that ends in ``?``
            arrives as None where it is missing; without it the rule's ``unknown`` decides.
        test: Returns True, False, or None for "cannot tell".
        source: What it was written as, where that is not Python; its hash is taken from that.

    Raises UnknownNameError for an input that does not exist.
    """

    inputs: tuple[str, ...] = attrs.field(converter=_inputs)
    test: Callable[..., bool | None] = attrs.field(validator=attrs.validators.is_callable())
    source: str | None = attrs.field(default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        for each in self.inputs:
            resolve(each.removesuffix("?"), "Condition.inputs")
        try:
            signature(self.test).bind(*self.inputs)
        except TypeError:
            raise InvalidValueError(
                f"Condition: the test does not take {len(self.inputs)} arguments, one per input"
            ) from None
        except ValueError:
            # A test written in C may not say what it takes.
            return

    @property
    def may_miss(self) -> bool:
        """Whether a value it needs may be missing."""
        return any(resolve(i, "").optional for i in self.inputs if not i.endswith("?"))

    @property
    def issues(self) -> frozenset[str]:
        """The issues whose findings it looks at."""
        found = map(_FINDINGS.match, self.inputs)
        return frozenset(match[1] for match in found if match)

    @property
    def provisions(self) -> frozenset[str]:
        """What a feature has to provide for it; an optional input may stay away."""
        found = (resolve(i, "").provision for i in self.inputs if not i.endswith("?"))
        return frozenset(p for p in found if p)
