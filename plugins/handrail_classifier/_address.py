"""Web addresses as tokens: where they are in a folded text, and what is to be known of one.

Only for scores: who wants the links themselves asks ``handrail_links``.
"""

from __future__ import annotations

import re

_ENDS = (
    "com|net|org|info|biz|co|ly|gl|tv|uk|de|fr|ru|tk|io|gg|cc|app|xyz|club|site|online|shop|link"
)
"""Endings of addresses that are written without ``http`` or ``www``; no words of a language."""

PATTERN = rf"""(?:https?://|www\.)[^\s"]{{1,200}}+|(?:[^\W_][\w-]{{0,62}}\.){{1,4}}(?:{_ENDS})(?!\w|\.\w)(?:[/?][^\s"]{{0,200}}+)?+"""
"""An address in a folded text."""

_HOST = re.compile(r"(?:https?://)?+(?:www\.)?+([\w.-]{0,200}+)")
_REFERRED = re.compile(r"[?&](?:ref|aff|affiliateid|partner|tag|id|r)(?!\w)")
_WORDS = re.compile(r"[a-z]{3,20}")

MOST = 12
"""Words of an address that count."""


def addressed(address: str) -> list[str]:
    """Return what is to be known of an address: host, ending, whether it refers, its words."""
    match = _HOST.match(address)
    host = match[1].strip(".") if match else ""
    rest = address[match.end() :] if match else ""
    labels = host.split(".")
    own = 3 if labels[-2:-1] in (["co"], ["com"]) else 2
    found = {f"host {'.'.join(labels[-own:])}", f"end {labels[-1]}"}
    found.update(f"in {word}" for word in _WORDS.findall(address)[:MOST])
    if len(rest) > 1:
        found.add("path")
    if "?" in rest:
        found.add("query")
    if _REFERRED.search(rest):
        found.add("refers")
    return sorted(found)
