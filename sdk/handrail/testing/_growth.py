"""How a hook's time grows with the length of a text: own CPU time, medians, no absolute limit."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from handrail import Item
from handrail.testing._look import Place, Subject

SIZES = (1_000, 10_000, 100_000)
"""Characters; each step is ten times the one before."""

STEP = 40
"""How many times longer ten times the text may take: linear is 10, quadratic 100."""

FLOOR_NS = 50_000
"""What is shorter than this is taken for this long: nobody waits for it."""

_ROUNDS = 5
_TRIES = 3
_ENOUGH_NS = 500_000_000
"""Work after which one round says enough."""


def grow(seen: Subject, place: Place, pattern: str) -> tuple[int, ...]:
    """Measure for each of SIZES; stops behind the first step that is too steep."""
    taken: list[int] = []
    for size in SIZES:
        item = Item(id="growing", text=(pattern * (size // len(pattern) + 1))[:size])
        taken.append(_time(seen, place, item))
        tries = 1
        while steep(taken) and tries < _TRIES and taken[-1] < _ENOUGH_NS:
            taken[-1] = min(taken[-1], _time(seen, place, item))
            tries += 1
        if steep(taken):
            break
    return tuple(taken)


def steep(taken: Sequence[int]) -> bool:
    """Whether the last step took too many times longer than the one before."""
    return len(taken) > 1 and taken[-1] > STEP * max(taken[-2], FLOOR_NS)


def _time(seen: Subject, place: Place, item: Item) -> int:
    rounds: list[int] = []
    while len(rounds) < _ROUNDS and sum(rounds) < _ENOUGH_NS:
        rounds.append(seen.look(place, item).ns)
    return int(median(rounds))
