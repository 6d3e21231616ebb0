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

SIGNALS = (
    "access", "age", "alone", "crisis", "gift", "image", "meet", "move", "opportunity", "payment",
    "rapport", "secrecy", "threat", "trust", "urgency",
)  # fmt: skip
"""What a message may be a sign of; findings need several of them."""

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

BESIDE = 4
"""Words before a phrase, and behind it, among which such a word may stand in one sentence."""

Slot: TypeAlias = "tuple[tuple[str, ...], ...] | None"
Span: TypeAlias = "tuple[int, int]"

_COLUMNS = ["signal", "language", "phrase"]
_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_WORD = re.compile(rf"{_CHINESE.pattern}|[^ \u3040-\u30ff\u3400-\u9fff]+")
_BREAK = re.compile(r"[.,!?;:\n،؟。，！？；：।…]")


def _all(said: str) -> frozenset[str]:
    return frozenset(fold(said).plain.split())


_NEVER = _all("never nie niemals nunca jamais mai никогда asla ابدا कभी 勿")
_NOT = _all("not t dont nicht ne no non nao не sakin لا मत नहीं 别 不")
"""Words that deny only what follows at once: "don't worry, tell me the code" warns of nothing."""


_DOORS = _all(
    "door gate garage bike locker wifi house flat building entrance alarm printer tur haustur"
    " fahrradschloss schloss wlan tor keller porte portail immeuble velo cadenas puerta"
    " candado porta portao cancello portone bici bicicletta cadeado двери подъезда домофона замка"
    " kapi kapinin bina الباب दरवाजे"
)
"""What people open with a code of their own; asking for it is no sign."""


def _words(plain: str) -> list[str]:
    """The first words of folded text; a Chinese or Japanese character is a word of its own."""
    return [m[0] for m in islice(_WORD.finditer(plain), WORDS_MOST)]


@attrs.frozen
class Phrase:
    """A phrase: what it is a sign of, and what may stand in each of its places.

    Attributes:
        signal: One of SIGNALS. language: BCP 47 primary subtag.
        slots: For each place the words that may stand there; None for a gap.
        lasts: The words it may end with: where none of them is in a text, the phrase is not.
    """

    signal: str
    language: str
    slots: tuple[Slot, ...]
    lasts: frozenset[str] = attrs.field(init=False, eq=False, repr=False)

    @lasts.default
    def _ends(self) -> frozenset[str]:
        return frozenset(said[-1] for said in self.slots[-1] or ())

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
            (phrase.signal, place, end)
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
        for signal, place, end in found:
            if signal not in UNLESS_DENIED or not (
                _denied(folded, words, places, place) or _opens(folded, words, places, end)
            ):
                spans[signal].append(folded.span(places[place][0], places[end - 1][1]))
        return spans


def _denied(folded: Folded, words: Sequence[str], places: Sequence[Span], place: int) -> bool:
    """Whether the phrase at *place* is told not to be followed, in its own sentence."""
    for back in range(place - 1, max(-1, place - 1 - BESIDE), -1):
        if _broken(folded, places, back):
            return False
        if words[back] in _NEVER or (back == place - 1 and words[back] in _NOT):
            return True
    return False


def _opens(folded: Folded, words: Sequence[str], places: Sequence[Span], end: int) -> bool:
    """Whether the phrase that ends at *end* goes on with a door, in its own sentence."""
    for after in range(end, min(len(places), end + BESIDE)):
        if _broken(folded, places, after - 1):
            return False
        if words[after] in _DOORS:
            return True
    return False


def _broken(folded: Folded, places: Sequence[Span], place: int) -> bool:
    """Whether a sentence, or a part of one, ends behind the word at *place*."""
    between = slice(folded.span(*places[place])[1], folded.span(*places[place + 1])[0])
    return _BREAK.search(folded.raw[between]) is not None


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
    if signal not in SIGNALS:
        raise InvalidValueError(f"signal: expected one of {', '.join(SIGNALS)}")
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
