"""What signals make together over a conversation: a scam, sextortion, grooming.

Each is a sum that can be done by hand. The message at hand must add something: an old signal alone
finds nothing, and one that is no longer fresh counts half.
"""

from __future__ import annotations

from collections.abc import Iterator

from ._pairs import Pair
from ._settings import Settings
from ._sign import Sign

SCAM = "fraud.scam"
PHISHING = "fraud.phishing"
GROOMING = "child_safety.grooming"
SEXTORTION_OF_A_MINOR = "child_safety.sextortion"
SEXTORTION = "sexual.sextortion"

STORY = frozenset({"crisis", "opportunity"})
_PRESSURE = frozenset({"secrecy", "trust", "urgency"})
_SCAM = STORY | {"payment", "trust", "urgency"}
_ACCESS = STORY | _PRESSURE | {"access", "rapport"}
_GROOMING = frozenset({"age", "alone", "gift", "image", "meet", "move", "secrecy"})
_SEXTORTION = frozenset({"payment", "threat"})
_CORE = frozenset({"alone", "image", "secrecy"})
_CLOSE_IN_AGE = 4
_GROOMING_MOST = 0.7
_CODE_MOST = 0.45
"""The most that a code asked of one's family scores, without any pressure."""

_THREAT_MOST = 0.25
"""The most that a threat among people who know each other scores, with too little beside it."""


class Story:
    """The signals of a pair with those of the message at hand."""

    def __init__(self, pair: Pair, now: frozenset[str]) -> None:
        self.now = now
        self._fresh = now | pair.recent
        self._all = self._fresh | pair.older

    def of(self, names: frozenset[str]) -> frozenset[str]:
        """Those of *names* that were seen at all."""
        return self._all & names

    def weight(self, *names: str) -> float:
        """1 if one of *names* was seen lately, half if before that, else 0."""
        wanted = frozenset(names)
        return 1.0 if self._fresh & wanted else 0.5 if self._all & wanted else 0.0

    def said(self, names: frozenset[str]) -> dict[str, int]:
        """Counts: how many of *names* were seen, and each of them."""
        seen = self.of(names)
        return {"signals": len(seen), **dict.fromkeys(sorted(seen), 1)}


def scam(pair: Pair, story: Story) -> Iterator[Sign]:
    """Find the steps of a scam: an approach, a story, pressure, and a request to pay."""
    if not story.now & _SCAM:
        return
    payment, told = story.weight("payment"), story.weight(*STORY)
    approach, pressure = story.weight("rapport"), story.weight(*_PRESSURE)
    if payment and told:
        score = 0.3 * payment + 0.2 * told + 0.15 * approach + 0.15 * pressure
    elif payment:
        score = 0.15 * payment + 0.15 * pressure + 0.1 * approach
    else:
        score = 0.15 * told + 0.1 * approach + 0.1 * pressure
    steps = sum(map(bool, (payment, told, approach, pressure)))
    if steps < 2:
        return
    score += 0.05 if pair.stranger else -0.2 if pair.known else 0.0
    counts = {"steps": steps, **story.said(_SCAM | _PRESSURE | {"rapport"})}
    reason = f"{steps} of the 4 steps of a scam" + ("" if payment else ", no payment yet")
    yield Sign(SCAM, round(max(score, 0.05), 2), reason, counts, _SCAM | _PRESSURE | {"rapport"})


def takeover(pair: Pair, story: Story) -> Iterator[Sign]:
    """Find a request for a code, a password or control of a device, and the story around it."""
    if "access" not in story.now:
        return
    told, approach = story.weight(*STORY), story.weight("rapport")
    pressure = story.weight(*_PRESSURE)
    score = 0.25 if pair.known else 0.35
    score += 0.25 * told + 0.1 * approach + 0.1 * pressure
    if pair.family and not approach and not pressure:
        score = min(score, _CODE_MOST)
    counts = story.said(_ACCESS)
    reason = "asks for a code, a password or control of a device"
    reason += ", with a story" if told else ""
    yield Sign(PHISHING, round(score, 2), reason, counts, _ACCESS)


def sextortion(pair: Pair, story: Story) -> Iterator[Sign]:
    """Find a threat to share, with a demand or after pictures were asked for."""
    threat = story.weight("threat")
    if not threat or not story.now & _SEXTORTION:
        return
    asked, demand = story.weight("image"), story.weight("payment")
    minor = pair.recipient == "minor"
    if not asked and not demand and not minor:
        return
    score = 0.2 * threat + 0.3 * asked + 0.4 * demand - 0.05 * bool(asked and demand)
    if minor:
        score += 0.1 + 0.05 * (pair.author == "adult") if asked or demand else 0.05
    if pair.trusted and not (asked and demand) and not story.weight(*_PRESSURE):
        score = min(score, _THREAT_MOST)
    counts = story.said(_SEXTORTION | {"image"})
    if pair.recipient == "unknown":
        counts["age_unknown"] = 1
    beside = [what for what, seen in (("pictures asked for", asked), ("a demand", demand)) if seen]
    reason = "a threat to share" + "".join(f", {what}" for what in beside)
    reason += ", to a minor" if minor else ""
    issue = SEXTORTION_OF_A_MINOR if minor else SEXTORTION
    yield Sign(issue, round(score, 2), reason, counts, _SEXTORTION | {"image"})


def grooming(pair: Pair, story: Story, settings: Settings) -> Iterator[Sign]:
    """Find several signs of grooming, from somebody not known to be a minor to one who may be."""
    if not story.now & _GROOMING or pair.author == "minor" or pair.recipient == "adult":
        return
    strength = sum(story.weight(name) for name in _GROOMING)
    strength += story.weight("opportunity") * (not story.weight("gift"))
    needed = settings.signs + bool(pair.known) - _alarming(pair, story)
    unsure = (pair.author == "unknown") + (pair.recipient == "unknown")
    if strength >= needed:
        score = 0.35 + 0.15 * (strength - needed) - 0.1 * unsure
        score = min(score, _GROOMING_MOST - 0.1 * unsure)
    elif strength >= 2 and pair.recipient == "minor":
        score = 0.2 - 0.05 * unsure
    else:
        return
    counts = {**story.said(_GROOMING), **ages(pair)}
    reason = f"{counts['signals']} signs of grooming, {between(pair)}"
    yield Sign(GROOMING, round(score, 2), reason, counts, _GROOMING)


def _alarming(pair: Pair, story: Story) -> bool:
    """Whether a grown stranger asks a child for secrecy, a picture, or whether they are alone."""
    apart = pair.author == "adult" and pair.recipient == "minor" and (pair.gap or 0) > _CLOSE_IN_AGE
    return apart and pair.stranger is True and bool(story.of(_CORE))


def ages(pair: Pair) -> dict[str, int]:
    """Counts that say between whom it is."""
    counts = {f"{pair.author}_to_{pair.recipient}": 1}
    if pair.gap is not None and pair.gap > 0:
        counts["age_gap"] = pair.gap
    return counts


def between(pair: Pair) -> str:
    """The same in words, for a moderator."""
    names = {"adult": "an adult", "minor": "a minor", "unknown": "somebody of unknown age"}
    return f"{names[pair.author]} to {names[pair.recipient]}"
