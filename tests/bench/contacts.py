"""What the contact module finds and mistakes on labelled texts: the figures of its README.

    python tests/bench/contacts.py FOLDER

FOLDER holds the sets as gzipped JSONL. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from handrail import Contact, Item, Text
from handrail_contact import MANIFEST, find_contacts, pre_publish

LABELS = {"EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "CREDIT_CARD": "card"}
BENIGN = (
    "wiki_talk_context", "reddit_threads", "stream_irc", "davidson_tweets", "wiki_toxicity",
    "edos_sexism", "openai_mod", "germeval_de", "told_br_pt", "mlma_fr", "news_comments_ko",
    "cold_zh", "sms_spam", "youtube_spam",
)  # fmt: skip


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a set that have a text."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from filter(lambda row: row.get("text"), map(json.loads, lines))


def found(text: str) -> tuple[Contact, ...]:
    """The contacts of a text, of an item about which nothing else is known."""
    return find_contacts(Item("row", text), SimpleNamespace(text=Text(text)))


def issues(text: str, surface: str) -> dict[str, float]:
    """The scores of the module's findings, by issue, at its default settings."""
    context = SimpleNamespace(surface=surface, derive=lambda *_: found(text))
    return {f.issue: f.score for f in pre_publish(Item("row", text), context, MANIFEST.settings())}


def interval(hits: int, of: int) -> str:
    """A share with its interval."""
    if not of:
        return "none"
    share, z = hits / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return f"{hits}/{of} = {share:.4f} ({max(0.0, middle - half):.4f} to {middle + half:.4f})"


def spans(folder: Path) -> None:
    """Recall and precision by kind; a span counts as found where half of it is covered."""
    recalled: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    right: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for row in rows(folder, "pii_synthetic"):
        truth = [(a, b, LABELS[t]) for a, b, t in row["labels"]["spans"] if t in LABELS]
        contacts = [(*c.span, c.kind) for c in found(row["text"]) if c.kind != "lure"]
        for one, others, hit, all_ in (
            (truth, contacts, recalled, labelled),
            (contacts, truth, right, given),
        ):
            for a, b, kind in one:
                all_[kind] += 1
                hit[kind] += any(
                    k == kind and 2 * (min(b, d) - max(a, c)) >= b - a for c, d, k in others
                )
    for kind in sorted(labelled | given):
        print(f"{kind:9} recall {interval(recalled[kind], labelled[kind])}")
        print(f"{'':9} precision {interval(right[kind], given[kind])}")


def alarms(folder: Path, name: str) -> None:
    """How many rows of a set have which contacts, and findings of 0.5 or more."""
    kinds: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    total = 0
    for row in rows(folder, name):
        total += 1
        contacts = found(row["text"])
        kinds.update({c.kind for c in contacts})
        if contacts:
            judged.update(i for i, s in issues(row["text"], row["surface"]).items() if s >= 0.5)
    print(f"{name}, {total} rows")
    for kind, n in sorted(kinds.items()):
        print(f"  {kind:9} {interval(n, total)}")
    for issue, n in sorted(judged.items()):
        print(f"  {issue} at 0.5 or more: {interval(n, total)}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    spans(options.folder)
    for name in BENIGN:
        alarms(options.folder, name)


if __name__ == "__main__":
    main()
