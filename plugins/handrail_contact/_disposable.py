"""Providers of e-mail addresses to throw away: ``disposable.txt``."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def _domains() -> frozenset[str]:
    source = resources.files(__package__).joinpath("disposable.txt")
    return frozenset(source.read_text(encoding="ascii").split())


def is_disposable(address: str) -> bool:
    """Whether an e-mail address in normal form is at such a provider, or below one."""
    domain = address.rpartition("@")[2]
    while domain:
        if domain in _domains():
            return True
        domain = domain.partition(".")[2]
    return False
