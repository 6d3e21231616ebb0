"""Conditions: a test over declared inputs, so that typos are caught and "unknown" is never "no"."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from inspect import signature
from typing import Any

import attrs

from handrail._inputs import MISSING, Input
from handrail._resolve import resolve
from handrail._values import strings
from handrail.errors import InvalidValueError

__all__ = ["MISSING", "Condition", "Input", "Need", "Unknown", "resolve"]


class Unknown(enum.StrEnum):
    """What a rule does where a value it needs is missing."""

    MATCH = "match"
    SKIP = "skip"
    FAULT = "fault"


_FINDINGS = re.compile(r"(?:score|found|count)\(([a-z0-9_.]+)")


def _inputs(value: Any) -> tuple[str, ...]:
    return strings(value, "Condition.inputs")


@attrs.frozen
class Need:
    """A comparison without which a condition cannot hold.

    Attributes:
        input: The input compared. sign: ``==``, ``<``, ``<=``, ``>`` or ``>=``. than: With what.
    """

    input: str
    sign: str = attrs.field(validator=attrs.validators.in_(("==", "<", "<=", ">", ">=")))
    than: str | float


@attrs.frozen
class Condition:
    """A test over declared inputs.

    ``Condition(["actor.tenure_days", "links.count"], lambda days, links: days < 3 and links > 2)``

    Attributes:
        inputs: Names of inputs, in the order of the test's arguments. One that ends in ``?``
            arrives as None where it is missing; without it the rule's ``unknown`` decides.
        test: Returns True, False, or None for "cannot tell".
        source: What it was written as, where that is not Python; its hash is taken from that.
        three_valued: Whether the test itself works out what missing values come to, and may
            answer None: then a rule says ``unknown``, and inputs with ``?`` must be provided too.
        needs: Comparisons that must all be true for it to hold, where they are known: of many
            conditions only those are tested that could hold.

    Raises UnknownNameError for an input that does not exist.
    """

    inputs: tuple[str, ...] = attrs.field(converter=_inputs)
    test: Callable[..., bool | None] = attrs.field(validator=attrs.validators.is_callable())
    source: str | None = attrs.field(default=None, kw_only=True)
    three_valued: bool = attrs.field(default=False, kw_only=True)
    needs: tuple[Need, ...] = attrs.field(default=(), kw_only=True)

    def __attrs_post_init__(self) -> None:
        for each in self.inputs:
            resolve(each.removesuffix("?"), "Condition.inputs")
        try:
            signature(self.test).bind(*self.inputs)
        except TypeError:
            raise InvalidValueError(
                f"Condition: the test does not take {len(self.inputs)} arguments, one per input"
            ) from None
        except ValueError:
            # A test written in C may not say what it takes.
            return

    @property
    def may_miss(self) -> bool:
        """Whether it may be left without an answer because a value is missing."""
        return self.three_valued or bool(self.missable)

    @property
    def missable(self) -> tuple[str, ...]:
        """The inputs it needs that may be missing, by name."""
        return tuple(i for i in self._needed if resolve(i, "").optional)

    @property
    def issues(self) -> frozenset[str]:
        """The issues whose findings it looks at."""
        found = map(_FINDINGS.match, self.inputs)
        return frozenset(match[1] for match in found if match)

    @property
    def provisions(self) -> frozenset[str]:
        """What a feature has to provide for it; what the test can do without may stay away."""
        found = (resolve(i, "").provision for i in self._needed)
        return frozenset(p for p in found if p)

    @property
    def _needed(self) -> tuple[str, ...]:
        if self.three_valued:
            return tuple(i.removesuffix("?") for i in self.inputs)
        return tuple(i for i in self.inputs if not i.endswith("?"))
