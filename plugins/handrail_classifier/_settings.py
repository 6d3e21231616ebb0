"""What a host can set: which issues are looked for, from which score on, in which languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property

import attrs

from handrail import InvalidValueError
from handrail.settings import flag, fraction, some_of, words

from ._score import Model
from ._weights import shipped

COVERED = frozenset(
    {
        "harassment.bullying",
        "harassment.gendered",
        "hate.speech",
        "integrity.spam",
        "sexual.explicit",
    }
)
HINTED = frozenset({"hate.threat", "self_harm.at_risk", "violence.threat"})
ENGLISH = frozenset(
    ["harassment.gendered", "hate.threat", "integrity.spam", "sexual.explicit", "violence.threat"]
)
"""What was learned from English alone, and is not looked for in texts of another language."""

_KNOWN = tuple(sorted(COVERED | HINTED))


def _floors(value: object) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise InvalidValueError("expected issues with a number each")
    return dict(value)


def _check_floors(_: object, field: attrs.Attribute[dict[str, float]], value: object) -> None:
    floors = value if isinstance(value, dict) else {}
    some_of(_KNOWN)(None, field, floors)
    for number in floors.values():
        fraction(None, field, number)


@cache
def model() -> Model:
    """Return the model that all settings share, with what it has kept."""
    found = Model(shipped())
    found.sums("你好 안녕")  # Lists of words are read now, not in the first call.
    return found


@attrs.frozen(kw_only=True)
class Settings:
    """What is looked for, and from which score on it is said.

    Attributes:
        issues: What is looked for; all that the module knows by default.
        floor: The score below which nothing is said.
        floors: Other floors for single issues.
        languages: Only items in these languages, or without one, are looked at; empty for all.
        evidence: Whether findings point at the words that weighed most.
    """

    issues: tuple[str, ...] = attrs.field(
        default=_KNOWN, converter=words, validator=some_of(_KNOWN)
    )
    floor: float = attrs.field(default=0.005, validator=fraction)
    floors: Mapping[str, float] = attrs.field(
        factory=dict, converter=_floors, validator=_check_floors, hash=False
    )
    languages: tuple[str, ...] = attrs.field(default=(), converter=words)
    evidence: bool = attrs.field(default=True, validator=flag)

    def __attrs_post_init__(self) -> None:
        model()  # Weights are read at start-up, not in the first call.

    @cached_property
    def least(self) -> tuple[tuple[str, float], ...]:
        """Each issue that is looked for, with its floor."""
        return tuple((issue, self.floors.get(issue, self.floor)) for issue in self.issues)

    def speaks(self, language: str | None) -> bool:
        """Whether items in *language* are looked at."""
        return not self.languages or not language or language.partition("-")[0] in self.languages
