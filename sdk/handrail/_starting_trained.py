"""What the starting policies make of what only a trained module is sure of, and of threats."""

from __future__ import annotations

from typing import Any

from handrail._condition import Condition

_TRAINED: dict[str, dict[str, tuple[str, float, str]]] = {
    "comments": {
        "abuse": ("harassment.bullying", 0.95, "hold"),
        "sexism": ("harassment.gendered", 0.95, "hold"),
        "hate": ("hate.speech", 0.9, "hold"),
        "spam": ("integrity.spam", 0.9, "limit"),
        "threat": ("violence.threat", 0.95, "hold"),
        "threat-of-hate": ("hate.threat", 0.9, "hold"),
    },
    "live": {
        "abuse": ("harassment.bullying", 0.6, "nudge"),
        "sexism": ("harassment.gendered", 0.8, "nudge"),
        "hate": ("hate.speech", 0.7, "nudge"),
        "spam": ("integrity.spam", 0.7, "nudge"),
        "threat": ("violence.threat", 0.7, "nudge"),
        "threat-of-hate": ("hate.threat", 0.7, "nudge"),
    },
    "messaging": {
        "abuse": ("harassment.bullying", 0.95, "nudge"),
        "sexism": ("harassment.gendered", 0.95, "nudge"),
        "hate": ("hate.speech", 0.95, "nudge"),
        "spam": ("integrity.spam", 0.95, "limit"),
        "threat-of-hate": ("hate.threat", 0.95, "nudge"),
    },
}
"""What only a model may be sure of: issue, from which score on, and what it leads to at most."""


def trained_alone(surface: str) -> list[dict[str, Any]]:
    """Keep what only one trained score is sure of from being blocked.

    A model is sure of words it has seen in abuse, whoever they are about. Any other module that
    is as sure, trained or not, makes two.
    """
    return [
        {
            "id": f"trained-{name}",
            "issues": [issue],
            "when": Condition(
                [
                    f"score({issue}, classifier)",
                    f"score({issue}, embedding)",
                    f"found({issue}, {at})",
                ],
                lambda one, other, modules, at=at: max(one, other) >= at and modules < 2,
            ),
            "at_most": at_most,
            "review": "none",
            "owner": "trust-and-safety",
            "review_by": "2027-11-30",
        }
        for name, (issue, at, at_most) in _TRAINED[surface].items()
    ]


def threat(name: str, issue: str, at: float) -> dict[str, Any]:
    """Somebody may be about to hurt somebody: a person looks within the hour."""
    then = {"review": {"queue": "imminent_harm", "within": "1h"}}
    return {"id": name, "issue": issue, "at": at, "then": then}


_ASKED = 0.7
"""The score of a threat from which live chat asks where only a model is sure."""

THREATS = [
    threat("threat", "violence.threat", 0.6),
    threat("threat-of-hate", "hate.threat", 0.7),
]


def said_threat(name: str, issue: str, at: float) -> dict[str, Any]:
    """The same where only a model's word has its author asked first: looked at if they say it.

    Before it is published only: what is published, or reported, has been said.
    """
    inputs = [
        "stage",
        "item.confirms?",
        *(f"score({issue}, {module})" for module in ("classifier", "embedding")),
        f"found({issue}, {_ASKED})",
    ]

    def test(stage: str, confirms: str | None, one: float, other: float, modules: int) -> bool:
        said = stage != "pre_publish" or confirms is not None
        return said or modules >= 2 or max(one, other) < _ASKED

    return {**threat(name, issue, at), "when": Condition(inputs, test), "unknown": "skip"}
