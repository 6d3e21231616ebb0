"""What is wrong with an expression, where, and a picture of the place."""

from __future__ import annotations

from typing import NoReturn

from handrail.errors import PolicyError

_SHOWN = 100
"""Characters of a line that a picture shows."""


class ExpressionError(PolicyError):
    """A condition that cannot be used.

    Attributes:
        message: What is wrong and what to do, without the place.
        line, column: Where in the expression, from 1.
    """

    def __init__(self, message: str, line: int, column: int, picture: str = "") -> None:
        super().__init__(f"{line}:{column}: {message}" + (f"\n{picture}" if picture else ""))
        self.message, self.line, self.column = message, line, column

    def __reduce__(self) -> tuple[type[ExpressionError], tuple[str, int, int, str]]:
        return type(self), (self.message, self.line, self.column, self.picture)

    @property
    def picture(self) -> str:
        """The line with a caret below the place; empty where none was drawn."""
        return str(self).partition(f"{self.line}:{self.column}: {self.message}\n")[2]


def fail(source: str, offset: int, message: str) -> NoReturn:
    """Raise an ExpressionError for the place *offset* characters into *source*."""
    before = source[:offset]
    line = before.count("\n") + 1
    column = offset - (before.rfind("\n") + 1) + 1
    text = source.split("\n")[line - 1]
    skipped = max(0, column - _SHOWN * 3 // 4)
    shown = text[skipped : skipped + _SHOWN].replace("\t", " ")
    picture = f"  {shown}\n  {' ' * (column - 1 - skipped)}^"
    raise ExpressionError(message, line, column, picture)
