"""Reading ``.ftl`` files: what a host wrote is checked whole before a word of it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs

from handrail.errors import ConfigError, MissingExtraError, unknown

try:
    from fluent.syntax import FluentParser, ast
    from fluent.syntax.visitor import Visitor
except ImportError:
    raise MissingExtraError("policy", "the catalogue of notices") from None

BYTES_MOST = 262_144
"""Bytes a file of messages may have."""

FILES_MOST = 200
"""Files of messages a directory may have."""

_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}")
_MARKUP = re.compile(r"</?[A-Za-z!]|&(#\d|[A-Za-z]+;)")
_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_OPEN = "effect-"
"""What a host may add to: a message for one value of an effect."""


@attrs.frozen
class Messages:
    """The messages of one file, and what each may be given."""

    entries: tuple[ast.Message | ast.Term, ...]
    variables: Mapping[str, frozenset[str]]
    places: Mapping[str, str]


def read(path: Path, known: Mapping[str, frozenset[str]] | None = None) -> Messages:
    """Read a file of messages; with *known*, refuse what no notice would ever say.

    Raises ConfigError with ``file:line:column``.
    """
    text = _text(path)
    found: dict[str, ast.Message | ast.Term] = {}
    places: dict[str, str] = {}
    for entry in _parsed(path, text):
        at = _Place(path, text, entry)
        if isinstance(entry, ast.Junk):
            raise at.junk(entry)
        if not isinstance(entry, (ast.Message, ast.Term)):
            continue
        name = ("-" if isinstance(entry, ast.Term) else "") + entry.id.name
        if name in found:
            raise at.fail(f"{name} is written twice")
        if known is not None:
            _check(at, entry, known)
        found[name], places[name] = entry, at.at()
    return Messages(
        tuple(found.values()),
        {name: frozenset(_found(entry).variables) for name, entry in found.items()},
        places,
    )


def _parsed(path: Path, text: str) -> Iterable[ast.EntryType]:
    try:
        return FluentParser().parse(text).body
    except RecursionError:
        raise ConfigError(f"{path}:1:1: braces nested too deeply") from None


def files_of(directory: Path) -> Iterator[tuple[str, Path]]:
    """The files of messages in a directory, each with the language it is named after."""
    if not directory.is_dir():
        raise ConfigError(f"{directory}: no such directory")
    paths = sorted(directory.glob("*.ftl"))
    if len(paths) > FILES_MOST:
        raise ConfigError(f"{directory}: more than {FILES_MOST} files of messages")
    for path in paths:
        if not _TAG.fullmatch(path.stem):
            raise ConfigError(f"{path}:1:1: name the file after its language, such as pt-BR.ftl")
        yield path.stem, path


@attrs.frozen
class _Place:
    """Where an entry stands, to blame it."""

    path: Path
    text: str
    entry: ast.EntryType

    def at(self, span: ast.Span | None = None) -> str:
        """The file, line and column."""
        where = span or self.entry.span
        start = where.start if where else 0
        line = self.text.count("\n", 0, start) + 1
        return f"{self.path}:{line}:{start - self.text.rfind(chr(10), 0, start)}"

    def fail(self, what: str) -> ConfigError:
        """Say what is wrong here."""
        return ConfigError(f"{self.at()}: {what}")

    def junk(self, entry: ast.Junk) -> ConfigError:
        """Say why something is no message."""
        said = next(iter(entry.annotations), None)
        what = str(said.message) if said else "not a message"
        return ConfigError(f"{self.at(said.span if said else None)}: {what}")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MOST + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > BYTES_MOST:
        raise ConfigError(f"{path}: more than {BYTES_MOST} bytes, which no such file needs")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}:1: not UTF-8") from None


def _check(at: _Place, entry: ast.Message | ast.Term, known: Mapping[str, frozenset[str]]) -> None:
    """Refuse a name nothing asks for, a value nobody gives, markup, and steering characters."""
    name, found = entry.id.name, _found(entry)
    source = at.text[entry.span.start : entry.span.end] if entry.span else ""
    written = "\n".join((source, *found.literals))
    if _MARKUP.search(written):
        raise at.fail(f"{name}: a notice is plain text, without tags or entities")
    if _STEERING.search(written):
        raise at.fail(f"{name}: a control character, or one that turns the direction of text")
    if isinstance(entry, ast.Term):
        return
    if entry.value is None or entry.attributes:
        raise at.fail(f"{name}: a message has one text, and no attributes")
    base = name
    while base not in known and base.startswith(_OPEN):
        base = base.rpartition("-")[0]
    if base not in known:
        raise at.fail(str(unknown("message", name, known)))
    if extra := sorted(found.variables - known[base]):
        given = ", ".join(f"${v}" for v in sorted(known[base])) or "nothing"
        raise at.fail(f"{name}: ${extra[0]} is not given to it; it is given: {given}")


def _found(entry: ast.Message | ast.Term) -> _Finder:
    finder = _Finder()
    finder.visit(entry)
    return finder


class _Finder(Visitor):
    """Collects what a message speaks of: variables, and literals with their escapes undone."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.literals: list[str] = []

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - its name
        """Take down one."""
        self.variables.add(node.id.name)

    def visit_StringLiteral(self, node: ast.StringLiteral) -> None:  # noqa: N802 - its name
        """Take down one."""
        self.literals.append(node.parse()["value"])
