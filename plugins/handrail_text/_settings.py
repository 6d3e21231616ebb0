"""What a host can set, and the matcher that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias
from weakref import WeakValueDictionary

import attrs

from handrail import InvalidValueError
from handrail.settings import Seen, flag, fraction, read_file

from ._learnt import Learnt, learnt
from ._match import Matcher
from ._rows import Rows, digest_of, rows, shipped
from ._skeleton import Disguises
from ._terms import MOST, Values, inline

ISSUES = frozenset(
    {
        "fraud.scam",
        "harassment.bullying",
        "hate.speech",
        "hate.threat",
        "integrity.spam",
        "self_harm.at_risk",
        "self_harm.promotion",
        "sexual.explicit",
        "sexual.solicitation",
        "violence.threat",
    }
)
"""The issues a term may point to."""

LARGEST = 200_000_000
"""Bytes a list may have."""

_Terms: TypeAlias = "tuple[Rows | Values, tuple[str, ...]]"
"""Terms, and the languages that count; none means all."""


def _names(value: object) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, Iterable):
        raise InvalidValueError("expected one or more strings")
    return tuple(map(str, names))


def _languages(value: object) -> tuple[str, ...]:
    return tuple(sorted(v.lower() for v in _names(value)))


def _terms(value: object) -> Values:
    return inline(value, ISSUES)


def _disguises(value: object) -> Disguises:
    if isinstance(value, Disguises):
        return value
    if not isinstance(value, Mapping):
        raise InvalidValueError("fold: expected true or false by disguise")
    if unknown := set(value) - {field.name for field in attrs.fields(Disguises)}:
        raise InvalidValueError(f"fold: unknown disguise {min(map(str, unknown))!r}")
    return Disguises(**value)


@attrs.frozen(kw_only=True)
class Settings:
    """Which terms are looked for, and through which disguises.

    Attributes:
        builtin: Whether the shipped list is used.
        languages: Languages of the shipped list to use; empty means all of them.
        lists: Paths of the host's own lists, CSV in the shape of ``terms.csv``.
        terms: More terms: an issue, or the columns of a list, by term.
        fold: Which disguises are seen through.
        aimed: What a second person near an insult adds to its score.
        detect: Whether the language of an item that names none is asked of the module
            ``language``.
        read: What the lists say, and how they were when they were read; not for setting.
        digest: What the terms hash to: it stands for them when settings are compared.
        matcher: What follows from all this; not for setting.
    """

    builtin: bool = attrs.field(default=True, validator=flag)
    languages: tuple[str, ...] = attrs.field(default=(), converter=_languages)
    lists: tuple[str, ...] = attrs.field(default=(), converter=_names)
    terms: Values = attrs.field(default=Values(), converter=_terms, eq=False)
    fold: Disguises = attrs.field(factory=Disguises, converter=_disguises)
    aimed: float = attrs.field(default=0.2, validator=fraction)
    detect: bool = attrs.field(default=False, validator=flag)
    read: tuple[tuple[Rows, Seen], ...] = attrs.field(init=False, repr=False, eq=False)
    digest: str = attrs.field(init=False, repr=False)
    matcher: Matcher = attrs.field(init=False, repr=False, eq=False)

    @read.default
    def _read_lists(self) -> tuple[tuple[Rows, Seen], ...]:
        return tuple(map(_read, self.lists))

    @digest.default
    def _sum_up(self) -> str:
        parts = (self.builtin, self.languages, [r.digest for r, _ in self.read], [*self.terms])
        return digest_of(repr(parts).encode("utf-8", "replace"))

    @matcher.default
    def _compile(self) -> Matcher:
        # Built here, at start-up, so that the first item does not wait for it.
        if unknown := set(self.languages) - shipped(ISSUES).languages:
            raise InvalidValueError(f"languages: the shipped list has no {min(unknown)!r}")
        terms: list[_Terms] = [(rows, ()) for rows, _ in self.read]
        if self.builtin:
            terms.insert(0, (shipped(ISSUES), self.languages))
        terms.append((self.terms, ()))
        if sum(len(each) for each, _ in self.read) + len(self.terms) > MOST:
            raise InvalidValueError(f"lists: expected at most {MOST:,} terms in all")
        base = learnt(shipped(ISSUES), self.languages, self.fold) if self.builtin else None
        return _matcher(self.digest, terms, self.fold, base)

    @property
    def files(self) -> tuple[Seen, ...]:
        """The lists as they were when they were read."""
        return tuple(seen for _, seen in self.read)


def _read(path: str) -> tuple[Rows, Seen]:
    try:
        content, seen = read_file(path, LARGEST)
        return rows(content, path, ISSUES), seen
    except InvalidValueError as error:
        raise InvalidValueError(f"lists: {error}") from None


_MATCHERS: WeakValueDictionary[tuple[str, Disguises], Matcher] = WeakValueDictionary()


def _matcher(digest: str, terms: list[_Terms], seen: Disguises, base: Learnt | None) -> Matcher:
    """Return the matcher for these terms, built once per value."""
    made = _MATCHERS.get((digest, seen))
    if made is None:
        made = _MATCHERS[digest, seen] = Matcher(terms, seen, base)
    return made
