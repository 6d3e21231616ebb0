"""Near-copies among a million texts, beside python-threatexchange's raw-text index among 1,000.

    python tests/bench/near.py FOLDER [--texts 1000000] [--theirs PYTHON]

FOLDER holds stream_irc as gzipped JSONL. A million different texts are made of its words, as
long as its messages are: each word follows one that it follows in the chat. ``--theirs`` names a
Python that has ``threatexchange``; it is measured in turns with ours, on texts of the same kind.
CPU time of one thread; figures in brackets are quartiles of the rounds.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from time import thread_time

from handrail_behavior import NearIndex
from handrail_behavior._shape import words

ROUNDS = 7
EDITS = ("replaced", "added", "left out", "number", "emoji and signs", "@name")

THEIRS = """
import json, sys, time
from threatexchange.signal_type.raw_text import RawTextSignal
texts, *batches = map(json.loads, sys.stdin)
index = RawTextSignal.get_index_cls().build([(text, n) for n, text in enumerate(texts)])
for batch in batches:
    start = time.thread_time()
    for text in batch:
        index.query(text)
    print(len(batch) / (time.thread_time() - start))
"""


class Source:
    """Makes texts out of the words of a chat, in ASCII, as theirs reads nothing else."""

    def __init__(self, folder: Path, rng: random.Random) -> None:
        self._rng = rng
        self._next: defaultdict[str, list[str]] = defaultdict(list)
        self.words: list[str] = []
        self._lengths: list[int] = []
        with gzip.open(folder / "stream_irc.jsonl.gz", "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                said = row["text"].encode("ascii", "ignore").decode().split()
                self._lengths.append(len(said))
                self.words += said
                for one, other in pairwise(said):
                    self._next[one].append(other)

    def text(self, length: int | None = None) -> str:
        """One text of four words or more."""
        size = length or 0
        while not size or (length is None and size < 4):
            size = self._rng.choice(self._lengths)
        found = [self._rng.choice(self.words)]
        while len(found) < size:
            follow = self._next.get(found[-1]) or self.words
            found.append(self._rng.choice(follow))
        return " ".join(found)

    def edited(self, text: str, how: str) -> str:
        """The text with one edit."""
        said = text.split()
        at = self._rng.randrange(len(said))
        other = self._rng.choice(self.words)
        if how == "replaced":
            said[at] = other
        elif how == "added":
            said.insert(at, other)
        elif how == "left out":
            del said[at]
        elif how == "number":
            said[at] = str(self._rng.randrange(10_000))
        elif how == "@name":
            said.insert(0, f"@{other}")
        else:
            said[at] += "!!! 🔥🔥"
        return " ".join(said)


def rate(look: Callable[[str], object], texts: list[str]) -> float:
    """Queries a CPU second."""
    start = thread_time()
    for text in texts:
        look(text)
    return len(texts) / (thread_time() - start)


def spread(values: list[float]) -> str:
    """A median with quartiles."""
    low, _, high = quantiles(values, n=4)
    return f"{median(values):.3g} ({low:.3g} to {high:.3g})"


def theirs(python: str, texts: list[str], batches: list[list[str]]) -> list[float]:
    """Queries a CPU second of their index, by batch."""
    lines = "\n".join(map(json.dumps, [texts, *batches]))
    done = subprocess.run(
        [python, "-c", THEIRS], input=lines, capture_output=True, text=True, check=True
    )
    return [float(line) for line in done.stdout.split()]


def main() -> None:
    """Build, look up, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--theirs")
    options = parser.parse_args()
    rng = random.Random(11)
    source = Source(options.folder, rng)
    texts = list({source.text(): None for _ in range(options.texts)})
    index = NearIndex(options.texts)
    start = thread_time()
    for number, text in enumerate(texts):
        index.add(text, number)
    print(f"{len(texts)} texts, {len(texts) / (thread_time() - start):.0f} a CPU second")
    characters, words = sum(map(len, texts)), sum(len(text.split()) for text in texts)
    print(f"{characters / len(texts):.0f} characters and {words / len(texts):.1f} words on average")
    print(f"{index.nbytes / 1e6:.0f} MB of tables")
    for how in EDITS:
        asked = [source.edited(text, how) for text in rng.sample(texts, 5000)]
        found = sum(index.find(text) is not None for text in asked)
        print(f"recall, {how}: {found / len(asked):.4f}")
    chat(options.folder)
    for name, length in (("as long as in the chat", None), ("26 words", 26)):
        compare(source, index, texts, rng, (name, length, options.theirs))


def chat(folder: Path) -> None:
    """How many messages of the real chat have an earlier copy, and whether that is one."""
    index, said = NearIndex(200_000), []
    exact = near = wrong = 0
    with gzip.open(folder / "stream_irc.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [text for row in map(json.loads, lines) if (text := row["text"])]
    for text in texts:
        now = words(text)
        if (found := index.find(text)) is not None:
            other = said[found.value]
            exact += found.exact
            near += not found.exact
            left = sum((Counter(now) - Counter(other)).values())
            come = sum((Counter(other) - Counter(now)).values())
            wrong += max(left, come) > 1
        index.add(text, len(said))
        said.append(now)
    print(f"of {len(texts)} messages of chat {exact} have the words of an earlier one, {near} "
          f"differ in one, as far as the index says; {wrong} differ in more")  # fmt: skip


def compare(
    source: Source, index: NearIndex, texts: list[str], rng: random.Random,
    case: tuple[str, int | None, str | None],
) -> None:  # fmt: skip
    """Print queries a second by kind, and the ratio to theirs."""
    name, length, python = case
    kept = texts if length is None else [source.text(length) for _ in range(10_000)]
    if length is not None:
        for text in kept:
            index.add(text)
    asked = {
        "kept": lambda: rng.sample(kept, 2000),
        "one word replaced": lambda: [source.edited(t, "replaced") for t in rng.sample(kept, 2000)],
        "never added": lambda: [source.text(length) for _ in range(2000)],
    }
    for what, make in asked.items():
        batches = [make() for _ in range(ROUNDS)]
        ours = [rate(index.find, batch) for batch in batches]
        line = f"{name}, {what}: {spread(ours)} queries/s"
        if python:
            few = theirs(python, rng.sample(kept, 1000), [batch[:8] for batch in batches])
            ratios = [a / b for a, b in zip(ours, few, strict=True)]
            line += f"; theirs {spread(few)}; ratio {spread(ratios)}"
        print(line)


if __name__ == "__main__":
    main()
