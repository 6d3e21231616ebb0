"""What is looked at, and who is involved: Item, Actor, Report and their parts.

Everything is frozen and validated when built. A programmer's mistake (a naive time, a negative
age) raises InvalidValueError; what a user may write (any text, however odd) never does.
No repr shows content or ids.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeVar

import attrs

from handrail._issues import issue
from handrail._values import (
    FrozenMap,
    Json,
    aware,
    built,
    fields_json,
    from_json,
    name,
    sequence,
    strings,
)
from handrail.errors import InvalidValueError, UnknownNameError

T = TypeVar("T")

ID_LIMIT = 512
"""Characters an id may have."""

_KNOWN_BY = ("declared", "estimated", "verified")
_REPORT_SOURCES = ("user", "trusted_flagger", "authority", "notice")
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")


def _id(value: object, where: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= ID_LIMIT:
        raise InvalidValueError(f"{where}: expected a string of 1 to {ID_LIMIT} characters")
    return value


def _check_id(instance: object, attribute: attrs.Attribute[T], value: T) -> None:
    if value is not None or attribute.default is attrs.NOTHING:
        _id(value, f"{type(instance).__name__}.{attribute.name}")


def _check_text(instance: object, attribute: attrs.Attribute[T], value: T) -> None:
    if not isinstance(value, str):
        raise InvalidValueError(
            f"{type(instance).__name__}.{attribute.name}: expected a string, "
            f"got {type(value).__name__}"
        )


def _check_region(instance: object, attribute: attrs.Attribute[T], value: T) -> None:
    if value is not None and not (isinstance(value, str) and _REGION.fullmatch(value)):
        where = f"{type(instance).__name__}.{attribute.name}"
        raise InvalidValueError(f"{where}: expected ISO 3166, such as 'DE' or 'US-CA'")


def _check_language(instance: object, attribute: attrs.Attribute[T], value: T) -> None:
    if value is not None and not (isinstance(value, str) and _LANGUAGE.fullmatch(value)):
        where = f"{type(instance).__name__}.{attribute.name}"
        raise InvalidValueError(f"{where}: expected BCP 47, such as 'en' or 'pt-BR'")


def _check_name(instance: object, attribute: attrs.Attribute[T], value: T) -> None:
    if value is not None:
        name(value, f"{type(instance).__name__}.{attribute.name}")


def _tags(value: Iterable[str] | str | None) -> frozenset[str]:
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
        tags: State that the host or a policy keeps on the person.
    """

    id: str = attrs.field(validator=_check_id)
    age: Age | None = attrs.field(default=None, converter=_age, kw_only=True)
    tenure_days: float | None = attrs.field(default=None, kw_only=True)
    region: str | None = attrs.field(default=None, validator=_check_region, kw_only=True)
    language: str | None = attrs.field(default=None, validator=_check_language, kw_only=True)
    tags: frozenset[str] = attrs.field(default=frozenset(), converter=_tags, kw_only=True)

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


def _actor(value: Actor | Mapping[str, Any] | None) -> Actor | None:
    return None if value is None else built(Actor, value)


def _actors(value: Iterable[Actor | Mapping[str, Any]]) -> tuple[Actor, ...]:
    return tuple(built(Actor, a) for a in sequence(value, "participants and recipients"))


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

    id: str = attrs.field(validator=_check_id)
    type: str = attrs.field(validator=_check_text)
    url: str | None = attrs.field(default=None, validator=attrs.validators.optional(_check_text))
    hashes: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap)
    data: bytes | None = attrs.field(default=None, converter=_bytes)

    def __repr__(self) -> str:
        return f"Media(hashes={len(self.hashes)}, data={self.data is not None})"


def _media(value: Iterable[Media | Mapping[str, Any]]) -> tuple[Media, ...]:
    return tuple(built(Media, m) for m in sequence(value, "Item.media"))


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
    currency: str = attrs.field(validator=_check_text)

    def __repr__(self) -> str:
        return "Amount()"


def _amount(value: Amount | Mapping[str, Any] | None) -> Amount | None:
    return None if value is None else built(Amount, value)


def _links(value: Iterable[str] | str | None) -> tuple[str, ...]:
    return strings(value, "Item.links")


def _created_at(value: datetime | str | None) -> datetime | None:
    return aware(value, "created_at")


@attrs.frozen
class Item:
    """What is looked at: a comment, a chat line, a gift, a join, a live segment, a profile change.

    Attributes:
        id: The host's id, 1 to 512 characters.
        text: What is written; any string.
        kind: ``text``, ``media``, ``gift``, ``join``, ``invite``, ``live_segment``,
            ``profile_change``, or a host's own lower_snake word.
        revision: Counts edits, from 1.
        confirms: The id of the NUDGE decision that the author has confirmed.
        links: Links that the host knows of, beside those in the text.
        media: Pictures, videos, sounds, files.
        amount: What a gift or payment is worth.
        author: Who made it; None if the host does not say.
        participants: Who else is there: on stage, in the room, in the thread.
        recipients: Whom it is addressed to.
        parent_id: The item it answers. thread_id: The thread. session_id: The live session.
        visibility: ``public``, ``connections``, ``private`` or a host's own word.
        relation: How the author stands to the recipients: ``stranger``, ``connected``, …
        region: The region it is about, ISO 3166; where people are is on the actors.
        language: BCP 47.
        tags: State that the host or a policy keeps on the item.
        attributes: Whatever else the host wants modules to see; frozen all the way down.
        created_at: When it was made, with a time zone.
    """

    id: str = attrs.field(validator=_check_id)
    text: str = attrs.field(default="", validator=_check_text)
    kind: str = attrs.field(default="text", validator=_check_name, kw_only=True)
    revision: int = attrs.field(default=1, kw_only=True)
    confirms: str | None = attrs.field(default=None, validator=_check_id, kw_only=True)
    links: tuple[str, ...] = attrs.field(default=(), converter=_links, kw_only=True)
    media: tuple[Media, ...] = attrs.field(default=(), converter=_media, kw_only=True)
    amount: Amount | None = attrs.field(default=None, converter=_amount, kw_only=True)
    author: Actor | None = attrs.field(default=None, converter=_actor, kw_only=True)
    participants: tuple[Actor, ...] = attrs.field(default=(), converter=_actors, kw_only=True)
    recipients: tuple[Actor, ...] = attrs.field(default=(), converter=_actors, kw_only=True)
    parent_id: str | None = attrs.field(default=None, validator=_check_id, kw_only=True)
    thread_id: str | None = attrs.field(default=None, validator=_check_id, kw_only=True)
    session_id: str | None = attrs.field(default=None, validator=_check_id, kw_only=True)
    visibility: str | None = attrs.field(default=None, validator=_check_name, kw_only=True)
    relation: str | None = attrs.field(default=None, validator=_check_name, kw_only=True)
    region: str | None = attrs.field(default=None, validator=_check_region, kw_only=True)
    language: str | None = attrs.field(default=None, validator=_check_language, kw_only=True)
    tags: frozenset[str] = attrs.field(default=frozenset(), converter=_tags, kw_only=True)
    attributes: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap, kw_only=True)
    created_at: datetime | None = attrs.field(default=None, converter=_created_at, kw_only=True)

    @revision.validator
    def _check_revision(self, _: object, value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise InvalidValueError("Item.revision: expected a whole number, 0 or more")

    @parent_id.validator
    def _check_parent(self, _: object, value: object) -> None:
        if value is not None and value == self.id:
            raise InvalidValueError("Item.parent_id: an item cannot be its own parent")

    def __repr__(self) -> str:
        return (
            f"Item({len(self.text)} characters, {len(self.links)} links, "
            f"{len(self.media)} media, author={'known' if self.author else 'unknown'})"
        )

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form, text included; ``Item.from_json`` reads it back without loss."""
        return fields_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Item:
        """Read the JSON form; raises InvalidValueError for an unknown or missing field."""
        return from_json(cls, data)


def _item(value: Item | Mapping[str, Any] | None) -> Item | None:
    return None if value is None else built(Item, value)


def _check_issue(name: object) -> None:
    """Refuse an issue that is in no list, without repeating what may be somebody's words."""
    try:
        issue(str(name))
    except UnknownNameError as error:
        hint = str(error).partition("'. ")[2]
        raise InvalidValueError(f"Report.issue: not in the taxonomy. {hint}") from None


@attrs.frozen(kw_only=True)
class Report:
    """Somebody says that an item is wrong.

    Attributes:
        id: The host's id of the report.
        item: The item, if the host has it at hand; else ``item_id`` names it.
        item_id: The id of the item; taken from ``item`` where that is given.
        source: ``user``, ``trusted_flagger`` (DSA Art. 22), ``authority`` (Art. 9, 10) or
            ``notice`` (Art. 16).
        reporter: Who says so; None where the law lets them stay unnamed.
        issue: The issue they name, from the taxonomy.
        text: What they write; content, never shown in reprs or logs.
        created_at: When, with a time zone.
    """

    id: str = attrs.field(validator=_check_id)
    item: Item | None = attrs.field(default=None, converter=_item)
    item_id: str | None = attrs.field(default=None, validator=_check_id)
    source: str = attrs.field(default="user")
    reporter: Actor | None = attrs.field(default=None, converter=_actor)
    issue: str | None = None
    text: str = attrs.field(default="", validator=_check_text)
    created_at: datetime | None = attrs.field(default=None, converter=_created_at)

    @source.validator
    def _check_source(self, _: object, value: object) -> None:
        if value not in _REPORT_SOURCES:
            raise InvalidValueError(f"Report.source: expected one of {', '.join(_REPORT_SOURCES)}")

    def __attrs_post_init__(self) -> None:
        if self.item is not None and self.item_id is None:
            object.__setattr__(self, "item_id", self.item.id)
        if self.item_id is None:
            raise InvalidValueError("Report: give the item, or its item_id")
        if self.item is not None and self.item.id != self.item_id:
            raise InvalidValueError("Report: item and item_id differ")
        if self.issue is not None:
            _check_issue(self.issue)

    def __repr__(self) -> str:
        return f"Report({self.source}, {len(self.text)} characters)"

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form; ``Report.from_json`` reads it back without loss."""
        return fields_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Report:
        """Read the JSON form; raises InvalidValueError for an unknown or missing field."""
        return from_json(cls, data)
