"""What the host tells back: carried out, viewed, withdrawn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import attrs

from handrail._finding import Action, read_action
from handrail._values import Json, aware, fields_json, from_json
from handrail.errors import InvalidValueError

T = TypeVar("T")


_ID = re.compile(r"[0-9a-f]{24}")


_WORD = re.compile(r"[A-Za-z0-9._:/+-]{1,64}")


def _at(value: datetime | str) -> datetime:
    return aware(value, "HostEvent.at")


def _ours(value: object) -> str | None:
    """The id of a decision, if it is one of ours; anything else could be content."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _check_count(_: object, attribute: attrs.Attribute[int | None], value: int | None) -> None:
    if value is not None and (type(value) is not int or value < 0):
        raise InvalidValueError(f"HostEvent.{attribute.name}: expected a whole number, 0 or more")


def _check_flag(_: object, attribute: attrs.Attribute[T], value: T) -> None:
    if value is not None and type(value) is not bool:
        raise InvalidValueError(f"HostEvent.{attribute.name}: expected True, False or None")


def _check_word(_: object, attribute: attrs.Attribute[T], value: T) -> None:
    if value is not None and not (isinstance(value, str) and _WORD.fullmatch(value)):
        raise InvalidValueError(
            f"HostEvent.{attribute.name}: expected up to 64 letters, digits and . _ : / + -"
        )


@attrs.frozen(kw_only=True, repr=False)
class HostEvent:
    """What the host told us back.

    Attributes:
        name: ``carried_out``, ``viewed`` or ``withdrawn``.
        feature, item, revision: What it is about. decision: The decision's id, if one of ours.
        action: What the decision said, where one is given.
        published: Whether the item is visible now. views: How many more views it had.
        segment: The viewer segment of those views, a short word. at: When, UTC.
    """

    name: str
    feature: str
    item: str
    revision: int | None = attrs.field(default=None, validator=_check_count)
    decision: str | None = attrs.field(default=None, converter=_ours)
    action: Action | None = attrs.field(
        default=None, converter=attrs.converters.optional(read_action)
    )
    published: bool | None = attrs.field(default=None, validator=_check_flag)
    views: int | None = attrs.field(default=None, validator=_check_count)
    segment: str | None = attrs.field(default=None, validator=_check_word)
    at: datetime = attrs.field(converter=_at)

    def __repr__(self) -> str:
        return f"HostEvent({self.name}, feature={self.feature!r})"

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form."""
        return fields_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HostEvent:
        """Read the JSON form."""
        return from_json(cls, data)
