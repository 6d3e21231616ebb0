"""How well the language module tells languages: the figures of its README.

    python tests/bench/languages.py FOLDER

FOLDER holds the sets as gzipped JSONL. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path
from time import thread_time_ns

from contacts import interval, rows

from handrail_language._detect import detect

SETS = (
    "hatecheck_en", "davidson_tweets", "reddit_threads", "wiki_talk_context", "hatecheck_de",
    "germeval_de", "hatecheck_fr", "mlma_fr", "hatecheck_es", "hatecheck_pt", "told_br_pt",
    "mlma_ar", "cold_zh", "news_comments_ko", "hatecheck_hi",
)  # fmt: skip
ENDS = (10, 20, 40, 80, 10**9)


def letters(text: str) -> int:
    """How many letters a text has."""
    return sum(map(str.isalpha, text))


def measure(folder: Path, name: str) -> None:
    """By length, how often a language is said, and how often it is the right one."""
    said: Counter[int] = Counter()
    right: Counter[int] = Counter()
    total: Counter[int] = Counter()
    for row in rows(folder, name):
        place = next(n for n, end in enumerate(ENDS) if letters(row["text"]) < end)
        tag = detect(row["text"]).tag
        total[place] += 1
        said[place] += tag != "und"
        right[place] += tag == row["language"].partition("-")[0]
    print(f"{name}, {total.total()} rows")
    for n, end in enumerate(ENDS):
        if total[n]:
            print(
                f"  under {end:>10} letters: said {interval(said[n], total[n])}; "
                f"right of those {interval(right[n], said[n])}"
            )
    print(f"  all: said {interval(said.total(), total.total())}; "
          f"right of those {interval(right.total(), said.total())}")  # fmt: skip


def mixed(folder: Path) -> None:
    """Texts whose halves are of two languages: what is said of them."""
    luck = random.Random(5)
    german = [r["text"][:80] for r in rows(folder, "germeval_de")]
    english = [r["text"][:80] for r in rows(folder, "davidson_tweets")]
    found: Counter[str] = Counter()
    for _ in range(2_000):
        halves = [luck.choice(german), luck.choice(english)]
        luck.shuffle(halves)
        tag = detect(" ".join(halves)).tag
        found[tag if tag in ("de", "en", "und") else "another"] += 1
    print("half German, half English:", dict(found))


def speed(folder: Path) -> None:
    """CPU per text."""
    texts = [r["text"] for r in rows(folder, "davidson_tweets")][:5_000]
    start = thread_time_ns()
    for text in texts:
        detect(text)
    print(f"{(thread_time_ns() - start) / len(texts) / 1e3:.1f} microseconds a text")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for name in SETS:
        measure(folder, name)
    mixed(folder)
    speed(folder)


if __name__ == "__main__":
    main()
