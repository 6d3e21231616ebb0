"""Checks for the fields of a module's settings: ``attrs.field(validator=fraction)``.

Each refuses with an InvalidValueError that names the field and what is expected, never the value.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from handrail._values import FOLDER, duration, strings
from handrail.errors import InvalidValueError

Check: TypeAlias = "Callable[[Any, attrs.Attribute[Any], Any], None]"
"""What attrs calls with an instance, the field and the value."""


def flag(_: object, field: attrs.Attribute[Any], value: object) -> None:
    """Refuse what is neither true nor false."""
    if not isinstance(value, bool):
        raise InvalidValueError(f"{field.name}: expected true or false")


def fraction(_: object, field: attrs.Attribute[Any], value: object) -> None:
    """Refuse what is no number from 0 to 1."""
    if not _number(value) or not 0 <= value <= 1:  # type: ignore[operator]  # it is a number
        raise InvalidValueError(f"{field.name}: expected a number from 0 to 1")


def whole(least: int, most: int | None = None) -> Check:
    """Return a check that refuses what is no whole number from *least* to *most*."""
    bounds = f"{least} or more" if most is None else f"from {least} to {most}"

    def check(_: object, field: attrs.Attribute[Any], value: object) -> None:
        small = type(value) is not int or value < least
        if small or (most is not None and value > most):  # type: ignore[operator]  # an int
            raise InvalidValueError(f"{field.name}: expected a whole number, {bounds}")

    return check


def number(least: float, most: float | None = None) -> Check:
    """Return a check that refuses what is no number from *least* to *most*."""
    bounds = f"{least:g} or more" if most is None else f"from {least:g} to {most:g}"

    def check(_: object, field: attrs.Attribute[Any], value: object) -> None:
        wrong = not _number(value) or not value >= least  # type: ignore[operator]  # a number
        if wrong or (most is not None and value > most):  # type: ignore[operator]  # as above
            raise InvalidValueError(f"{field.name}: expected a number, {bounds}")

    return check


def some_of(known: Iterable[str]) -> Check:
    """Return a check that refuses names that are not among *known*."""
    listed = tuple(known)

    def check(_: object, field: attrs.Attribute[Any], value: Iterable[str]) -> None:
        if not set(value) <= set(listed):
            raise InvalidValueError(f"{field.name}: expected some of {', '.join(listed)}")

    return check


def one_of(known: Iterable[str]) -> Check:
    """Return a check that refuses what is not among *known*."""
    listed = tuple(known)

    def check(_: object, field: attrs.Attribute[Any], value: object) -> None:
        if value not in listed:
            raise InvalidValueError(f"{field.name}: expected one of {', '.join(listed)}")

    return check


def words(value: Iterable[str] | str | None) -> tuple[str, ...]:
    """Convert one string or several to a tuple; raises InvalidValueError for anything else."""
    try:
        return strings(value, "")
    except InvalidValueError:
        raise InvalidValueError("expected one or more strings") from None


def span(value: timedelta | str) -> timedelta:
    """Convert ``"10m"``, ``"24h"``, ``"7d"`` or a timedelta; raises InvalidValueError."""
    return duration(value)


@attrs.frozen
class Seen:
    """A file as it was when settings were read from it.

    A settings class whose field or property ``files`` is a tuple of these is made anew, off the
    caller's thread, when one of the files has changed.

    Attributes:
        path: Where it is. changed_ns: When it was written, in ns. size: Its bytes.
    """

    path: str
    changed_ns: int = -1
    size: int = -1

    @classmethod
    def now(cls, path: str | os.PathLike[str]) -> Seen:
        """Look at the file at *path*; one that is not there is a state like any other."""
        try:
            status = Path(path).stat()
        except (OSError, ValueError):  # ValueError: a NUL in the path.
            return cls(str(path))
        return cls(str(path), status.st_mtime_ns, status.st_size)


def beside(path: str | os.PathLike[str]) -> Path:
    """Where a path in settings leads: seen from their file, or in code from the working directory.

    To be asked while the settings are made.
    """
    return FOLDER.get() / path


def read_file(path: str | os.PathLike[str], most: int) -> tuple[bytes, Seen]:
    """Read a file of at most *most* bytes, and how it was before: ``Settings.files`` wants that.

    A relative path leads where ``beside`` says. Raises InvalidValueError, ``path:1: …``.
    """
    place = beside(path)
    seen = Seen.now(place)
    try:
        with place.open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        lost = isinstance(error, FileNotFoundError) and not Path(path).is_absolute()
        where = f", looked for in {FOLDER.get().resolve()}" if lost else ""
        what = f"cannot be read: {type(error).__name__}{where}"
        raise InvalidValueError(f"{path}:1: {what}") from None
    if len(content) > most:
        raise InvalidValueError(f"{path}:1: expected at most {most:,} bytes")
    return content, seen


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value  # noqa: PLR0124  # not NaN
