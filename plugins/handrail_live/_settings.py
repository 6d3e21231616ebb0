"""When a room is full of strangers, faster than it can be read, or at risk."""

from __future__ import annotations

import attrs

from handrail.settings import fraction, number, whole


@attrs.frozen(kw_only=True)
class Settings:
    """The thresholds of the live module.

    Attributes:
        raid: People who write in a room for the first time within a minute.
        raid_times: How many times as many as usual they must be.
        raid_share: Share of the room's messages within that minute that they must make up.
        known_minutes: Minutes a room must be known for before anything in it is unusual.
        new_days: Days for which an account is new.
        readable: Messages a second that people can read.
        risk: Risk of a session from which its segments are a finding.
        segments: Segments over which the risk of a session is taken.
        rooms: Rooms that are remembered, about 2 kB each.
        people: People remembered, each once for every room they wrote in, about 100 bytes each.
    """

    raid: int = attrs.field(default=10, validator=whole(3))
    raid_times: float = attrs.field(default=4, validator=number(1))
    raid_share: float = attrs.field(default=0.2, validator=fraction)
    known_minutes: float = attrs.field(default=10, validator=number(0))
    new_days: float = attrs.field(default=7, validator=number(0))
    readable: float = attrs.field(default=2, validator=number(0.1))
    risk: float = attrs.field(default=0.5, validator=fraction)
    segments: int = attrs.field(default=10, validator=whole(1, 1000))
    rooms: int = attrs.field(default=10_000, validator=whole(1))
    people: int = attrs.field(default=200_000, validator=whole(2))
