"""Recipes as data: which concepts make an intent together, and how near they must stand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property

import attrs

from handrail import InvalidValueError

from ._concepts import Seen

NEXT = 4
"""Words that may stand between two concepts of which one follows the other (``>``)."""

NEAR = 7
"""The same where either may come first (``~``)."""

WINDOW = 45
"""Words within which all parts of a recipe (``+``) must stand."""

MOST = 24
"""Places of one part that are compared with those of the others, of each stretch of a text."""


@attrs.frozen
class Part:
    """Concepts that stand close to each other; each place may be taken by one of several."""

    places: tuple[tuple[str, ...], ...]
    joints: tuple[str, ...]

    def find(self, seen: Mapping[str, Sequence[Seen]]) -> list[Seen]:
        """Where the part stands in a text."""
        here = _any(seen, self.places[0])
        for joint, names in zip(self.joints, self.places[1:], strict=True):
            there = _any(seen, names)
            here = [
                Seen(min(a.start, b.start), max(a.end, b.end))
                for a in here
                for b in there
                if _close(a, b, joint)
            ][:MOST]
            if not here:
                return []
        return here


@attrs.frozen
class Recipe:
    """Parts that make an intent together, and what takes it back.

    Attributes:
        issue: What it is a sign of. score: 0 to 1. reason: What a moderator reads.
        parts: All of them must stand within WINDOW words.
        unless: Concepts that take it back, wherever they stand.
    """

    issue: str
    score: float
    parts: tuple[Part, ...]
    unless: tuple[str, ...]
    reason: str

    @cached_property
    def asks(self) -> frozenset[str]:
        """All concepts that it has to do with."""
        return frozenset(self.unless).union(*self.names())

    def names(self) -> Iterator[tuple[str, ...]]:
        """For each place of each part, the concepts that may stand there."""
        for part in self.parts:
            yield from part.places

    def find(self, seen: Mapping[str, Sequence[Seen]]) -> tuple[Seen, ...]:
        """Where its parts stand; none if one is missing, or they stand too far apart."""
        chosen: list[tuple[Seen, ...]] = [()]
        for part in self.parts:
            places = part.find(seen)
            chosen = [(*c, p) for c in chosen for p in places if _within((*c, p))][:MOST]
            if not chosen:
                return ()
        return chosen[0]


def _any(seen: Mapping[str, Sequence[Seen]], names: Iterable[str]) -> list[Seen]:
    return [place for name in names for place in seen.get(name, ())][:MOST]


def _close(a: Seen, b: Seen, joint: str) -> bool:
    if joint == ">":
        return 0 <= b.start - a.end <= NEXT
    return -NEAR <= b.start - a.end <= NEAR if b.start >= a.start else a.start - b.end <= NEAR


def _within(some: Sequence[Seen]) -> bool:
    return max(s.end for s in some) - min(s.start for s in some) <= WINDOW


def recipe(issue: str, score: str, said: str, unless: str, reason: str) -> Recipe:
    """Read ``will > harm > you + place|time``; ``+`` joins parts, ``>`` and ``~`` join concepts.

    Raises:
        InvalidValueError: A part is empty, or the score is no number from 0 to 1.
    """
    parts = tuple(map(_part, said.split("+")))
    if not 0 < float(score) <= 1:
        raise InvalidValueError("score: expected a number above 0, at most 1")
    return Recipe(issue, float(score), parts, tuple(unless.split()), reason)


def _part(said: str) -> Part:
    words = said.split()
    places, joints = words[::2], words[1::2]
    if len(words) % 2 == 0 or not set(joints) <= {">", "~"}:
        raise InvalidValueError("recipe: expected concepts with > or ~ between them")
    return Part(tuple(tuple(place.split("|")) for place in places), tuple(joints))


class Recipes:
    """All recipes, by a concept that few of them share. Nothing in it changes."""

    def __init__(self, recipes: Iterable[Recipe]) -> None:
        made = tuple(recipes)
        often = Counter(name for each in made for names in each.names() for name in names)
        by_key: dict[str, list[tuple[Recipe, tuple[frozenset[str], ...]]]] = defaultdict(list)
        for each in made:
            places = [*each.names()]
            rarest = min(places, key=lambda names: max(often[name] for name in names))
            rest = tuple(frozenset(names) for names in places if names is not rarest)
            for name in rarest:
                by_key[name].append((each, rest))
        self._by_key = {name: tuple(some) for name, some in by_key.items()}
        self._keys = frozenset(by_key)

    def possible(self, names: Set[str]) -> list[Recipe]:
        """The recipes of which each place can be taken by one of these concepts."""
        found = []
        for name in self._keys & names:
            for each, rest in self._by_key[name]:
                for places in rest:
                    if places.isdisjoint(names):
                        break
                else:
                    found.append(each)
        return found

    def find(self, seen: Mapping[str, Sequence[Seen]]) -> Iterator[tuple[Recipe, tuple[Seen, ...]]]:
        """Each recipe that is complete and not taken back, and where its parts stand first."""
        names = frozenset(seen)
        waiting = {id(each) for each in self.possible(names) if names.isdisjoint(each.unless)}
        if not waiting:
            return
        for near in _stretches(seen):
            for name in near:
                for each, _ in self._by_key.get(name, ()):
                    if id(each) in waiting and (places := each.find(near)):
                        waiting.remove(id(each))
                        yield each, places


def _stretches(seen: Mapping[str, Sequence[Seen]]) -> Iterable[Mapping[str, Sequence[Seen]]]:
    """What stands near each other: stretches that overlap, so that each WINDOW is in one."""
    if max((place.end for places in seen.values() for place in places), default=0) <= 2 * WINDOW:
        return (seen,)
    made: dict[int, dict[str, list[Seen]]] = defaultdict(lambda: defaultdict(list))
    for name, places in seen.items():
        for place in places:
            at = place.start // WINDOW
            made[at][name].append(place)
            if at:
                made[at - 1][name].append(place)
    return [made[at] for at in sorted(made)]
