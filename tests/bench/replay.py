"""Floods and raids found in a stream of real chat: the figures of behavior's and live's READMEs.

    python tests/bench/replay.py FOLDER [--modules behavior,live] [--from 0.6] [--policy] [--edited]

FOLDER holds stream_irc and stream_mixed_overlay as gzipped JSONL; they are merged by time and
replayed in order. ``--from`` reports on what comes after that share of the stream only; what
comes before is replayed all the same. With ``--edited`` the last word of each message of a flood
or raid is another one, with ``--edited any`` one word wherever it stands.
Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import gzip
import heapq
import importlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Any

from handrail import Action, Actor, Feature, Item, Policy, Safety, starting_policy

KINDS = {"nick": "profile_change", "join": "join", "leave": "leave"}
WITHIN = 5
"""Messages of an episode within which it is to be found."""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of one set."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def merged(folder: Path) -> Iterator[dict[str, Any]]:
    """Both sets, by time."""
    sets = (rows(folder / f"{name}.jsonl.gz") for name in ("stream_irc", "stream_mixed_overlay"))
    return heapq.merge(*sets, key=lambda row: row["ts"])


def edited(row: dict[str, Any], where: str, rng: random.Random) -> dict[str, Any]:
    """A row of a flood or raid with one word changed; any other as it is."""
    pattern = row.get("labels", {}).get("pattern", "")
    if not where or not pattern.startswith(("flood", "raid")):
        return row
    said = row["text"].split()
    said[-1 if where == "last" else rng.randrange(len(said))] = f"{rng.randrange(1 << 30):x}z"
    return {**row, "text": " ".join(said)}


def item(row: dict[str, Any]) -> Item:
    """A row as a product would hand it over, with nothing known about anybody."""
    return Item(
        row["id"], row["text"], kind=KINDS.get(row["type"], "text"), author=Actor(row["user"]),
        session_id=row["channel"], language=row["language"], created_at=row["ts"],
    )  # fmt: skip


def interval(hits: int, of: int) -> str:
    """A share with its interval."""
    if not of:
        return "none"
    share, z = hits / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return f"{hits}/{of} = {share:.5f} ({low:.5f} to {high:.5f})"


class Tally:
    """What was found, by episode and among the rest."""

    def __init__(self) -> None:
        self.episodes: defaultdict[str, list[bool]] = defaultdict(list)
        self.flagged: Counter[str] = Counter()
        self.total: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.examples: list[str] = []

    def add(self, row: dict[str, Any], found: bool, reasons: list[str]) -> None:
        """Note whether a row was found."""
        pattern = row.get("labels", {}).get("pattern", "")
        kind = pattern.partition("-")[0]
        if kind in ("flood", "raid"):
            self.episodes[pattern].append(found)
            return
        group = f"overlay {row['labels']['class']}" if pattern else "stream"
        self.total[group] += 1
        if found:
            self.flagged[group] += 1
            self.reasons.update(reasons)
            self.examples.append(f"{row['ts']} {row['user']} {row['type']} {reasons}")

    def show(self) -> None:
        """Print the figures."""
        for kind in ("flood", "raid"):
            found = {k: v for k, v in self.episodes.items() if k.startswith(kind)}
            firsts = [v.index(True) + 1 for v in found.values() if any(v)]
            soon = sum(first <= WITHIN for first in firsts)
            messages = [hit for v in found.values() for hit in v]
            print(f"{kind}s within {WITHIN} messages: {interval(soon, len(found))}")
            print(f"  first found at message: {dict(sorted(Counter(firsts).items()))}, "
                  f"median {median(firsts) if firsts else None}")  # fmt: skip
            print(f"  missed: {sorted(k for k, v in found.items() if not any(v))}")
            print(f"  of their messages: {interval(sum(messages), len(messages))}")
        for group in sorted(self.total):
            print(f"flagged, {group}: {interval(self.flagged[group], self.total[group])}")
        clean = ("stream", "overlay clean")
        print("flagged, clean:", interval(
            sum(self.flagged[g] for g in clean), sum(self.total[g] for g in clean)))  # fmt: skip
        for reason, n in self.reasons.most_common(20):
            print(f"  {n} {reason}")


def made(names: list[str], *, policy: bool) -> Safety:
    """A Safety with these modules, and a policy that does nothing or the starting one."""
    modules = [importlib.import_module(f"handrail_{name}") for name in names]
    rules = starting_policy("live") if policy else Policy(issues={})
    return Safety(
        [Feature(name="chat", surface="live", budget_ms=5000)], modules=modules, policy=rules
    )


def main() -> None:
    """Replay and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--modules", default="behavior")
    parser.add_argument("--from", dest="start", type=float, default=0.0)
    parser.add_argument("--policy", action="store_true", help="found is what is not allowed")
    parser.add_argument("--edited", nargs="?", default="", const="last", choices=["last", "any"])
    parser.add_argument("--examples", action="store_true")
    options = parser.parse_args()
    rng = random.Random(5)
    rows_ = (edited(row, options.edited, rng) for row in merged(options.folder))
    stream = [(row, item(row)) for row in rows_]
    tally, begin = Tally(), int(options.start * len(stream))
    with made(options.modules.split(","), policy=options.policy) as safety:
        look = safety.feature("chat").pre_publish
        began = thread_time()
        for number, (row, each) in enumerate(stream):
            decision = look(each)
            found = decision.action > Action.ALLOW if options.policy else bool(decision.findings)
            if number >= begin:
                reasons = [f.reason for f in decision.findings] if found else []
                tally.add(row, found, [" ".join(w for w in r.split() if not w.isdigit())
                                       for r in reasons])  # fmt: skip
        print(f"{len(stream) / (thread_time() - began):.0f} items per CPU second, reading included")
    tally.show()
    if options.examples:
        print("\n".join(tally.examples))


if __name__ == "__main__":
    main()
