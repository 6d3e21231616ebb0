"""Conditions that can never hold: a small look at comparisons with numbers, no more.

Only plain conjunctions are looked at; whatever else a condition says may hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import attrs

_NAME = r"[a-z_][\w.]*(?:\([^()]*\))?"
_NUMBER = r"-?\d+(?:\.\d+)?"
_CLAUSE = re.compile(rf"({_NAME}|{_NUMBER})\s*(<=|>=|<|>|==)\s*({_NAME}|{_NUMBER})", re.ASCII)
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "=="}
_ALTERNATIVES = re.compile(r"\|\||\?|!(?!=)")
_AMOUNTS = re.compile(
    r"(found|count|counter|session\.count|actor\.strikes)\(|"
    r"(links\.count|media\.count|text\.length|actor\.age|actor\.tenure_days)$"
)


@attrs.define
class _Range:
    """The numbers that are left."""

    low: float = -math.inf
    high: float = math.inf
    low_itself: bool = True
    high_itself: bool = True

    def narrow(self, operator: str, number: float) -> None:
        """Keep only what a comparison leaves."""
        if operator in (">", ">=", "=="):
            itself = operator != ">"
            if (number, not itself) > (self.low, not self.low_itself):
                self.low, self.low_itself = number, itself
        if operator in ("<", "<=", "=="):
            itself = operator != "<"
            bound = (number, itself)
            self.high, self.high_itself = min((self.high, self.high_itself), bound)

    @property
    def empty(self) -> bool:
        """Whether no number is left."""
        return self.low > self.high or (
            self.low == self.high and not (self.low_itself and self.high_itself)
        )


def contradiction(source: str, issue: str | None = None, at: float | None = None) -> str | None:
    """Why a condition can never hold, or None if it may.

    Args:
        source: The condition.
        issue: The issue whose score the rule asks for beside it.
        at: The least score of that issue.
    """
    ranges: dict[str, _Range] = {}
    if issue is not None and at is not None:
        _range(ranges, f'score("{issue}")').narrow(">=", at)
    for name, operator, number in _comparisons(source):
        _range(ranges, name).narrow(operator, number)
    for name, left in ranges.items():
        if left.empty:
            return f"it can never match: no {name} is like that{_bounds(name)}"
    return None


def _range(ranges: dict[str, _Range], name: str) -> _Range:
    if name not in ranges:
        ranges[name] = _Range()
        if name.startswith("score("):
            ranges[name] = _Range(0, 1)
        elif _AMOUNTS.match(name):
            ranges[name] = _Range(0)
    return ranges[name]


def _bounds(name: str) -> str:
    if name.startswith("score("):
        return ", for a score goes from 0 to 1"
    return ", for it is 0 or more" if _AMOUNTS.match(name) else ""


def _comparisons(source: str) -> Iterator[tuple[str, str, float]]:
    if _ALTERNATIVES.search(source):
        return
    clauses = [clause.strip() for clause in source.split("&&")]
    if any(clause.count("(") != clause.count(")") for clause in clauses):
        return
    for clause in clauses:
        match = _CLAUSE.fullmatch(_bare(clause))
        if match is None:
            continue
        left, operator, right = match.groups()
        if _is_number(left):
            left, operator, right = right, _FLIPPED[operator], left
        if _is_number(right) and not _is_number(left):
            yield (
                re.sub(r"[\s']", lambda m: '"' if m[0] == "'" else "", left),
                operator,
                float(right),
            )


def _bare(clause: str) -> str:
    while clause.startswith("(") and clause.endswith(")"):
        clause = clause[1:-1].strip()
    return clause


def _spelled(name: str) -> str:
    """A name in one spelling, whatever its white space and quotes."""
    return re.sub(r"\s", "", name).replace("'", '"')


def _is_number(text: str) -> bool:
    return re.fullmatch(_NUMBER, text) is not None
