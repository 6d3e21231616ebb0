"""The languages there are: the files that come along, a host's over them, each read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from handrail import issues
from handrail.errors import ConfigError, InvalidValueError, unknown
from handrail_notices._compose import Said, Value
from handrail_notices._language import lookup
from handrail_notices._read import Messages, files_of, read
from handrail_notices._speech import Speech

LAST = "en"
"""The language of whoever speaks none of those there are, where none is named."""

GIVEN: Mapping[str, Value] = {
    "until": datetime(2026, 1, 1, tzinfo=UTC), "regions": ("DE", "FR"),
    "clause": "1", "law": "1", "name": "1", "phone": "1", "text": "1",
}  # fmt: skip
"""Something for every variable of every message, to try it with."""

_FILES: Mapping[str, Path] = dict(files_of(Path(__file__).with_name("languages")))


class Shelf:
    """The languages there are, and how each speaks.

    A host's file replaces single messages of the one that comes along; ``pt-BR`` stands on ``pt``.

    Attributes:
        languages: Those in use; the first is for whoever speaks none of them.
    """

    def __init__(self, directory: Path | None, languages: Iterable[str] | None) -> None:
        own = dict(files_of(directory)) if directory is not None else {}
        self._own = {tag: read(path, _known()) for tag, path in own.items()}
        self._speeches: dict[str, Speech] = {}
        self.languages = _chosen(languages, {*_FILES, *own})
        for tag, messages in self._own.items():
            _try_all(self.speech(tag), messages)

    def find(self, language: str | None) -> str | None:
        """The language in use that comes nearest, or None."""
        return lookup(language, self.languages)

    def speech(self, tag: str) -> Speech:
        """How a language speaks."""
        if tag not in self._speeches:
            parts = tag.split("-")
            tags = ["-".join(parts[:end]) for end in range(1, len(parts) + 1)]
            layers = (m for t in tags for m in (_shipped(t), self._own.get(t)) if m is not None)
            self._speeches[tag] = Speech(tag, layers)
        return self._speeches[tag]

    def best(self, language: str | None) -> tuple[Speech, ...]:
        """How to speak to somebody, best first: what one cannot say whole, the next may."""
        first = self.find(language) or self.languages[0]
        return tuple(self.speech(tag) for tag in dict.fromkeys((first, self.languages[0], LAST)))


@cache
def _shipped(tag: str) -> Messages | None:
    return read(_FILES[tag]) if tag in _FILES else None


@cache
def _known() -> Mapping[str, frozenset[str]]:
    """The messages there can be, and the variables each is given."""
    exact = {f"because-{name.replace('.', '-')}": frozenset[str]() for name in issues()}
    return {**exact, **read(_FILES[LAST]).variables}


def _chosen(languages: Iterable[str] | None, there: set[str]) -> tuple[str, ...]:
    if languages is None:
        return (LAST, *sorted(there - {LAST}))
    chosen = tuple(languages)
    if not chosen:
        raise InvalidValueError("languages: expected at least one")
    for tag in chosen:
        if lookup(tag, there) is None:
            raise unknown("language", tag, there, where="languages")
    return tuple(dict.fromkeys(str(lookup(tag, there)) for tag in chosen))


def _try_all(speech: Speech, messages: Messages) -> None:
    """Say each message of a host's file once, before somebody has to read it."""
    for name, place in messages.places.items():
        if not name.startswith("-") and speech.say(Said((name,), GIVEN)) is None:
            raise ConfigError(f"{place}: {name} cannot be said: check its references and numbers")
