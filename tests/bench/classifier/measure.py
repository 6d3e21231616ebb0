"""What the contenders' table does not say: ``measure.py FOLDER``.

HateCheck in six languages, false positives by identity word, texts in disguise, over-blocking, and
calibration; all at 0.5, the threshold the module's page speaks of. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from attacks import KINDS, disguise
from contenders import FAMILIES, LABELS, ours, read

from handrail_eval.intervals import wilson
from handrail_eval.metrics import (
    average_precision,
    calibration_error,
    confusion,
    levels,
    recall_at_fpr,
    threshold_at_fpr,
)  # fmt: skip

AT = 0.5
SHOWN = {"davidson_tweets": "offensive", "wiki_toxicity": "toxic", "edos_sexism": "sexism",
         "sms_spam": "spam", "youtube_spam": "spam", "germeval_de": "offensive",
         "mlma_fr": "hostile"}  # fmt: skip
MEASURED = {"told_br_pt": ("toxic", FAMILIES), "news_comments_ko": ("offensive", FAMILIES),
            "hatemoji_build": ("hate", ("hate",)), "xstest_prompts": ("unsafe", ("",))}  # fmt: skip


def share(hits: int, of: int) -> str:
    """A share with its interval."""
    low, high = wilson(hits, of) or (0.0, 1.0)
    return f"{hits / max(of, 1):.3f} ({low:.3f} to {high:.3f}) of {of}"


def best(texts: list[str], language: str, issues: tuple[str, ...]) -> list[float]:
    """The highest score of the issues that begin so, for each text."""
    return [
        max((s for k, s in found.items() if k.startswith(issues)), default=0.0)
        for found in ours(texts, language)
    ]


def hatecheck(folder: Path, language: str) -> None:
    """Accuracy on all cases and on those that are not hateful."""
    rows = [row for row, _, _ in read(folder, f"hatecheck_{language}")]
    said = [score >= AT for score in best([r["text"] for r in rows], language, ("hate",))]
    right = [s == bool(r["labels"]["hate"]) for s, r in zip(said, rows, strict=True)]
    calm = [ok for ok, r in zip(right, rows, strict=True) if not r["labels"]["hate"]]
    print(f"hatecheck_{language}: accuracy {share(sum(right), len(right))},", end=" ")
    print(f"of what is not hateful {share(sum(calm), len(calm))}")


def identities(folder: Path) -> None:
    """False positives of harmless templates, by the word that differs between them."""
    from handrail_classifier._listed import classes

    rows = [row for row, _, _ in read(folder, "identity_templates") if not row["labels"]["toxic"]]
    scores = best([r["text"] for r in rows], "en", FAMILIES)
    found: dict[str, list[bool]] = defaultdict(list)
    for row, score in zip(rows, scores, strict=True):
        for word in set(row["text"].lower().replace(".", " ").split()) & set(classes()):
            found[word].append(score >= AT)
    rates = {w: sum(hits) / len(hits) for w, hits in found.items() if len(hits) >= 5}
    print(f"identity_templates: false positives {share(sum(s >= AT for s in scores), len(rows))};")
    low, high = min(rates.values()), max(rates.values())
    print(f"  by word from {low:.3f} to {high:.3f} ({len(rates)} words)")


def disguised(folder: Path, name: str) -> None:
    """Recall in disguise, as a share of the plain one, at the threshold of 1 % false positives."""
    label = SHOWN[name]
    issues = LABELS[name][label]
    rows = [row for row, _, where in read(folder, name) if where == 3]
    truth = [bool(row["labels"][label]) for row in rows]
    at = threshold_at_fpr(
        levels(
            zip(best([r["text"] for r in rows], rows[0]["language"], issues), truth, strict=True)
        )
    )
    texts = [row["text"] for row, positive in zip(rows, truth, strict=True) if positive]
    for threshold in (at, AT):
        plain = sum(s >= threshold for s in best(texts, rows[0]["language"], issues))
        kept = {
            kind: sum(
                s >= threshold
                for s in best([disguise(t, kind) for t in texts], rows[0]["language"], issues)
            )
            for kind in KINDS
        }
        shares = ", ".join(f"{kind} {n / max(plain, 1):.2f}" for kind, n in kept.items())
        print(f"{name} at {threshold:.3f}: plain {plain}/{len(texts)}; kept {shares}")


def sets(folder: Path) -> None:
    """Sets that are only measured, and calibration on the held-back rows of the others."""
    for name, (label, issues) in MEASURED.items():
        rows = [row for row, _, _ in read(folder, name) if label in row["labels"]]
        _line(
            name,
            best([r["text"] for r in rows], rows[0]["language"], issues),
            [bool(r["labels"][label]) for r in rows],
        )
    for name, label in SHOWN.items():
        rows = [row for row, _, where in read(folder, name) if where == 3]
        scores = best([r["text"] for r in rows], rows[0]["language"], LABELS[name][label])
        _line(name, scores, [bool(r["labels"][label]) for r in rows])


def _line(name: str, scores: list[float], truth: list[bool]) -> None:
    steps = levels(zip(scores, truth, strict=True))
    tp, fp, fn, tn = confusion(steps, AT)
    print(
        f"{name}: AUPRC {average_precision(steps) or 0:.3f},"
        f" at 1 % {recall_at_fpr(steps) or 0:.3f},"
        f" recall {share(tp, tp + fn)}, false positives {share(fp, fp + tn)},"
        f" calibration error {calibration_error(steps) or 0:.3f}"
    )


def _hatechecks(folder: Path) -> None:
    for language in ("en", "de", "fr", "es", "pt", "hi"):
        hatecheck(folder, language)


def _disguises(folder: Path) -> None:
    for name in SHOWN:
        disguised(folder, name)


PARTS: dict[str, Callable[[Path], None]] = {
    "hatecheck": _hatechecks,
    "identities": identities,
    "disguised": _disguises,
    "sets": sets,
}


def main() -> None:
    """Print the figures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    options = parser.parse_args()
    for name in options.parts:
        PARTS[name](options.folder)


if __name__ == "__main__":
    main()
