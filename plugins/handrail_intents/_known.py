"""What is known of a word: the concepts that it says, and the phrases that it may begin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple, TypeAlias

from ._phrases import NOTHING, STEM_LEAST, Phrase, Slot
from ._tokens import NUMBER

Ranked: TypeAlias = tuple[int, Phrase]
"""A phrase, and which comes first of those that begin at one place."""


class Longer(NamedTuple):
    """Phrases of more than one word that a word may begin, by what may stand behind it.

    Attributes:
        next: By what the next word must have. later: By what one of the next few must have.
        open: Those with two gaps in a row, of which neither can be said.
    """

    next: dict[str, list[Ranked]]
    later: dict[str, list[Ranked]]
    open: list[Ranked]


class Word(NamedTuple):
    """What is known of a word.

    Attributes:
        names: Concepts that it says by itself, in any language.
        told: Those of them that the learned part is told.
        alone: The phrases that it is by itself.
        longer: Those that it may begin.
        keys: What other words may ask for of a word behind them, and this one has.
    """

    names: frozenset[str]
    told: frozenset[str]
    alone: Sequence[Ranked]
    longer: Longer | None
    keys: tuple[str, ...]


SILENT = Word(frozenset(), frozenset(), (), None, ())


def known(phrases: Sequence[Phrase], told: Set[str]) -> Word:
    """What is known of a word that begins these; those whose last word is said come last."""
    if not phrases:
        return SILENT
    ranked = [(n + len(phrases) * bool(each.last), each) for n, each in enumerate(phrases)]
    alone = [each for each in ranked if each[1].single]
    names = frozenset(each.concept for _, each in alone)
    heard = frozenset(each.concept for _, each in alone if each.language in told)
    longer = Longer(defaultdict(list), defaultdict(list), [])
    for each in ranked:
        if not each[1].single:
            behind = second(each[1])
            by = longer.next if each[1].slots[1] else longer.later
            if behind is None:
                longer.open.append(each)
            for key in keys(behind or NOTHING):
                by[key].append(each)
    some = len(alone) < len(ranked)
    return Word(names, heard, alone, longer if some else None, ())


def second(phrase: Phrase) -> Slot | None:
    """The second word of a phrase; the one behind a gap where there is none."""
    return next(iter([slot for slot in phrase.slots[1:3] if slot is not None]), None)


def keys(slot: Slot) -> Iterator[str]:
    """What words have of which one may stand here."""
    yield from slot.exact
    yield from {f"{stem[:STEM_LEAST]}*" for stem in slot.stems}
    if slot.number:
        yield NUMBER


def had(word: str) -> tuple[str, ...]:
    """What may be asked for of a word, and it has."""
    stem = f"{word[:STEM_LEAST]}*"
    return (word, stem, NUMBER) if word[0].isdigit() else (word, stem)
