"""What a confirmed violation weighs and what follows from several: two tables, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from handrail import Effect, InvalidValueError, effect_specs, expand, issue
from handrail.settings import flag, number, span
from handrail_store._table import packed, rows_of, text_of

TERM_COLUMNS = ("issue", "weight", "half_life", "education", "why")
STEP_COLUMNS = ("at", "effect", "value", "for", "why")


@attrs.frozen(kw_only=True)
class Term:
    """A row of ``data/strikes.csv``: what a violation weighs.

    Attributes:
        issue: An issue, ``family.*`` or ``*``; the most exact row counts.
        weight: What one weighs at first, above 0.
        half_life: How long it is whole; after each more it is half of what it was.
        education: Whether a first offence is explained and weighs nothing. why: The reason.
    """

    issue: str
    weight: float = attrs.field(validator=number(0.001, 1000))
    half_life: timedelta = attrs.field(converter=span)
    education: bool = attrs.field(validator=flag)
    why: str = ""

    def __attrs_post_init__(self) -> None:
        expand([self.issue])


@attrs.frozen(kw_only=True)
class Step:
    """A row of ``data/ladder.csv``: what follows once strikes weigh so much.

    Attributes:
        at: The least weight; 0 is a first offence that is explained.
        effect: A row of ``effects.csv`` that acts on an actor. value: What it says.
        lasts: For how long; None until it is undone. why: The reason.
    """

    at: float = attrs.field(validator=number(0))
    effect: str
    value: Any
    lasts: timedelta | None = None
    why: str = ""

    def __attrs_post_init__(self) -> None:
        self.made(None)

    def made(self, now: datetime | None) -> Effect:
        """The effect on the actor from *now* on; raises InvalidValueError for what is none."""
        until = None if now is None or self.lasts is None else now + self.lasts
        return Effect(self.effect, self.value, "actor", until=until)


@cache
def terms() -> tuple[Term, ...]:
    """The weights that come with Handrail."""
    return tuple(_terms(packed("strikes.csv"), "strikes.csv"))


@cache
def ladder() -> tuple[Step, ...]:
    """The ladder that comes with Handrail."""
    return tuple(_steps(packed("ladder.csv"), "ladder.csv"))


def read_terms(path: Path) -> tuple[Term, ...]:
    """Read weights from a file; raises InvalidValueError with ``file:line``."""
    return tuple(_terms(text_of(path), str(path)))


def read_ladder(path: Path) -> tuple[Step, ...]:
    """Read a ladder from a file; raises InvalidValueError with ``file:line``."""
    return tuple(_steps(text_of(path), str(path)))


def term_of(name: str, among: Sequence[Term]) -> Term:
    """The row that counts for an issue; raises InvalidValueError where none does."""
    kind = issue(name)
    by_issue = {term.issue: term for term in among}
    for pattern in (kind.name, f"{kind.family}.*", "*"):
        if pattern in by_issue:
            return by_issue[pattern]
    raise InvalidValueError(f"strikes: no weight for {name}: add a row for it, or for '*'")


def follows(weight: float, steps: Iterable[Step], now: datetime) -> tuple[Effect, ...]:
    """The effects of the highest step that *weight* reaches, on the actor."""
    reached = [step for step in steps if step.at <= weight + 1e-9]
    top = max((step.at for step in reached), default=None)
    return tuple(step.made(now) for step in reached if step.at == top)


def left_of(weight: float, confirmed_at: datetime, half_life_s: int, now: datetime) -> float:
    """What is left of a strike *now*, for the ladder and for policies alike.

    It is whole until its half-life is over, then half, then a quarter: a third strike within a
    half-life is the third, whether a minute or a month after the second.
    """
    age = max(0.0, (now - confirmed_at).total_seconds())  # A clock may be set back.
    left: float = weight * 0.5 ** (age // half_life_s)
    return left


def _terms(text: str, where: str) -> Iterable[Term]:
    for place, row in rows_of(text, TERM_COLUMNS, where):
        try:
            yield Term(
                issue=row["issue"], weight=float(row["weight"]), half_life=span(row["half_life"]),
                education=_yes(row["education"]), why=row["why"],
            )  # fmt: skip
        except ValueError as error:
            raise InvalidValueError(f"{place}: {error}") from None


def _yes(text: str) -> bool:
    if text not in ("yes", "no"):
        raise InvalidValueError("education: expected yes or no")
    return text == "yes"


def _steps(text: str, where: str) -> Iterable[Step]:
    for place, row in rows_of(text, STEP_COLUMNS, where):
        try:
            yield Step(
                at=float(row["at"]), effect=row["effect"], value=_value(row),
                lasts=span(row["for"]) if row["for"] else None, why=row["why"],
            )  # fmt: skip
        except ValueError as error:
            raise InvalidValueError(f"{place}: {error}") from None


def _value(row: Mapping[str, str]) -> Any:
    spec = effect_specs().get(row["effect"])
    if spec is not None and spec.value == "share":
        return float(row["value"])
    return row["value"].split("|") if spec is None or spec.value == "names" else row["value"]
