"""What a token and a pair of tokens are for the model: a name, and numbers of rows of weights.

Training and scoring both read this file; nothing else may decide what a feature is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cache
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias
from zlib import crc32

from ._address import addressed
from ._groups import GROUP, NAME, frames, mentions, stands_for
from ._listed import apart, stem
from ._near import around
from ._spelling import LONGEST, parts, shape, word

WORDS = 1 << 18
"""Rows of words, pairs, marks and frames."""

LETTERS = 1 << 18
"""Rows behind them for the parts of words, which weigh less."""

NEAR = 1 << 17
"""Rows behind those for what stands near a group."""

APART = 1 << 14
"""The last rows, for words for women, men, ages and looks, which not every head reads."""

ROWS = WORDS + LETTERS + NEAR + APART

RUN = 1_000
"""Ideograms of one run that count."""

START, END = "^", "$"
"""What stands before the first token and behind the last, for pairs."""

_GRAMS = (3, 4, 5)
_IDEOGRAMS = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_PERSON = "{"
"""What names of those begin with who are told apart by age, sex or looks."""


class Token(NamedTuple):
    """What is known of a token.

    Attributes:
        plain: The word it is meant as, or words with a space between them.
        name: What pairs know it by; empty if nothing.
        rows: Its rows of weights; none if it says nothing.
    """

    plain: str
    name: str
    rows: list[int]


NOTHING = Token("", "", [])


def token(text: str, known: Set[int]) -> Token:
    """Return what is to be known of a token; *known* has the numbers of words from training."""
    if not text.isalpha() and (form := shape(text)):
        address = [_row(part, 17) for part in addressed(text)] if form == "<url>" else []
        return Token(form, form, [] if form == "<>" else [_row(form, 7), *address])
    if not text.isascii() and _IDEOGRAMS.search(text):
        return Token(apart(text[:RUN]), "", _letters(_runs(text[:RUN], (1, 2, 3)), 5))
    plain = word(text[:LONGEST], known)
    if plain.isalnum() or plain == "<user>":
        return _word(plain)
    found = [_word(part) for part in parts(plain)]
    return Token(plain, found[0].name, [r for f in found for r in f.rows]) if found else NOTHING


def rows(
    tokens: Sequence[str], known: Set[int], marks: Sequence[str] = (), *, quoted: bool
) -> list[int]:
    """Return every row that a text's tokens and pairs stand for, each of them once.

    Slow and plain: how training reads a text. ``_score`` comes to the same sums by what it keeps.
    """
    seen = {text: token(text, known) for text in tokens}
    found = [row for each in seen.values() for row in each.rows]
    both = (pair(name(one, seen), name(other, seen)) for one, other in set(pairs(tokens)))
    found += [row for row in both if row is not None]
    words = spoken(seen[text].plain for text in tokens)
    where = mentions(words)
    said = frames(words, where, quoted=quoted)
    return [
        *found,
        *map(frame, (*marks, *sorted(said))),
        *nears(sorted(around(words, where))),
    ]


def spoken(meant: Iterable[str]) -> list[str]:
    """Return the words that tokens are meant as; an empty one where a token says nothing."""
    return " ".join(meant).split(" ")


def pairs(tokens: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Return neighbours, and what stands first and last."""
    return zip((START, *tokens), (*tokens, END), strict=True)


def name(text: str, seen: Mapping[str, Token]) -> str:
    """Return the name of a token, of START and of END."""
    return text if text in (START, END) else seen[text].name


def pair(first: str, second: str) -> int | None:
    """Return the row of two names that stand next to each other; none beside a group."""
    if not first or not second or GROUP in (first, second):
        return None
    if first[0] == _PERSON or second[0] == _PERSON:
        return _apart(f"{first} {second}")
    return besides([half(first)[0]], [half(second)[1]])[0]


Half: TypeAlias = tuple[int, bytes]
"""A name as the first of a pair, a checksum that goes on from it; and as the second, to add."""


def is_plain(name: str) -> bool:
    """Whether the row of a pair with this name is that of two halves."""
    return bool(name) and name != GROUP and name[0] != _PERSON


def half(name: str) -> Half:
    """Return the halves of pairs that a plain name stands for."""
    return _number(f"{name} ", 13), name.encode("utf-8", "surrogatepass")


def besides(firsts: Iterable[int], seconds: Iterable[bytes]) -> list[int]:
    """Return the row of each two halves."""
    return [number % WORDS for number in map(crc32, seconds, firsts)]


def frame(spoken: str) -> int:
    """Return the row of a frame that a group stands in, or of a mark."""
    return _row(spoken, 3)


def nears(spoken: Iterable[str]) -> list[int]:
    """Return the rows of what stands near a group."""
    parts = [each.encode("utf-8", "surrogatepass") for each in spoken]
    return [WORDS + LETTERS + number % NEAR for number in map(crc32, parts, repeat(19))]


def _word(plain: str) -> Token:
    stands = stands_for(plain)
    if stands == GROUP:
        return Token(plain, stands, [])
    if stands == NAME:
        return Token(plain, stands, [_row(stands, 7)])
    if stands != plain:
        return Token(plain, stands, [_apart(stands), _apart(plain)])
    if plain.isdigit() or len(plain) < 2 or plain[0] == "<":
        return Token(plain, plain, [_row(plain, 7)])
    words = stem(plain) if not plain.isascii() and _HANGUL.match(plain) else plain
    return Token(words, plain, [_row(plain, 7), *_letters(_grams(f"<{plain}>"), 11)])


def _grams(text: str) -> set[bytes]:
    """The different parts of a word of at least two letters, with its ends."""
    return set(_cuts(len(text))(text.encode())) if text.isascii() else _runs(text, _GRAMS)


@cache
def _cuts(size: int) -> Callable[[Any], tuple[Any, ...]]:
    """What cuts a word into its parts, all at once."""
    return itemgetter(*(slice(i, i + n) for n in _GRAMS for i in range(size - n + 1)))


def _runs(text: str, sizes: Sequence[int]) -> set[bytes]:
    """The different parts of a text that have one of these lengths."""
    found = {text[i : i + n] for n in sizes for i in range(len(text) - n + 1)}
    return {part.encode("utf-8", "surrogatepass") for part in found}


def _row(text: str, seed: int) -> int:
    return _number(text, seed) % WORDS


def _letters(parts: Iterable[bytes], seed: int) -> list[int]:
    return [WORDS + number % LETTERS for number in map(crc32, parts, repeat(seed))]


def _apart(text: str) -> int:
    return ROWS - APART + _number(text, 0) % APART


def _number(text: str, seed: int) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"), seed)
