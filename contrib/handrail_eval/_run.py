"""One run over all sets, row by row; what is kept of a row is its scores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import attrs

from handrail_eval._asked import Asked
from handrail_eval._judge import Judge, with_scores
from handrail_eval._measure import Method, Result
from handrail_eval._rows import name_of, read
from handrail_eval._scores import Collected
from handrail_eval._shape import Shape, by_name
from handrail_eval.split import part

SURFACE = "comments"
"""The surface of rows that name none."""

STEP = 100
"""The bar moves once in so many rows."""


class Bar(Protocol):
    """What shows how far it is."""

    def __call__(self, what: str, done: int | None = None) -> None:
        """Show *what* is done; *done* is how many bytes of all sets have been read."""


@attrs.frozen
class Run:
    """What goes over the sets.

    Attributes:
        asked: The options. judge: Who is measured. bar: What shows how far it is.
    """

    asked: Asked
    judge: Judge
    bar: Bar

    def results(self) -> Iterator[Result]:
        """Yield what came out for each set, in the order of the names; raises OSError."""
        shapes, before = self.asked.shapes(), 0
        method = Method(self.asked.threshold, self.asked.resamples, self.asked.seed, self.bar)
        for path in sorted(self.asked.setfile, key=lambda p: (name_of(p), p)):
            shape = shapes.of(name_of(path))
            kept = self._collected(path, shape, before)
            before += path.stat().st_size
            yield method.result(kept, shape)

    def _collected(self, path: Path, shape: Shape, before: int) -> Collected:
        name = name_of(path)

        def fitting(issues: frozenset[str]) -> tuple[str, ...]:
            return (*shape.scores, *self.judge.fitting(issues))  # Slices are of the last.

        kept = Collected(name, shape.slices, fitting, self.asked.examples, absent=shape.named())
        for count, row in enumerate(read(path, shape)):
            if count % STEP == 0:
                self.bar(name, before + row.end)
            if row.item is None:
                kept.refuse(row)
            elif not shape.whole and self._elsewhere(row.group):
                kept.elsewhere += 1
            else:
                surface = self.asked.surface or row.surface or SURFACE
                answer = with_scores(self.judge.ask(row.item, surface), row.data, shape.scores)
                labels = shape.labels or by_name(row.data)
                kept.add(row, answer, {label.name: label for label in labels})
        return kept

    def _elsewhere(self, group: str) -> bool:
        if self.asked.part is None:
            return False
        which, parts = self.asked.part
        return part(group, parts) != which
