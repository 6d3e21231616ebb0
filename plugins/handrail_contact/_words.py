"""Word lists, by what they are for: ``words.csv``."""

from __future__ import annotations

import csv
from collections import defaultdict
from importlib import resources


def _read() -> dict[str, frozenset[str]]:
    kinds: dict[str, set[str]] = defaultdict(set)
    with resources.files(__package__).joinpath("words.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            kinds[row["kind"]].add(row["word"])
    return {kind: frozenset(words) for kind, words in kinds.items()}


WORDS = _read()
"""No name before an @, no name on a service, no profile behind a host, names of services."""
