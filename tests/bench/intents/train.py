"""Train the learned part of ``intents``: ``python tests/bench/intents/train.py FOLDER``.

``written`` holds sentences made for this, a file for each intent and ``harmless``; FOLDER holds
labelled sets as gzipped JSONL, of which only harmless texts are read, parts 1 and 2 of 3. Part of
them is set aside to say which sums are rare among harmless texts. The same files, the versions of
the project's group ``train`` and one thread (``OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1``) give the
same weights byte for byte.
"""

from __future__ import annotations

import argparse
import json
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from handrail import Text
from handrail_intents._data import shipped
from handrail_intents._features import features
from handrail_intents._find import heard
from handrail_intents._model import LENGTH, POWER, ZERO, parts
from handrail_intents._tokens import Tokens

sys.path.insert(0, str(Path(__file__).parents[1] / "classifier"))
from data import LANGUAGES, chat, labelled

WRITTEN = Path(__file__).with_name("written")
OUT = Path(__file__).parents[3] / "plugins/handrail_intents/weights.bin"
HARMLESS, ENGLISH = "harmless", "en"
OFTEN = 30
"""Harmless texts of FOLDER that a feature must be in, if no written text has it."""

ROUGH = {"edos_sexism"}
"""Sets whose label says nothing of threats, despair and insults that they are full of."""

FEWEST = 2
"""Texts that a feature must be in."""

APART = 0.6
"""The share of harmless texts that is not learned from: sums are compared with theirs."""

WEIGHT = 3.0
"""What a written text counts, beside a text of FOLDER."""

STRENGTH = 30.0
"""What regularisation leaves."""

RARE = (1 / 4_000, 1 / 10_000, 1 / 25_000)
"""Shares of harmless texts whose sums become the points of a score."""

RARE_TWINS = (1 / 60, 1 / 150, 1 / 400)
"""The same of harmless texts that were written to look harmful; the higher sum counts."""

GENTLE = {"at_risk": 4.0}
"""How much more often a head may be wrong, where what follows is help."""

FOLDS = 4
"""Parts of the written texts, each judged by weights that have not seen it."""


def written() -> Iterator[tuple[str, str, str]]:
    """Each text that was written for this, its intent and its language."""
    for file in sorted(WRITTEN.rglob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield line.strip(), file.stem, language_of(file)


def language_of(file: Path) -> str:
    """The language of a file: that of its folder, which may be named ``de-twins``."""
    folder = file.parent.name.partition("-")[0]
    return folder if len(folder) == len(ENGLISH) else ENGLISH


def harmless(folder: Path) -> list[tuple[str, str | None]]:
    """What people wrote and nobody called harmful, in an order that says nothing."""
    rows = [
        row
        for row in labelled(folder)
        if row.part < 3 and row.source not in ROUGH and not any(row.labels.values())
    ]
    rows += chat(folder, every=3)
    texts = {row.text: LANGUAGES.get(row.source, ENGLISH) for row in rows}
    return [(text, texts[text]) for text in sorted(texts, key=hash_of)]


def hash_of(text: str) -> int:
    """A number that is the same in every run."""
    return int.from_bytes(text.encode()[:64], "little") * 2654435761 % 2**61


def read(text: str, language: str | None) -> list[set[int]]:
    """What is read off each part of a text."""
    words = Tokens(Text(text)).words
    seen = heard(shipped(language)[0].find(words), language)
    return [
        features(
            words[p.start : p.end],
            [n for n, at in seen.items() if any(p.start <= s.start < p.end for s in at)],
        )
        for p in parts(len(words))
    ]


class Matrix:
    """Texts as rows: which features count, and how much."""

    def __init__(self, mine: Sequence[set[int]], theirs: Sequence[set[int]]) -> None:
        common = Counter(number for text in theirs for number in text)
        seen = Counter(number for texts in (mine, theirs) for text in texts for number in text)
        kept = {number for text in mine for number in text if seen[number] >= FEWEST}
        kept |= {number for number, times in common.items() if times >= OFTEN}
        self.numbers = sorted(kept)
        self._places = {number: n for n, number in enumerate(self.numbers)}
        texts = [*mine, *theirs]
        counts = Counter(number for text in texts for number in text & kept)
        often = np.array([counts[number] for number in self.numbers])
        rare = np.log((1 + len(texts)) / (1 + often))
        self.step = float((rare**2).max() / (255 - ZERO))
        self.squares = np.rint(rare**2 / self.step)
        self.rare = np.sqrt(self.squares * self.step)

    def scaled(self, texts: Sequence[set[int]]) -> sp.csr_matrix:
        """Texts as the module sees them: weighed, and divided by their length."""
        ends, indices = [0], array("i")
        for text in texts:
            indices.extend(sorted(self._places[n] for n in text if n in self._places))
            ends.append(len(indices))
        ones = np.ones(len(indices))
        x = sp.csr_matrix((ones, np.frombuffer(indices, "i4"), ends), (len(texts), len(self.rare)))
        length = np.maximum(np.sqrt(x @ (self.rare**2)), LENGTH) ** POWER
        return (sp.diags(1 / length) @ x @ sp.diags(self.rare)).tocsr()


def learn(
    x: sp.csr_matrix, labels: Sequence[str], heads: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """The weights and the bias of each head, against all others and what is harmless."""
    weight = np.array([WEIGHT if label else 1.0 for label in labels])
    columns, bias = [], []
    for head in heads:
        model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0, max_iter=300)
        model.fit(x, [label == head for label in labels], sample_weight=weight)
        columns.append(model.coef_[0])
        bias.append(float(model.intercept_[0]))
    return np.array(columns).T, np.array(bias)


def packed(
    matrix: Matrix, weights: np.ndarray, bias: np.ndarray, heads: Sequence[str], points: np.ndarray
) -> bytes:
    """The file: see ``_model``."""
    real = weights * matrix.rare[:, None]
    steps = np.abs(real).max(0) / (ZERO - 1)
    table = np.column_stack([matrix.squares, np.rint(real / steps)]).astype(int) + ZERO
    about = {
        "heads": list(heads), "rows": len(matrix.numbers), "square": matrix.step,
        "steps": [float(step) for step in steps], "bias": [float(b) for b in bias],
        "points": [[round(float(p), 4) for p in column] for column in points.T],
    }  # fmt: skip
    numbers = array("I", matrix.numbers)
    if sys.byteorder == "big":
        numbers.byteswap()
    head = json.dumps(about, sort_keys=True).encode()
    return head + b"\n" + numbers.tobytes() + table.astype("u1").tobytes()


def unseen(
    x: sp.csr_matrix, labels: Sequence[str], heads: Sequence[str], written_: int
) -> np.ndarray:
    """The sums of the written texts, each by weights that have not seen it."""
    place = np.arange(x.shape[0])
    found = np.zeros((written_, len(heads)))
    for fold in range(FOLDS):
        judged = (place < written_) & (place % FOLDS == fold)
        kept = np.flatnonzero(~judged)
        weights, bias = learn(x[kept], [labels[n] for n in kept], heads)
        mine = np.flatnonzero(judged)
        found[mine] = x[mine] @ weights + bias
    return found


def told(sums: np.ndarray, labels: Sequence[str], heads: Sequence[str], points: np.ndarray) -> None:
    """Print which share of the written texts is found by weights that have not seen it."""
    for n, head in enumerate(heads):
        mine = sums[[place for place, label in enumerate(labels) if label == head], n]
        shares = " ".join(f"{(mine >= point).mean():.2f}" for point in points[:, n])
        print(f"{head:13} {len(mine):4} {shares}")


def main() -> None:
    """Learn, compare with what was set aside, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    texts, labels, languages = zip(*written(), strict=True)
    theirs = [part for each in harmless(options.folder) for part in read(*each)]
    aside = theirs[: int(APART * len(theirs))]
    mine = [set().union(*map(set, read(*each))) for each in zip(texts, languages, strict=True)]
    learned = theirs[len(aside) :]
    matrix = Matrix(mine, learned)
    heads = sorted(set(labels) - {HARMLESS})
    x, all_ = matrix.scaled([*mine, *learned]), [*labels, *[""] * len(learned)]
    weights, bias = learn(x, all_, heads)
    sums = unseen(x, all_, heads, len(mine))
    twins = sums[[n for n, label in enumerate(labels) if label == HARMLESS]]
    points = points_of(matrix.scaled(aside) @ weights + bias, twins, heads)
    told(sums, labels, heads, points)
    options.out.write_bytes(packed(matrix, weights, bias, heads, points))
    print(f"{len(mine)} written, {len(learned)} harmless, {len(aside)} more to compare with")


def points_of(theirs: np.ndarray, twins: np.ndarray, heads: Sequence[str]) -> np.ndarray:
    """The sums that few harmless texts exceed: a row for each point, a column for each head."""
    columns = []
    for n, head in enumerate(heads):
        often = GENTLE.get(head, 1.0)
        common = np.quantile(theirs[:, n], [1 - often * share for share in RARE])
        alike = np.quantile(twins[:, n], [1 - often * share for share in RARE_TWINS])
        columns.append(np.maximum(common, alike))
    return np.array(columns).T


if __name__ == "__main__":
    main()
