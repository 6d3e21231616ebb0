"""What is said to somebody on stage who is in danger: a minor, or a person at risk."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Evidence, Finding, Item, Text

from ._cues import Span, cues
from ._room import CHILD, Room, stage_of
from ._stage import EXPOSURE

GROOMING = "child_safety.grooming"
SEXUALIZATION = "child_safety.sexualization"
PROMOTION = "self_harm.promotion"
AT_RISK = "self_harm.at_risk"

_SURE = 0.5
"""The score from which somebody is at risk, as the starting policies have it."""

_TO_MINORS = (GROOMING, SEXUALIZATION)

_SIGNS = frozenset({"away", "image", "meet", "place", "reward", "secret"})
_BODY = frozenset({"body", "undress"})
_AT_ONCE = {"body": 0.4, "undress": 0.6}
_URGE, _ASSENT = frozenset({"urge"}), frozenset({"assent"})
_AROUND = 2
"""Words around a call to do it, at most: "please jump already"."""

_DENIED = frozenset({
    "dont", "don", "not", "never", "no", "nicht", "nie", "kein", "nunca", "ne", "pas", "nao",
    "non", "stop", "please", "bitte", "rien", "justice",
})  # fmt: skip
"""Words that make a plea, or another thing, of what they stand beside: "do it justice"."""

_FILLERS = frozenset({"already", "dann", "alors", "pues", "haha", "lmao", "lol", "then"})
"""Words that leave it a whole line what they stand beside."""


def danger(item: Item, context: Context, room: Room) -> Iterator[Finding]:
    """Find what is said to a minor on stage, or to somebody on stage who is at risk."""
    at = context.at.timestamp()
    if minor_on_stage(item, at, room):
        yield from _to_a_minor(item, context, room)
    if room.risk_on_stage(at):
        yield from urged(context.text)


def minor_on_stage(item: Item, at: float, room: Room) -> bool:
    """Whether a minor is on stage, by their age or by what they said."""
    if room.young_on_stage(at):
        return True
    stage = stage_of(item.participants, at) if item.participants else room.on_stage(at)
    return stage is not None and stage.minors > 0


def _to_a_minor(item: Item, context: Context, room: Room) -> Iterator[Finding]:
    """Find lines about a minor's body, and signs of grooming, which add up over a session."""
    age = item.author and item.author.age
    peer = bool(age and age.value < CHILD)
    said = dict(cues(context.text, _BODY if peer else _BODY | _SIGNS))
    if not said:
        return
    where = Evidence(spans=tuple(said.values()), counts=dict.fromkeys(sorted(said), 1))
    score = max((_AT_ONCE[kind] for kind in said.keys() & _BODY), default=0.0)
    if score:
        yield Finding(SEXUALIZATION, score, "about the body of a minor on stage", evidence=where)
    signs = room.signs(item.author) | said.keys() - {"body"}
    if len(signs) >= 2 or not score:
        counts = {"signs": len(signs), **dict.fromkeys(sorted(signs), 1)}
        reason = f"{len(signs)} signs of grooming, to a minor on stage"
        evidence = Evidence(spans=where.spans, counts=counts)
        yield Finding(GROOMING, _graded(len(signs)), reason, evidence=evidence)


def _graded(signs: int) -> float:
    """One sign is little: fans ask for a name elsewhere, too. Two are a pattern."""
    return (0.0, 0.2, 0.5, 0.65, 0.75)[min(signs, 4)]


def learn_danger(item: Item, context: Context, room: Room) -> None:
    """Remember from what was found who is in danger, and what was said to them."""
    at = context.at.timestamp()
    if item.author is not None and item.kind == "gift" and _unrelated(context):
        room.give(item.author)
    for finding in context.found:
        if finding.issue == AT_RISK and finding.score >= _SURE and _from_stage(item):
            room.risk = at
        elif finding.issue == EXPOSURE and "said_age" in finding.evidence.counts:
            if not _known_grown(item):
                room.young = at
        elif finding.issue in _TO_MINORS and item.author is not None:
            signs = finding.evidence.counts.keys() & (_SIGNS | {"undress"})
            if signs:
                room.sign(item.author, frozenset(signs))


def _unrelated(context: Context) -> bool:
    """Whether nobody says who gives to a minor."""
    return any(
        each.issue == EXPOSURE and each.evidence.counts.get("unrelated") for each in context.found
    )


def _known_grown(item: Item) -> bool:
    """Whether all on stage are adults by more than their own word."""
    people = item.participants or ((item.author,) if item.author else ())
    ages = [person.age for person in people]
    return bool(ages) and all(
        age is not None and age.value >= CHILD and age.known_by != "declared" for age in ages
    )


def _from_stage(item: Item) -> bool:
    if item.kind == "live_segment":
        return True
    return item.author is not None and item.author.id in {p.id for p in item.participants}


def urged(text: Text) -> Iterator[Finding]:
    """Find calls to do it: short, and not denied. Words that only agree are the whole line."""
    words = text.plain.split(" ")
    spans = [span for _, span in cues(text, _URGE) if _called(words, text, span)]
    spans += [span for _, span in cues(text, _ASSENT) if _without(text, span) <= _FILLERS]
    if spans:
        yield Finding(
            PROMOTION, 0.75, "tells somebody at risk to do it", evidence=Evidence(spans=(spans[0],))
        )


def _called(words: list[str], text: Text, span: Span) -> bool:
    said = text.raw[slice(*span)].split()
    return len(words) <= len(said) + _AROUND and _DENIED.isdisjoint(_without(text, span))


def _without(text: Text, span: Span) -> set[str]:
    around = Text(text.raw[: span[0]] + " " + text.raw[span[1] :])
    return set(around.plain.split(" ")) - {""}
