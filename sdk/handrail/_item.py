"""What is looked at: Item.

Everything is frozen and validated when built. A programmer's mistake (a naive time, a negative
age) raises InvalidValueError; what a user may write (any text, however odd) never does.
No repr shows content or ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from handrail._actor import (
    Actor,
    Amount,
    Media,
    check_id,
    check_language,
    check_name,
    check_region,
    check_text,
    read_actor,
    read_actors,
    read_amount,
    read_media,
    read_tags,
    read_time,
)
from handrail._values import (
    EMPTY,
    FrozenMap,
    Json,
    fields_json,
    from_json,
    frozen,
    strings,
)
from handrail.errors import InvalidValueError


def _links(value: Iterable[str] | str | None) -> tuple[str, ...]:
    return strings(value, "Item.links")


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

    id: str = attrs.field(validator=check_id)
    text: str = attrs.field(default="", validator=check_text)
    kind: str = attrs.field(default="text", validator=check_name, kw_only=True)
    revision: int = attrs.field(default=1, kw_only=True)
    confirms: str | None = attrs.field(default=None, validator=check_id, kw_only=True)
    links: tuple[str, ...] = attrs.field(default=(), converter=_links, kw_only=True)
    media: tuple[Media, ...] = attrs.field(default=(), converter=read_media, kw_only=True)
    amount: Amount | None = attrs.field(default=None, converter=read_amount, kw_only=True)
    author: Actor | None = attrs.field(default=None, converter=read_actor, kw_only=True)
    participants: tuple[Actor, ...] = attrs.field(default=(), converter=read_actors, kw_only=True)
    recipients: tuple[Actor, ...] = attrs.field(default=(), converter=read_actors, kw_only=True)
    parent_id: str | None = attrs.field(default=None, validator=check_id, kw_only=True)
    thread_id: str | None = attrs.field(default=None, validator=check_id, kw_only=True)
    session_id: str | None = attrs.field(default=None, validator=check_id, kw_only=True)
    visibility: str | None = attrs.field(default=None, validator=check_name, kw_only=True)
    relation: str | None = attrs.field(default=None, validator=check_name, kw_only=True)
    region: str | None = attrs.field(default=None, validator=check_region, kw_only=True)
    language: str | None = attrs.field(default=None, validator=check_language, kw_only=True)
    tags: frozenset[str] = attrs.field(default=frozenset(), converter=read_tags, kw_only=True)
    attributes: FrozenMap = attrs.field(default=EMPTY, converter=frozen, kw_only=True)
    created_at: datetime | None = attrs.field(default=None, converter=read_time, kw_only=True)

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


def head(item: Item, most: int) -> Item:
    """The item with the first *most* characters of its text."""
    return item if len(item.text) <= most else attrs.evolve(item, text=item.text[:most])
