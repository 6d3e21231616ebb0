"""From a vendor's categories and levels to our issues and scores: tables, read once."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from handrail import issue

GAP = "other.unknown"
"""The issue of a category that a table does not have: never the nearest guess."""


@cache
def _rows(name: str) -> tuple[Mapping[str, str], ...]:
    text = files("handrail_vendors").joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def categories(vendor: str, kind: str) -> Mapping[str, str]:
    """Issue by category, for ``text`` or ``image``."""
    return MappingProxyType(
        {
            row["category"]: row["issue"]
            for row in _rows("categories.csv")
            if row["vendor"] == vendor and row["input"] in (kind, "any")
        }
    )


@cache
def levels(vendor: str) -> Mapping[str, float]:
    """Score by the level a vendor gives: its place in an order, no probability."""
    return MappingProxyType(
        {
            row["level"]: float(row["score"])
            for row in _rows("severities.csv")
            if row["vendor"] == vendor
        }
    )


def covered(vendor: str) -> frozenset[str]:
    """The issues that a category of the vendor is made for."""
    return frozenset(
        row["issue"]
        for row in _rows("categories.csv")
        if row["vendor"] == vendor and row["covers"] == "yes"
    )


def near(vendor: str) -> frozenset[str]:
    """The issues that a category is only near to, and the one for a gap."""
    named = {row["issue"] for row in _rows("categories.csv") if row["vendor"] == vendor}
    return frozenset({*named, GAP}) - covered(vendor)


def own_issues(given: Mapping[str, object], field: str) -> frozenset[str]:
    """The issues of a table of a host's own names; raises UnknownNameError for one unknown."""
    return frozenset(issue(name, where=field).name for name in map(str, given.values()))
