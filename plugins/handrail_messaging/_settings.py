"""What a host can set about conversations, and the phrases that follow from it."""

from __future__ import annotations

from datetime import timedelta

import attrs

from handrail import InvalidValueError
from handrail.settings import Seen, flag, fraction, some_of, span, whole, words

from ._phrases import Phrase, Phrases, read, shipped

_HOUR, _WEEK, _MONTH = timedelta(hours=1), timedelta(days=7), timedelta(days=30)
LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "it", "pt", "ru", "tr", "zh")


def _check_span(_: object, field: attrs.Attribute[timedelta], value: timedelta) -> None:
    if not timedelta(0) < value <= timedelta(days=365):
        raise InvalidValueError(f"{field.name}: expected more than 0, at most 365d")


@attrs.frozen(kw_only=True)
class Settings:
    """What is read of a message, how long it counts, and how much is too much.

    Attributes:
        private: Whether no text is read, only signals that the host has computed.
        languages: Languages of the shipped phrases to use; empty means all of them.
        lists: Paths of the host's own phrases, CSV in the shape of ``signals.csv``.
        least: From which strength on a signal that the host has computed counts.
        remember: How long a signal and a contact count.
        fresh: How long a signal counts in full; an older one counts half.
        early: Messages to one person within which a move elsewhere is early.
        within: The window in which recipients and copies are counted.
        recipients: Different recipients within it from which an author writes to the masses.
        strangers: The same for strangers.
        copies: The same for one text.
        signs: Signs of grooming that it takes before they are said to be more than a hint.
        own: The phrases of the lists; not for setting.
        phrases: The matcher that follows from all this; not for setting.
    """

    private: bool = attrs.field(default=False, validator=flag)
    languages: tuple[str, ...] = attrs.field(
        default=(), converter=words, validator=some_of(LANGUAGES)
    )
    lists: tuple[str, ...] = attrs.field(default=(), converter=words)
    least: float = attrs.field(default=0.5, validator=fraction)
    remember: timedelta = attrs.field(default=_MONTH, converter=span, validator=_check_span)
    fresh: timedelta = attrs.field(default=_WEEK, converter=span, validator=_check_span)
    early: int = attrs.field(default=5, validator=whole(1, 100))
    within: timedelta = attrs.field(default=_HOUR, converter=span, validator=_check_span)
    recipients: int = attrs.field(default=30, validator=whole(2, 1000))
    strangers: int = attrs.field(default=10, validator=whole(2, 1000))
    copies: int = attrs.field(default=5, validator=whole(2, 1000))
    signs: int = attrs.field(default=3, validator=whole(2, 7))
    own: tuple[tuple[tuple[Phrase, ...], Seen], ...] = attrs.field(init=False, repr=False)
    phrases: Phrases = attrs.field(init=False, repr=False, eq=False)

    @own.default
    def _read_lists(self) -> tuple[tuple[tuple[Phrase, ...], Seen], ...]:
        return tuple(map(read, self.lists))

    @phrases.default
    def _build_phrases(self) -> Phrases:
        ours = (p for p in shipped() if not self.languages or p.language in self.languages)
        return Phrases((*ours, *(phrase for phrases, _ in self.own for phrase in phrases)))

    @property
    def files(self) -> tuple[Seen, ...]:
        """The lists, as they were when they were read."""
        return tuple(seen for _, seen in self.own)
