"""What changes are decided by: ``halves.py FOLDER`` prints how parts 1 and 2 are scored.

Each is scored by weights and lines learned from the other; part 3 is not read. A second pair of
figures has ``harassment.bullying`` alone, where a label is any kind of abuse: what the highest of
many issues costs or gives. It takes about as long as training.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np
from calibrate import LINES, foreign, lines
from data import GROUPS, HEADS, LANGUAGES, SETS, Row, read
from train import corpus, crossed, matrix, spoken_of, vocabulary

sys.path.insert(0, str(Path(__file__).parents[1]))

from contenders import FAMILIES, LABELS, figures

from handrail_classifier._score import Model
from handrail_classifier._settings import ENGLISH
from handrail_classifier._weights import Weights

ABUSE = ("harassment.bullying",)
Scored: TypeAlias = tuple[dict[str, float], dict[str, int], str]
"""The scores of a text by issue, its labels as published, and its set."""


def model(learned: list[Row], sums: np.ndarray, groups: np.ndarray, half: int) -> Model:
    """A model that has the lines of one part, and no weights."""
    mine = np.flatnonzero([row.part in (0, half) for row in learned])
    rows, found = [learned[i] for i in mine], {}
    for issue in LINES:
        found[issue] = lines(issue, rows, sums[mine], groups[mine])
    return Model(Weights(HEADS, b"", frozenset(), {"en": found, **foreign(rows, sums[mine])}))


def published(folder: Path) -> Iterator[dict[str, int]]:
    """Yield the labels of parts 1 and 2, in the order of the rows to learn from."""
    for name in SETS:
        by = ("user",) if name == "youtube_spam" else GROUPS
        yield from (row["labels"] for row, where in read(folder, name, by) if where < 3)


def scored(folder: Path) -> Iterator[Scored]:
    """Yield each labelled text of parts 1 and 2 as the other part scores it."""
    learned = [row for row in corpus(folder) if row.part < 3]
    known = vocabulary([row.text for row in learned])
    sums = crossed(learned, matrix([row.text for row in learned], known))
    groups = np.array([spoken_of(row.text, known) for row in learned])
    judges = {3 - half: model(learned, sums, groups, half) for half in (1, 2)}
    # The labelled rows come first, and what is made up has no labels.
    for n, labels in enumerate(published(folder)):
        language = LANGUAGES.get(learned[n].source, "en")
        found = judges[learned[n].part].scores([*sums[n], groups[n]], language)
        found["hate.threat"] = min(found["hate.threat"], found["hate.speech"])
        kept = {k: s for k, s in found.items() if language == "en" or k not in ENGLISH}
        yield kept, labels, learned[n].source


def told(rows: list[Scored], label: str, issues: tuple[str, ...]) -> str:
    """AUPRC, and recall at 1 % false positives, of the highest score of these issues."""
    rated = [
        (
            max((s for k, s in found.items() if k.startswith(issues)), default=0.0),
            bool(y[label]),
            "",
        )
        for found, y, _ in rows
        if label in y
    ]
    return "{:.3f} and {:.3f}".format(*figures(rated))


def main() -> None:
    """Print a line for each set and label."""
    rows = list(scored(Path(sys.argv[1])))
    for name, labels in LABELS.items():
        for label, issues in labels.items():
            mine = [row for row in rows if row[2] == name]
            if mine:
                alone = f"; alone {told(mine, label, ABUSE)}" if issues in (FAMILIES, ("",)) else ""
                print(f"{name} {label}: {told(mine, label, issues)}{alone}")


if __name__ == "__main__":
    main()
