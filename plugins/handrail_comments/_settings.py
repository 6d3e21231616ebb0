"""Where a comment becomes too loud, too repetitive, too full of links or mentions."""

from __future__ import annotations

import attrs

from handrail.settings import fraction, whole


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

    capital_share: float = attrs.field(default=0.8, validator=fraction)
    capital_letters: int = attrs.field(default=20, validator=whole(1))
    same_character: int = attrs.field(default=12, validator=whole(3))
    same_word: int = attrs.field(default=6, validator=whole(2))
    word_share: float = attrs.field(default=0.5, validator=fraction)
    links: int = attrs.field(default=3, validator=whole(1))
    mentions: int = attrs.field(default=6, validator=whole(1))
