"""An answer, read step by step: what is not of the documented form is an error without content."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ._errors import VendorAnswerError


class Reply:
    """A value somewhere in an answer.

    Args:
        value: As JSON has it.
        where: The way to it, in our own words.
    """

    __slots__ = ("_value", "_where")

    def __init__(self, value: object, where: str = "answer") -> None:
        self._value, self._where = value, where

    @classmethod
    def parse(cls, body: bytes) -> Reply:
        """Read JSON; raises VendorAnswerError, which holds nothing of the body."""
        value = _loaded(body)
        if value is _BROKEN:
            raise VendorAnswerError("answer: expected JSON")
        return cls(value)

    def at(self, *keys: str | int) -> Reply:
        """Follow keys of objects and numbers of lists; raises VendorAnswerError for a dead end."""
        here = self
        for key in keys:
            here = here._step(key)
        return here

    def maybe(self, key: str) -> Reply | None:
        """Follow a key that may be missing or null; raises where this is no object."""
        value = self._object().get(key)
        return None if value is None else Reply(value, f"{self._where}.{key}")

    def _step(self, key: str | int) -> Reply:
        value, where = self._value, f"{self._where}.{key}"
        if isinstance(value, dict) and isinstance(key, str) and key in value:
            return Reply(value[key], where)
        if isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            return Reply(value[key], where)
        raise VendorAnswerError(f"{where}: missing")

    def items(self) -> Iterator[tuple[str, Reply]]:
        """The members of an object."""
        for key, value in self._object().items():
            yield key, Reply(value, f"{self._where}.*")

    def rows(self) -> Iterator[Reply]:
        """The entries of a list."""
        if not isinstance(self._value, list):
            raise VendorAnswerError(f"{self._where}: expected a list")
        for number, value in enumerate(self._value):
            yield Reply(value, f"{self._where}.{number}")

    def is_null(self) -> bool:
        """Whether it is null."""
        return self._value is None

    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self._value, list)

    def number(self, most: float = 1.0) -> float:
        """A number from 0 to *most*."""
        value = self._value
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
            raise VendorAnswerError(f"{self._where}: expected a number from 0 to {most:g}")
        return float(value)

    def whole(self, most: int) -> int:
        """A whole number from 0 to *most*."""
        if not self.number(most).is_integer():
            raise VendorAnswerError(f"{self._where}: expected a whole number")
        return int(self.number(most))

    def text(self) -> str:
        """A string."""
        if not isinstance(self._value, str):
            raise VendorAnswerError(f"{self._where}: expected a string")
        return self._value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self._value, bool):
            raise VendorAnswerError(f"{self._where}: expected true or false")
        return self._value

    def _object(self) -> dict[str, object]:
        if not isinstance(self._value, dict):
            raise VendorAnswerError(f"{self._where}: expected an object")
        return self._value


_BROKEN = object()


def _loaded(body: bytes) -> object:
    """What JSON says; never an error, for that of ``json`` would carry the body along."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _BROKEN
