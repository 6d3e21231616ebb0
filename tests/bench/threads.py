"""What the comments module says of threads, quotes and people: the figures of its README.

    python tests/bench/threads.py FOLDER

FOLDER holds the sets as gzipped JSONL. Intervals are Wilson's, 95 %. Threads are arranged here:
their words are real, who answers whom is ours.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from math import sqrt
from pathlib import Path
from time import thread_time_ns
from typing import Any

import handrail_comments
import handrail_links
import handrail_text
from handrail import Actor, Feature, Item, Policy, Safety, Text
from handrail_comments._counter import counter_speech
from handrail_comments._nudge import aimed
from handrail_comments._quotes import quotes_of

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
THREADS, LONG, PILED = 300, 30, 12
LABELLED = (
    ("wiki_talk_context", "toxic"), ("reddit_threads", "offensive"),
    ("davidson_tweets", "offensive"),
    ("told_br_pt", "toxic"), ("germeval_de", "offensive"), ("mlma_fr", "hostile"),
)  # fmt: skip


def rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of a set that have a text."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from filter(lambda row: row.get("text"), map(json.loads, lines))


def interval(hits: int, of: int) -> str:
    """A share with its interval."""
    if not of:
        return "none"
    share, z = hits / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return f"{hits}/{of} = {share:.4f} ({max(0.0, middle - half):.4f} to {middle + half:.4f})"


def share(texts: Iterable[str], test: Any) -> str:
    """How many of *texts* pass *test*."""
    hits = [bool(test(text)) for text in texts]
    return interval(sum(hits), len(hits))


def advised(text: str) -> bool:
    """Whether a policy is told of counter-speech."""
    return any(counter_speech(Text(text), quotes_of(text)))


def quoting(text: str) -> bool:
    """Whether it is told, and something is quoted."""
    return advised(text) and bool(quotes_of(text))


def mild(text: str) -> bool:
    """Whether its author would be a candidate for a nudge."""
    return bool(aimed(Text(text), quotes_of(text)))


def counter(folder: Path) -> None:
    """Counter-speech in functional tests, by what they test."""
    for language in ("en", "de", "fr", "es", "pt"):
        cases = [*rows(folder, f"hatecheck_{language}")]
        kinds = {
            "counter, quoted": [
                c["text"] for c in cases if c["labels"]["raw"] == "counter_quote_nh"
            ],
            "counter, told": [c["text"] for c in cases if c["labels"]["raw"] == "counter_ref_nh"],
            "hateful": [c["text"] for c in cases if c["labels"]["raw"].endswith("_h")],
        }
        for kind, texts in kinds.items():
            print(f"{language} {kind:16} {share(texts, advised)}; quoting {share(texts, quoting)}")


def labelled(folder: Path) -> None:
    """Advice, quotes and nudge candidates, by label."""
    for name, label in LABELLED:
        for value in (1, 0):
            texts = [r["text"] for r in rows(folder, name) if r["labels"].get(label) == value]
            print(f"{name} {label}={value}: advice {share(texts, advised)}")
            print(f"    quotes {share(texts, quotes_of)}; mild {share(texts, mild)}")
    chat = [r["text"] for r in rows(folder, "stream_irc") if r.get("type") == "message"]
    print(f"stream_irc: advice {share(chat, advised)}; quotes {share(chat, quotes_of)}")
    print(f"    mild {share(chat, mild)}")


def made() -> Safety:
    """A Safety with the list of terms and the comments module, which runs in full."""
    return Safety(
        [Feature(name="comments", surface="comments")],
        modules=[handrail_links, handrail_text, handrail_comments],
        policy=Policy(name="none", issues={}), budget_ms=1000, complete_share=1, strict=False,
    )  # fmt: skip


def told(feature: Any, item: Item, name: str) -> bool:
    """Whether the module says *name* of an item."""
    return any(f.evidence.counts.get(name) for f in feature.pre_publish(item).findings)


def comment(thread: int, n: int, text: str, **fields: Any) -> Item:
    """The comment number *n* of a thread, half a minute after the one before."""
    at = NOON + timedelta(hours=2 * thread, seconds=30 * n)
    return Item(
        f"{thread}-{n}", text, thread_id=f"t{thread}", created_at=at, language="en", **fields
    )


def threads(folder: Path) -> None:
    """Pile-ons by people of unknown age, by one half of new accounts, and ordinary threads."""
    for share_new in (0.0, 0.5):
        piled(folder, share_new)
    ordinary(folder)


def piled(folder: Path, share_new: float) -> None:
    """Pile-ons: answers to one person that are labelled offensive, each by somebody else."""
    draw = random.Random(4)
    calm = [r["text"] for r in rows(folder, "wiki_talk_context") if r["labels"]["toxic"] == 0]
    harsh = [r["text"] for r in rows(folder, "davidson_tweets") if r["labels"]["offensive"] == 1]
    firsts: dict[str, list[int]] = {"piling": [], "thread_hostile": []}
    with made() as safety:
        feature = safety.feature("comments")
        for thread in range(THREADS):
            first = comment(thread, 0, draw.choice(calm), author=Actor("target"))
            feature.pre_publish(first)
            seen: dict[str, int] = {}
            for n in range(1, PILED + 1):
                tenure = 1 if draw.random() < share_new else None
                author = Actor(f"p{n}", tenure_days=tenure)
                item = comment(thread, n, draw.choice(harsh), author=author, parent_id=first.id)
                found = {k for f in feature.pre_publish(item).findings for k in f.evidence.counts}
                for name in found & firsts.keys():
                    seen.setdefault(name, n)
            for name, n in seen.items():
                firsts[name].append(n)
    for name, after in firsts.items():
        print(f"{share_new:.0%} new, {name}: {interval(len(after), THREADS)} within {PILED}")
        print(f"    within 8: {interval(sum(n <= 8 for n in after), THREADS)}")


def ordinary(folder: Path) -> None:
    """Threads of comments that are labelled harmless, by eight people."""
    draw, flagged = random.Random(5), 0
    calm = [r["text"] for r in rows(folder, "wiki_talk_context") if r["labels"]["toxic"] == 0]
    with made() as safety:
        feature = safety.feature("comments")
        for thread in range(THREADS):
            hits = 0
            for n in range(LONG):
                item = comment(thread, n, draw.choice(calm), author=Actor(f"p{n % 8}"))
                hits += told(feature, item, "thread_hostile") or told(feature, item, "piling")
            flagged += hits > 0
    print(f"ordinary threads of {LONG} comments said to be heated: {interval(flagged, THREADS)}")


def chat(folder: Path) -> None:
    """Ordinary chat as if it were comments, a channel a thread."""
    heated = piling = nudged = said = spent = 0
    ids: dict[int, str] = {}
    with made() as safety:
        feature = safety.feature("comments")
        for row in rows(folder, "stream_irc"):
            if row.get("type") != "message":
                continue
            item = Item(
                row["id"], row["text"], thread_id=row["channel"], author=Actor(row["user"]),
                created_at=datetime.fromisoformat(row["ts"]), language="en",
                parent_id=ids.get(row.get("reply_to")),
            )  # fmt: skip
            ids[row["seq"]] = item.id
            start = thread_time_ns()
            found = feature.pre_publish(item).findings
            spent += thread_time_ns() - start
            names = {name for f in found for name in f.evidence.counts}
            said += 1
            heated += "thread_hostile" in names
            piling += "piling" in names
            nudged += "nudge" in names
    print(f"chat: heated {interval(heated, said)}; piling {interval(piling, said)}")
    print(f"    nudge candidates {interval(nudged, said)}; {spent / said / 1000:.0f} us a message")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description="What comments says of threads.")
    folder = Path(parser.add_argument("folder", type=Path) and parser.parse_args().folder)
    for part in (counter, labelled, threads, chat):
        part(folder)


if __name__ == "__main__":
    main()
