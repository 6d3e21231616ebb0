"""Names that say nothing but an office of the platform: "Admin", "Official Support Team"."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias

from handrail import Fold, fold

LONGEST = 100
"""Characters of a name that are looked at."""

Part: TypeAlias = Literal["role", "part", "filler"]

_LEET = Fold(leet=True)
_DIGITS = re.compile(r"(?<=[^\W\d_])[\W_]{0,3}\d{1,6}$")
_WORD_MOST = 20


@cache
def words() -> dict[str, str]:
    """What each listed word is: ``role``, ``part`` or ``filler``."""
    with resources.files(__package__).joinpath("roles.csv").open(encoding="utf-8") as rows:
        return {row["word"]: row["kind"] for row in csv.DictReader(rows)}


@cache
def _roles() -> dict[str, str]:
    """What each listed word is, as it looks once folded."""
    return {fold(word, _LEET).plain: kind for word, kind in words().items()}


def office(text: str) -> int:
    """How many words of offices a name is made of; 0 where it has any other word, or too little.

    A word such as "admin" is enough alone, others ("team", "security") only two together.
    """
    kinds: list[str] = []
    for word in fold(_DIGITS.sub("", text[:LONGEST]), _LEET).plain.split():
        parts = _parts(word)
        if not parts:
            return 0
        kinds += parts
    said = [kind for kind in kinds if kind != "filler"]
    return len(said) if "role" in said or len(said) > 1 else 0


def _parts(word: str) -> list[str]:
    """What a word is made of, the fewest pieces; nothing where some of it is not listed."""
    roles = _roles()
    if word in roles:
        return [roles[word]]
    best: list[list[str] | None] = [[], *([None] * len(word))]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _WORD_MOST), end):
            before, kind = best[start], roles.get(word[start:end])
            if before is None or kind is None or kind == "filler":
                continue
            here = best[end]
            if here is None or len(before) + 1 < len(here):
                best[end] = [*before, kind]
    return best[-1] or []
