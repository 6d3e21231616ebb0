"""The text derivations every module shares: computed when first read, at most once per call."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from handrail._fold import Fold, Folded

T = TypeVar("T")

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SURROGATES = re.compile("[\ud800-\udfff]")
_INVISIBLE = dict.fromkeys(
    (
        0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFEFF,
        0xFFA0, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10), *range(0xE0000, 0xE0080), *range(0xE0100, 0xE01F0),
    )
)  # fmt: skip


class derived(Generic[T]):  # noqa: N801 - written like property, used like property
    """A property computed once and kept, its time booked to the SDK, not to who asked first."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, text: None, owner: type) -> derived[T]: ...
    @overload
    def __get__(self, text: Text, owner: type) -> T: ...
    def __get__(self, text: Text | None, owner: type) -> T | derived[T]:
        if text is None:
            return self
        value: T = text._book(lambda: self._compute(text))
        text.__dict__[self._name] = value
        return value


def _unbooked(compute: Callable[[], T]) -> T:
    return compute()


class Text:
    """An item's text and what can be read off it.

    Attributes:
        raw: The text as it came.
    """

    def __init__(self, raw: str, book: Callable[[Callable[[], Any]], Any] = _unbooked) -> None:
        self.raw = raw
        self._book = book
        self._folds: dict[Fold | None, Folded] = {}

    @derived
    def clean(self) -> str:
        """The text with lone surrogates replaced by U+FFFD: safe to encode as UTF-8."""
        if self.raw.isascii():
            return self.raw
        return _SURROGATES.sub("\ufffd", self.raw)

    @derived
    def folded(self) -> str:
        """The text in compatibility form (NFKC), case-folded, without invisible characters."""
        if self.raw.isascii():
            return self.raw.lower()
        visible = self.clean.translate(_INVISIBLE)
        return unicodedata.normalize("NFKC", visible).casefold()

    @derived
    def words(self) -> tuple[str, ...]:
        """The words of the folded text, in order."""
        return tuple(_WORDS.findall(self.folded))

    @derived
    def plain(self) -> str:
        """The text folded (``Fold()``): letters and digits, one space between words."""
        return self.fold().plain

    def fold(self, how: Fold | None = None) -> Folded:
        """Return the text folded as *how* says, by default as ``plain`` is; once for each way."""
        done = self._folds.get(how)
        if done is None:
            done = self._folds[how] = self._book(lambda: self._fold(how))
        return done

    def _fold(self, how: Fold | None) -> Folded:
        from handrail._fold import PLAIN, Folded

        return Folded(self.raw, how or PLAIN)

    @derived
    def letters(self) -> int:
        """How many letters the text has."""
        return sum(map(str.isalpha, self.raw))

    @derived
    def capital_share(self) -> float:
        """The share of capitals among the letters, 0 to 1; 0 for a text without letters."""
        return sum(map(str.isupper, self.raw)) / self.letters if self.letters else 0.0

    def __repr__(self) -> str:
        return f"Text({len(self.raw)} characters)"
