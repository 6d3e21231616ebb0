"""What a bank is, as a host sets it, and what a match with one says."""

from __future__ import annotations

import attrs

from handrail import issue
from handrail.settings import fraction, one_of, whole, words

from ._entry import LENGTHS
from ._lists import FORMATS

FARTHEST = 31
"""The largest distance there is a look-up for."""

_SUFFIXES = {".txt": "lines", ".csv": "csv", ".xml": "ncmec"}


def _by_name(bank: BankSettings) -> str:
    """The format that the name of a bank's file says."""
    return next((f for end, f in _SUFFIXES.items() if str(bank.path).endswith(end)), "")


def _known_issue(_: object, field: object, value: str) -> None:
    issue(value, where="issue")


@attrs.frozen(kw_only=True)
class BankSettings:
    """Where a bank comes from and what a match with it means.

    Attributes:
        name: Its name, which findings repeat.
        path: The file. format: ``lines``, ``csv``, ``threatexchange``, ``ncmec`` or
            ``stopncii``; by default as the file's name ends (``.txt``, ``.csv``, ``.xml``).
        kind: What a hash is where the file does not say.
        issue: What a match means, where an entry does not say.
        source: Who vouches for it.
        confidence: The score of a match.
        distance: Bits in which a PDQ may differ.
        quality: The least quality of a picture whose PDQ counts.
        tags: Only entries with one of these; empty means all.
    """

    name: str
    path: str
    issue: str = attrs.field(validator=_known_issue)
    format: str = attrs.field(
        default=attrs.Factory(_by_name, takes_self=True), validator=one_of(FORMATS)
    )
    kind: str = attrs.field(default="pdq", validator=one_of(LENGTHS))
    source: str = ""
    confidence: float = attrs.field(default=1.0, validator=fraction)
    distance: int = attrs.field(default=FARTHEST, validator=whole(0, FARTHEST))
    quality: int = attrs.field(default=50, validator=whole(0, 100))
    tags: tuple[str, ...] = attrs.field(default=(), converter=words)


@attrs.frozen(kw_only=True)
class Match:
    """A medium that is in a bank.

    Attributes:
        issue: What that means. kind: Of the hash that matched. distance: Bits that differ.
        quality: Of the picture, None if unknown. entry: The bank's id of what it matched, or "".
    """

    issue: str
    kind: str
    distance: int = 0
    quality: int | None = None
    entry: str = ""
