"""The issue taxonomy: one list of harms for every feature, as data (``data/issues.csv``)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import attrs

from handrail._values import FrozenMap
from handrail.errors import unknown

_MAPPINGS = ("openai", "mlcommons", "llama_guard", "ofcom_kind", "roost", "tiktok_report_reason")


@attrs.frozen(kw_only=True)
class Issue:
    """One kind of harm.

    Attributes:
        name: ``family.issue``, as findings carry it. family: The part before the dot.
        code: A short code for dashboards. title: What people call it.
        severity: ``info``, ``low``, ``medium``, ``high`` or ``critical``, before any policy.
        applies_to: What can have it: ``content``, ``actor``, ``interaction``, …
        exposure: What looking at it does to a reviewer: ``none``, ``low``, ``medium``, ``high``.
        flags: What handling it demands, such as ``mandatory_report`` or ``non_punitive``.
        dsa_category: Its category in the DSA Transparency Database. dsa_keywords: Its keywords.
        mappings: Its name in other vocabularies, by vocabulary.
    """

    name: str
    family: str
    code: str
    title: str
    severity: str
    applies_to: frozenset[str]
    exposure: str
    flags: frozenset[str]
    dsa_category: str
    dsa_keywords: tuple[str, ...]
    mappings: FrozenMap


@cache
def issues() -> Mapping[str, Issue]:
    """Every issue by name."""
    text = files("handrail").joinpath("data/issues.csv").read_text(encoding="utf-8")
    return {row["issue"]: _issue(row) for row in csv.DictReader(text.splitlines())}


def _issue(row: Mapping[str, str]) -> Issue:
    return Issue(
        name=row["issue"],
        family=row["family"],
        code=row["code"],
        title=row["name"],
        severity=row["default_severity"],
        applies_to=frozenset(row["applies_to"].split(",")),
        exposure=row["reviewer_exposure"],
        flags=frozenset(filter(None, row["flags"].split(","))),
        dsa_category=row["dsa_category"],
        dsa_keywords=tuple(row["dsa_keywords"].split(";")),
        mappings=FrozenMap({key: row[key] for key in _MAPPINGS if row[key]}),
    )


def issue(name: str, *, where: str = "") -> Issue:
    """Look up one issue; raises UnknownNameError with the nearest names."""
    found = issues().get(name)
    if found is None:
        raise unknown("issue", name, issues(), where=where)
    return found


def families() -> frozenset[str]:
    """The names of all families."""
    return frozenset(i.family for i in issues().values())


def expand(patterns: Iterable[str], *, where: str = "") -> frozenset[str]:
    """Turn ``hate.speech``, ``hate.*`` and ``*`` into the issues they mean.

    Raises UnknownNameError for a pattern that means none.
    """
    return frozenset().union(*(_expand(p, where) for p in patterns))


def _expand(pattern: str, where: str) -> frozenset[str]:
    if pattern == "*":
        return frozenset(issues())
    if pattern.endswith(".*"):
        family = pattern[:-2]
        if family not in families():
            raise unknown("issue family", family, families(), where=where)
        return frozenset(n for n, i in issues().items() if i.family == family)
    return frozenset({issue(pattern, where=where).name})


def flagged(name: str, *flags: str) -> bool:
    """Whether the issue carries any of *flags*."""
    return not issues()[name].flags.isdisjoint(flags)
