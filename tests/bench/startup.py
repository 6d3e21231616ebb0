"""What importing and holding the SDK costs, against its dependencies alone."""

from __future__ import annotations

import subprocess
import sys

from harness import Row, quartiles

DEPENDENCIES = "import pluggy, attrs, opentelemetry.trace, opentelemetry.metrics"
_TIMED = """
import time
start = time.process_time_ns()
{code}
print(time.process_time_ns() - start)
"""
_HELD = """
import tracemalloc
{before}
tracemalloc.start()
{code}
print(tracemalloc.get_traced_memory()[0])
"""
_LOADED = """
from handrail import Safety, Feature, starting_policy
safety = Safety([Feature(name="comments", surface="comments")],
                modules=["comments", "links", "text"], policy=starting_policy("comments"))
safety.feature("comments")
"""


def _run(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def rows() -> list[Row]:
    """CPU time of imports in fresh processes, in turns; memory that Python objects take."""
    imports = [
        _imported("import handrail", "≤ 1.5"),
        _imported("from handrail import Context, Finding, Item, Manifest, hookimpl"),
        _imported("from handrail import Safety"),
    ]
    held = [
        _run(_HELD.format(before="", code=code)) / 1e6
        for code in ("from handrail import Safety", _LOADED)
    ]
    return [
        *imports,
        *(
            Row(what=what, unit="MB", value=size, low=size, high=size)
            for what, size in zip(
                ("memory after importing Safety", "memory with three modules and a feature ready"),
                held,
                strict=True,
            )
        ),
    ]


def _imported(code: str, goal: str = "") -> Row:
    """CPU time of an import in a fresh process, in turns with the dependencies alone."""
    ours, theirs = [], []
    for _ in range(15):
        theirs.append(_run(_TIMED.format(code=DEPENDENCIES)) / 1e6)
        ours.append(_run(_TIMED.format(code=code)) / 1e6)
    low, middle, high = quartiles(ours)
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    ratio_low, ratio, ratio_high = quartiles(ratios)
    return Row(
        what=code, unit="ms", value=middle, low=low, high=high,
        baseline="importing pluggy, attrs and opentelemetry-api", ratio=ratio,
        ratio_low=ratio_low, ratio_high=ratio_high, goal=goal,
    )  # fmt: skip
