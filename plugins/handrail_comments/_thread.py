"""Threads that have become hostile, and people at whom many are hostile in one."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Evidence, Finding, Item

from ._memory import HOSTILE, PILED, PILED_HOSTILE, SAID, Threads
from ._settings import Settings

BULLYING = "harassment.bullying"
_PEOPLE_LEAST = 2
"""One angry person makes no heated thread, and no pile-on."""

_CROWD = 2
"""Times as many as of a pile-on, where nobody said anything hostile."""

_CROWD_SHARE = 0.6
"""Share of the comments that a crowd of new accounts must make up."""


def heated_thread(
    item: Item, context: Context, settings: Settings, memory: Threads
) -> Iterator[Finding]:
    """Find comments in a thread where several people have lately been hostile."""
    thread, state = memory.place(item, context).thread, context.state
    window, at = settings.thread_window, context.at
    hostile = int(state.recent(HOSTILE, thread, window, at) or 0)
    if hostile < settings.heated:
        return
    people = state.distinct(HOSTILE, thread, window, at) or 0
    said = int(state.recent(SAID, thread, window, at) or 0)
    if people < _PEOPLE_LEAST or hostile < settings.heated_share * said:
        return
    yield Finding(
        BULLYING,
        score=_mild(hostile, settings.heated),
        reason=f"about the thread: {hostile} of its last {said} comments hostile, "
        f"by {people} people",
        evidence=Evidence(
            counts={"thread_hostile": hostile, "thread_people": people, "thread_comments": said}
        ),
    )


def pile_on(item: Item, context: Context, settings: Settings, memory: Threads) -> Iterator[Finding]:
    """Find answers to somebody at whom many are hostile in this thread."""
    thread, state = memory.place(item, context).thread, context.state
    window, at = settings.thread_window, context.at
    for target in memory.targets(item, context):
        key = f"{thread} {target}"
        people = state.distinct(PILED, key, window, at) or 0
        if people < settings.piling:
            continue
        hostile = state.distinct(PILED_HOSTILE, key, window, at) or 0
        if hostile < _PEOPLE_LEAST:
            continue
        yield Finding(
            BULLYING,
            score=_mild(people, settings.piling),
            reason=f"about the thread: {people} people, {hostile} of them hostile, the others new, "
            "have answered one person",
            evidence=Evidence(counts={"piling": people, "piling_hostile": hostile}),
        )
        return


def newcomers(
    item: Item, context: Context, settings: Settings, memory: Threads
) -> Iterator[Finding]:
    """Find answers to somebody whom mostly new accounts answer in this thread."""
    if not memory.is_new(item):
        return
    thread, state = memory.place(item, context).thread, context.state
    window, at = settings.thread_window, context.at
    said = state.recent(SAID, thread, window, at) or 0
    for target in memory.targets(item, context):
        people = state.distinct(PILED, f"{thread} {target}", window, at) or 0
        if people >= _CROWD * settings.piling and people >= _CROWD_SHARE * said:
            yield Finding(
                BULLYING,
                score=_mild(people, _CROWD * settings.piling),
                reason=f"about the thread: {people} people, nearly all with new accounts, "
                "have answered one person",
                evidence=Evidence(counts={"new_crowd": people}),
            )
            return


def _mild(count: int, least: int) -> float:
    """Rise from 0.3 to 0.4, at three times as many: what others wrote is no fault of this one."""
    return round(min(0.4, 0.3 + 0.05 * (count / least - 1)), 2)
