"""What is kept of a set while it is read: scores, labels, numbers for groups; never texts."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from heapq import heappushpop
from typing import TypeAlias

import attrs

from handrail_eval._judge import ANY, Answer
from handrail_eval._rows import Row
from handrail_eval._shape import Label, lookup
from handrail_eval.split import number

VALUES_MOST = 200
"""Values of a slice that are kept apart; the rest are one."""

OTHERS = "(others)"
UNNAMED = "(no label that is an issue)"
NOT_SAID = "(not said)"

REASONS_MOST = 20
"""Reasons for unreadable lines that are kept apart; the rest are one."""


Reasons: TypeAlias = dict[str, tuple[int, int]]
"""How many rows there are for a reason, and the line of the first."""


@attrs.define
class Facet:
    """Into which slice each row falls."""

    names: dict[str, int] = attrs.field(factory=dict)
    places: array[int] = attrs.field(factory=lambda: array("H"))

    def add(self, value: object) -> None:
        """Take in the value of one row."""
        name = NOT_SAID if value is None or value == "" else str(value)
        if name not in self.names and len(self.names) >= VALUES_MOST:
            name = OTHERS
        self.places.append(self.names.setdefault(name, len(self.names)))


@attrs.frozen(order=True)
class Example:
    """A row that was judged wrongly: how far off, its line and id, its text."""

    wrong: float
    line: int
    id: str
    text: str


@attrs.define
class Column:
    """The rows that carry one label.

    Attributes:
        label: Which. scores: By contender, in the order of the rows. facets: By slice.
        worst: The rows judged most wrongly, by contender and label; kept only if asked for.
    """

    label: Label
    scores: dict[str, array[float]]
    facets: dict[str, Facet]
    positive: array[int] = attrs.field(factory=lambda: array("b"))
    groups: array[int] = attrs.field(factory=lambda: array("Q"))
    worst: dict[tuple[str, bool], list[Example]] = attrs.field(factory=dict)

    def add(self, row: Row, answer: Answer, examples: int) -> bool:
        """Take in a row; False if it does not carry the label."""
        positive = self.label.read(row.data)
        if positive is None or row.item is None:
            return False
        self.positive.append(positive)
        self.groups.append(number(row.group))
        for field, facet in self.facets.items():
            facet.add(row.item.language if field == "language" else lookup(row.data, field))
        for contender, kept in self.scores.items():
            found = answer.scores.get(contender, {})
            score = max(
                (s for i, s in found.items() if i == ANY or i in self.label.issues), default=0.0
            )
            kept.append(score)
            if examples and (wrong := abs(positive - score)) > 0:
                worst = self.worst.setdefault((contender, positive), [])
                _keep(worst, Example(wrong, -row.number, row.item.id, row.item.text), examples)
        return True

    def rows(
        self, contender: str, chosen: Callable[[int], bool] = lambda _: True
    ) -> Iterator[tuple[float, bool, int]]:
        """Yield score, label and group of each row that is *chosen* by its place."""
        scores = self.scores[contender]
        for place, (score, positive, group) in enumerate(
            zip(scores, self.positive, self.groups, strict=True)
        ):
            if chosen(place):
                yield score, bool(positive), group


def _keep(worst: list[Example], example: Example, most: int) -> None:
    if len(worst) >= most:
        heappushpop(worst, example)
    else:
        worst.append(example)
        worst.sort()


def _count(reasons: Reasons, reason: str, line: int) -> None:
    if reason not in reasons and len(reasons) >= REASONS_MOST:
        reason = OTHERS
    count, first = reasons.get(reason, (0, line))
    reasons[reason] = (count + 1, first)


@attrs.define
class Collected:
    """All that is kept of a set.

    Attributes:
        name: The set. rows: Rows looked at. elsewhere: Rows of another part. columns: By label.
        unread: Lines that could not be read: how many, and the first, by reason.
        bare: The same for rows of which only text and language could be used.
        unlabelled: Rows without a label.
        missed: Rows that a contender did not look at or was not measured in, by reason.
        unfound: Labels whose issues no contender can find.
        absent: What was named for slices and groups and stood in no row so far.
    """

    name: str
    slices: tuple[str, ...]
    fitting: Callable[[frozenset[str]], tuple[str, ...]]
    examples: int = 0
    rows: int = 0
    elsewhere: int = 0
    columns: dict[str, Column] = attrs.field(factory=dict)
    unread: Reasons = attrs.field(factory=dict)
    bare: Reasons = attrs.field(factory=dict)
    unlabelled: Counter[str] = attrs.field(factory=Counter)
    missed: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    unfound: Counter[str] = attrs.field(factory=Counter)
    absent: dict[str, tuple[str, ...]] = attrs.field(factory=dict)

    def add(self, row: Row, answer: Answer, labels: Mapping[str, Label]) -> None:
        """Take in what was said of a row."""
        self.rows += 1
        if row.bare is not None:
            _count(self.bare, row.bare, row.number)
        self.missed.update(answer.missed)
        for name, fields in tuple(self.absent.items()):
            if any(lookup(row.data, field) is not None for field in fields):
                del self.absent[name]
        if not labels:
            self.unlabelled[UNNAMED] += 1
        for name, label in labels.items():
            column = self._column(name, label)
            if not column.scores:
                self.unfound[name] += 1
            elif not column.add(row, answer, self.examples):
                self.unlabelled[name] += 1

    def refuse(self, row: Row) -> None:
        """Take in a line that could not be read."""
        _count(self.unread, row.error or "no item", row.number)

    def _column(self, name: str, label: Label) -> Column:
        if name not in self.columns:
            scores = {c: array("d") for c in self.fitting(label.issues)}
            facets = {field: Facet() for field in ("language", *self.slices)}
            self.columns[name] = Column(label, scores, facets)
        return self.columns[name]
