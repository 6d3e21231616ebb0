"""Term lists of a host: what they cost to read and to hold, and a text against them."""

from __future__ import annotations

import csv
import itertools
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from time import perf_counter_ns, thread_time_ns

from harness import Row, paired
from modules import FEATURE, ITEMS

from handrail import Item, Safety, starting_policy

SYLLABLES = tuple(map("".join, itertools.product("bdfgklmnprst", "aeiou")))
SIZES = (100_000, 1_000_000)


def make(path: Path, size: int) -> Path:
    """Write a list: words and phrases of up to three words, one in twenty with an allowed one."""
    luck, seen = random.Random(4), set()
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("term", "issue", "score", "language", "allowed"))
        while len(seen) < size:
            words = (
                "".join(luck.choices(SYLLABLES, k=luck.randint(2, 5)))
                for _ in range(luck.choice((1, 1, 2, 3)))
            )
            term = " ".join(words)
            if term not in seen:
                seen.add(term)
                allowed = f"the {term} band" if luck.random() < 0.05 else ""
                rows.writerow((term, "integrity.spam", luck.choice((0.5, 0.7)), "", allowed))
    return path


def plainly(path: Path) -> set[str]:
    """What reading costs at least: the rows, and a set of their terms."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row[0] for row in csv.reader(file)}


_READ = """
import pathlib, resource
from time import process_time_ns
from handrail_text import MANIFEST
settings = MANIFEST.settings
settings()
pages = lambda: int(pathlib.Path("/proc/self/statm").read_text().split()[1])
before, start = pages(), process_time_ns()
held = settings(builtin=False, lists={path!r})
spent = (process_time_ns() - start) / 1e9
print(spent, (pages() - before) * resource.getpagesize() / 1e6)
"""


def reading(path: Path, size: int) -> list[Row]:
    """CPU of a fresh process to read a list, beside reading its rows; memory that holds."""
    code = _READ.format(path=str(path))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    spent, grown = map(float, done.stdout.split())
    start = thread_time_ns()
    plainly(path)
    ratio = spent / ((thread_time_ns() - start) / 1e9)
    return [
        Row(what=f"read a list of {size:,} terms", unit="s", value=spent, low=spent, high=spent,
            baseline="csv.reader and a set", ratio=ratio, ratio_low=ratio, ratio_high=ratio),
        Row(what="… memory it holds, Linux", unit="MB", value=grown, low=grown, high=grown),
    ]  # fmt: skip


def looking(path: Path, size: int) -> Row:
    """CPU of the text module alone, with its own list and this one."""
    words = plainly(path)
    with Safety(
        [FEATURE], modules=["text"],
        settings={"text": {"lists": [str(path)]}}, policy=starting_policy("comments"),
        trace_share=0.0,
    ) as safety:  # fmt: skip
        ask = safety.feature("comments").pre_publish

        def ours(times: int) -> None:
            for item in ITEMS[:times]:
                ask(item)

        def split(times: int) -> None:
            for item in ITEMS[:times]:
                [w for w in item.text.split() if w in words]

        return paired(
            f"pre_publish, text, {size:,} terms, 100 characters", ours,
            "str.split and a set lookup", split, times=400,
        )  # fmt: skip


def together(path: Path, size: int) -> list[Row]:
    """CPU of all that reads a comment's text, the trained model too where it is installed."""
    known = {entry.name for entry in entry_points(group="handrail")}
    modules = [m for m in ("text", "links", "contact", "classifier") if m in known]
    words = plainly(path)
    with Safety(
        [FEATURE], modules=modules,
        settings={"text": {"lists": [str(path)]}}, policy=starting_policy("comments"),
        trace_share=0.0,
    ) as safety:  # fmt: skip
        ask = safety.feature("comments").pre_publish

        def ours(times: int) -> None:
            for item in ITEMS[:times]:
                ask(item)

        def split(times: int) -> None:
            for item in ITEMS[:times]:
                [w for w in item.text.split() if w in words]

        row = paired(
            f"pre_publish, {' + '.join(modules)}, {size:,} terms, 100 characters", ours,
            "str.split and a set lookup", split, times=400,
        )  # fmt: skip
        wall = one_by_one(ask, perf_counter_ns)
        own = one_by_one(ask, thread_time_ns)
    speed = [1e6 / value for value in (row.value, row.high, row.low)]
    return [
        row,
        Row(what="… items a CPU second", unit="", value=speed[0], low=speed[1], high=speed[2],
            goal="≥ 10,000"),
        high("… p99, CPU time", own),
        high("… p99, wall", wall, goal="≤ 1,000"),
    ]  # fmt: skip


def one_by_one(ask: Callable[[Item], object], clock: Callable[[], int]) -> list[float]:
    """Microseconds of single calls, the shortest first."""
    took = []
    for item in ITEMS * 25:
        start = clock()
        ask(item)
        took.append((clock() - start) / 1e3)
    return sorted(took)


def high(what: str, took: list[float], goal: str = "") -> Row:
    """The time that one call in a hundred takes longer than, and one in two hundred."""
    p99, more = (took[int(len(took) * share)] for share in (0.99, 0.995))
    return Row(what=what, value=p99, low=p99, high=more, goal=goal)


def rows() -> list[Row]:
    """All rows of the lists."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            path = make(Path(folder) / f"{size}.csv", size)
            found += reading(path, size)
            found.append(looking(path, size))
            found += together(path, size) if size == SIZES[0] else []
    return found
