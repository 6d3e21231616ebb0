"""Look again: in the same call, in the next, in many threads; the answers must not change."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import monotonic

from handrail import Item
from handrail.testing._awkward import SHORT, canaries, items
from handrail.testing._look import Look, Subject
from handrail.testing._rules import said

THREADS = 8
SPELL_S = 0.5
"""How long the threads keep at it, once each has looked at everything."""

_ROUNDS_MOST = 20


def _short() -> list[tuple[str, Item]]:
    return [(what, i) for what, i in (*items(), *canaries()) if len(i.text) <= SHORT]


def answer(look: Look) -> list[str]:
    """A look's answer in a form that can be compared."""
    raised = [] if look.error is None else [type(look.error).__name__]
    return [*map(said, look.found), *raised]


def changes(seen: Subject, elsewhere: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Say where the second answer was not the first, and where another process said otherwise."""
    for place in seen.plans:
        for what, item in _short():
            where, context = f"{what}, {place}", seen.context(place, item)
            first = seen.look(place, item, context)
            if answer(first) != answer(seen.look(place, item, context)):
                yield f"{where}: another answer when asked twice in one call"
            elif answer(first) != answer(seen.look(place, item)):
                yield f"{where}: another answer in the next call"
            elif [*elsewhere[where]] != [*map(said, first.found)]:
                yield f"{where}: another answer in another process; is it the order of a set?"


def races(seen: Subject) -> list[str]:
    """Say where threads that look at once got other answers than one alone."""
    work = [(what, place, item) for place in seen.plans for what, item in _short()]
    alone = [answer(seen.look(place, item)) for _, place, item in work]
    wrong: list[str] = []
    gate = threading.Barrier(THREADS)

    def run(offset: int) -> None:
        gate.wait()
        end = monotonic() + SPELL_S
        for round_ in range(_ROUNDS_MOST):
            if round_ and (monotonic() > end or wrong):
                return
            for number in _order(len(work), offset):
                what, place, item = work[number]
                if alone[number] != answer(seen.look(place, item)):
                    wrong.append(f"{what}, {place}: another answer beside other threads")

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(THREADS)]
    with _many_switches():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return wrong


def _order(size: int, offset: int) -> Iterator[int]:
    """Every number below *size*, beginning elsewhere in each thread."""
    start = offset * size // THREADS
    return ((start + n) % size for n in range(size))


@contextmanager
def _many_switches() -> Iterator[None]:
    """Let threads interrupt each other as often as possible."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
