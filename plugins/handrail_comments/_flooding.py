"""Comments that are little more than links or mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handrail import Evidence, Finding, Links

from ._settings import Settings

_MENTION = re.compile(r"(?<![\w@.])@[^\W_][\w.]{0,63}")
_SPANS = 20


def link_flooding(links: Links, settings: Settings) -> Iterator[Finding]:
    """Find comments with many links."""
    if len(links) >= settings.links:
        yield _finding("link", len(links), settings.links, [k.span for k in links if k.span])


def mention_flooding(text: str, settings: Settings) -> Iterator[Finding]:
    """Find comments that call many people."""
    if text.count("@") < settings.mentions:
        return
    mentions = {m[0].casefold(): m.span() for m in _MENTION.finditer(text)}
    if len(mentions) >= settings.mentions:
        yield _finding("mention", len(mentions), settings.mentions, [*mentions.values()])


def _finding(what: str, count: int, threshold: int, spans: list[tuple[int, int]]) -> Finding:
    return Finding(
        "integrity.spam",
        score=min(0.8, 0.5 + 0.1 * (count - threshold)),
        reason=f"{count} {what}{'s' * (count > 1)} in one comment",
        evidence=Evidence(spans=tuple(spans[:_SPANS]), counts={f"{what}s": count}),
    )
