"""Which of the languages there are suits a person: BCP 47 lookup (RFC 4647, section 3.4)."""

from __future__ import annotations

from collections.abc import Iterable

_OLD = {"in": "id", "iw": "he", "ji": "yi", "no": "nb", "tl": "fil"}
"""Codes that old systems still send."""


def lookup(wanted: str | None, offered: Iterable[str]) -> str | None:
    """Return the offered language that comes nearest to *wanted*, or None.

    ``pt-BR`` finds ``pt``; ``pt`` finds ``pt-BR``, the first by name of several. Another script
    (``zh-Hant``) is another language to a reader, and finds no ``zh-Hans``.
    """
    if not wanted:
        return None
    tags = {tag.lower(): tag for tag in sorted(offered, reverse=True)}
    first, *rest = wanted.lower().replace("_", "-").split("-")
    parts = [_OLD.get(first, first), *rest]
    for end in range(len(parts), 0, -1):
        if (found := tags.get("-".join(parts[:end]))) is not None:
            return found
    kin = (tag for tag in sorted(tags) if _related(tag.split("-"), parts))
    return next((tags[tag] for tag in kin), None)


def _related(one: list[str], two: list[str]) -> bool:
    """Whether they are one language, in a script that the first leaves open or both share."""
    return one[0] == two[0] and _script(one) in (_script(two), None)


def _script(parts: list[str]) -> str | None:
    return next((part for part in parts[1:] if len(part) == 4 and part.isalpha()), None)
