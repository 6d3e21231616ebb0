"""Terms as data: what a term is, what is checked, and terms written in the settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import attrs

from handrail import InvalidValueError, fold
from handrail.errors import unknown

COLUMNS = ("term", "issue", "score", "language", "allowed")
"""The header of a term list. ``allowed`` holds phrases separated by ``|``."""

CERTAIN = "!"
"""Behind a language: the term counts only in texts known to be in it."""

LONGEST = 200
"""Characters a term or an allowed phrase may have."""

ALLOWED = 60
"""Allowed phrases a term may have."""

MOST = 1_000_000
"""Rows a list may have."""

_LANGUAGE = re.compile(r"\*|[a-z]{2,3}")

_PATTERN = re.compile(r"\\|\(\?|[\])][+*{?]|\.[*+]|\{\d+,?\d*\}|\[\^|\[[a-z0-9]-[a-z0-9]")


@attrs.frozen(kw_only=True, cache_hash=True)
class Term:
    """A word or phrase that says something about the text it stands in.

    Attributes:
        text: The word or phrase as it is usually written.
        issue: What it points to, a name of the taxonomy that this module declares.
        score: 0 to 1: how much it says on its own.
        language: BCP 47 primary subtag, or ``*``.
        certain: Whether it counts only where the text is known to be in that language: a list
            has an exclamation mark behind the language.
        allowed: Phrases in which the term means nothing.
    """

    text: str
    issue: str
    score: float
    language: str = "*"
    certain: bool = False
    allowed: tuple[str, ...] = ()

    @property
    def phrases(self) -> tuple[str, ...]:
        """The term, and what excuses it."""
        return (self.text, *self.allowed)


def checked(row: Mapping[str, object], issues: frozenset[str]) -> Term:
    """Turn a row into a Term; the InvalidValueError says what is wrong, not where."""
    text, issue = row["term"], row["issue"]
    if not isinstance(text, str):
        raise InvalidValueError("term: expected a string")
    check_text(text)
    if issue not in issues:
        raise unknown("issue of a term", issue, issues, where="issue")
    language = str(row.get("language") or "*").lower()
    certain = language.endswith(CERTAIN)
    if language in (CERTAIN, f"*{CERTAIN}"):
        raise InvalidValueError(f"language: expected a language before {CERTAIN!r}")
    if not _LANGUAGE.fullmatch(tongue(language)):
        raise InvalidValueError("language: expected a code of ISO 639 such as en, or * for any")
    return Term(
        text=text.strip(),
        issue=str(issue),
        score=_score(row.get("score")),
        language=tongue(language),
        certain=certain,
        allowed=allowed_phrases(row.get("allowed") or ()),
    )


def tongue(language: str) -> str:
    """Return the language that a column names."""
    return language.lower().rstrip(CERTAIN) or "*"


def check_text(text: str, what: str = "term") -> None:
    """Refuse what is no word or phrase."""
    if len(text) > LONGEST or not (text.isalnum() or any(map(str.isalnum, text)) or _reads(text)):
        raise InvalidValueError(f"{what}: expected up to {LONGEST} characters, letters among them")
    if not text.isalnum() and _PATTERN.search(text):
        raise InvalidValueError(
            f"{what}: looks like a regular expression; none is run, write the words themselves"
        )


def _reads(text: str) -> bool:
    """Whether a text without letters is read as words: emoji are, most of them."""
    return fold(text).plain.strip() != ""


def allowed_phrases(value: object) -> tuple[str, ...]:
    """Read the phrases that excuse a term: a sequence, or one string with ``|`` between them."""
    phrases = value.split("|") if isinstance(value, str) else value
    if not isinstance(phrases, Iterable):
        raise InvalidValueError("allowed: expected phrases")
    kept = []
    for phrase in phrases:
        if not isinstance(phrase, str):
            raise InvalidValueError("allowed: expected phrases")
        if phrase.strip():
            check_text(phrase, "allowed")
            kept.append(phrase.strip())
    if len(kept) > ALLOWED:
        raise InvalidValueError(f"allowed: expected at most {ALLOWED} phrases")
    return tuple(kept)


def _score(value: object) -> float:
    try:
        score = float(value) if isinstance(value, (str, int, float)) else -1.0
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise InvalidValueError("score: expected a number from 0 to 1")
    return score


class Values(tuple[Term, ...]):
    """Terms that are few: written in the settings."""

    __slots__ = ()

    def term(self, number: int) -> Term:
        """Return the term with that number."""
        return self[number]

    def phrases(self, languages: Collection[str] = ()) -> Iterator[tuple[int, int, str, str]]:
        """Yield number, place, language and text of each phrase.

        At place 0 is a term, then what excuses it.
        """
        for number, term in enumerate(self):
            for place, phrase in enumerate(term.phrases):
                yield number, place, term.language, phrase


def columns(row: Sequence[str]) -> dict[str, object]:
    """Name the columns of a row."""
    if len(row) != len(COLUMNS):
        raise InvalidValueError(f"expected {len(COLUMNS)} columns, got {len(row)}")
    return dict(zip(COLUMNS, row, strict=True))


def inline(value: object, issues: frozenset[str]) -> Values:
    """Read terms from the settings: an issue, or a row's other columns, by term."""
    if isinstance(value, Values):
        return value
    if not isinstance(value, Mapping):
        raise InvalidValueError("terms: expected an issue, or columns, by term")
    terms = []
    for text, row in value.items():
        given = dict(row) if isinstance(row, Mapping) else {"issue": row, "score": 0.7}
        given.pop("text", None)
        if extra := set(given) - set(COLUMNS):
            raise InvalidValueError(f"terms: {text!r}: unknown column {min(map(str, extra))!r}")
        try:
            terms.append(checked({"score": 0.7, "issue": None, **given, "term": text}, issues))
        except ValueError as error:
            raise InvalidValueError(f"terms: {text!r}: {error}") from None
    return Values(terms)
