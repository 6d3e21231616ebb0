"""Keys: from an environment variable or a file, and never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from handrail import InvalidValueError
from handrail.settings import beside

T = TypeVar("T")

LONGEST = 16_384
"""Characters that a file with a key may have."""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}")
_PRINTABLE = re.compile(r"[\x21-\x7e]{1,4096}")


def from_variable(name: str, field: str) -> str:
    """Return what an environment variable holds; raises InvalidValueError, which repeats nothing.

    Not even the name of the variable: somebody may have put the key there.
    """
    if not _VARIABLE.fullmatch(name):
        raise InvalidValueError(f"{field}: expected the name of an environment variable")
    return checked(os.environ.get(name, ""), f"{field}: the environment variable it names")


def from_file(path: Path, field: str) -> str:
    """Return what a file holds; raises InvalidValueError, which repeats nothing of it."""
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST + 1)
    except (OSError, ValueError):
        text = ""
    if not 0 < len(text) <= LONGEST:
        raise InvalidValueError(f"{field}: expected the path of a readable file with the key")
    return text


def checked(value: str, what: str) -> str:
    """Return a key without the space around it; raises InvalidValueError where there is none."""
    key = value.strip()
    if not _PRINTABLE.fullmatch(key):
        raise InvalidValueError(f"{what} holds no key: expected characters without spaces")
    return key


class Kept(Generic[T]):
    """A secret that is read at the start, and again once it was refused.

    Args:
        read: Reads it; raises InvalidValueError where it is not there.
    """

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._value = read()
        self._stale = False

    def get(self) -> T:
        """Return the secret; the old one where its file or variable has gone bad."""
        if self._stale:
            self._stale = False
            with suppress(InvalidValueError):
                self._value = self._read()
        return self._value

    def forget(self) -> None:
        """Have it read anew: it was refused, and may have been changed."""
        self._stale = True

    def __repr__(self) -> str:
        return "Kept()"


def key_reader(variable: str, path: str) -> Callable[[], str]:
    """Return what reads a key: from the file at *path*, or else from the environment."""
    place = beside(path)  # It is read again when no settings are being made.

    def read() -> str:
        if path:
            return checked(from_file(place, "key_file"), "key_file: the file")
        return from_variable(variable, "key_env")

    return read
