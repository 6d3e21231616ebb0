"""Spam under videos that training has not seen: ``videos.py FOLDER``.

The set has three videos, and the shipped weights know comments of all of them, by other authors.
Here the spam head is learned again without one video at a time and measured on that video.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from data import read
from train import Scaler, corpus, fit, made_up, matrix, vocabulary

from handrail_eval.metrics import average_precision, levels, recall_at_fpr


def main() -> None:
    """Print AUPRC, and recall at 1 % false positives, for each video and for all three."""
    folder = Path(sys.argv[1])
    rows = [row for row in corpus(folder) if row.part < 3 and row.source != "youtube_spam"]
    rows = [row for row in rows if "spam" in row.labels]
    comments = [(row, row["meta"]["thread"]) for row, _ in read(folder, "youtube_spam")]
    known = vocabulary([row.text for row in rows])
    counts = matrix([*(r.text for r in rows), *(c["text"] for c, _ in comments)], known)
    scaler = Scaler(counts[: len(rows)], made_up(rows))
    scaled = scaler.scaled(counts)
    all_three = []
    for video in sorted({video for _, video in comments}):
        there = np.array([each == video for _, each in comments])
        others = [r for r, theirs in zip(_rows(comments), there, strict=True) if not theirs]
        learn = np.r_[: len(rows), len(rows) + np.flatnonzero(~there)]
        weights = fit("spam", scaled[learn], [*rows, *others])
        scores = scaled[len(rows) + np.flatnonzero(there)] @ weights
        truth = [c["labels"]["spam"] for (c, _), t in zip(comments, there, strict=True) if t]
        rated = [(float(s), bool(y)) for s, y in zip(scores, truth, strict=True)]
        all_three += rated
        tell(video, rated)
    tell("together", all_three)


def tell(name: str, rated: list[tuple[float, bool]]) -> None:
    """Print the figures of a video."""
    steps = levels(rated)
    print(f"{name}: AUPRC {average_precision(steps):.3f}, at 1 % {recall_at_fpr(steps):.3f}")


def _rows(comments: list) -> list:
    from data import WEIGHTS, Row

    weight = WEIGHTS.get("youtube_spam", 1.0)
    return [
        Row(c["text"], {"spam": c["labels"]["spam"]}, "youtube_spam", 0, weight)
        for c, _ in comments
    ]


if __name__ == "__main__":
    main()
