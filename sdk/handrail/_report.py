"""What somebody says is wrong: Report.

Frozen and validated when built, as Item is. What people write into a form (a name, an address
that is none, places by the hundred) never raises: a notice that lacks something says so in
``missing``, and is taken all the same. No repr shows content, ids or who reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import attrs

from handrail._actor import Actor, check_id, check_text, read_actor, read_time
from handrail._issues import issue
from handrail._item import Item
from handrail._markets import check_market
from handrail._values import Json, built, fields_json, from_json, strings
from handrail.errors import InvalidValueError, UnknownNameError

SOURCES = ("user", "trusted_flagger", "authority", "notice")
"""Where a report may come from."""

ORDERS = ("act", "inform")
"""What an authority may order: to act against content, or to inform about somebody."""

UNNAMED = frozenset(
    f"child_safety.{name}"
    for name in ("csam", "csam_synthetic", "grooming", "sextortion", "sexualization", "abuse")
)
"""What may be reported without a name: offences of Arts 3 to 7 of Directive 2011/93/EU."""


def _item(value: Item | Mapping[str, Any] | None) -> Item | None:
    return None if value is None else built(Item, value)


def _locations(value: Iterable[str] | str | None) -> tuple[str, ...]:
    return strings(value, "Report.locations")


def _territory(value: Iterable[str] | str | None) -> tuple[str, ...]:
    regions = tuple(sorted(set(strings(value, "Report.territory"))))
    for each in regions:
        check_market(each, kind="region", where="Report.territory")
    return regions


def _check_words(instance: object, field: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str | None):
        raise InvalidValueError(f"Report.{field.name}: expected a string")


def _check_issue(name: object) -> None:
    """Refuse an issue that is in no list, without repeating what may be somebody's words."""
    try:
        issue(str(name))
    except UnknownNameError as error:
        hint = str(error).partition("'. ")[2]
        raise InvalidValueError(f"Report.issue: not in the taxonomy. {hint}") from None


@attrs.frozen(kw_only=True, repr=False)
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
        text: Why they think so, in their words; content, never shown in reprs or logs.
        created_at: When, with a time zone.
        locations: Where exactly it is, such as URLs.
        name, email: The reporter's, where they give them; in no repr or log.
        good_faith: Whether they state that they believe in good faith that it is accurate and
            complete.
        reference: The reporter's own: an order's number, a trusted flagger's.
        law: The legal ground they name.
        territory: Where it is said to be illegal, or an order holds: regions of ISO 3166-1.
        order: What an authority orders: ``act`` (Art. 9) or ``inform`` (Art. 10).
        due_at: By when, where an order itself says so, with a time zone.

    Raises InvalidValueError for what no person writes: a naive time, an unknown source.
    """

    id: str = attrs.field(validator=check_id)
    item: Item | None = attrs.field(default=None, converter=_item)
    item_id: str | None = attrs.field(default=None, validator=check_id)
    source: str = attrs.field(default="user")
    reporter: Actor | None = attrs.field(default=None, converter=read_actor)
    issue: str | None = None
    text: str = attrs.field(default="", validator=check_text)
    created_at: datetime | None = attrs.field(default=None, converter=read_time)
    locations: tuple[str, ...] = attrs.field(default=(), converter=_locations)
    name: str | None = attrs.field(default=None, validator=_check_words)
    email: str | None = attrs.field(default=None, validator=_check_words)
    good_faith: bool = attrs.field(default=False)
    reference: str | None = attrs.field(default=None, validator=_check_words)
    law: str | None = attrs.field(default=None, validator=_check_words)
    territory: tuple[str, ...] = attrs.field(default=(), converter=_territory)
    order: str | None = None
    due_at: datetime | None = attrs.field(default=None, converter=read_time)

    @source.validator
    def _check_source(self, _: object, value: object) -> None:
        if value not in SOURCES:
            raise InvalidValueError(f"Report.source: expected one of {', '.join(SOURCES)}")

    @good_faith.validator
    def _check_good_faith(self, _: object, value: object) -> None:
        if not isinstance(value, bool):
            raise InvalidValueError("Report.good_faith: expected True or False")

    def __attrs_post_init__(self) -> None:
        if self.item is not None and self.item_id is None:
            object.__setattr__(self, "item_id", self.item.id)
        if self.item_id is None:
            raise InvalidValueError("Report: give the item, or its item_id")
        if self.item is not None and self.item.id != self.item_id:
            raise InvalidValueError("Report: item and item_id differ")
        if self.issue is not None:
            _check_issue(self.issue)
        if self.order is not None and (self.source != "authority" or self.order not in ORDERS):
            raise InvalidValueError(f"Report.order: of an authority, one of {', '.join(ORDERS)}")

    @property
    def missing(self) -> tuple[str, ...]:
        """What the law asks for and the report lacks, by field; () where nothing is.

        Of a ``notice`` and a ``trusted_flagger`` DSA Art. 16(2) wants reasons, the exact place
        (the item itself will do), name and address (but not for sexual offences against
        children), and the statement of good faith. Of an ``authority``
        Art. 9(2) and 10(2) want reasons, the place, a reference, the legal ground and, in an
        order to act, the territory. What lacks one of them gives no actual knowledge (Art.
        16(3)); it is looked at like any other. Of a ``user`` nothing is asked.
        """
        return tuple(name for name in self._wanted() if not self._gives(name))

    def _wanted(self) -> tuple[str, ...]:
        if self.source == "user":
            return ()
        if self.source == "authority":
            where = () if self.order == "inform" else ("territory",)
            return ("text", "locations", "reference", "law", *where)
        named = () if self.issue in UNNAMED else ("name", "email")
        return ("text", "locations", *named, "good_faith")

    def _gives(self, name: str) -> bool:
        if name == "locations" and self.item is not None:
            return True
        if name == "email":
            user, _, domain = (self.email or "").strip().rpartition("@")
            return bool(user and domain)
        value = getattr(self, name)
        return bool(value.strip() if isinstance(value, str) else value)

    def __repr__(self) -> str:
        return f"Report({self.source}, {len(self.text)} characters)"

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form; ``Report.from_json`` reads it back without loss."""
        return fields_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Report:
        """Read the JSON form; raises InvalidValueError for an unknown or missing field."""
        return from_json(cls, data)
