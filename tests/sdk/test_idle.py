"""Policies that hold for no feature are seen: by a slip, or because they are another service's."""

from __future__ import annotations

import pytest

from handrail import Feature, Policy, Safety
from handrail.testing import finding

COMMENTS = Feature(name="video_comments", surface="comments")


def told(**applies):
    """Level and text of what is said of a second policy that applies so."""
    ladder = {"harassment.bullying": {"block": 0.9}}
    policies = [
        Policy(name="house", issues=ladder),
        Policy(name="second", issues=ladder, applies=applies),
    ]
    with Safety([COMMENTS], modules=[finding("harassment.bullying", 0.9)], policy=policies) as made:
        found = made.problems()
    return [(p.level, p.what) for p in found if "no feature here" in p.what]


@pytest.mark.parametrize(
    ("applies", "meant"),
    [
        ({"surfaces": ["coments"]}, "the surface 'coments', which may be meant for 'comments'"),
        ({"features": ["video_coments"]}, "the feature 'video_coments', which may be meant for"),
    ],
)
def test_a_slip_is_a_warning(applies, meant):
    """A policy that a misspelt name keeps from every feature guards nothing, and that is said."""
    ((level, what),) = told(**applies)

    assert ("warning", True) == (level, meant in what)


def test_another_service_is_a_note():
    """A bundle that several services share has policies that are not for this one."""
    assert [("note", "no feature here falls under second.")] == told(surfaces=["live"])


@pytest.mark.parametrize("applies", [{}, {"surfaces": ["comments", "coments"]}])
def test_one_that_holds_somewhere_is_not_mentioned(applies):
    """A policy that a feature falls under has nothing wrong, whatever else it names."""
    assert [] == told(**applies)
