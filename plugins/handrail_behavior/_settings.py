"""How much is much: the thresholds of the behavior module."""

from __future__ import annotations

import attrs

from handrail.settings import fraction, number, whole

from ._index import MOST


@attrs.frozen(kw_only=True)
class Settings:
    """The thresholds of the behavior module.

    Attributes:
        burst: Messages of one person within 5 seconds that nobody types.
        a_minute: Messages of one person within a minute.
        own_copies: Copies of one text by one person within a minute; two more within ten.
        short_copies: The same for texts of fewer than four words, which people do repeat.
        copy_authors: People with one text within a minute; one more within ten.
        copy_share: Share of the messages at a place that copies must make up as well.
        strangers: Different strangers whom one person writes to within an hour.
        pile_on: People at one target within ten minutes, most of them new.
        renames: Changes of a profile by one person within an hour.
        joins: Times one person joins or leaves within ten minutes.
        new_days: Days for which an account is new.
        texts: Texts kept to compare with, about 92 bytes each.
        people: People of whom it is kept since when they are known, about 24 bytes each.
    """

    burst: int = attrs.field(default=5, validator=whole(2))
    a_minute: int = attrs.field(default=25, validator=whole(2))
    own_copies: int = attrs.field(default=4, validator=whole(2))
    short_copies: int = attrs.field(default=8, validator=whole(2))
    copy_authors: int = attrs.field(default=3, validator=whole(2))
    copy_share: float = attrs.field(default=0.01, validator=fraction)
    strangers: int = attrs.field(default=10, validator=whole(2))
    pile_on: int = attrs.field(default=15, validator=whole(3))
    renames: int = attrs.field(default=5, validator=whole(2))
    joins: int = attrs.field(default=10, validator=whole(2))
    new_days: float = attrs.field(default=7, validator=number(0))
    texts: int = attrs.field(default=200_000, validator=whole(1, MOST))
    people: int = attrs.field(default=200_000, validator=whole(1, MOST))
