"""What is wrong with a bundle: every place at once, not the first one only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import attrs

from handrail import ConfigError, HandrailError, MissingExtraError, Node, PolicyError

SHOWN_MOST = 100
"""Diagnostics that an error spells out; it counts the others."""

_PLACED = re.compile(r"(?P<file>.+?):(?P<line>\d+):(?P<column>\d+): (?P<message>.*)", re.DOTALL)

Severity: TypeAlias = Literal["error", "warning"]


@attrs.frozen(order=True)
class Diagnostic:
    """One thing that is wrong, or doubtful, in a file of a bundle.

    Attributes:
        file: The file. line, column: Where in it, from 1. message: What is wrong and what to do.
        severity: ``error`` or ``warning``; a bundle with an error is not loaded.
        picture: The line itself with a caret under the place, where that helps.
    """

    file: str
    line: int
    column: int
    message: str
    severity: Severity = "error"
    picture: str = attrs.field(default="", order=False)

    @property
    def place(self) -> str:
        """Where it is: ``file:line:column``."""
        return f"{self.file}:{self.line}:{self.column}"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f"\n{self.picture}" if self.picture else "")


class BundleError(PolicyError):
    """A bundle cannot be used; the text has one diagnostic after the other.

    Attributes:
        problems: All of them, by file and line.
    """

    def __init__(self, problems: Iterable[Diagnostic]) -> None:
        self.problems = tuple(sorted(set(problems)))
        lines = [str(problem) for problem in self.problems[:SHOWN_MOST]]
        if (more := len(self.problems) - SHOWN_MOST) > 0:
            lines.append(f"… and {more} more")
        super().__init__("\n".join(lines))


@attrs.define
class Findings:
    """Collects diagnostics while a bundle is read."""

    errors: list[Diagnostic] = attrs.field(factory=list)
    warnings: list[Diagnostic] = attrs.field(factory=list)

    def error(self, node: Node, what: str) -> None:
        """Say what is wrong at a node."""
        self.errors.append(at(node, what))

    def warn(self, node: Node, what: str) -> None:
        """Say what is doubtful at a node."""
        self.warnings.append(at(node, what, "warning"))

    def add(self, error: HandrailError, node: Node | None = None) -> None:
        """Take over an error that knows its place, or happened at *node*.

        A missing extra is no mistake of the files, and passes.
        """
        if isinstance(error, MissingExtraError):
            raise error
        match = _PLACED.fullmatch(str(error)) if isinstance(error, ConfigError) else None
        if match is not None:
            line, column = int(match["line"]), int(match["column"])
            self.errors.append(Diagnostic(match["file"], line, column, match["message"]))
        elif node is not None:
            self.error(node, str(error))
        else:
            self.errors.append(_unplaced(str(error)))

    @contextmanager
    def collect(self, node: Node | None = None) -> Iterator[None]:
        """Go on after what goes wrong inside, and keep it."""
        try:
            yield
        except HandrailError as error:
            self.add(error, node)


def _unplaced(text: str) -> Diagnostic:
    """An error about a whole file: ``FILE: what``."""
    file, _, message = text.partition(": ")
    return Diagnostic(file, 1, 1, message or text)


def at(node: Node, what: str, severity: Severity = "error") -> Diagnostic:
    """A diagnostic at a node."""
    line, column = position(node)
    dotted = ".".join(map(str, node.path))
    return Diagnostic(
        str(node.file or Path("bundle")), line, column, f"{dotted}: {what}" if dotted else what,
        severity,
    )  # fmt: skip


def position(node: Node) -> tuple[int, int]:
    """Line and column of a node, or of what it stands in."""
    path, places = node.path, node.places or {}
    while path and path not in places:
        path = path[:-1]
    return places.get(path, (1, 1))
