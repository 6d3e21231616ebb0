"""Fit heads for intents to what ships: ``python tests/bench/embedding/intents.py FOLDER``.

Learns from the English sentences of ``tests/bench/intents/written`` and from what people wrote and
nobody called harmful, parts 1 and 2 of the sets in FOLDER. Two in three of these are only compared
with: a head's score says how rare its sum is there, and among sentences written to look harmful,
each judged by heads that have not seen it. Needs the extra ``embed`` and the group ``train``.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from rows import HEADS
from sklearn.linear_model import LogisticRegression
from train import WEIGHTS, arrays_there, vectors

from handrail_embedding._model import Model

Array: TypeAlias = np.ndarray[Any, Any]

LEARNED_FROM, COMPARED = 6_000, 12_000
"""Harmless texts of FOLDER."""

STRENGTH, WEIGHT, FOLDS = 1.0, 3.0, 4
RARE, RARE_TWINS = (1 / 2_000, 1 / 6_000), (1 / 60, 1 / 150)
LOGITS = (0.0, 0.847)
"""What sums as rare as that are made to be: scores of 0.5 and 0.7."""

GENTLE = {"at_risk": 4.0}
"""How much more often a head may be wrong, where what follows is help."""


def sentences() -> ModuleType:
    """The other script, which has the same name as this folder's own."""
    path = Path(__file__).parents[1] / "intents"
    sys.path.insert(0, str(path))
    spec = importlib.util.spec_from_file_location("intents_train", path / "train.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def fitted(x: Array, truth: Array, weight: Array) -> tuple[Array, float]:
    """One head."""
    model = LogisticRegression(C=STRENGTH, max_iter=500).fit(x, truth, sample_weight=weight)
    return model.coef_[0], float(model.intercept_[0])


def head_of(
    head: str, labels: Array, mine: Array, learned: Array, compared: Array
) -> tuple[Array, float]:
    """The weights and the bias of a head, scaled so that its score says how rare it is."""
    x = np.vstack([mine, learned])
    truth = np.r_[labels == head, np.zeros(len(learned), bool)]
    weight = np.r_[np.full(len(mine), WEIGHT), np.ones(len(learned))]
    coef, bias = fitted(x, truth, weight)
    unseen = np.zeros(len(mine))
    place = np.arange(len(x))
    for fold in range(FOLDS):
        judged = (place < len(mine)) & (place % FOLDS == fold)
        own, shift = fitted(x[~judged], truth[~judged], weight[~judged])
        unseen[judged[: len(mine)]] = x[judged] @ own + shift
    points = points_of(compared @ coef + bias, unseen[labels == "harmless"], GENTLE.get(head, 1.0))
    shares = [float((unseen[labels == head] >= point).mean()) for point in points]
    print(f"{head:13} {int((labels == head).sum()):4} {shares[0]:.2f} {shares[1]:.2f}")
    slope = (LOGITS[1] - LOGITS[0]) / (points[1] - points[0])
    return coef * slope, (bias - points[0]) * slope


def points_of(theirs: Array, twins: Array, often: float) -> list[float]:
    """The sums that few harmless texts exceed."""
    return [
        float(max(np.quantile(theirs, 1 - often * a), np.quantile(twins, 1 - often * b)))
        for a, b in zip(RARE, RARE_TWINS, strict=True)
    ]


def harmless(texts: Sequence[tuple[str, str | None]]) -> list[str]:
    """English texts of some length, in an order that says nothing."""
    english = [text for text, language in texts if language == "en" and len(text.split()) >= 5]
    return english[: LEARNED_FROM + COMPARED]


def main() -> None:
    """Fit, and write heads behind those that are there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    other = sentences()
    written = [(text, label) for text, label, spoken in other.written() if spoken == "en"]
    theirs = vectors(Model(), harmless(other.harmless(parser.parse_args().folder)))
    mine, labels = vectors(Model(), [t for t, _ in written]), np.array([la for _, la in written])
    heads = sorted({*labels} - {"harmless"})
    made = [head_of(h, labels, mine, theirs[:LEARNED_FROM], theirs[LEARNED_FROM:]) for h in heads]
    arrays, known = arrays_there(), len(HEADS)
    arrays["weight"] = np.vstack([arrays["weight"][:known], [w for w, _ in made]]).astype("f4")
    arrays["bias"] = np.r_[arrays["bias"][:known], [b for _, b in made]].astype("f4")
    np.savez_compressed(WEIGHTS, heads=np.array([*HEADS, *heads]), **arrays)


if __name__ == "__main__":
    main()
