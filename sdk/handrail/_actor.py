"""Who is involved, and what an item is made of: Age, Actor, Media, Amount."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Literal, TypeVar

import attrs

from handrail._values import (
    EMPTY,
    FrozenMap,
    Json,
    aware,
    built,
    fields_json,
    from_json,
    frozen,
    is_name,
    name,
    sequence,
    strings,
)
from handrail.errors import InvalidValueError

T = TypeVar("T")


ID_LIMIT = 512
"""Characters an id may have."""


_KNOWN_BY = ("declared", "estimated", "verified")


REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
"""How a region of ISO 3166 is written."""


_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")
_LANGUAGE_LIMIT = 8 + 4 * 9


def _id(value: object, where: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= ID_LIMIT:
        raise InvalidValueError(f"{where}: expected a string of 1 to {ID_LIMIT} characters")
    return value


def check_id(instance: object, attribute: attrs.Attribute[T], value: T) -> None:
    """Refuse an id that is no string of 1 to ID_LIMIT characters."""
    if isinstance(value, str) and 0 < len(value) <= ID_LIMIT:
        return  # Before anything is said: most ids are good.
    if value is not None or attribute.default is attrs.NOTHING:
        _id(value, f"{type(instance).__name__}.{attribute.name}")


def check_text(instance: object, attribute: attrs.Attribute[T], value: T) -> None:
    """Refuse what is no string."""
    if not isinstance(value, str):
        raise InvalidValueError(
            f"{type(instance).__name__}.{attribute.name}: expected a string, "
            f"got {type(value).__name__}"
        )


def check_region(instance: object, attribute: attrs.Attribute[T], value: T) -> None:
    """Refuse what is no ISO 3166 code."""
    if value is not None and not (isinstance(value, str) and REGION.fullmatch(value)):
        where = f"{type(instance).__name__}.{attribute.name}"
        raise InvalidValueError(f"{where}: expected ISO 3166, such as 'DE' or 'US-CA'")


def check_language(instance: object, attribute: attrs.Attribute[T], value: T) -> None:
    """Refuse what is no BCP 47 tag."""
    good = isinstance(value, str) and len(value) <= _LANGUAGE_LIMIT and _is_language(value)
    if value is not None and not good:
        where = f"{type(instance).__name__}.{attribute.name}"
        raise InvalidValueError(f"{where}: expected BCP 47, such as 'en' or 'pt-BR'")


@lru_cache(maxsize=1024)  # Every item has one, and there are few.
def _is_language(value: str) -> bool:
    return _LANGUAGE.fullmatch(value) is not None


def check_name(instance: object, attribute: attrs.Attribute[T], value: T) -> None:
    """Refuse what is no lower_snake name."""
    if value is not None and not is_name(value):
        name(value, f"{type(instance).__name__}.{attribute.name}")


def read_tags(value: Iterable[str] | str | None) -> frozenset[str]:
    """Read tags; a bare string is one."""
    if not value and type(value) is frozenset:
        return value  # Most have none.
    return frozenset(strings(value, "tags"))


@attrs.frozen
class Age:
    """How old somebody is, and how that is known.

    Attributes:
        value: Whole years, 0 to 150.
        known_by: ``declared`` by the person, ``estimated`` by a model, or ``verified``.
    """

    value: int = attrs.field()
    known_by: Literal["declared", "estimated", "verified"] = attrs.field(default="declared")

    @value.validator
    def _check_value(self, _: object, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 150:
            raise InvalidValueError("Age.value: expected whole years from 0 to 150")

    @known_by.validator
    def _check_known_by(self, _: object, value: object) -> None:
        if value not in _KNOWN_BY:
            raise InvalidValueError(f"Age.known_by: expected one of {', '.join(_KNOWN_BY)}")


def _age(value: Age | int | Mapping[str, Any] | None) -> Age | None:
    if value is None or isinstance(value, Age):
        return value
    return from_json(Age, value) if isinstance(value, Mapping) else Age(value)


@attrs.frozen
class Actor:
    """Somebody who acts: an author, a participant, a recipient, a reporter.

    Attributes:
        id: The host's id, 1 to 512 characters.
        age: An Age, whole years (taken as declared), or None: unknown is never "an adult".
        tenure_days: Days since the account was made, 0 or more, or None.
        region: Where the person is, ISO 3166 (``DE``, ``US-CA``).
        language: BCP 47.
        relation: How the item's author stands to this person: ``stranger``, ``connected``, …
        tags: State that the host or a policy keeps on the person.
    """

    id: str = attrs.field(validator=check_id)
    age: Age | None = attrs.field(default=None, converter=_age, kw_only=True)
    tenure_days: float | None = attrs.field(default=None, kw_only=True)
    region: str | None = attrs.field(default=None, validator=check_region, kw_only=True)
    language: str | None = attrs.field(default=None, validator=check_language, kw_only=True)
    relation: str | None = attrs.field(default=None, validator=check_name, kw_only=True)
    tags: frozenset[str] = attrs.field(default=frozenset(), converter=read_tags, kw_only=True)

    @tenure_days.validator
    def _check_tenure(self, _: object, value: object) -> None:
        if value is not None and (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or not 0 <= value < math.inf
        ):
            raise InvalidValueError("Actor.tenure_days: expected 0 or more")

    def __repr__(self) -> str:
        return f"Actor(age={self.age.value if self.age else 'unknown'}, tags={len(self.tags)})"

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form; ``Actor.from_json`` reads it back without loss."""
        return fields_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Actor:
        """Read the JSON form; raises InvalidValueError for an unknown or missing field."""
        return from_json(cls, data)


def read_actor(value: Actor | Mapping[str, Any] | None) -> Actor | None:
    """Read an actor or its JSON form."""
    return None if value is None else built(Actor, value)


def read_actors(value: Iterable[Actor | Mapping[str, Any]]) -> tuple[Actor, ...]:
    """Read actors or their JSON forms."""
    read = sequence(value, "participants and recipients")
    return tuple([built(Actor, each) for each in read]) if read else ()


def _bytes(value: bytes | str | None) -> bytes | None:
    try:
        data = base64.b64decode(value, validate=True) if isinstance(value, str) else value
    except ValueError:
        raise InvalidValueError("Media.data: not base64") from None
    if data is not None and not isinstance(data, bytes):
        raise InvalidValueError(f"Media.data: expected bytes, got {type(data).__name__}")
    return data


@attrs.frozen(kw_only=True)
class Media:
    """A picture, video, sound or file that an item carries.

    Attributes:
        id: The host's id.
        type: The MIME type the host believes it to be.
        url: Where the bytes can be had, if anywhere.
        hashes: Hash by algorithm, such as ``{"pdq": "…"}``.
        data: The bytes themselves; base64 in JSON.
    """

    id: str = attrs.field(validator=check_id)
    type: str = attrs.field(validator=check_text)
    url: str | None = attrs.field(default=None, validator=attrs.validators.optional(check_text))
    hashes: FrozenMap = attrs.field(default=EMPTY, converter=frozen)
    data: bytes | None = attrs.field(default=None, converter=_bytes)

    def __repr__(self) -> str:
        return f"Media(hashes={len(self.hashes)}, data={self.data is not None})"


def read_media(value: Iterable[Media | Mapping[str, Any]]) -> tuple[Media, ...]:
    """Read media or their JSON forms."""
    read = sequence(value, "Item.media")
    return tuple([built(Media, each) for each in read]) if read else ()


def _decimal(value: Decimal | int | str) -> Decimal:
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        number = Decimal("NaN")
    if isinstance(value, float) or not number.is_finite() or number < 0:
        raise InvalidValueError("Amount.value: expected a Decimal, int or '12.50', 0 or more")
    return number


@attrs.frozen
class Amount:
    """What a gift or payment is worth.

    Attributes:
        value: A Decimal, int or text such as ``12.50``; 0 or more.
        currency: ISO 4217, or a unit such as coins.
    """

    value: Decimal = attrs.field(converter=_decimal)
    currency: str = attrs.field(validator=check_text)

    def __repr__(self) -> str:
        return "Amount()"


def read_amount(value: object) -> Amount | None:
    """Read an amount or its JSON form."""
    if value is not None and not isinstance(value, (Amount, Mapping)):
        what = 'expected {"value": …, "currency": …}'
        raise InvalidValueError(f"Item.amount: {what}, got {type(value).__name__}")
    return None if value is None else built(Amount, value)


def read_time(value: datetime | str | None) -> datetime | None:
    """Read an aware time or its ISO 8601 form."""
    return aware(value, "created_at")
