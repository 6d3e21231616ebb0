"""All that reads a comment's text, on real comments, each of them new: what a first look costs.

    python tests/bench/comments.py FOLDER [--texts 8000] [--terms 100000]

FOLDER holds the sets as gzipped JSONL; texts of 60 to 140 characters are taken from each in turn.
The rows of ``lists.py`` ask about the same four comments again and again, whose words are known;
here most texts have a word that was not met before. They run in parts of 400, in turns with
splitting the same texts and looking the words up. CPU time of the thread, also p50 and p99;
figures in brackets are quartiles of the parts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
from collections.abc import Callable, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from statistics import quantiles
from time import thread_time

from lists import make, plainly
from modules import FEATURE

from handrail import Actor, Item, Safety, starting_policy

SETS = (
    "youtube_spam", "wiki_talk_context", "wiki_toxicity", "reddit_threads", "davidson_tweets",
    "edos_sexism", "civil_toxic_spans", "germeval_de", "told_br_pt", "mlma_fr",
)  # fmt: skip
MODULES = ("text", "links", "contact", "classifier")
PART = 400


def texts(folder: Path, most: int) -> list[str]:
    """Different comments of about a hundred characters, from each set in turn."""
    rng, found = random.Random(3), []
    for name in SETS:
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            said = [row["text"] for row in map(json.loads, lines) if row.get("text")]
        fit = sorted({text for text in said if 60 <= len(text) <= 140})
        found.append(rng.sample(fit, len(fit)))
    mixed = (text for text in chain.from_iterable(zip_longest(*found)) if text)
    return [*dict.fromkeys(mixed)][:most]


def spread(values: Sequence[float]) -> str:
    """A median with quartiles."""
    low, middle, high = quantiles(values, n=4)
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def main() -> None:
    """Ask about each comment once, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--texts", type=int, default=8_000)
    parser.add_argument("--terms", type=int, default=100_000)
    options = parser.parse_args()
    said = texts(options.folder, options.texts)
    items = [Item(f"c{n}", text, author=Actor("u")) for n, text in enumerate(said)]
    calls: list[float] = []
    rates, ratios = [], []
    with tempfile.TemporaryDirectory() as temporary:
        path = make(Path(temporary) / "terms.csv", options.terms)
        terms, settings = plainly(path), {"text": {"lists": [str(path)]}}
        with Safety(
            [FEATURE], modules=list(MODULES), settings=settings, policy=starting_policy("comments"),
            trace_share=0.0,
        ) as safety:  # fmt: skip
            ask = safety.feature("comments").pre_publish
            for start in range(0, len(items), PART):
                part = items[start : start + PART]
                plain = split(part, terms)
                ours = sum(took := [one(ask, item) for item in part])
                calls += took
                rates.append(len(part) / ours)
                ratios.append(ours / plain)
    times = quantiles(calls, n=100)
    print(f"{len(items)} comments, {sum(map(len, said)) / len(said):.0f} characters on average")
    print(f"{spread(rates)} a CPU second; {spread(ratios)} x str.split and a set lookup; "
          f"p50 {1e6 * times[49]:.0f} us, p99 {1e6 * times[98]:.0f} us")  # fmt: skip


def one(ask: Callable[[Item], object], item: Item) -> float:
    """CPU seconds of one call."""
    start = thread_time()
    ask(item)
    return thread_time() - start


def split(items: Sequence[Item], terms: set[str]) -> float:
    """CPU seconds of splitting texts and looking their words up."""
    start = thread_time()
    for item in items:
        [word for word in item.text.split() if word in terms]
    return thread_time() - start


if __name__ == "__main__":
    main()
