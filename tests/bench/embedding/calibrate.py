"""Platt's calibration, head by head, to a stated mix of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from rows import HEADS, Row

SHARES = {"harassment": 0.3, "hate": 0.2, "sexual": 0.05, "violence": 0.05}
"""The share of positive rows in the mix that a score is a probability in, one in ten for others."""

Array: TypeAlias = np.ndarray[Any, Any]


def weights(rows: Sequence[Row], head: str) -> Array:
    """What each row counts: sets alike, and positive rows their share."""
    sizes = Counter((row.source, row.labels[head]) for row in rows)
    sources = Counter(label for _, label in sizes)
    count = np.array(
        [1 / sizes[row.source, row.labels[head]] / sources[row.labels[head]] for row in rows]
    )
    positive = np.array([row.labels[head] == 1 for row in rows])
    share = SHARES.get(head, 0.1)
    return np.where(positive, share, 1 - share) * count * len(rows)


def platt(logits: Array, truth: Array, weight: Array) -> tuple[float, float]:
    """Slope and shift of the logistic curve that fits best, found by Newton's method."""
    slope, shift = 1.0, 0.0
    x = np.stack([logits, np.ones_like(logits)])
    for _ in range(100):
        said = 1 / (1 + np.exp(-np.clip(slope * logits + shift, -30, 30)))
        gradient = x @ (weight * (said - truth)) + np.array([0.5 * (slope - 1), 0.0])
        curve = (x * (weight * said * (1 - said))) @ x.T + np.diag([0.5, 1e-6])
        step = np.linalg.solve(curve, gradient)
        step *= min(1.0, 1.0 / float(np.abs(step).max() + 1e-12))
        slope, shift = slope - step[0], shift - step[1]
        if np.abs(step).max() < 1e-7:
            break
    return float(slope), float(shift)


def calibrated(rows: Sequence[Row], logits: Array) -> tuple[Array, Array]:
    """Slope and shift for each head."""
    found = []
    for n, head in enumerate(HEADS):
        places = [i for i, row in enumerate(rows) if head in row.labels]
        known = [rows[i] for i in places]
        truth = np.array([float(row.labels[head]) for row in known])
        found.append(platt(logits[places, n], truth, weights(known, head)))
        print(f"{head}: {int(truth.sum())} of {len(known)}, {found[-1][0]:.3f} {found[-1][1]:+.3f}")
    slope, shift = np.array(found).T
    return slope, shift


def refitted(rows: Sequence[Row], vectors: Array, heads: Array, strength: float) -> Array:
    """Heads fitted anew to *rows* over the tuned layers, held near what they are by *strength*.

    *heads* are weights and, last, the bias of each; *vectors* what the layers make of each row.
    """
    found = heads.astype(float).copy()
    x = np.hstack([vectors, np.ones((len(vectors), 1))]).astype(float)
    hold = np.append(np.full(vectors.shape[1], strength), 1e-3)
    for n, head in enumerate(HEADS):
        places = [i for i, row in enumerate(rows) if head in row.labels]
        known = [rows[i] for i in places]
        truth = np.array([float(row.labels[head]) for row in known])
        weight, seen = weights(known, head), x[places]
        for _ in range(30):
            said = 1 / (1 + np.exp(-np.clip(seen @ found[n], -30, 30)))
            gradient = seen.T @ (weight * (said - truth)) + hold * (found[n] - heads[n])
            curve = (seen * (weight * said * (1 - said))[:, None]).T @ seen + np.diag(hold)
            step = np.linalg.solve(curve, gradient)
            found[n] -= step * min(1.0, 2.0 / float(np.abs(step).max() + 1e-12))
            if np.abs(step).max() < 1e-4:
                break
    return found
