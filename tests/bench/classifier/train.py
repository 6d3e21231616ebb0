"""Train the shipped classifier: ``python tests/bench/classifier/train.py FOLDER``.

FOLDER holds the labelled sets as gzipped JSONL. Parts 1 and 2 of 3 are learned from, and part 3 is
never read here. The same sets, and the versions of numpy, scipy and scikit-learn that the project's
group ``train`` names, give the same file byte for byte.
"""

from __future__ import annotations

import argparse
import json
import sys
from array import array
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import scipy.sparse as sp
from calibrate import LINES, WRITTEN, foreign, lines
from data import HEADS, Row, chat, labelled, spans, terms
from sklearn.linear_model import LogisticRegression
from synthetic import sentences, written

from handrail import fold
from handrail_classifier._features import APART, LETTERS, ROWS, WORDS, rows, spoken, token
from handrail_classifier._groups import frames, hostile, mentions
from handrail_classifier._listed import classes
from handrail_classifier._score import DIRECT, LONG, POWER, SHRUNK
from handrail_classifier._spelling import number, shape
from handrail_classifier._tokens import HOW, MOST, marks, tokens
from handrail_classifier._weights import ZERO

Lines: TypeAlias = dict[str, list[dict[str, float]]]

OUT = Path(__file__).parents[3] / "plugins/handrail_classifier/weights.bin"
STEEP = 1.5
"""Power of the logarithm of rareness: above 1, what all texts have does not drown the rest."""

LIGHT = 0.8
"""What parts of words count beside words: each word has a score of them."""

FEWEST = 2
"""Texts that a feature must be in."""

SEEN = 3
"""Texts that a word must be in to be known."""

STRENGTH = {"tox": 0.5, "hate": 3.0, "gendered": 1.0, "sexual": 1.0, "self_harm": 0.5,
            "violence": 5.0, "spam": 3.0}  # fmt: skip
"""What regularisation leaves, for each head; chosen on parts 1 and 2."""

SMOOTHING = {"tox": 0.3, "gendered": 0.1}
"""Added to counts before their logarithms are compared; chosen on part 2.

Heads that are not named do better without such a comparison.
"""

LETTERS_LIGHT = {"spam": 0.4}
"""What parts of words may weigh in a head, beside what they weigh in all."""

BLIND = {"tox", "hate"}
"""Heads that do not read words for sex, age and looks."""

AFAR = {"tox", "gendered"}
"""Heads that do not read what stands near a group: there they would judge harmless sentences."""


def corpus(folder: Path) -> list[Row]:
    """All that there is, part 3 too."""
    made = [*terms(), *sentences(folder), *written(folder)]
    return [*labelled(folder), *spans(folder), *chat(folder), *made]


def cut(text: str) -> list[str]:
    return tokens(fold(text, HOW).plain)[:MOST]


def vocabulary(texts: Sequence[str]) -> frozenset[int]:
    """The numbers of the words that stand in enough texts, and of those in ``groups.csv``."""
    seen: Counter[str] = Counter()
    for text in texts:
        words = {t.replace("'", "").replace("’", "").strip("*") for t in cut(text) if not shape(t)}
        seen.update(w for w in words if 1 < len(w) <= 20 and w.isalnum() and not w.isdigit())
    return frozenset(map(number, {*classes(), *(w for w, n in seen.items() if n >= SEEN)}))


def spoken_of(text: str, known: frozenset[int]) -> int:
    """What ``_score`` says of a text behind its sums: whether it is about a group, and how."""
    found = cut(text)
    words = spoken(token(each, known).plain for each in found)
    where = mentions(words)
    if not where or len(found) > DIRECT:
        return LONG if where else 0
    return 1 + hostile(frames(words, where, quoted='"' in text))


def matrix(texts: Sequence[str], known: frozenset[int]) -> sp.csr_matrix:
    """How often each text has each feature."""
    indices, ends = array("i"), [0]
    for text in texts:
        folded = fold(text, HOW).plain
        indices.extend(rows(tokens(folded)[:MOST], known, marks(text), quoted='"' in folded))
        ends.append(len(indices))
    ones = np.ones(len(indices))
    found = sp.csr_matrix((ones, np.frombuffer(indices, dtype="i4"), ends), (len(texts), ROWS))
    found.sum_duplicates()
    return found


def made_up(rows_: list[Row]) -> np.ndarray:
    """Which rows nobody wrote to anybody."""
    return np.array([row.source in WRITTEN or row.source == "terms" for row in rows_])


class Scaler:
    """How rare each feature is, and how long that makes a text.

    Texts that were made up count for what is known, and not for what is rare.
    """

    def __init__(self, counts: sp.csr_matrix, made: np.ndarray) -> None:
        often = np.bincount(counts.indices, minlength=ROWS) >= FEWEST
        found = counts[np.flatnonzero(~made)]
        texts = np.bincount(found.indices, minlength=ROWS)
        rare = np.log((1 + found.shape[0]) / (1 + texts)) ** STEEP * often
        rare[WORDS : WORDS + LETTERS] *= LIGHT
        self.squares = np.clip(np.rint(127 * (rare / rare.max()) ** 2), 0, 127)
        self.rare = np.sqrt(self.squares)

    def scaled(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        """Counts, weighed and divided as the module will."""
        length = (counts @ self.squares + SHRUNK) ** POWER
        return (sp.diags(1 / length) @ counts @ sp.diags(self.rare)).tocsr()


def ratios(
    x: sp.csr_matrix, y: np.ndarray, weight: np.ndarray, listed: np.ndarray, add: float
) -> np.ndarray:
    """How much more often each feature stands in positive texts, as a logarithm.

    Terms that are *listed* count for their features, and not for how much there is of each kind:
    most of them are abuse, and a longer list would make every other word look harmless.
    """

    def often(chosen: np.ndarray) -> np.ndarray:
        return np.asarray((sp.diags(weight * chosen) @ x).sum(0)).ravel() + add

    up, down = often(y == 1), often(y == 0)
    of = often((y == 1) & ~listed).sum() / often((y == 0) & ~listed).sum()
    return np.log(up / down / of)


def fit(head: str, x: sp.csr_matrix, chosen: list[Row]) -> np.ndarray:
    """The weights of one head; each set has a constant of its own, which is left behind."""
    y = np.array([row.labels[head] for row in chosen])
    weight = np.array([row.weight for row in chosen])
    seen = np.asarray(x.sum(0)).ravel() > 0
    add = SMOOTHING.get(head)
    listed = np.array([row.source == "terms" for row in chosen])
    ratio = seen * (ratios(x, y, weight, listed, add) if add else 1.0)
    if head in BLIND:
        ratio[-APART:] = 0
    if head in AFAR:
        ratio[WORDS + LETTERS : -APART] = 0
    ratio[WORDS : WORDS + LETTERS] *= LETTERS_LIGHT.get(head, 1.0)
    names = sorted({row.source for row in chosen})
    own = sp.csr_matrix(np.array([[row.source == name for name in names] for row in chosen]))
    model = LogisticRegression(C=STRENGTH[head], solver="liblinear", random_state=0)
    model.fit(sp.hstack([x @ sp.diags(ratio), own.astype(float)]).tocsr(), y, sample_weight=weight)
    return model.coef_[0][:ROWS] * ratio


def heads(rows_: list[Row], x: sp.csr_matrix) -> np.ndarray:
    """The weights of all heads, a column each."""
    found = []
    for head in HEADS:
        chosen = [i for i, row in enumerate(rows_) if head in row.labels]
        found.append(fit(head, x[chosen], [rows_[i] for i in chosen]))
    return np.array(found).T


def crossed(rows_: list[Row], counts: sp.csr_matrix) -> np.ndarray:
    """The sums of each text, by weights learned from the part that it is not in."""
    where, made = np.array([row.part for row in rows_]), made_up(rows_)
    sums = np.zeros((len(rows_), len(HEADS)))
    for learned, judged in ((1, 2), (2, 1)):
        mine = np.flatnonzero((where == learned) | (where == 0))
        scaler = Scaler(counts[mine], made[mine])
        weights = heads([rows_[i] for i in mine], scaler.scaled(counts[mine]))
        theirs = np.flatnonzero(where == judged)
        sums[theirs] = scaler.scaled(counts[theirs]) @ weights
    return sums


def packed(
    weights: np.ndarray, scaler: Scaler, calibrated: dict[str, Lines], known: frozenset[int]
) -> bytes:
    """The file: see ``_weights``."""
    real = weights * scaler.rare[:, None]
    steps = np.maximum(np.quantile(np.abs(real), 0.99999, axis=0), 1e-9) / 127**2
    small = np.clip(np.rint(np.sign(real) * np.sqrt(np.abs(real) / steps)), -127, 127)
    table = np.column_stack([scaler.squares, small]).astype(int) + ZERO
    about = {
        "heads": list(HEADS),
        "known": len(known),
        "lines": {language: stepped(each, steps) for language, each in calibrated.items()},
        "table": table.size,
    }
    head = json.dumps(about, sort_keys=True).encode()
    words = array("I", sorted(known))
    if sys.byteorder == "big":
        words.byteswap()
    return head + b"\n" + table.astype("u1").tobytes() + words.tobytes()


def stepped(lines_: Lines, steps: np.ndarray) -> Lines:
    """Slopes for sums that are counted in steps."""
    size = {"bias": 1.0, **dict(zip(HEADS, map(float, steps), strict=True))}
    return {
        issue: [
            {name: round(value * size[name], 12) for name, value in each.items()} for each in all_
        ]
        for issue, all_ in lines_.items()
    }


def main() -> None:
    """Learn, calibrate, learn again from both parts, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    learned = [row for row in corpus(options.folder) if row.part < 3]
    known = vocabulary([row.text for row in learned])
    counts = matrix([row.text for row in learned], known)
    sums = crossed(learned, counts)
    groups = np.array([spoken_of(row.text, known) for row in learned])
    english = {issue: lines(issue, learned, sums, groups) for issue in LINES}
    calibrated = {"en": english, **foreign(learned, sums)}
    scaler = Scaler(counts, made_up(learned))
    weights = heads(learned, scaler.scaled(counts))
    options.out.write_bytes(packed(weights, scaler, calibrated, known))


if __name__ == "__main__":
    main()
