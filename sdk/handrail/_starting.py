"""Starting policies in code, for a first day without policy files: comments, live, messaging.

The thresholds suit the first-party modules, whose scores are severities rather than
probabilities: about 0.3 for mild wording aimed at nobody, 0.6 for an insult, 0.9 for the worst.
The scores of trained modules are probabilities: one alone blocks nothing but explicit text, in
live chat and near minors. Two that agree block, as one and a list do.
"""

from __future__ import annotations

from typing import Any

from handrail._condition import Condition
from handrail._policy import Policy
from handrail._starting_places import AT_RISK_ANSWERED, room_rules, strict_rooms
from handrail._starting_trained import THREATS, said_threat, threat, trained_alone
from handrail.errors import unknown

_AT_RISK = {
    "id": "at-risk",
    "issue": "self_harm.at_risk",
    "at": 0.5,
    "then": {"support": "crisis", "review": {"queue": "imminent_harm", "within": "10m"}},
}
"""A person at risk is offered help and seen by somebody soon; nothing is held against them."""

_FAULTS: list[dict[str, Any]] = [
    {"issues": ["child_safety.*"], "stages": ["pre_publish"], "then": "hold"},
    {
        "stages": ["report"],
        "then": {"review": {"queue": "faults", "within": "24h"}},
    },
    {"then": "allow"},
]


def _minors(issues: dict[str, Any]) -> dict[str, Any]:
    """Stricter ladders where the author or anybody present is known to be under 18."""

    def test(age: int | None, participants: Any, recipients: Any) -> bool | None:
        present = [a.age.value if a.age else None for a in (*participants, *recipients)]
        if any(a is not None and a < 18 for a in (age, *present)):
            return True
        return None if age is None else False

    return {
        "id": "minors",
        "when": Condition(["actor.age?", "participants", "recipients"], test),
        "unknown": "skip",
        "issues": issues,
    }


def _any(*counts: float) -> bool:
    return any(count > 0 for count in counts)


_HEATED = {
    "id": "heated",
    "when": Condition(
        [f"count(harassment.bullying, {n})" for n in ("thread_hostile", "piling", "new_crowd")],
        _any,
    ),
    "issues": {
        "harassment.*": {"nudge": 0.45, "hold": 0.65},
        "hate.*": {"nudge": 0.45, "hold": 0.6},
    },
}
"""Stricter where several people have made a thread hostile, or many answer one person."""

_THINK_AGAIN = {
    "id": "think-again",
    "issue": "harassment.bullying",
    "when": Condition(["count(harassment.bullying, nudge)"], _any),
    "then": "nudge",
}
"""Who is seldom hostile and mildly harsh is asked kindly."""


def _first_contact() -> dict[str, Any]:
    """A first message of an adult to a minor waits for a person."""
    inputs = [
        f"count(child_safety.grooming, {name})" for name in ("first_contact", "adult_to_minor")
    ]
    return {
        "id": "adult-opens-chat-with-minor",
        "when": Condition(inputs, lambda first, ages: first > 0 and ages > 0),
        "then": "hold",
        "notice": "neutral",
    }


def _age_and_alone() -> dict[str, Any]:
    """An adult who asks a minor their age and whether they are alone waits for a person."""
    inputs = [f"count(child_safety.grooming, {n})" for n in ("age", "alone", "adult_to_minor")]
    return {
        "id": "adult-asks-minor-age-and-alone",
        "when": Condition(inputs, lambda *counts: all(count > 0 for count in counts)),
        "then": "hold",
        "notice": "neutral",
    }


_SEXTORTION = {
    "id": "sextortion-of-an-adult",
    "issue": "sexual.sextortion",
    "at": 0.5,
    "then": {
        "action": "limit",
        "label": "be_careful",
        "support": "crisis",
        "review": {"queue": "imminent_harm", "within": "10m"},
    },
}
"""Whoever is threatened gets a warning and a help line, and somebody looks at once."""


def _comments() -> Policy:
    return Policy(
        name="starting-comments",
        applies={"surfaces": ["comments"]},
        issues={
            "harassment.*": {"nudge": 0.55, "hold": 0.75, "block": 0.95},
            "hate.*": {"nudge": 0.55, "hold": 0.7, "block": 0.9},
            "violence.*": {"hold": 0.6, "block": 0.95},
            "sexual.*": {"limit": 0.5, "hold": 0.8},
            "self_harm.*": {"hold": 0.6},
            "integrity.*": {"limit": 0.6, "block": 0.9},
            "fraud.*": {"limit": 0.5, "hold": 0.7, "block": 0.9},
            "privacy.*": {"hold": 0.6},
            "goods.*": {"limit": 0.5, "hold": 0.7, "block": 0.9},
            "exploitation.*": {"hold": 0.6},
            "child_safety.*": {"hold": 0.3, "block": 0.8},
        },
        overrides=[
            _minors({"harassment.bullying": {"hold": 0.6}, "sexual.*": {"hold": 0.5}}),
            _HEATED,
            AT_RISK_ANSWERED,
        ],
        exceptions=trained_alone("comments"),
        rules=[_THINK_AGAIN, _AT_RISK, *THREATS],
        holds={"within": "24h", "otherwise": "limit"},
        limits={"reach": 0.2},
        faults=_FAULTS,
    )


_UNSEEN = {"issues": ["child_safety.*"], "stages": ["pre_publish"], "then": "block"}
_MINORS_LIVE = {"harassment.bullying": {"block": 0.6}, "sexual.*": {"block": 0.4}}


def _live() -> Policy:
    return Policy(
        name="starting-live",
        applies={"surfaces": ["live"]},
        issues={
            "harassment.*": {"nudge": 0.6, "block": 0.8},
            "hate.*": {"nudge": 0.55, "block": 0.7},
            "violence.*": {"block": 0.7},
            "sexual.*": {"block": 0.6},
            "self_harm.*": {"block": 0.7},
            "integrity.*": {"block": 0.7},
            "fraud.*": {"block": 0.6},
            "privacy.*": {"block": 0.6},
            "goods.*": {"block": 0.7},
            "exploitation.*": {"block": 0.6},
            "child_safety.*": {"block": 0.3},
        },
        overrides=[_minors(_MINORS_LIVE), *strict_rooms()],
        exceptions=trained_alone("live"),
        rules=[
            _AT_RISK,
            said_threat("threat", "violence.threat", 0.6),
            said_threat("threat-of-hate", "hate.threat", 0.7),
            *room_rules(),
        ],
        limits={"reach": 0.2},
        faults=[_UNSEEN, *_FAULTS[1:]],
    )


_MINORS_WRITE = {
    "sexual.*": {"block": 0.5},
    "fraud.*": {"hold": 0.5},
    "goods.*": {"hold": 0.5},
    "fraud.phishing": {"limit": 0.5, "hold": 0.55},
}


def _messaging() -> Policy:
    return Policy(
        name="starting-messaging",
        applies={"surfaces": ["messaging"]},
        issues={
            "harassment.*": {"nudge": 0.7, "block": 0.95},
            "hate.*": {"nudge": 0.7, "block": 0.95},
            "violence.*": {"nudge": 0.6, "hold": 0.85},
            "sexual.*": {"nudge": 0.8},
            "integrity.*": {"limit": 0.7, "block": 0.95},
            "fraud.*": {"limit": 0.5, "hold": 0.8},
            "goods.*": {"limit": 0.5, "hold": 0.8},
            "exploitation.*": {"hold": 0.6},
            "child_safety.*": {"hold": 0.3, "block": 0.8},
        },
        overrides=[_minors(_MINORS_WRITE)],
        exceptions=trained_alone("messaging"),
        rules=[
            _AT_RISK,
            threat("threat-of-hate", "hate.threat", 0.95),
            _first_contact(),
            _age_and_alone(),
            _SEXTORTION,
        ],
        holds={"within": "4h", "otherwise": "block"},
        limits={"label": "be_careful"},
        faults=_FAULTS,
    )


_STARTING = {"comments": _comments, "live": _live, "messaging": _messaging}


def starting_policy(surface: str) -> Policy:
    """Return the starting policy of *surface*: comments, live or messaging.

    Raises UnknownNameError for another surface.
    """
    if surface not in _STARTING:
        raise unknown("starting policy", surface, _STARTING)
    return _STARTING[surface]()
