"""Checks for the fields of settings: each refuses what is wrong and says what it expects."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from handrail import InvalidValueError
from handrail.settings import flag, fraction, number, one_of, some_of, span, whole, words


@attrs.frozen(kw_only=True)
class Settings:
    on: bool = attrs.field(default=True, validator=flag)
    share: float = attrs.field(default=0.5, validator=fraction)
    most: int = attrs.field(default=3, validator=whole(2))
    few: int = attrs.field(default=3, validator=whole(2, 5))
    weight: float = attrs.field(default=1.0, validator=number(0))
    tilt: float = attrs.field(default=1.0, validator=number(-2, 2))
    kinds: tuple[str, ...] = attrs.field(default=(), converter=words, validator=some_of(["a", "b"]))
    mode: str = attrs.field(default="soft", validator=one_of(["soft", "hard"]))
    within: timedelta = attrs.field(default=timedelta(hours=1), converter=span)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"on": 1}, "on: expected true or false"),
        ({"share": 1.1}, "share: expected a number from 0 to 1"),
        ({"share": True}, "share: expected a number from 0 to 1"),
        ({"share": float("nan")}, "share: expected a number from 0 to 1"),
        ({"most": 1}, "most: expected a whole number, 2 or more"),
        ({"most": 2.0}, "most: expected a whole number, 2 or more"),
        ({"few": 6}, "few: expected a whole number, from 2 to 5"),
        ({"weight": "much"}, "weight: expected a number, 0 or more"),
        ({"tilt": -3}, "tilt: expected a number, from -2 to 2"),
        ({"kinds": ["c"]}, "kinds: expected some of a, b"),
        ({"kinds": [3]}, "expected one or more strings"),
        ({"mode": "loud"}, "mode: expected one of soft, hard"),
        ({"within": "soon"}, "a duration is a positive number"),
    ],
)
def test_says_what_is_expected(given, said):
    """What a field refuses is an error that names the field and what would do."""
    with pytest.raises(InvalidValueError, match=said):
        Settings(**given)


def test_takes_what_fits():
    """Values at the edges are taken."""
    made = Settings(on=False, share=1, most=2, few=5, weight=0, tilt=-2, kinds="a", within="10m")

    assert (("a",), timedelta(minutes=10)) == (made.kinds, made.within)
