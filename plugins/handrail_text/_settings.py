"""What a host can set, and the matcher that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b

import attrs

from handrail import InvalidValueError
from handrail.settings import flag, fraction

from ._match import Matcher
from ._skeleton import Disguises
from ._terms import Term, inline, read, shipped

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


def _names(value: object) -> tuple[str, ...]:
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, Iterable):
        raise InvalidValueError("expected one or more strings")
    return tuple(map(str, names))


def _languages(value: object) -> tuple[str, ...]:
    return tuple(sorted(v.lower() for v in _names(value)))


def _terms(value: object) -> tuple[Term, ...]:
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
        entries: The terms that follow from all this; not for setting.
        digest: What the entries hash to: it stands for them when settings are compared.
    """

    builtin: bool = attrs.field(default=True, validator=flag)
    languages: tuple[str, ...] = attrs.field(default=(), converter=_languages)
    lists: tuple[str, ...] = attrs.field(default=(), converter=_names)
    terms: tuple[Term, ...] = attrs.field(default=(), converter=_terms, eq=False)
    fold: Disguises = attrs.field(factory=Disguises, converter=_disguises)
    aimed: float = attrs.field(default=0.2, validator=fraction)
    entries: tuple[Term, ...] = attrs.field(init=False, repr=False, eq=False)
    digest: str = attrs.field(init=False, repr=False)

    @entries.default
    def _read_entries(self) -> tuple[Term, ...]:
        ours = shipped(ISSUES) if self.builtin else ()
        if unknown := set(self.languages) - {t.language for t in shipped(ISSUES)}:
            raise InvalidValueError(f"languages: the shipped list has no {min(unknown)!r}")
        chosen = (t for t in ours if not self.languages or t.language in self.languages)
        lists = (t for path in self.lists for t in read(path, ISSUES))
        return (*chosen, *lists, *self.terms)

    @digest.default
    def _sum_entries(self) -> str:
        return blake2b(repr(self.entries).encode("utf-8", "replace"), digest_size=16).hexdigest()

    def __attrs_post_init__(self) -> None:
        # Built here, at start-up, so that the first item does not wait for it.
        matcher(self)


@lru_cache(maxsize=32)
def matcher(settings: Settings) -> Matcher:
    """Return the matcher for *settings*, built once per value."""
    return Matcher(settings.entries, settings.fold)
