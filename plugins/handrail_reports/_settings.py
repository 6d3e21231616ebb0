"""How long reports are remembered, whom they are believed, and what looks like a wave."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import attrs

from handrail import InvalidValueError
from handrail.settings import flag, fraction, number, span, whole
from handrail.triage import PRIOR, Reputation

from ._brigading import Wave
from ._reputation import HALF_LIFE


def _prior(value: Any) -> Any:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidValueError("expected two numbers from 0.01 to 1000")
    return tuple(value)


def _check_prior(_: object, __: attrs.Attribute[Any], value: Any) -> None:
    Reputation(prior=value)


@attrs.frozen(kw_only=True)
class Settings:
    """The settings of the reports module.

    Attributes:
        window: How long reports of an item belong together.
        half_life: After how long what became of a report counts half for who filed it.
        prior: What is assumed of a reporter: as if so many reports had been right, so many wrong.
        standing: Credibility from which a reporter is trusted, and never part of a wave.
        people: Reporters without standing from which they can be a wave.
        new_days: Days for which an account is new.
        usual_new: Share of new accounts that is usual among reporters.
        brigading: Suspicion from which a wave is a finding.
        views: The attribute of an item that says how many have seen it.
        scored: Whether urgency and suspicion are the scores of findings, on which ladders act; by
            default they are counts, which only rules read.
        items: Items of which reports are remembered.
    """

    window: timedelta = attrs.field(default=timedelta(days=7), converter=span)
    half_life: timedelta = attrs.field(default=HALF_LIFE, converter=span)
    prior: tuple[float, float] = attrs.field(
        default=PRIOR, converter=_prior, validator=_check_prior
    )
    standing: float = attrs.field(default=0.5, validator=fraction)
    people: int = attrs.field(default=5, validator=whole(2))
    new_days: float = attrs.field(default=7.0, validator=number(0))
    usual_new: float = attrs.field(default=0.2, validator=fraction)
    brigading: float = attrs.field(default=0.5, validator=fraction)
    views: str = attrs.field(default="views", validator=attrs.validators.instance_of(str))
    scored: bool = attrs.field(default=False, validator=flag)
    items: int = attrs.field(default=10_000, validator=whole(1, 1_000_000))

    @property
    def wave(self) -> Wave:
        """What counts as a wave of reports."""
        return Wave(
            people=self.people,
            standing=self.standing,
            new_days=self.new_days,
            usual_new=self.usual_new,
        )
