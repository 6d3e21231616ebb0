"""Phrases as data: the words that say a concept in one language."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from handrail import InvalidValueError

from ._tokens import NUMBER, folded

GAP = "*"
"""Stands for no word, one or two."""

GAP_MOST = 2

STEM_LEAST = 3
"""Letters before the ``*`` of a word that may end in any way."""


@attrs.frozen
class Slot:
    """What may stand at one place of a phrase."""

    exact: frozenset[str]
    stems: tuple[str, ...]
    number: bool

    def holds(self, word: str) -> bool:
        """Whether *word* may stand here."""
        return (
            word in self.exact
            or (self.number and word[0].isdigit())
            or (bool(self.stems) and word.startswith(self.stems))
        )


NOTHING = Slot(frozenset(), (), number=False)


@attrs.frozen
class Phrase:
    """Words for a concept in a language; None is a gap."""

    concept: str
    language: str
    slots: tuple[Slot | None, ...]
    single: bool = attrs.field(init=False, eq=False, repr=False)
    last: frozenset[str] = attrs.field(init=False, eq=False, repr=False)

    @single.default
    def _one_word(self) -> bool:
        return len(self.slots) == 1

    @last.default
    def _ends_with(self) -> frozenset[str]:
        """The words of which one must be in a text; none where that cannot be said."""
        end = self.slots[-1]
        if end is None or end.stems or end.number or len(self.slots) == 1:
            return frozenset()
        return end.exact

    def end(self, words: Sequence[str], place: int, slot: int = 0) -> int:
        """Where the phrase ends whose *slot* is to be filled at *place*, or -1."""
        for n in range(slot, len(self.slots)):
            here = self.slots[n]
            if here is None:
                for gap in range(GAP_MOST + 1):
                    end = self.end(words, place + gap, n + 1)
                    if end >= 0:
                        return end
                return -1
            if place >= len(words) or not here.holds(words[place]):
                return -1
            place += 1
        return place


def phrase(concept: str, language: str, said: str) -> Phrase:
    """Read ``send|give me|us * code|pass*``: words that may stand in each place.

    Raises:
        InvalidValueError: It begins or ends with a gap, a stem is short, or there is no word.
    """
    slots = [None if part == GAP else _slot(part) for part in said.split()]
    if not slots or slots[0] is None or slots[-1] is None:
        raise InvalidValueError("words: expected a phrase that begins and ends with a word")
    return Phrase(concept, language, tuple(slots))


def _slot(part: str) -> Slot:
    words = [word if word.startswith("<") else _folded(word) for word in part.split("|")]
    stems = tuple(word[:-1] for word in words if word.endswith("*"))
    exact = frozenset(word for word in words if not word.endswith("*")) - {NUMBER}
    if not all(words) or any(len(stem) < STEM_LEAST for stem in stems):
        raise InvalidValueError(f"words: expected words, or {STEM_LEAST} letters before *")
    return Slot(exact, stems, NUMBER in words)


def _folded(word: str) -> str:
    return folded(word[:-1]) + "*" if word.endswith("*") else folded(word)
