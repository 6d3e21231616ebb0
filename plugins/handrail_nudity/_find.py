"""What the detector sees, as findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from handrail import Evidence, Finding, MediaPictures, Picture, UnseenError

from ._settings import PARTS, Settings, detector

NUDITY = "sexual.nudity"


def findings(media: MediaPictures, settings: Settings) -> Iterator[Finding]:
    """Find signs of nudity in each medium; last of all raise UnseenError if one went unseen."""
    problem = None
    for number, medium in enumerate(media, 1):
        problem = problem or medium.problem
        seen = [part for picture in medium.pictures for part in _seen(picture, settings)]
        if seen:
            score, part = max(seen)
            counts = {"medium": number, "parts": len(seen), "frames": len(medium.pictures)}
            reason = f"medium {number} seems to show nudity ({part.replace('_', ' ')})"
            yield Finding(NUDITY, score, reason, evidence=Evidence(counts=counts))
    if problem is not None:
        raise UnseenError("media", problem)


def _seen(picture: Picture, settings: Settings) -> Iterator[tuple[float, str]]:
    """The parts in one picture that count: score and name."""
    wanted = {PARTS[part]: part for part in settings.parts}
    for found in detector().detect(_pixels(picture)):
        if found["class"] in wanted and found["score"] >= settings.least:
            yield min(1.0, round(float(found["score"]), 3)), wanted[found["class"]]


def _pixels(picture: Picture) -> Any:
    """Rows × columns × blue, green and red, as the detector wants them."""
    import numpy as np

    flat = np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3)
    return np.ascontiguousarray(flat[..., ::-1])
