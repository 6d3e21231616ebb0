"""What the messaging, profiles and transactions modules find in texts of other purposes.

    python tests/bench/people.py FOLDER

FOLDER holds the sets as gzipped JSONL. No set has labels for what these modules look for, save
spam: the figures are what they flag where hardly anything should be flagged. Intervals are
Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from math import sqrt
from pathlib import Path
from time import process_time, thread_time_ns
from typing import Any

import handrail_contact
import handrail_messaging
from handrail import Actor, Feature, Finding, Item, MemoryState, Policy, Safety
from handrail_profiles._ages import stated
from handrail_profiles._protected import Protected
from handrail_profiles._skeleton import name as read

ADULT, MINOR = {"age": 34}, {"age": 12}
MODULES = (handrail_contact, handrail_messaging)
SETS = (
    "sms_spam", "youtube_spam", "reddit_threads", "wiki_talk_context", "davidson_tweets",
    "stream_irc", "pii_synthetic", "germeval_de", "mlma_fr", "told_br_pt",
)  # fmt: skip


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a set that have a text."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from filter(lambda row: row.get("text"), map(json.loads, lines))


def interval(hits: int, of: int) -> str:
    """A share in percent with its interval."""
    share, z = hits / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = 100 * max(0.0, middle - half), 100 * (middle + half)
    return f"{hits} of {of} ({low:.3f} to {high:.3f} %)"


def ask(modules: Iterable[Any], surface: str, items: Iterable[Item]) -> Iterator[list[Finding]]:
    """The findings of the last of *modules* on each item."""
    *_, judged = modules = tuple(modules)
    features = [Feature(name="f", surface=surface, budget_ms=60_000)]
    state = MemoryState(most=1_000_000)
    safety = Safety(features, modules=list(modules), policy=Policy(name="p"), state=state)
    with safety:
        feature = safety.feature("f")
        for item in items:
            decision = feature.pre_publish(item)
            yield [f for f in decision.findings if f.module == judged.MANIFEST.name]


def singles(folder: Path, name: str) -> Iterator[Item]:
    """Each row as a message of its own between two adults."""
    for n, row in enumerate(rows(folder, name)):
        author, recipient = Actor(f"a{n}", **ADULT), Actor(f"b{n}", **ADULT)
        yield Item(f"{n}", row["text"], author=author, recipients=[recipient])


def messages(folder: Path) -> None:
    """Single messages between strangers: scam and sextortion at 0.3 and 0.5, by set and label."""
    print("single messages of one adult stranger to another: score of 0.3, of 0.5")
    for name in SETS:
        labels = [bool((row.get("labels") or {}).get("spam")) for row in rows(folder, name)]
        found = ask((handrail_contact, handrail_messaging), "messaging", singles(folder, name))
        hits: Counter[tuple[bool, str, float]] = Counter()
        for spam, each in zip(labels, found, strict=True):
            for finding in each:
                for at in (0.3, 0.5):
                    hits[spam, finding.issue, at] += finding.score >= at
        for spam in sorted(set(labels)):
            of = labels.count(spam)
            for issue in ("fraud.scam", "sexual.sextortion"):
                both = "; ".join(interval(hits[spam, issue, at], of) for at in (0.3, 0.5))
                print(f"  {name:18} {'spam' if spam else 'other':5} {issue:18} {both}")


def talks(folder: Path, ages: tuple[dict[str, int], dict[str, int]]) -> Iterator[Item]:
    """Chat lines that answer a line, as private messages to who wrote it."""
    who: dict[int, str] = {}
    for row in rows(folder, "stream_irc"):
        who[row["seq"]] = row["user"]
        to = who.get(row.get("reply_to"))
        if to is not None and to != row["user"]:
            at = datetime.fromisoformat(row["ts"])
            author, other = Actor(row["user"], **ages[0]), Actor(to, **ages[1])
            yield Item(row["id"], row["text"], author=author, recipients=[other], created_at=at)


def conversations(folder: Path) -> None:
    """Real exchanges, as if between adults, and as if each were an adult's with a minor."""
    for name, ages in (("adults", (ADULT, ADULT)), ("an adult to a minor", (ADULT, MINOR))):
        items = list(talks(folder, ages))
        pairs = {(i.author.id, i.recipients[0].id) for i in items if i.author}
        print(f"replies in stream_irc as private messages, {name}: {len(pairs)} pairs")
        hits: Counter[tuple[str, float]] = Counter()
        for each in ask(MODULES, "messaging", items):
            for finding in each:
                for at in (0.3, 0.5):
                    hits[finding.issue, at] += finding.score >= at
        for issue in sorted({issue for issue, _ in hits}):
            print(
                f"  {issue:24}",
                *(f"{at}: {interval(hits[issue, at], len(items))}" for at in (0.0, 0.3, 0.5)),
            )


def bios(folder: Path) -> None:
    """Texts of all kinds read as biographies: statements of an age under 13."""
    print("texts as biographies: statements of an age under 13")
    for name in (*SETS, "edos_sexism", "civil_toxic_spans", "openai_mod"):
        texts = [row["text"] for row in rows(folder, name)]
        hits = sum(any(each.age < 13 for each in stated(text, 2026)) for text in texts)
        print(f"  {name:18} {interval(hits, len(texts))}")


def names(folder: Path) -> None:
    """Made-up names of people, each half against the other: whose name is another's by chance."""
    people = set()
    for row in rows(folder, "pii_synthetic"):
        spans = (row["labels"] or {}).get("spans") or ()
        people |= {row["text"][a:b].strip(" ,.'") for a, b, kind in spans if kind == "PERSON"}
    whole = sorted(name for name in people if " " in name)
    index = Protected(dict.fromkeys(whole[::2], ()))
    hits = sum(any(True for _ in index.near(read(name))) for name in whole[1::2])
    print(f"names of people near another's by chance: {interval(hits, len(whole[1::2]))}")
    parts = sorted({part for name in whole for part in name.split() if len(part) > 2})
    dice = random.Random(3)
    many = {f"{dice.choice(parts)} {dice.choice(parts)}": () for _ in range(110_000)}
    began = process_time()
    index = Protected(many)
    print(f"index of {len(index):,} names: {process_time() - began:.1f} s of CPU")
    asked = [f"{dice.choice(parts)} {dice.choice(parts)}x" for _ in range(2000)]
    for kind, texts in (("near", asked), ("other", [f"user_{n}" for n in range(2000)])):
        took = sorted(_took(index, text) for text in texts)
        print(f"  {kind}: median {took[1000]:.0f} us, 99th of 100 {took[1980]:.0f} us of CPU")


def _took(index: Protected, text: str) -> float:
    began = thread_time_ns()
    list(index.near(read(text)))
    return (thread_time_ns() - began) / 1000


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    messages(folder)
    conversations(folder)
    bios(folder)
    names(folder)


if __name__ == "__main__":
    main()
