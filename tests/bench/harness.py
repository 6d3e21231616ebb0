"""Paired rounds: a case and its baseline take turns in one run, and the ratio is what counts."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from time import perf_counter_ns, thread_time_ns

import attrs

Batch = Callable[[int], None]
"""Runs the thing measured so many times."""

LARGE = 4096
"""Bytes that make the C library join what was freed, which it puts off until it is asked for as
much: whoever freed it has to pay, and not who comes next."""


@attrs.frozen(kw_only=True)
class Row:
    """One line of the table.

    Attributes:
        what: The case. unit: Of the value. value: Its median. low, high: Its quartiles.
        baseline: What the ratio is to. ratio: Median of the rounds' ratios, with quartiles.
        goal: The ratio to stay at or under, if there is one.
    """

    what: str
    unit: str = "µs"
    value: float
    low: float
    high: float
    baseline: str = ""
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    goal: str = ""


def cpu_ns(batch: Batch, times: int) -> float:
    """CPU time of this thread per run, in nanoseconds."""
    start = thread_time_ns()
    batch(times)
    bytes(LARGE)
    return (thread_time_ns() - start) / times


def wall_ns(batch: Batch, times: int) -> float:
    """Wall time per run, in nanoseconds."""
    start = perf_counter_ns()
    batch(times)
    bytes(LARGE)
    return (perf_counter_ns() - start) / times


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """Lower quartile, median, upper quartile."""
    low, middle, high = statistics.quantiles(values, n=4)
    return low, middle, high


def single(
    what: str, batch: Batch, *, times: int, rounds: int = 31,
    clock: Callable[[Batch, int], float] = cpu_ns,
) -> Row:  # fmt: skip
    """Measure one thing by itself."""
    batch(times)
    low, middle, high = quartiles([clock(batch, times) / 1e3 for _ in range(rounds)])
    return Row(what=what, value=middle, low=low, high=high)


def paired(
    what: str, batch: Batch, baseline: str, base: Batch, *, times: int, base_times: int = 0,
    rounds: int = 31, goal: str = "", clock: Callable[[Batch, int], float] = cpu_ns,
    after: Callable[[], object] = lambda: None,
) -> Row:  # fmt: skip
    """Measure a case and its baseline in turns; *after* each turn something may be tidied up."""
    batch(times)
    base(base_times or times)
    took, ratios = [], []
    for _ in range(rounds):
        after()
        before = clock(base, base_times or times)
        after()
        case = clock(batch, times)
        took.append(case / 1e3)
        ratios.append(case / before)
    low, middle, high = quartiles(took)
    ratio_low, ratio, ratio_high = quartiles(ratios)
    return Row(
        what=what, value=middle, low=low, high=high, baseline=baseline, ratio=ratio,
        ratio_low=ratio_low, ratio_high=ratio_high, goal=goal,
    )  # fmt: skip
