"""Quotes say where in a text somebody else's words stand."""

from __future__ import annotations

import pytest

from handrail import Quote, Quotes

QUOTES = Quotes([Quote((2, 5), "marks"), Quote((9, 12), "line")])


class TestCovers:
    """A range is quoted where all of it lies in one quote."""

    @pytest.mark.parametrize("span", [(2, 5), (3, 4), (9, 12)])
    def test_inside(self, span):
        """What lies in a quote is covered."""
        assert QUOTES.covers(*span)

    @pytest.mark.parametrize("span", [(1, 5), (4, 10), (5, 9), (0, 20)])
    def test_outside(self, span):
        """What begins or ends outside is not."""
        assert not QUOTES.covers(*span)
