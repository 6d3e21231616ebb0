"""What a plan's tally counts of sampled calls, and what metrics make of it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import compress, islice
from typing import TYPE_CHECKING, Any

from handrail._finding import Stage
from handrail._plan import BUCKETS, EDGES_US, Tally

if TYPE_CHECKING:
    from handrail._context import Context
    from handrail._item import Item

REMEMBERED = 20_000
"""Items per feature whose decision is remembered, to notice publishing against it."""


def sample(context: Context) -> None:
    """Look closely at one call in SAMPLED."""
    plan, item, stamps = context._plan, context._item, context._stamps
    tally = plan.tally
    tally.sampled += 1
    shorten(tally.decided, REMEMBERED)
    tally.present.update(present(item))
    tally.calls[_bucket(context._end - stamps[0])] += 1
    runs = tally.runs
    for slot, start, end in zip(plan.inline_slots, stamps, stamps[1:], strict=False):
        counts = runs.get(slot.name) or runs.setdefault(slot.name, [0] * BUCKETS)
        counts[bisect_left(EDGES_US, (end - start) // 1000)] += 1
    for index, ns in context._times.items():
        runs.setdefault(plan.slots[index].name, [0] * BUCKETS)[_bucket(ns)] += 1
    for name in plan.unmeasured(item.language):
        tally.unmeasured[name] = tally.unmeasured.get(name, 0) + 1


def shorten(kept: dict[str, Any], most: int) -> None:
    """Forget the oldest beyond *most*, a tenth at a time.

    One at a time, each would be looked for behind the places of all that were forgotten before.
    """
    if len(kept) > most + most // 10:
        for oldest in [*islice(kept, len(kept) - most)]:
            del kept[oldest]


def _bucket(ns: int) -> int:
    return bisect_left(EDGES_US, ns // 1000)


def present(item: Item) -> list[str]:
    """The parts of what a feature can provide that *item* has."""
    found = [*compress(_PARTS, (
        item.text, item.links, item.media, item.amount, item.language, item.region,
        item.visibility, item.relation, item.participants, item.recipients, item.created_at,
        item.author, item.session_id, item.thread_id,
    ))]  # fmt: skip
    if (actor := item.author) is not None:
        found += compress(_OF_ACTOR, (
            actor.age is not None, actor.tenure_days is not None,
            actor.region is not None, actor.language is not None,
        ))  # fmt: skip
    return found


_PARTS = ("text", "links", "media", "amount", "language", "region", "visibility", "relation",
          "participants", "recipients", "created_at", "author", "session", "thread")  # fmt: skip
_OF_ACTOR = ("actor.age", "actor.tenure_days", "actor.region", "actor.language")


def forget(tally: Tally) -> None:
    """Set to nothing what a tally counted; what was decided stays known."""
    tally.clean = tally.sampled = 0
    tally.calls[:] = [0] * BUCKETS
    for counts in (tally.present, tally.unmeasured, tally.runs):
        counts.clear()


def counted(
    name: str,
    counts: Mapping[str, Counter[tuple[str, ...]]],
    tallies: Mapping[tuple[str, Stage], Tally],
) -> Counter[tuple[str, ...]]:
    """What was counted of a metric, at once and in the tallies of plans."""
    total = Counter(counts[name])
    for (feature, stage), tally in list(tallies.items()):
        for values, n in list(_tallied(name, feature, stage.value, tally)):
            total[values] += n
    return total


def _tallied(
    name: str, feature: str, stage: str, tally: Tally
) -> Iterator[tuple[tuple[str, ...], int]]:
    """What a tally holds of a metric."""
    edges = (*map(str, EDGES_US), "+Inf")
    if name == "handrail.calls":
        yield from [((feature, stage, "allow"), tally.clean)] * bool(tally.clean)
    elif name == "handrail.unmeasured":
        yield from (((module, stage), n) for module, n in list(tally.unmeasured.items()))
    elif name == "handrail.call.duration":
        yield from (((feature, stage, e), n) for e, n in zip(edges, tally.calls, strict=True) if n)
    elif name == "handrail.module.duration":
        for module, counts in list(tally.runs.items()):
            yield from (((module, stage, e), n) for e, n in zip(edges, counts, strict=True) if n)
