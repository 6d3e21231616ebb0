"""The classifier beside others on the same held-back rows: ``contenders.py FOLDER [--apc FILE]``.

FOLDER holds the sets as gzipped JSONL. Rows are part 3 of 3; for sets that nothing is trained on,
all. The baseline is TF-IDF (words 1-2, characters 2-4) with logistic regression, trained on parts 1
and 2 of the same set with the same label; for reddit_threads on all other English sets together.
``--apc FILE`` has the scores of alt-profanity-check as JSON lines, ``{"id": …, "score": …}``: it
pins other versions, so ``--write-apc FILE`` makes them in an environment of its own.
Differences have paired 95 % bootstrap intervals over groups of rows, 100 draws, seed 0.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from handrail_eval import part
from handrail_eval.metrics import average_precision, levels, recall_at_fpr

FAMILIES = ("harassment", "hate", "violence", "sexual")
LABELS: dict[str, dict[str, tuple[str, ...]]] = {
    "davidson_tweets": {"offensive": FAMILIES, "hate": ("hate",)},
    "wiki_toxicity": {"toxic": FAMILIES},
    "wiki_talk_context": {"toxic": FAMILIES},
    "edos_sexism": {"sexism": ("harassment.gendered",)},
    "reddit_threads": {"offensive": FAMILIES},
    "openai_mod": {
        "any": ("",),
        "harassment": ("harassment",),
        "hate": ("hate",),
        "hate_threatening": ("hate.threat",),
        "self_harm": ("self_harm",),
        "sexual": ("sexual",),
        "violence": ("violence", "hate.threat"),
    },
    "sms_spam": {"spam": ("integrity",)},
    "youtube_spam": {"spam": ("integrity",)},
    "germeval_de": {"offensive": FAMILIES},
    "cold_zh": {"offensive": FAMILIES},
    "mlma_fr": {"hostile": FAMILIES, "hate": ("hate",)},
    "mlma_ar": {"hostile": FAMILIES, "hate": ("hate",)},
}
"""The labels that are compared, and how the issues begin whose highest score counts for each."""

WHOLE = {"reddit_threads"}
POOL = {
    "davidson_tweets": "offensive", "wiki_toxicity": "toxic", "wiki_talk_context": "toxic",
    "openai_mod": "any",
}  # fmt: skip
"""What the baseline for reddit_threads learns from."""

Rated = list[tuple[float, bool, str]]


def read(folder: Path, name: str) -> Iterator[tuple[dict[str, Any], str, int]]:
    """Each row of a set, its group and the part of it."""
    fields = ("user",) if name == "youtube_spam" else ("thread", "templ", "user")
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            meta = row.get("meta") or {}
            group = next((str(meta[k]) for k in fields if meta.get(k) is not None), row["id"])
            yield row, group, 3 if name in WHOLE else part(group)


def ours(texts: list[str], language: str) -> list[dict[str, float]]:
    """The scores of the shipped module at its default settings, by issue; 0 below the floor."""
    from types import SimpleNamespace

    from handrail import Item, Text
    from handrail_classifier import MANIFEST, pre_publish

    settings, found = MANIFEST.settings(evidence=False), []
    for text in texts:
        context = SimpleNamespace(text=Text(text))
        findings = pre_publish(Item("row", text, language=language), context, settings)
        found.append({finding.issue: finding.score for finding in findings})
    return found


def baseline(texts: list[str], labels: list[int], held: list[str]) -> list[float]:
    """What TF-IDF and logistic regression say of *held*."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True)
    model = LogisticRegression(C=10, solver="liblinear", random_state=0)
    whole = make_pipeline(make_union(words, letters), model).fit(texts, labels)
    return list(map(float, whole.decision_function(held)))


def learned(folder: Path, name: str, label: str) -> tuple[list[str], list[int]]:
    """The texts and labels that the baseline for a set learns from."""
    sources = POOL if name in WHOLE else {name: label}
    found = [
        (row["text"], row["labels"][each])
        for source, each in sources.items()
        for row, _, where in read(folder, source)
        if where < 3 and each in row["labels"]
    ]
    return [text for text, _ in found], [y for _, y in found]


def figures(rated: Rated) -> tuple[float, float]:
    """AUPRC, and recall at 1 % false positives."""
    steps = levels((score, positive) for score, positive, _ in rated)
    return average_precision(steps) or 0.0, recall_at_fpr(steps) or 0.0


def differences(mine: Rated, other: Rated, draws: int = 100) -> tuple[str, str]:
    """How much better *mine* is, with intervals: both are drawn together, group by group."""
    by_group: dict[str, list[int]] = {}
    for i, (_, _, group) in enumerate(mine):
        by_group.setdefault(group, []).append(i)
    groups, random, found = list(by_group.values()), Random(0), []
    for _ in range(draws):
        chosen = [i for group in random.choices(groups, k=len(groups)) for i in group]
        pair = (figures([mine[i] for i in chosen]), figures([other[i] for i in chosen]))
        found.append([a - b for a, b in zip(*pair, strict=True)])
    spans = []
    for kind in zip(*found, strict=True):
        ordered = sorted(kind)
        spans.append(f"{ordered[int(0.025 * draws)]:+.3f} to {ordered[int(0.975 * draws)]:+.3f}")
    return spans[0], spans[1]


def compare(folder: Path, name: str, apc: dict[str, float]) -> Iterator[str]:
    """One line of the table for each label of a set and each contender."""
    rows = [(row, group) for row, group, where in read(folder, name) if where == 3]
    scores = ours([row["text"] for row, _ in rows], rows[0][0]["language"])
    for label, issues in LABELS[name].items():
        chosen = [i for i, (row, _) in enumerate(rows) if label in row["labels"]]

        def rated(score: Any, label: str = label, chosen: list[int] = chosen) -> Rated:
            return [(score(i), bool(rows[i][0]["labels"][label]), rows[i][1]) for i in chosen]

        mine = rated(
            lambda i, issues=issues: max(
                (s for k, s in scores[i].items() if k.startswith(issues)), default=0.0
            )
        )
        texts, labels = learned(folder, name, label)
        held = baseline(texts, labels, [rows[i][0]["text"] for i in chosen])
        said = dict(zip(chosen, held, strict=True))
        others = {"TF-IDF + LR": rated(said.__getitem__)}
        if rows[0][0]["id"] in apc:
            others["alt-profanity-check"] = rated(lambda i: apc[rows[i][0]["id"]])
        yield from _lines(name, label, mine, others)


def _lines(name: str, label: str, mine: Rated, others: dict[str, Rated]) -> Iterator[str]:
    positives = sum(positive for _, positive, _ in mine)
    a, r = figures(mine)
    yield f"| {name} {label}, {positives} of {len(mine)} | classifier | {a:.3f} | | {r:.3f} | |"
    for other, theirs in others.items():
        b, s = figures(theirs)
        up, more = differences(mine, theirs)
        yield f"| | {other} | {b:.3f} | {up} | {s:.3f} | {more} |"


def write_apc(folder: Path, out: Path) -> None:
    """Score all held-back English rows with alt-profanity-check."""
    from profanity_check import predict_prob

    with out.open("w", encoding="utf-8") as lines:
        for name in LABELS:
            rows = [row for row, _, where in read(folder, name) if where == 3]
            if rows[0]["language"] == "en":
                for row, score in zip(rows, predict_prob([r["text"] for r in rows]), strict=True):
                    lines.write(json.dumps({"id": row["id"], "score": float(score)}) + "\n")


def main() -> None:
    """Print the table, or write what the other environment is for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--apc", type=Path)
    parser.add_argument("--write-apc", type=Path)
    parser.add_argument("--sets", nargs="*", default=list(LABELS))
    options = parser.parse_args()
    if options.write_apc:
        write_apc(options.folder, options.write_apc)
        return
    lines = options.apc.read_text().splitlines() if options.apc else ()
    apc = {row["id"]: row["score"] for row in map(json.loads, lines)}
    print("| set, label, positives | contender | AUPRC | more | at 1 % FPR | more |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in options.sets:
        for line in compare(options.folder, name, apc):
            print(line, flush=True)


if __name__ == "__main__":
    main()
