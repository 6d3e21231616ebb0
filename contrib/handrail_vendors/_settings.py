"""What a host can set about any vendor: keys, limits, prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import attrs

from handrail import FrozenMap, InvalidValueError
from handrail.settings import flag, fraction, number, one_of, whole

from . import _address
from ._client import Client


def _text(_: object, field: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str):
        raise InvalidValueError(f"{field.name}: expected a string")


def _proxy(_: object, field: attrs.Attribute[str], value: str) -> None:
    if value != "":
        _address.checked(value, field.name, allow_http=True)


text = _text
"""Refuses what is no string."""


@attrs.frozen(kw_only=True)
class Service:
    """How a vendor is asked.

    Attributes:
        timeout_ms: The longest a look takes, retries included; the call's budget ends it earlier.
        retries: How often a request is sent again after 429, 5xx or a lost connection.
        requests_per_second: What one process sends at most; 0 is no limit.
        burst: How many requests may go at once after a pause, where there is a limit.
        concurrency: Connections at a time; what finds none waits within its time.
        price: What 1,000 records of 1,000 characters cost, for ``usage()``.
        image_price: What 1,000 images cost.
        floor: Scores below it are no finding.
        too_long: What becomes of text beyond the limit: ``cut``, or ``fault``.
        max_images: Images that are sent of one item; 0 sends none.
        ca_file: Certificates to trust in place of the usual ones.
        proxy: The address of a proxy.
        allow_http: Whether a service that is not on this machine may be asked in the open.
    """

    timeout_ms: int = attrs.field(default=5_000, validator=whole(10, 60_000))
    retries: int = attrs.field(default=2, validator=whole(0, 10))
    requests_per_second: float = attrs.field(default=0, validator=number(0, 100_000))
    burst: int = attrs.field(default=10, validator=whole(1, 100_000))
    concurrency: int = attrs.field(default=16, validator=whole(1, 1_000))
    price: float = attrs.field(default=0, validator=number(0))
    image_price: float = attrs.field(default=0, validator=number(0))
    floor: float = attrs.field(default=0.05, validator=fraction)
    too_long: str = attrs.field(default="cut", validator=one_of(("cut", "fault")))
    max_images: int = attrs.field(default=4, validator=whole(0, 32))
    ca_file: str = attrs.field(default="", validator=_text)
    proxy: str = attrs.field(default="", validator=_proxy, repr=False)
    allow_http: bool = attrs.field(default=False, validator=flag)
    client: Client = attrs.field(init=False, eq=False, repr=False, default=cast("Client", None))

    def connect(self, module: str, forget: Callable[[], None]) -> None:
        """Make the client, once all fields are checked; asks nothing yet."""
        object.__setattr__(self, "client", Client(module, self, forget))


def table(value: object) -> FrozenMap:
    """Convert names by name; raises InvalidValueError for anything else."""
    if not isinstance(value, Mapping) or not all(
        isinstance(part, str) and len(part) <= 512 for pair in value.items() for part in pair
    ):
        raise InvalidValueError("expected names by name")
    return FrozenMap(value)
