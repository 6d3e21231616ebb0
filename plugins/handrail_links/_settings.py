"""What a host can set about links, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import attrs

from handrail import InvalidValueError
from handrail.settings import Seen, flag, read_file, whole, words

from ._brands import Brands, brands_of, shipped
from ._hosts import public_suffixes
from ._lists import LARGEST, hosts_of, names, read_hosts
from ._owners import Brand

PHISHING = "fraud.phishing"
SPAM = "integrity.spam"


def _brands(value: object) -> tuple[Brand, ...]:
    try:
        return brands_of(value)
    except InvalidValueError as error:
        raise InvalidValueError(f"brands: {error}") from None


@attrs.frozen(kw_only=True)
class Settings:
    """What counts as too many links, and which hosts are known.

    Attributes:
        flood: Links from which an item is taken for link spam.
        blocked_domains: Domains never wanted, with all their subdomains.
        allowed_domains: Domains that are never a finding, with all their subdomains.
        blocked_lists: Paths of files with more blocked domains, one a line.
        allowed_lists: Paths of files with more allowed domains, one a line.
        shorteners: Domains that hide where they lead, beside those built in.
        brands: Names to protect beside those built in: their official domains, by name or in a
            list; ``*`` in a domain stands for one label.
        builtin_brands: Whether the built-in names are protected.
        read: What the lists say, and how they were when they were read; not for setting.
        blocked: All blocked domains; not for setting. allowed: All allowed ones; not for setting.
        more_shorteners: The shorteners named here; not for setting.
        protected: All names that are protected; not for setting.
    """

    flood: int = attrs.field(default=4, validator=whole(2))
    blocked_domains: tuple[str, ...] = attrs.field(default=(), converter=names)
    allowed_domains: tuple[str, ...] = attrs.field(default=(), converter=names)
    blocked_lists: tuple[str, ...] = attrs.field(default=(), converter=words)
    allowed_lists: tuple[str, ...] = attrs.field(default=(), converter=words)
    shorteners: tuple[str, ...] = attrs.field(default=(), converter=names)
    brands: tuple[Brand, ...] = attrs.field(default=(), converter=_brands)
    builtin_brands: bool = attrs.field(default=True, validator=flag)
    read: tuple[tuple[tuple[frozenset[str], Seen], ...], ...] = attrs.field(init=False, repr=False)
    blocked: frozenset[str] = attrs.field(init=False, repr=False)
    allowed: frozenset[str] = attrs.field(init=False, repr=False)
    more_shorteners: frozenset[str] = attrs.field(init=False, repr=False, eq=False)
    protected: Brands = attrs.field(init=False, repr=False, eq=False)

    @read.default
    def _read_lists(self) -> tuple[tuple[tuple[frozenset[str], Seen], ...], ...]:
        public_suffixes()  # Loaded here, so that the first link does not wait for it.
        named = {"blocked_lists": self.blocked_lists, "allowed_lists": self.allowed_lists}
        return tuple(tuple(_read(f, path) for path in paths) for f, paths in named.items())

    @blocked.default
    def _all_blocked(self) -> frozenset[str]:
        return _union(hosts_of("blocked_domains", self.blocked_domains), self.read[0])

    @allowed.default
    def _all_allowed(self) -> frozenset[str]:
        return _union(hosts_of("allowed_domains", self.allowed_domains), self.read[1])

    @more_shorteners.default
    def _all_shorteners(self) -> frozenset[str]:
        return frozenset(hosts_of("shorteners", self.shorteners))

    @protected.default
    def _all_brands(self) -> Brands:
        return _protected(self.brands, self.builtin_brands)

    @property
    def files(self) -> tuple[Seen, ...]:
        """The lists as they were when they were read."""
        return tuple(seen for lists in self.read for _, seen in lists)


def _read(field: str, path: str) -> tuple[frozenset[str], Seen]:
    try:
        content, seen = read_file(path, LARGEST)
        return read_hosts(content, path), seen
    except InvalidValueError as error:
        raise InvalidValueError(f"{field}: {error}") from None


def _union(named: Iterable[str], lists: Iterable[tuple[frozenset[str], Seen]]) -> frozenset[str]:
    sets = [found for found in (frozenset(named), *(hosts for hosts, _ in lists)) if found]
    return sets[0] if len(sets) == 1 else frozenset().union(*sets)


@cache
def _protected(more: tuple[Brand, ...], builtin: bool) -> Brands:  # noqa: FBT001 - a key
    return Brands((*(shipped() if builtin else ()), *more))
