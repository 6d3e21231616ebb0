"""Live chat under the starting policy: messages a CPU second, beside the text module alone.

    python tests/bench/live.py FOLDER [--events 60000]

FOLDER holds the sets that ``replay.py`` reads. Items are ready-made, the record is kept in
memory. The same events run through both in turns, in parts of 2,000; figures in brackets are
quartiles of the parts. p50 and p99 are of single calls,
CPU time of the thread like the rest: time spent waiting for a busy machine is left out.
"""

from __future__ import annotations

import argparse
import importlib
from itertools import islice
from pathlib import Path
from statistics import quantiles
from time import thread_time

from replay import item, merged

from handrail import Feature, Item, MemorySink, Safety, starting_policy

PART = 2000
STACK = ("text", "links", "behavior", "live")


def made(*names: str) -> Safety:
    """A Safety with these modules and the starting policy."""
    modules = [importlib.import_module(f"handrail_{name}") for name in names]
    return Safety(
        [Feature(name="chat", surface="live", budget_ms=5000)],
        modules=modules,
        policy=starting_policy("live"),
        sink=MemorySink(),
    )


def main() -> None:
    """Run the chat through both and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=int, default=60_000)
    options = parser.parse_args()
    events = [item(row) for row in islice(merged(options.folder), options.events)]
    stacks = {"text": ("text",), " + ".join(STACK): STACK, "behavior + live": STACK[2:]}
    cpu: dict[str, list[float]] = {name: [] for name in stacks}
    calls: dict[str, list[float]] = {name: [] for name in stacks}
    safeties = {name: made(*names) for name, names in stacks.items()}
    for start in range(0, len(events), PART):
        for name, safety in safeties.items():
            cpu[name].append(run(safety, events[start : start + PART], calls[name]))
    text = cpu["text"]
    for name, rates in cpu.items():
        low, middle, high = quantiles(rates, n=4)
        ratios = [one / other for one, other in zip(text, rates, strict=True)]
        less, ratio, more = quantiles(ratios, n=4)
        times = quantiles(calls[name], n=100)
        print(f"{name}: {middle:.0f} ({low:.0f} to {high:.0f}) a CPU second; "
              f"{ratio:.2f} x text alone ({less:.2f} to {more:.2f}); "
              f"p50 {1e6 * times[49]:.0f} us, p99 {1e6 * times[98]:.0f} us")  # fmt: skip
    for safety in safeties.values():
        safety.close()


def run(safety: Safety, events: list[Item], times: list[float]) -> float:
    """Events a CPU second of this thread; each call's CPU time is added to *times*."""
    look = safety.feature("chat").pre_publish
    start = thread_time()
    for each in events:
        began = thread_time()
        look(each)
        times.append(thread_time() - began)
    return len(events) / (thread_time() - start)


if __name__ == "__main__":
    main()
