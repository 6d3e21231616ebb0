"""The figures of the model card: ``python tests/bench/embedding/compare.py FOLDER``.

FOLDER holds the sets as gzipped JSONL. The module and TF-IDF with logistic regression, which
learns from the very rows the module was trained on, score the same rows: part 3 of the sets
trained on, all of those that were not. Differences have intervals by paired bootstrap over groups.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import attrs
import numpy as np
from rows import HEADS, NEVER, Raw, group_of, read, rows
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

from handrail_embedding._model import model
from handrail_eval import part

DRAWS = 500
ABUSE = ("harassment", "hate", "gendered", "hate_threat", "violence", "sexual")
HATE = ("hate", "hate_threat")
TASKS: dict[str, dict[str, Sequence[str]]] = {
    "davidson_tweets": {"offensive": ABUSE, "hate": HATE},
    "edos_sexism": {"sexism": ("harassment", "gendered", *HATE)},
    "wiki_toxicity": {"toxic": ABUSE},
    "wiki_talk_context": {"toxic": ABUSE},
    "openai_mod": {
        "any": HEADS, "harassment": ("harassment",), "hate": HATE,
        "hate_threatening": ("hate_threat",), "self_harm": ("self_harm",), "sexual": ("sexual",),
        "violence": ("violence", "hate_threat"),
    },
    "hatecheck_en": {"hate": HATE},
    "hatemoji_build": {"hate": HATE},
    "reddit_threads": {"offensive": ABUSE},
    "identity_templates": {"toxic": ABUSE},
    "xstest_prompts": {"unsafe": HEADS},
}  # fmt: skip
"""Labels by set, and the heads whose issues they are; as in ``tests/bench/quality.yaml``."""

Array: TypeAlias = np.ndarray[Any, Any]
Score: TypeAlias = Callable[[Sequence[str]], Array]


def average_precision(truth: Array, score: Array, weight: Array) -> float:
    """Area under precision and recall; rows of one score are never told apart."""
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum((truth * weight)[order])
    seen = np.cumsum(weight[order])
    last = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    gained = np.diff(hits[last], prepend=0.0)
    return float((gained * hits[last] / np.maximum(seen[last], 1e-9)).sum() / hits[-1])


def recall_at(truth: Array, score: Array, most: float = 0.01) -> float:
    """The share found where *most* of the harmless rows score above."""
    harmless = np.sort(score[truth == 0])[::-1]
    least = harmless[min(int(most * len(harmless)), len(harmless) - 1)]
    return float((score[truth == 1] > least).mean())


@attrs.frozen(eq=False)
class Task:
    """Rows with one label: what is true, their groups, and a score by contender."""

    truth: Array
    groups: Array
    scores: dict[str, Array]

    def line(self) -> str:
        """Figures of both, and their difference with its interval."""
        even = np.ones(len(self.truth))
        ours, theirs = self.scores["embedding"], self.scores["tfidf"]
        found = [average_precision(self.truth, s, even) for s in (ours, theirs)]
        low, high = self.difference()
        recalls = [recall_at(self.truth, s) for s in (ours, theirs)]
        return (
            f"{len(self.truth)} | {int(self.truth.sum())} | {found[0]:.3f} | {found[1]:.3f} | "
            f"{found[0] - found[1]:+.3f} ({low:+.3f} to {high:+.3f}) | "
            f"{recalls[0]:.3f} | {recalls[1]:.3f}"
        )

    def difference(self) -> tuple[float, float]:
        """The 95 % interval of the difference in AUPRC, of draws of whole groups for both."""
        draw = np.random.default_rng(0)
        names, place = np.unique(self.groups, return_inverse=True)
        found = []
        for _ in range(DRAWS):
            weight = np.bincount(draw.integers(len(names), size=len(names)), minlength=len(names))
            weight = weight[place].astype(float)
            if (weight * self.truth).sum():
                found.append(
                    average_precision(self.truth, self.scores["embedding"], weight)
                    - average_precision(self.truth, self.scores["tfidf"], weight)
                )
        low, high = np.percentile(found, [2.5, 97.5])
        return float(low), float(high)


def ours(texts: Sequence[str]) -> Array:
    """The highest score of each head over the parts of each text."""
    read_ = model().parts
    return np.array(
        [[max((p.scores[h] for p in parts), default=0.0) for h in HEADS]
         for parts in (read_(text, 8) for text in texts)]
    )  # fmt: skip


def tfidf(folder: Path) -> Score:
    """Words and letters, weighed and learned from the rows the module was trained on."""
    found = [row for row in rows(folder) if not row.calibrates]
    features = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), min_df=2)),
            ("letters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=3)),
        ]
    )
    seen = features.fit_transform([row.text for row in found]).tocsr()
    fitted = []
    for head in HEADS:
        known = [n for n, row in enumerate(found) if head in row.labels]
        made = LogisticRegression(C=4, solver="liblinear", max_iter=300)
        fitted.append(made.fit(seen[known], [found[n].labels[head] for n in known]))

    def score(texts: Sequence[str]) -> Array:
        read_ = features.transform(texts)
        return np.array([made.predict_proba(read_)[:, 1] for made in fitted]).T

    return score


def chosen(folder: Path, name: str) -> list[Raw]:
    """The rows of a set that nothing was built with."""
    return [r for r in read(folder, name) if name in NEVER or part(group_of(r)) == 3]


def tasks(found: Sequence[Raw], name: str, scores: dict[str, Array]) -> Iterable[tuple[str, Task]]:
    """The labels of a set with the rows that carry them."""
    for label, heads in TASKS[name].items():
        places = [n for n, raw in enumerate(found) if label in raw["labels"]]
        columns = [HEADS.index(head) for head in heads]
        yield (
            label,
            Task(
                np.array([found[n]["labels"][label] for n in places]),
                np.array([group_of(found[n]) for n in places]),
                {who: said[np.ix_(places, columns)].max(axis=1) for who, said in scores.items()},
            ),
        )


def shares(found: Sequence[Raw], over: Array, key: Callable[[Raw], str]) -> str:
    """How many rows of each kind are over the threshold."""
    kinds: dict[str, list[bool]] = defaultdict(list)
    for raw, hit in zip(found, over, strict=True):
        kinds[key(raw)].append(bool(hit))
    return "\n".join(
        f"{kind} | {len(hits)} | {sum(hits) / len(hits):.3f}"
        for kind, hits in sorted(kinds.items())
    )


def functional(found: Sequence[Raw], said: Array, threshold: float = 0.5) -> None:
    """HateCheck at a threshold: accuracy, that on harmless cases, each functionality."""
    over = said[:, [HEADS.index(h) for h in HATE]].max(axis=1) >= threshold
    truth = np.array([raw["labels"]["hate"] == 1 for raw in found])
    right = over == truth
    kinds = {"accuracy": right, "hateful": right[truth], "harmless": right[~truth]}
    print(", ".join(f"{kind} {hits.mean():.3f}" for kind, hits in kinds.items()))
    print(shares(found, over, lambda raw: raw["labels"]["raw"]))
    print(
        shares(
            [r for r in found if r["labels"]["hate"] == 0],
            over[~truth],
            lambda r: r["meta"]["target"],
        )
    )


def identity(found: Sequence[Raw], said: Array, threshold: float = 0.5) -> None:
    """False positives by the word that says who somebody is."""
    over = said[:, [HEADS.index(h) for h in ABUSE]].max(axis=1) >= threshold
    harmless = [n for n, raw in enumerate(found) if raw["labels"]["toxic"] == 0]
    print(
        shares(
            [found[n] for n in harmless], over[harmless], lambda r: r["text"].split()[-1].lower()
        )
    )
    print(f"found {np.mean([over[n] for n in range(len(found)) if n not in set(harmless)]):.3f}")


def main() -> None:
    """Compare on what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="*", default=list(TASKS))
    asked = parser.parse_args()
    contenders = {"embedding": ours, "tfidf": tfidf(asked.folder)}
    print("set | label | rows | positive | AUPRC | TF-IDF | difference | recall at 1 % | TF-IDF")
    for name in asked.sets:
        found = chosen(asked.folder, name)
        scores = {who: score([r["text"] for r in found]) for who, score in contenders.items()}
        for label, task in tasks(found, name, scores):
            print(f"{name} | {label} | {task.line()}", flush=True)
        if name == "hatecheck_en":
            functional(found, scores["embedding"])
        if name == "identity_templates":
            identity(found, scores["embedding"])


if __name__ == "__main__":
    main()
