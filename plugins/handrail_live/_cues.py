"""Phrases as data (``cues.csv``), and the matcher: which kinds of them a text has."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import TypeAlias

from handrail import Text

Span: TypeAlias = tuple[int, int]

READ_MOST = 1_000
"""Characters of folded text that are read: a chat line is shorter."""

_GAP = r"(?: [^ ]+){0,2}?"
"""What a ``*`` stands for: up to two words."""

_LAST = (
    r"(?=(?: (?:now|pls|plz|please|babe|baby|girl|boy|honey|for|me|us|lol|haha|bitte|jetzt|mal|ya"
    r"|porfa|por|favor|pra|gente|stp)){0,3}(?: i(?: |$)|$))"
)
"""What a ``$`` stands for: that nothing follows but who is asked, and what is said next."""


def _pattern(cue: str) -> str:
    said = ""
    for place in cue.split():
        if place == "$":
            return said + _LAST
        word = _GAP if place == "*" else f"(?:{'|'.join(map(re.escape, place.split('|')))})"
        said += word if place == "*" or not said else f" {word}"
    return said


@cache
def _cues() -> dict[str, tuple[frozenset[str], re.Pattern[str]]]:
    """By kind the words that cues begin with, and a pattern of them all as whole words."""
    said = files(__package__).joinpath("cues.csv").read_text(encoding="utf-8")
    listed: dict[str, list[str]] = defaultdict(list)
    for row in csv.DictReader(said.splitlines()):
        listed[row["kind"]].append(row["cue"])
    return {
        kind: (
            frozenset(word for cue in cues for word in cue.split()[0].split("|")),
            re.compile(rf"(?<![^ ])(?:{'|'.join(map(_pattern, cues))})(?![^ ])"),
        )
        for kind, cues in listed.items()
    }


def cues(text: Text, kinds: frozenset[str]) -> Iterator[tuple[str, Span]]:
    """Yield each of *kinds* that *text* has, and where it stands in it first."""
    plain = text.plain[:READ_MOST]
    words = frozenset(plain.split(" "))
    for kind, (firsts, pattern) in _cues().items():
        if kind in kinds and not firsts.isdisjoint(words):
            match = pattern.search(plain)
            if match is not None:
                yield kind, text.fold().span(*match.span())
