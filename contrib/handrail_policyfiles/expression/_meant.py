"""Names that code or other languages have for what conditions call otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_BEGINNINGS: Mapping[str, str] = {
    "author": "actor",
    "item.actor": "actor",
    "item.amount": "amount",
    "item.author": "actor",
    "item.links": "links",
    "item.media": "media",
    "item.participants": "participants",
    "item.recipients": "recipients",
    "item.text": "text",
    "user": "actor",
}
"""What a name begins with in code, and what it begins with here."""

ELSEWHERE: Mapping[str, str] = {"any": "exists", "every": "all", "len": "size", "some": "exists"}
"""Functions of other languages, and ours."""


def meant(path: str, names: Iterable[str]) -> list[str]:
    """Return which of *names* somebody means by a *path* of code, at most 3; empty for no idea."""
    for said, ours in _BEGINNINGS.items():
        if path != said and not path.startswith(f"{said}."):
            continue
        exact = ours + path.removeprefix(said)
        return (
            [exact] if exact in names else sorted(n for n in names if n.startswith(f"{ours}."))[:3]
        )
    return []
