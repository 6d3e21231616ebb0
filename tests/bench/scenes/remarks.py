"""How many made-up remarks in thirteen languages the text module finds, bad ones and fine ones.

    python tests/bench/scenes/remarks.py [mend|held|all] [--unsaid] [--missed]

``remarks.jsonl`` has for each language everyday remarks with words that look or sound bad, and
bad ones, in base64 so that nobody reads them by accident; ``--missed`` prints them so. Each kind
is halved at random, with a fixed seed: one half is to mend on, the other is only measured.
``--unsaid`` leaves the language out. Found is a finding of 0.5 or more. Intervals are Wilson's,
95 %. Who wrote the remarks wrote the list, so the figures are kind.
"""

from __future__ import annotations

import json
import random
import sys
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator
from math import sqrt
from pathlib import Path

import attrs

from handrail import Text
from handrail_text._find import findings
from handrail_text._settings import Settings

ENOUGH = 0.5
FILE = Path(__file__).with_name("remarks.jsonl")


@attrs.frozen
class Remark:
    """What somebody says, whether it is bad, and in what language."""

    id: str
    text: str
    language: str
    bad: bool


def remarks() -> Iterator[Remark]:
    """All remarks, in the order of the file."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        bad = "coded" in row
        text = b64decode(row["coded"]).decode("utf-8") if bad else row["text"]
        yield Remark(row["id"], text, row["language"], bad)


def half(which: str) -> Iterator[Remark]:
    """The remarks of one half, each language and kind halved by itself."""
    by_kind: dict[tuple[str, bool], list[Remark]] = defaultdict(list)
    for remark in remarks():
        by_kind[remark.language, remark.bad].append(remark)
    dice = random.Random(7)
    for kind in sorted(by_kind):
        mixed = dice.sample(by_kind[kind], len(by_kind[kind]))
        middle = len(mixed) // 2
        yield from {"mend": mixed[:middle], "held": mixed[middle:], "all": mixed}[which]


def found(remark: Remark, settings: Settings, *, said: bool = True) -> bool:
    """Whether the text module finds something in a remark."""
    hits = settings.matcher.hits(Text(remark.text), remark.language if said else None)
    return any(f.score >= ENOUGH for f in findings(hits, remark.text, settings.aimed))


def interval(hits: int, of: int) -> str:
    """A share in percent with its interval."""
    share, z = hits / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half_ = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low, high = 100 * max(0.0, middle - half_), 100 * (middle + half_)
    return f"{hits} of {of} ({low:.0f} to {high:.0f} %)"


def main(which: str, *, said: bool, missed: bool) -> None:
    """Print a line a language."""
    settings = Settings()
    found_of: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for remark in half(which):
        hit = found(remark, settings, said=said)
        for language in (remark.language, "all"):
            found_of[language, remark.bad].append(hit)
        if missed and hit != remark.bad:
            print(remark.id)
    for language in sorted({language for language, _ in found_of}):
        bad, fine = (found_of[language, kind] for kind in (True, False))
        print(f"| {language} | {interval(sum(bad), len(bad))} | {interval(sum(fine), len(fine))} |")


if __name__ == "__main__":
    asked = [word for word in sys.argv[1:] if not word.startswith("--")]
    main(
        asked[0] if asked else "mend",
        said="--unsaid" not in sys.argv,
        missed="--missed" in sys.argv,
    )
