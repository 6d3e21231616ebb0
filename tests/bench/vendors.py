"""What a look at a vendor costs beside the vendor's own time: a server on this machine.

python tests/bench/vendors.py [LOOKS]
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from statistics import median, quantiles
from types import SimpleNamespace

from handrail import Item
from handrail_vendors import openai_moderation
from handrail_vendors.testing import LocalVendor

TEXT = "all sorts of small words, " * 4


async def measure(settings: openai_moderation.Settings, looks: int) -> list[tuple[int, int]]:
    """Wall and CPU nanoseconds of each look, the first hundred left out."""
    taken = []
    for number in range(looks + 100):
        item = Item(f"i{number}", TEXT)
        wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
        context = SimpleNamespace(remaining_ms=5_000)
        async for _ in openai_moderation.pre_publish(item, context, settings):
            pass
        taken.append((time.perf_counter_ns() - wall, time.thread_time_ns() - cpu))
    return taken[100:]


def main() -> None:
    """Print medians and the 99th percentile."""
    looks = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    os.environ["OPENAI_API_KEY"] = "none"
    with LocalVendor("openai", {"blorb": "harassment"}) as vendor:
        settings = openai_moderation.Settings(url=vendor.url)
        taken = asyncio.run(measure(settings, looks))
    for name, values in zip(("wall", "CPU of the loop"), zip(*taken, strict=True), strict=True):
        late = quantiles(values, n=100)[98]
        print(f"{name}: median {median(values) / 1e3:.0f} µs, p99 {late / 1e3:.0f} µs a look")


if __name__ == "__main__":
    main()
