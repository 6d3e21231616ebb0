"""What the starting policies say of a room or a thread as a whole, by the counts of modules."""

from __future__ import annotations

from typing import Any

from handrail._condition import Condition

_BULLYING = "harassment.bullying"


def _counts(issue: str, *names: str) -> Condition:
    """Whether each of these counts is above 0."""
    inputs = [f"count({issue}, {name})" for name in names]
    return Condition(inputs, lambda *counts: all(count > 0 for count in counts))


AT_RISK_ANSWERED = {
    "id": "answered",
    "when": _counts("self_harm.promotion", "answers_at_risk"),
    "issues": {"harassment.*": {"hold": 0.5}, "violence.*": {"hold": 0.4}},
}
"""Who answers somebody at risk is read more strictly."""


def strict_rooms() -> list[dict[str, Any]]:
    """Stricter while a minor said to be one on stage, and while a room is raided."""
    return [
        {
            "id": "said-minor",
            "when": _counts("child_safety.exposure", "minors"),
            "issues": {"sexual.*": {"block": 0.4}},
        },
        {
            "id": "raid",
            "when": _counts(_BULLYING, "hostile_newcomers"),
            "issues": {
                "harassment.*": {"nudge": 0.5, "block": 0.7},
                "hate.*": {"nudge": 0.45, "block": 0.6},
            },
        },
    ]


def room_rules() -> list[dict[str, Any]]:
    """A crowd slows a room down, a hostile one closes it; minors on stage are looked after."""
    return [*_crowd_rules(), *_minor_rules()]


def _crowd_rules() -> list[dict[str, Any]]:
    return [
        {
            "id": "many-strangers",
            "issue": _BULLYING,
            "at": 0.3,
            "when": _counts(_BULLYING, "warning"),
            "then": {"on": "session", "label": "slow_mode", "for": "5m"},
        },
        {
            "id": "raided",
            "when": _counts(_BULLYING, "hostile_newcomers", "warning"),
            "then": {
                "on": "session",
                "label": "followers_only",
                "review": {"queue": "live", "within": "10m"},
                "for": "10m",
            },
        },
    ]


def _minor_rules() -> list[dict[str, Any]]:
    return [
        {
            "id": "strangers-gifts-and-minors",
            "when": _counts("child_safety.exposure", "strangers"),
            "then": "block",
            "notice": "neutral",
        },
        {
            "id": "gifts-and-minors",
            "when": _counts("child_safety.exposure", "unrelated"),
            "then": {"label": "be_careful"},
        },
        {
            "id": "minor-on-stage",
            "when": _counts("child_safety.exposure", "said_age"),
            "then": {"review": {"queue": "specialist", "within": "1h"}},
            "notice": "neutral",
        },
    ]
