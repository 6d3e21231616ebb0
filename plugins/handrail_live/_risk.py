"""How risky a session is by its last segments, and which of the next to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b

import attrs

from handrail import Context, Evidence, Finding, InvalidValueError, Item

from ._settings import Settings

WATCHED = {
    "sexual.explicit": 0.3,
    "sexual.nudity": 0.2,
    "violence.graphic": 0.3,
    "violence.threat": 0.4,
    "hate.speech": 0.3,
    "child_safety.exposure": 0.1,
}
"""Issues of segments that make a session risky, and how much one segment adds."""

_LEAST = 0.05
"""Share of segments that is looked at without any risk."""


@attrs.frozen
class SessionRisk:
    """How risky a session is, by what was found in its last segments.

    Attributes:
        risk: 0 to 1. segments: How many were looked back on.
        hits: In how many of them each issue was found.
    """

    risk: float
    segments: int
    hits: tuple[tuple[str, int], ...] = ()


def session_risk(item: Item, context: Context, settings: Settings) -> SessionRisk:
    """Compute the derivation ``session_risk``: nothing known is a risk of 0."""
    found: list[tuple[str, int]] = []
    if item.session_id is not None:
        for issue in WATCHED:
            hits = context.state.session(item.session_id, issue, settings.segments)
            if hits:
                found.append((issue, hits))
    risk = rolling_risk(WATCHED[issue] for issue, hits in found for _ in range(hits))
    return SessionRisk(risk, settings.segments, tuple(found))


def rolling_risk(weights: Iterable[float], half_life: float | None = None) -> float:
    """Return how risky a session is by the weights of its segments, the latest last, 0 to 1.

    Each is a chance by itself: two of 0.3 are 0.51. With *half_life*, a weight counts half as
    much so many segments later. Raises InvalidValueError for a weight outside 0 to 1.
    """
    calm, listed = 1.0, list(weights)
    for age, weight in enumerate(reversed(listed)):
        if not 0 <= weight <= 1:
            raise InvalidValueError("rolling_risk: expected weights from 0 to 1")
        calm *= 1 - weight * (1 if half_life is None else 0.5 ** (age / half_life))
    return 1 - calm


def sampling_plan(risk: float, first: int, count: int, seed: str) -> tuple[int, ...]:
    """Return which segments or frames to look at, of *count* from number *first* on.

    One of every so many, more the higher the *risk* (0 to 1): one of 20 at 0, each at 1. Which
    one cannot be foreseen without *seed*, and is the same whenever it is asked; between two
    there are never more than twice as many. Each is chosen with the same known probability, so
    that what is found stands for what is there. Raises InvalidValueError for another risk.
    """
    if not 0 <= risk <= 1 or first < 0 or count < 0:
        raise InvalidValueError(
            "sampling_plan: expected a risk from 0 to 1, first and count 0 or more"
        )
    every = max(1, round(1 / (_LEAST + (1 - _LEAST) * risk)))
    strata = range(first // every, (first + count - 1) // every + 1) if count else ()
    chosen = (stratum * every + _draw(seed, stratum) % every for stratum in strata)
    return tuple(number for number in chosen if first <= number < first + count)


def _draw(seed: str, number: int) -> int:
    said = f"{number} {seed}".encode(errors="replace")
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big")


def segments(item: Item, risk: SessionRisk, settings: Settings) -> Iterator[Finding]:
    """Find segments of a session that is risky by what came before."""
    if item.kind != "live_segment" or risk.risk < settings.risk:
        return
    issue, hits = max(risk.hits, key=lambda hit: WATCHED[hit[0]] * hit[1])
    counts = {"hits": hits, "segments": risk.segments, "risk_percent": round(100 * risk.risk)}
    reason = f"found in {hits} of the session's last {risk.segments} segments"
    yield Finding(issue, min(0.9, risk.risk), reason, evidence=Evidence(counts=counts))
