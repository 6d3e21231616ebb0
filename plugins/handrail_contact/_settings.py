"""What a host can set about contacts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import attrs

from handrail import ContactKind, InvalidValueError
from handrail.settings import some_of, whole

from ._phone import library
from ._services import SERVICES

KINDS = get_args(ContactKind)


def _strings(value: object) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, Iterable):
        raise InvalidValueError("expected one or more strings")
    return tuple(str(name).strip().lower() for name in names)


def _check_allowed(_: object, attribute: attrs.Attribute[tuple[str, ...]], value: object) -> None:
    for n, name in enumerate(value if isinstance(value, tuple) else ()):
        if len(name) < 3 or any(c.isspace() for c in name):
            raise InvalidValueError(
                f"{attribute.name}[{n}]: expected an address, a number as +digits, a name or a "
                "domain, without spaces"
            )


@attrs.frozen(kw_only=True)
class Settings:
    """Which contacts count, and from how many on they are a flood.

    Attributes:
        flood: Different contacts from which an item is taken for advertising; 2 or more.
        ignored: Kinds of contact that are never a finding.
        own_services: Services that are no lure, as they are the host's own.
        allowed: Contacts that are never a finding, in normal form, and domains of addresses.
    """

    flood: int = attrs.field(default=3, validator=whole(2))
    ignored: tuple[str, ...] = attrs.field(default=(), converter=_strings, validator=some_of(KINDS))
    own_services: tuple[str, ...] = attrs.field(
        default=(), converter=_strings, validator=some_of(SERVICES)
    )
    allowed: tuple[str, ...] = attrs.field(
        default=(), converter=_strings, validator=_check_allowed, repr=False
    )

    def __attrs_post_init__(self) -> None:
        library()  # A missing extra is said at start-up, not in the first call.
