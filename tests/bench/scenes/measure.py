"""How often payments, reports and talk of made-up scenes are judged as a moderator would.

    python tests/bench/scenes/measure.py [mend|held|all] [--missed]

The scenes of each kind are halved at random, with a fixed seed: one half is to mend on, and the
other is only measured. Intervals are Wilson's, 95 %. A payment is judged by the starting policy
(it acts, or lets all pass), a crowd by whether a wave is found, an order by the urgencies;
of rooms and comments heard.py says how.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import sqrt
from typing import TypeAlias

import answers
import attrs
import filings
import payments
import rooms
import stages
import talks
from heard import NOON, actor, well
from scene import Crowd, Event, Filing, Order, Scene, Talk

from handrail import (
    Action,
    Actor,
    Decision,
    Feature,
    Item,
    MemorySink,
    MemoryState,
    Policy,
    Report,
    Safety,
)  # fmt: skip
from handrail_policyfiles import starting_policy
from handrail_reports import judged

WAVE = "integrity.coordinated_inauthentic"
LIMITS = {"transactions": {"limits": {"EUR": 10_000}, "sums": {"EUR": 10_000}}}
SURFACES = ("transactions", "messaging")
Judged: TypeAlias = "Scene | Crowd | Order | Talk"
SCENES: dict[str, Sequence[Judged]] = {
    "payments": payments.SCENES, "reports": filings.SCENES,
    "live": (*rooms.SCENES, *stages.SCENES),
    "comments": (*talks.SCENES, *answers.SCENES),
}  # fmt: skip


def half(scenes: Sequence[Judged], which: str) -> Iterator[Judged]:
    """The scenes of one half, each kind halved by itself."""
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    for scene in scenes:
        by_kind[scene.kind].append(scene)
    dice = random.Random(7)
    for kind in sorted(by_kind):
        mixed = dice.sample(by_kind[kind], len(by_kind[kind]))
        middle = len(mixed) // 2
        yield from {"mend": mixed[:middle], "held": mixed[middle:], "all": mixed}[which]


def item(event: Event, number: int) -> Item:
    """The item of an event."""
    told = Item(
        f"e{number}", event.text, author=actor(event.giver),
        recipients=[actor(event.taker, relation=event.relation)],
        created_at=NOON + timedelta(minutes=event.at),
    )  # fmt: skip
    if event.kind == "message":
        return told
    amount = {"value": str(event.value), "currency": "EUR"}
    more = {"attributes": {"signals": event.signals}} if event.signals else {}
    return attrs.evolve(told, kind=event.kind, amount=amount, **more)


def decisions(scene: Scene) -> list[Decision]:
    """What becomes of the payments of a scene, with a memory of their own."""
    features = [Feature(name=name, surface=name, budget_ms=60_000) for name in SURFACES]
    policies = [starting_policy(name) for name in SURFACES]
    with Safety(
        features, modules=["transactions", "messaging", "contact"], policy=policies,
        settings=LIMITS, state=MemoryState(most=50_000),
    ) as safety:  # fmt: skip
        made = []
        for number, event in enumerate(scene.events):
            name = SURFACES[event.kind == "message"]
            decision = safety.feature(name).pre_publish(item(event, number))
            made += [] if event.kind == "message" else [decision]
        return made


def acts(made: Sequence[Decision]) -> bool:
    """Whether somebody looks, is warned or has to wait."""
    return any(each.action > Action.ALLOW or each.effects for each in made)


def told(filing: Filing) -> Report:
    """The report of a filing."""
    return Report(
        id=f"{filing.item}-{filing.who}-{filing.at}",
        item=Item(filing.item, "a text", author=Actor("author")),
        issue=filing.issue, text=filing.words, created_at=NOON + timedelta(minutes=filing.at),
        reporter=Actor(filing.who, tenure_days=filing.tenure),
    )  # fmt: skip


def filed(reports: Sequence[Filing]) -> dict[str, dict[str, int]]:
    """The counts of all findings about the last item, by issue."""
    state, sink = MemoryState(most=50_000, clock=lambda: NOON), MemorySink()
    features = [Feature(name="f", surface="comments", budget_ms=60_000)]
    found: dict[str, dict[str, int]] = {}
    with Safety(features, modules=["reports"], policy=Policy(name="p"), state=state,
                sink=sink) as safety:  # fmt: skip
        for each, report in zip(reports, map(told, reports), strict=True):
            for upheld, times in ((True, each.right), (False, each.wrong)):
                for _ in range(0 if each.item != reports[-1].item else times):
                    state.add(judged(report, upheld=upheld), NOON - timedelta(days=1))
        for report in sorted(map(told, reports), key=lambda made: made.created_at or NOON):
            safety.feature("f").report(report)
            safety.flush()
            if report.item_id == reports[-1].item:
                found |= {f.issue: dict(f.evidence.counts) for f in sink.entries[-1].findings}
    return found


def right(scene: Judged) -> bool:
    """Whether a scene is judged as it should be."""
    if isinstance(scene, Talk):
        return well(scene)
    if isinstance(scene, Scene):
        return acts(decisions(scene)) == scene.bad
    if isinstance(scene, Crowd):
        return (WAVE in filed(scene.filings)) == scene.bad
    first, second = (filed(each)[each[0].issue] for each in (scene.first, scene.second))
    return first["urgency"] > second["urgency"]


def interval(hits: int, of: int) -> str:
    """A number with the Wilson interval of its share."""
    share, z = hits / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    wide = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return f"{hits} of {of} ({max(0.0, middle - wide):.2f}–{min(1.0, middle + wide):.2f})"


def main() -> None:
    """Print what is right, by kind."""
    which = next((word for word in sys.argv[1:] if not word.startswith("-")), "all")
    for name, scenes in SCENES.items():
        by_kind: dict[str, list[bool]] = defaultdict(list)
        for scene in half(scenes, which):
            by_kind[scene.kind].append(right(scene))
            if "--missed" in sys.argv and not by_kind[scene.kind][-1]:
                print("   missed:", scene.kind, "|", scene.name)
        for kind, hits in sorted(by_kind.items()):
            print(f"{name}, {which}: {kind} judged right: {interval(sum(hits), len(hits))}")


if __name__ == "__main__":
    main()
