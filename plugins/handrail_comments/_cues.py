"""Short phrases that say what a comment does: disagree, tell what was said, address, scold."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import Literal

from handrail import Quotes, Text

Kind = Literal["against", "dislike", "speech", "mild", "person", "urge", "assent"]

READ_MOST = 5000
"""Characters of a comment in which cues are looked for."""


@cache
def _cues(kind: Kind) -> tuple[frozenset[str], re.Pattern[str]]:
    """The longest word of each cue of a kind, and a pattern of all of them as whole words."""
    text = files(__package__).joinpath("cues.csv").read_text(encoding="utf-8")
    listed = {row["cue"] for row in csv.DictReader(text.splitlines()) if row["kind"] == kind}
    words = {word for cue in listed for word in Text(max(cue.split(), key=len)).words}
    either = "|".join(map(re.escape, sorted(listed, key=lambda c: (-len(c), c))))
    pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    return frozenset(words | {w.replace("'", "’") for w in words}), pattern


def cues(kind: Kind, text: Text, quotes: Quotes) -> tuple[tuple[int, int], ...]:
    """Return where cues of a kind stand in *text*, outside of *quotes*."""
    words, pattern = _cues(kind)
    if words.isdisjoint(text.words):
        return ()
    spans = (match.span() for match in pattern.finditer(text.raw[:READ_MOST].replace("’", "'")))
    return tuple(span for span in spans if not quotes.covers(*span))
