"""Parts of a set by group, the same for everybody, so that nobody is measured on what it saw."""

from __future__ import annotations

from hashlib import sha256

SALT = "handrail"
"""Makes these parts other ones than those of whoever else hashes the same names."""


def part(group: str, parts: int = 3) -> int:
    """Return which of *parts* a group is in, from 1.

    The same on every machine and in every version: a thread, a template or an author is never in
    two parts, and a row that is added to a set moves no other.
    """
    digest = sha256(f"{SALT}\x00{group}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big") % parts + 1


def number(group: str) -> int:
    """Return 64 bits that stand for a group, so that its name need not be kept."""
    digest = sha256(group.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[8:16], "big")
