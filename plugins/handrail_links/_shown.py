"""What a link shows in its place: another's address, or code that it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from handrail import Link

from ._owners import Owners

_MARKDOWN = re.compile(r"[*_]{0,3}\]\(\s?<?")
_BEHIND = re.compile(r"[\"']?[^<>\]\"']{0,100}[>\]]\s?")
_BEFORE = re.compile(r"(?:href\s?=\s?[\"']?|\[url\s?=\s?[\"']?)$", re.IGNORECASE)
_TAG = re.compile(r"\[url|href", re.IGNORECASE)
_CODE = re.compile(
    r"(?:(?<!\w)(?:java|vb)script|(?:\]\(\s?<?|(?:href|src|action|url)\s?=\s?[\"']?)(?i:(?:java|vb)script))"
    r":(?:\s?[\w$.]{1,80}[(\[=]|[('\"])|(?i:data:text/html[;,])"
)
"""Addresses in small letters, or where a link stands: ``JavaScript:`` in prose is a language."""


def runs_code(text: str) -> tuple[int, int] | None:
    """Where a text has an address that runs code in a browser, and does not open a page."""
    if ":" not in text:
        return None
    lower = text.lower()
    if "script:" not in lower and "data:text/" not in lower:
        return None
    found = _CODE.search(text)
    return found.span() if found else None


def disguised(text: str, links: Sequence[Link], owners: Owners) -> Iterator[Link]:
    """Yield the links that are shown as an address under another owner's domain.

    As in ``[bank.example](https://evil.example)``, and the like in HTML and BBCode.
    """
    if len(links) < 2 or not ("](" in text or _TAG.search(text)):
        return
    placed = [link for link in links if link.span]
    for first, second in pairwise(placed):
        (start, end), (after, _) = first.span or (0, 0), second.span or (0, 0)
        if not end <= after <= end + 120:
            continue
        between = text[end:after]
        if _MARKDOWN.fullmatch(between):
            shown, target = first, second
        elif _BEHIND.fullmatch(between) and _BEFORE.search(text[max(0, start - 12) : start]):
            target, shown = first, second
        else:
            continue
        apart = shown.domain != target.domain and shown.domain not in target.url
        if apart and not owners.akin(shown.host, target.host):
            yield target
