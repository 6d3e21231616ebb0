"""Where a comment becomes too loud or too full, and a thread too hostile."""

from __future__ import annotations

from datetime import timedelta

import attrs

from handrail.settings import fraction, number, span, whole


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
        hostile: Score from which findings of harassment, hate and violence make a comment hostile.
        heated: Hostile comments, by two people or more, from which a thread is heated.
        heated_share: Share of its comments that they must make up.
        piling: People, hostile or new, who answer one person in a thread from which they pile on.
        thread_window: How long the comments of a thread count.
        new_days: Days for which an account is new.
        nudges: Times somebody is a candidate for a nudge within its window; 0 is never.
        nudge_window: How long a nudge, and a hostile comment, is remembered of its author.
        comments: Comments of which thread and author are remembered.
    """

    capital_share: float = attrs.field(default=0.8, validator=fraction)
    capital_letters: int = attrs.field(default=20, validator=whole(1))
    same_character: int = attrs.field(default=12, validator=whole(3))
    same_word: int = attrs.field(default=6, validator=whole(2))
    word_share: float = attrs.field(default=0.5, validator=fraction)
    links: int = attrs.field(default=3, validator=whole(1))
    mentions: int = attrs.field(default=6, validator=whole(1))
    hostile: float = attrs.field(default=0.5, validator=fraction)
    heated: int = attrs.field(default=4, validator=whole(2))
    heated_share: float = attrs.field(default=0.2, validator=fraction)
    piling: int = attrs.field(default=4, validator=whole(2))
    thread_window: timedelta = attrs.field(default=timedelta(hours=1), converter=span)
    new_days: float = attrs.field(default=7.0, validator=number(0))
    nudges: int = attrs.field(default=2, validator=whole(0))
    nudge_window: timedelta = attrs.field(default=timedelta(days=7), converter=span)
    comments: int = attrs.field(default=50_000, validator=whole(1, 10_000_000))
