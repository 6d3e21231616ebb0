"""What rules, overrides and exceptions have in common: conditions, ids, spans of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from handrail._condition import Condition, Unknown
from handrail._ladders import T
from handrail._values import FrozenMap, aware, member
from handrail.errors import PolicyError


def condition(value: Condition) -> Condition:
    """Refuse what is no Condition."""
    if not isinstance(value, Condition):
        raise PolicyError("when: expected a Condition(inputs, test)")
    return value


def maybe_condition(value: Condition | None) -> Condition | None:
    """Refuse what is neither a Condition nor None."""
    return None if value is None else condition(value)


def unknown(value: Unknown | str | None) -> Unknown | None:
    """Read what holds where a value is missing."""
    return None if value is None else member(Unknown, value, "unknown")


def check_when(
    where: str, when: Condition | None, choice: Unknown | None, each: str | None = None
) -> None:
    """Refuse a condition whose value may be missing without a word on what that means.

    A recipient is one only where a rule is tested for *each*.
    """
    if when is not None and each is None and any(i.startswith("recipient.") for i in when.inputs):
        raise PolicyError(f"{where}: recipient is whom a rule is tested for: each: recipients")
    if when is not None and when.may_miss and choice is None:
        needed = ", ".join(when.missable or (i.removesuffix("?") for i in when.inputs))
        raise PolicyError(
            f"{where}: a value it needs ({needed}) may be missing: "
            f"say unknown: match, skip or fault"
        )


def check_id(instance: object, _: attrs.Attribute[T], value: T) -> None:
    """Refuse an id that is no string of 1 to 200 characters."""
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise PolicyError(f"{type(instance).__name__}: id: expected 1 to 200 characters")


def starts(value: datetime | str | None) -> datetime | None:
    """Read when something begins to hold."""
    return aware(value, "starts")


def ends(value: datetime | str | None) -> datetime | None:
    """Read when something stops to hold."""
    return aware(value, "ends")


def check_span(where: str, begin: datetime | None, end: datetime | None) -> None:
    """Refuse a span that is over before it begins."""
    if begin is not None and end is not None and end <= begin:
        raise PolicyError(f"{where}: it ends before it starts, so it could never match")


def within(begin: datetime | None, end: datetime | None, now: datetime) -> bool:
    """Whether *now* lies in the span; the end itself does not."""
    return (begin is None or begin <= now) and (end is None or now < end)


def versions(value: Mapping[str, str]) -> Mapping[str, str]:
    """Read versions by module; one that was read as a number has lost its last digit."""
    read: Mapping[str, Any] = FrozenMap(value)
    if not all(isinstance(version, str) for version in read.values()):
        raise PolicyError("modules: expected versions by module, such as {text: '1.0'}")
    return read
