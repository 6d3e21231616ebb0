"""Who owns a host, of the names that are protected."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

import attrs

from ._hosts import SHORTENERS, is_rented, registrable

_CHEAP = frozenset({"cc", "cf", "ga", "gq", "ml", "pw", "su", "tk", "to", "ws"})
_OPEN = frozenset({"com", "net", "org"})
"""Endings of countries that strangers take, and those of no country that firms have all of."""


@attrs.frozen
class Brand:
    """A name that is protected.

    Attributes:
        name: As it stands in hosts. official: The domains that are its own; ``*`` stands for one
            label. apart: Words one letter away that are no imitation.
    """

    name: str
    official: tuple[str, ...]
    apart: tuple[str, ...] = ()

    def owns(self, host: str) -> bool:
        """Whether *host* is its own."""
        return any(_owned(host, own) for own in self.official)


class Owners:
    """Names that are protected, by the domains that are their own. Nothing in it changes."""

    def __init__(self, brands: Iterable[Brand]) -> None:
        self._by_label: dict[str, list[Brand]] = defaultdict(list)
        for brand in brands:
            for label in {own.partition(".")[0] for own in brand.official}:
                self._by_label["*" if "*" in label else label].append(brand)

    def akin(self, one: str, other: str) -> bool:
        """Whether two hosts are of one owner, as far as names tell.

        A domain whose names strangers rent, and one that sends people anywhere, is nobody's own.
        """
        if any(is_rented(host) or registrable(host) in SHORTENERS for host in (one, other)):
            return False
        if owners := self._of(one):
            return any(owner.owns(other) for owner in owners)
        return _named_alike(registrable(one), registrable(other))

    def _of(self, host: str) -> list[Brand]:
        named = (self._by_label.get(label, ()) for label in (*host.split("."), "*"))
        return [brand for brands in named for brand in brands if brand.owns(host)]


def _named_alike(one: str, other: str) -> bool:
    """Whether two domains are one name under endings that a firm has of its name."""
    (name, _, first), (same, _, second) = one.partition("."), other.partition(".")
    return name == same and all(map(_usual, (first, second)))


def _usual(ending: str) -> bool:
    last = ending.rpartition(".")[2]
    return last in _OPEN or (len(last) == 2 and last not in _CHEAP)


def _owned(host: str, own: str) -> bool:
    if "*" not in own:
        return host == own or host.endswith(f".{own}")
    return _pattern(own).fullmatch(host) is not None


@lru_cache(maxsize=1_000)
def _pattern(own: str) -> re.Pattern[str]:
    return re.compile(r"(?:.{1,200}\.)?" + re.escape(own).replace(r"\*", r"[a-z0-9]{1,63}"))
