"""Phrases as data, and the matcher: which signals a text gives, in time linear in the text."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import islice
from typing import TypeAlias

import attrs

from handrail import Folded, InvalidValueError, fold
from handrail.settings import Seen, read_file

from ._around import Span, denied, on_stage, opens

SIGNALS = (
    "access", "age", "alone", "crisis", "gift", "image", "meet", "move", "opportunity", "payment",
    "rapport", "secrecy", "threat", "trust", "urgency",
)  # fmt: skip
"""What a message may be a sign of; findings need several of them."""

AMOUNT = "amount"
"""A bare amount, as in "send 200": a demand where the same text threatens, else nothing."""

WORDS_MOST = 2_000
"""Words read of one message; what stands behind them is not looked at."""

ANY = "*"
"""Stands for any word."""

GAP_MOST = 2
"""Words that a ``*`` may stand for."""

LONGEST = 300
"""Characters that a phrase may have."""

FILE_MOST = 5_000_000
"""Bytes that a list may have."""

UNLESS_DENIED = frozenset({"access"})
"""Signals that are none behind a word such as "never": whoever warns writes the same words."""

Slot: TypeAlias = "tuple[tuple[str, ...], ...] | None"

_COLUMNS = ["signal", "language", "phrase"]
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(rf"{_CHINESE.pattern}|[^ \u3040-\u30ff\u3400-\u9fff]+")


_HOLDS = frozenset({
    "ai", "got", "grabado", "grabe", "gravei", "hab", "habe", "have", "ho", "filmed", "recorded",
    "saved", "screenrecorded", "tengo", "tenho", "ve",
})  # fmt: skip
"""Words with which a threat only says that there is a recording, and not what becomes of it."""


def _words(plain: str) -> list[str]:
    """The first words of folded text; a Chinese or Japanese character is a word of its own."""
    return [m[0] for m in islice(_WORD.finditer(plain), WORDS_MOST)]


@attrs.frozen
class Phrase:
    """A phrase: what it is a sign of, and what may stand in each of its places.

    Attributes:
        signal: One of SIGNALS, or AMOUNT. language: BCP 47 primary subtag.
        slots: For each place the words that may stand there; None for a gap.
        lasts: The words it may end with: where none of them is in a text, the phrase is not.
        holds: Whether it is a threat only by saying that there is a recording.
    """

    signal: str
    language: str
    slots: tuple[Slot, ...]
    lasts: frozenset[str] = attrs.field(init=False, eq=False, repr=False)
    holds: bool = attrs.field(init=False, eq=False, repr=False)

    @lasts.default
    def _ends(self) -> frozenset[str]:
        return frozenset(said[-1] for said in self.slots[-1] or ())

    @holds.default
    def _only_holds(self) -> bool:
        begins = {word for slot in self.slots[:2] for said in slot or () for word in said}
        return self.signal == "threat" and not _HOLDS.isdisjoint(begins)

    def starts(self) -> frozenset[tuple[str, str]]:
        """The first two words it may begin with; ANY where the second is open."""
        firsts = self.slots[0] or ()
        seconds = self.slots[1] if len(self.slots) > 1 else None
        then = [ANY] if seconds is None else [said[0] for said in seconds]
        return frozenset(
            (said[0], word) for said in firsts for word in (said[1:2] if said[1:] else then)
        )

    def end(self, words: Sequence[str], place: int, slot: int = 0) -> int:
        """Where the phrase ends that begins at *place*, or -1."""
        if slot == len(self.slots):
            return place
        here = self.slots[slot]
        if here is None:
            ends = (self.end(words, place + gap, slot + 1) for gap in range(GAP_MOST + 1))
            return next((end for end in ends if end >= 0), -1)
        for said in here:
            after = place + len(said)
            if tuple(words[place:after]) == said and (end := self.end(words, after, slot + 1)) >= 0:
                return end
        return -1


class Phrases:
    """All phrases of one settings value, by their first word. Nothing in it changes."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        starts: dict[str, dict[str, list[Phrase]]] = defaultdict(lambda: defaultdict(list))
        for phrase in dict.fromkeys(phrases):
            for first, second in phrase.starts():
                starts[first][second].append(phrase)
        self._starts = {first: dict(seconds) for first, seconds in starts.items()}

    def signals(self, folded: Folded) -> dict[str, list[Span]]:
        """Return where in the raw text each signal stands, by signal."""
        plain = folded.plain
        apart = _CHINESE.search(plain) is None
        listed = plain.split(" ", WORDS_MOST)[:WORDS_MOST] if apart else _words(plain)
        words, seen = [*listed, ""], frozenset(listed)
        found = [
            (phrase, place, end)
            for place, word in enumerate(words)
            if (seconds := self._starts.get(word)) is not None
            for second in (words[place + 1], ANY)
            for phrase in seconds.get(second, ())
            if not phrase.lasts.isdisjoint(seen) and (end := phrase.end(words, place)) >= 0
        ]
        if not found:
            return {}
        spans: dict[str, list[Span]] = defaultdict(list)
        places = [m.span() for m in islice(_WORD.finditer(plain), WORDS_MOST)]
        for phrase, place, end in found:
            if not _void(phrase, folded, words, places, (place, end)):
                here = folded.span(places[place][0], places[end - 1][1])
                spans[phrase.signal].append(here)
        amounts = spans.pop(AMOUNT, [])
        if amounts and "threat" in spans:
            spans["payment"] += amounts
        return spans


def _void(
    phrase: Phrase, folded: Folded, words: Sequence[str], places: Sequence[Span], at: Span
) -> bool:
    """Whether what stands around a phrase, from word to word *at*, takes its meaning away."""
    place, end = at
    if phrase.signal in UNLESS_DENIED:
        return denied(folded, words, places, place) or opens(folded, words, places, end)
    return phrase.holds and on_stage(folded, words, places, at)


def _slots(phrase: str) -> Iterator[Slot]:
    for place in phrase.split():
        if place == "*":
            yield None
            continue
        said = tuple(tuple(_words(fold(part).plain)) for part in place.split("|"))
        if not all(said):
            raise InvalidValueError("expected letters or digits in each word")
        yield said


def _phrase(row: Sequence[str]) -> Phrase:
    if len(row) != len(_COLUMNS):
        raise InvalidValueError(f"expected {len(_COLUMNS)} columns")
    signal, language, phrase = row
    if signal not in (AMOUNT, *SIGNALS):
        raise InvalidValueError(f"signal: expected one of {', '.join((AMOUNT, *SIGNALS))}")
    slots = tuple(_slots(phrase[:LONGEST]))
    gaps = sum(slot is None for slot in slots)
    if not slots or slots[0] is None or slots[-1] is None or gaps > 2 or len(phrase) > LONGEST:
        raise InvalidValueError(
            f"phrase: expected up to {LONGEST} characters, no * at either end, two at most"
        )
    return Phrase(signal, language.lower(), slots)


def _parse(lines: Iterable[str], where: str) -> tuple[Phrase, ...]:
    rows = csv.reader(lines, strict=True)
    try:
        if next(rows, None) != _COLUMNS:
            raise InvalidValueError(f"expected the header {','.join(_COLUMNS)}")
        return tuple(_phrase(row) for row in rows if row)
    except (ValueError, csv.Error) as error:
        raise InvalidValueError(f"{where}:{max(1, rows.line_num)}: {error}") from None


def read(path: str) -> tuple[tuple[Phrase, ...], Seen]:
    """Read a host's list; an InvalidValueError says which file and line is wrong."""
    try:
        content, seen = read_file(path, FILE_MOST)
        lines = content.decode("utf-8-sig").splitlines(keepends=True)
    except UnicodeDecodeError:
        raise InvalidValueError(f"lists: {path}:1: expected UTF-8") from None
    except InvalidValueError as error:
        raise InvalidValueError(f"lists: {error}") from None
    return _parse(lines, f"lists: {path}"), seen


@cache
def shipped() -> tuple[Phrase, ...]:
    """Return the list that comes with this module, ``signals.csv``."""
    with resources.files(__package__).joinpath("signals.csv").open(encoding="utf-8") as lines:
        return _parse(lines, "signals.csv")
