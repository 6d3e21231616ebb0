"""Where a comment becomes too loud, too repetitive, too full of links or mentions."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from handrail import InvalidValueError


def _at_least(least: int) -> Callable[[object, attrs.Attribute[int], object], None]:
    def check(instance: object, attribute: attrs.Attribute[int], value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise InvalidValueError(f"{attribute.name}: expected a whole number, {least} or more")

    return check


def _share(instance: object, attribute: attrs.Attribute[float], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 1:
        raise InvalidValueError(f"{attribute.name}: expected a share above 0 and up to 1")


@attrs.frozen(kw_only=True)
class Settings:
    """The thresholds of the comments module.

    Attributes:
        capital_share: Share of capitals among the letters from which a comment shouts.
        capital_letters: Letters a comment needs before it can shout.
        same_character: Times one character stands in a row before it counts as a run.
        same_word: Times one word stands in a comment before it can count as repeated.
        word_share: Share of the words that this one word must make up.
        links: Links from which a comment is flooded with them.
        mentions: Mentions from which a comment is flooded with them.
    """

    capital_share: float = attrs.field(default=0.8, validator=_share)
    capital_letters: int = attrs.field(default=20, validator=_at_least(1))
    same_character: int = attrs.field(default=12, validator=_at_least(3))
    same_word: int = attrs.field(default=6, validator=_at_least(2))
    word_share: float = attrs.field(default=0.5, validator=_share)
    links: int = attrs.field(default=3, validator=_at_least(1))
    mentions: int = attrs.field(default=6, validator=_at_least(1))
