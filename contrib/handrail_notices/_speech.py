"""One language, ready to speak: messages in, sentences out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from babel import Locale, UnknownLocaleError
from babel.lists import format_list
from fluent.runtime import FluentBundle
from fluent.runtime.types import fluent_date
from fluent.syntax.ast import Resource

from handrail_notices._compose import Said, Value
from handrail_notices._read import Messages

_FAILS = (ArithmeticError, LookupError, RecursionError, TypeError, ValueError)
"""What saying a message may come to: numbers too long to write, references in a circle."""


class Speech:
    """The messages of one language; later files replace single messages of earlier ones.

    What is filled in is isolated (Unicode's FSI and PDI), so a number or a name keeps its own
    direction in a sentence that runs the other way. Addresses stand on lines of their own and are
    not: they have to survive being copied.
    """

    def __init__(self, language: str, files: Iterable[Messages]) -> None:
        self.language = language
        self._locale = _locale(language)
        self._bundle = FluentBundle([str(self._locale)])
        for messages in files:
            self._bundle.add_resource(Resource([*messages.entries]), allow_overrides=True)

    def has(self, said: Said) -> str | None:
        """The first of the messages that is there, or None."""
        return next((name for name in said.ids if self._bundle.has_message(name)), None)

    def say(self, said: Said) -> str | None:
        """The sentence; None where no message is there, or the one that is does not work."""
        name = self.has(said)
        try:
            pattern = self._bundle.get_message(name).value if name else None
            if pattern is None:
                return None
            text, errors = self._bundle.format_pattern(pattern, self._given(said.values))
        except _FAILS:
            return None
        return None if errors else str(text)

    def _given(self, values: Mapping[str, Value]) -> dict[str, object]:
        return {name: self._native(value) for name, value in values.items()}

    def _native(self, value: Value) -> object:
        if isinstance(value, datetime):
            at = value.astimezone(UTC)
            return fluent_date(at, timeZone="UTC", dateStyle="long", timeStyle="short")
        return value if isinstance(value, str) else self._regions(value)

    def _regions(self, regions: Iterable[str]) -> str:
        names = [self._locale.territories.get(each, each) for each in regions]
        return format_list(names, locale=self._locale)


def _locale(language: str) -> Locale:
    """How dates, numbers and regions are written; English where nobody knows the language."""
    parts = language.split("-")
    for end in range(len(parts), 0, -1):
        try:
            return Locale.parse("_".join(parts[:end]))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
