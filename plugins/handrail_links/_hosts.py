"""Hosts: their ASCII form, their registrable domain, and what is odd about them."""

from __future__ import annotations

import csv
import ipaddress
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import resources


def _domains() -> dict[str, frozenset[str]]:
    kinds: dict[str, set[str]] = defaultdict(set)
    with resources.files(__package__).joinpath("domains.csv").open(encoding="ascii") as rows:
        for row in csv.DictReader(rows):
            kinds[row["kind"]].add(row["name"])
    return {kind: frozenset(names) for kind, names in kinds.items()}


_DOMAINS = _domains()

WORD_LIKE = _DOMAINS["word_like"]
"""Top-level domains that are also words or file names: not taken for a link on their own."""

TOP_LEVEL = _DOMAINS["top_level"]
"""All two-letter top-level domains, and the generic ones in wide use."""

SHORTENERS = _DOMAINS["shortener"]
"""Domains that lead somewhere they do not say."""

ARTICLES = _DOMAINS["article"]
"""Words before "dot com" in prose: "the dot com boom"."""

PACKAGES = _DOMAINS["package"]
"""What names of packages begin with: "org.example.app"."""

OBJECTS, ATTRIBUTES = _DOMAINS["object"], _DOMAINS["attribute"]
"""What stands before and behind the dot in code: "self.name"."""

_SECOND_LEVEL = _DOMAINS["second_level"]
_HOSTED = _DOMAINS["hosted"]
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_FOREIGN_TWINS = frozenset("аеорсухіјѕһԁԛԝӏкмтвнгпαορνιτκυχγ")
_LONGEST = 253
_DOCUMENTATION = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
    )
)


@lru_cache(maxsize=10_000)
def ascii_host(host: str) -> str | None:
    """Return *host* in its ASCII form, an IP address in its usual one; None if it is no host."""
    host = host.strip(".").lower()
    if not 0 < len(host) <= _LONGEST:
        return None
    if address := ip_address(host):
        return address
    labels = [_ascii_label(label) for label in host.split(".")]
    if not all(label and _LABEL.fullmatch(label) for label in labels):
        return None
    joined = ".".join(filter(None, labels))
    return ip_address(joined) or joined if len(joined) <= _LONGEST else None


def _ascii_label(label: str) -> str | None:
    """The ASCII form of a label, as UTS 46 has it: compatibility form, small letters, Punycode."""
    if label.isascii():
        return label
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).lower())
    if plain.isascii():
        return plain
    if len(plain) > 63 or any(unicodedata.category(c)[0] not in "LMN" for c in plain if c != "-"):
        return None
    coded = f"xn--{plain.encode('punycode').decode('ascii')}"
    return coded if len(coded) < 64 else None


def ip_address(host: str) -> str | None:
    """Read an IP address as a browser does (``0x7f.1``, ``2130706433``); None if it is none."""
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host.strip('[]')).compressed}]"
        except ValueError:
            return None
    parts = host.split(".")
    if len(parts) > 4 or not all(len(p) < 16 and _NUMBER.fullmatch(p) for p in parts):
        return None
    try:
        *head, last = (int(p[2:] or "0", 16) if p[:2] == "0x" else _decimal(p) for p in parts)
    except ValueError:
        return None
    if any(n > 255 for n in head) or last >= 256 ** (5 - len(parts)):
        return None
    number = last + sum(n << 8 * (3 - i) for i, n in enumerate(head))
    return str(ipaddress.IPv4Address(number))


def _decimal(part: str) -> int:
    return int(part, 8) if len(part) > 1 and part[0] == "0" else int(part)


def is_ip(host: str) -> bool:
    """Whether *host*, in its ASCII form, is an IP address."""
    return host.startswith("[") or (host[-1:].isdigit() and ip_address(host) is not None)


def is_public_ip(host: str) -> bool:
    """Whether *host*, in its ASCII form, is an IP address that can lead to a stranger.

    Documentation ranges count, so that examples can be written with them.
    """
    if not is_ip(host):
        return False
    address = ipaddress.ip_address(host.strip("[]"))
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    return address.is_global or any(address in network for network in _DOCUMENTATION)


@lru_cache(maxsize=10_000)
def registrable(host: str) -> str:
    """Return the part of *host* that somebody registered; the host where there is none.

    By the Public Suffix List where the extra ``links`` is installed, else by a short rule.
    """
    labels = host.split(".")
    if len(labels) < 3 or is_ip(host):
        return host
    if suffixes := public_suffixes():
        return suffixes(host) or host
    two = ".".join(labels[-2:])
    national = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:]) if national or two in _HOSTED else two


def is_rented(host: str) -> bool:
    """Whether *host* is a name that strangers rent under a well-known domain for hosting."""
    return ".".join(host.split(".")[-2:]) in _HOSTED


@cache
def public_suffixes() -> Callable[[str], str | None] | None:
    """Return what finds the registrable domain by the full list, if that is installed."""
    try:
        from publicsuffixlist import PublicSuffixList
    except ImportError:
        return None
    found: Callable[[str], str | None] = PublicSuffixList().privatesuffix
    return found


def looks_like_another(host: str) -> bool:
    """Whether a label mixes scripts, or is made only of letters that pass for Latin ones."""
    return any(map(_imitates, filter(lambda part: part.startswith("xn--"), host.split("."))))


def _imitates(label: str) -> bool:
    try:
        letters = [c for c in label[4:].encode().decode("punycode") if c.isalpha()]
    except UnicodeError:
        return True
    scripts = {unicodedata.name(c, "").partition(" ")[0] for c in letters}
    if "LATIN" in scripts:
        return bool(scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
    return len(letters) > 2 and all(c in _FOREIGN_TWINS for c in letters)
