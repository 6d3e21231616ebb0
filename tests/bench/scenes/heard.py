"""What becomes of the lines of a talk, and whether a good moderator would have wanted that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from scene import Line, Talk

from handrail import Action, Actor, Decision, Feature, Item, MemoryState, Safety
from handrail_policyfiles import starting_policy

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
MODULES = {
    "live": ("text", "classifier", "links", "contact", "behavior", "live", "transactions"),
    "comments": ("text", "classifier", "links", "contact", "behavior", "comments"),
}
LEAST = {
    "ask": Action.NUDGE, "limit": Action.LIMIT, "hold": Action.HOLD, "block": Action.BLOCK,
}  # fmt: skip
FOUND = 0.3
PLACES = ("session", "thread")


def actor(said: str, tenure: float | None = None, relation: str | None = None) -> Actor:
    """Whoever is written as ``name:age``."""
    name, _, age = said.partition(":")
    return Actor(name, age=int(age) if age else None, tenure_days=tenure, relation=relation)


def item(line: Line, number: int, surface: str) -> Item:
    """The item of a line."""
    place = {"session_id": "room"} if surface == "live" else {"thread_id": "post"}
    return Item(
        line.name or f"l{number}", line.text, kind=line.kind, revision=line.edit,
        author=actor(line.who, line.tenure), participants=[actor(each) for each in line.stage],
        recipients=[actor(line.to, None, line.relation)] if line.to else [],
        parent_id=line.parent or None, relation=line.relation,
        amount={"value": str(line.value), "currency": "EUR"} if line.value else None,
        created_at=NOON + timedelta(seconds=line.at), **place,  # type: ignore[arg-type]
    )  # fmt: skip


def heard(talk: Talk) -> list[tuple[Line, Decision]]:
    """What becomes of each line, with a memory of its own."""
    lines = sorted(talk.lines, key=lambda line: line.at)
    features = [Feature(name="f", surface=talk.surface, budget_ms=60_000)]
    with Safety(
        features, modules=list(MODULES[talk.surface]), policy=starting_policy(talk.surface),
        state=MemoryState(most=50_000),
    ) as safety:  # fmt: skip
        judge = safety.feature("f").pre_publish
        return [(line, judge(item(line, n, talk.surface))) for n, line in enumerate(lines)]


def alone(made: Decision, *, harmless: bool) -> bool:
    """Whether nobody was bothered; where something bad goes on, the place may be."""
    return made.action == Action.ALLOW and all(
        effect.target in PLACES and (not harmless or effect.name == "label")
        for effect in made.effects
    )


def wanted(made: Decision, wants: Sequence[str]) -> bool:
    """Whether one of the things that are wanted was done."""
    names = {effect.name for effect in made.effects}
    found = {finding.issue for finding in made.findings if finding.score >= FOUND}
    return any(
        want in names or want in found
        or (want == "act" and (made.action > Action.ALLOW or bool(names)))
        or (want in LEAST and made.action >= LEAST[want])
        for want in wants
    )  # fmt: skip


def well(talk: Talk) -> bool:
    """Whether a talk is judged as it should be."""
    made = heard(talk)
    first = [decision for line, decision in made if line.bad][: talk.within]
    spared = all(
        alone(decision, harmless=not talk.wants) for line, decision in made if line.bad is False
    )
    return spared and (not talk.wants or any(wanted(each, talk.wants) for each in first))
