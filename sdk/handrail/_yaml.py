"""Settings with positions, read from YAML 1.2: the one file of the SDK that imports YAML.

Events of the parser are taken one by one instead of composing a tree: what settings never need
(aliases, tags, deep nesting) is refused before anything is built from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import attrs

from handrail._yaml_words import said
from handrail.errors import ConfigError, HandrailError, MissingExtraError, unknown

Keys: TypeAlias = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

DEPTH_MOST = 32
"""Levels of nesting a file may have."""


BYTES_MOST = 1_000_000
"""Bytes a settings file may have."""

_KINDS: Mapping[type, str] = {
    type(None): "nothing", bool: "true or false", str: "text", int: "a number", float: "a number",
    dict: "keys and values", list: "a list",
}  # fmt: skip


@attrs.frozen
class Node:
    """A value of a settings or policy file, and where it stands.

    Attributes:
        value: As YAML has it. path: The keys and indices that lead to it.
        places: Line and column of each path, from 1; None where it comes from code.
        file: The file it was read from.

    What it refuses is a ConfigError with file:line:column.
    """

    value: Any
    path: Keys = ()
    places: Mapping[Keys, tuple[int, int]] | None = None
    file: Path | None = None

    def at(self, *more: str | int) -> str:
        """Where this is, or a key in it: the nearest place the file has."""
        path = (*self.path, *more)
        dotted = ".".join(map(str, path)) or "settings"
        if self.places is None:
            return dotted
        while path and path not in self.places:
            path = path[:-1]
        line, column = self.places.get(path, (1, 1))
        return f"{self.file}:{line}:{column}: {dotted}"

    def fail(self, what: str) -> ConfigError:
        """Say what is wrong here."""
        return ConfigError(f"{self.at()}: {what}")

    def wrong(self, expected: str) -> ConfigError:
        """Say that something else was expected here."""
        return self.fail(f"expected {expected}, got {_KINDS.get(type(self.value), 'something')}")

    def child(self, key: str | int, value: Any) -> Node:
        """The node of a key or item."""
        return Node(value, (*self.path, key), self.places, self.file)

    def keys(self, known: Iterable[str] | None = None) -> dict[str, Node]:
        """Its keys; one that is not known is refused."""
        if not isinstance(self.value, Mapping):
            raise self.wrong("keys and values")
        for key in self.value:
            if not isinstance(key, str):
                raise self.fail("a key is text")
            if known is not None and key not in known:
                raise ConfigError(f"{self.at(key)}: {unknown('key', key, known)}")
        return {key: self.child(key, value) for key, value in self.value.items()}

    def items(self) -> list[Node]:
        """Its items."""
        if not isinstance(self.value, (list, tuple)):
            raise self.wrong("a list")
        return [self.child(number, value) for number, value in enumerate(self.value)]

    def text(self) -> str:
        """Its text."""
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong("text")
        return self.value

    def texts(self) -> list[str]:
        """Its list of texts."""
        return [item.text() for item in self.items()]

    def flag(self) -> bool:
        """Whether it is true."""
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def number(self, most: float) -> float:
        """Its number, from 0 to *most*."""
        if type(self.value) not in (int, float) or not 0 <= self.value <= most:
            raise self.fail(f"expected a number from 0 to {most:g}")
        return float(self.value)

    @contextmanager
    def blame(self) -> Iterator[None]:
        """Say that what goes wrong inside goes wrong here."""
        try:
            yield
        except ConfigError:
            raise
        except HandrailError as error:
            raise self.fail(str(error)) from None


def load_yaml(path: Path) -> Node:
    """Read a file of YAML 1.2, at most 1 MB, without aliases, tags or keys given twice.

    Raises ConfigError with file:line:column.
    """
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MOST + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > BYTES_MOST:
        raise ConfigError(f"{path}: more than {BYTES_MOST} bytes, which no such file needs")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}:1: not UTF-8") from None
    value, places = parse(text, str(path))
    return Node(value, (), places, path)


def parse(text: str, name: str) -> tuple[Any, Mapping[Keys, tuple[int, int]]]:
    """Read one YAML 1.2 document (so JSON too); raises ConfigError with file:line:column."""
    try:
        import yaml
        import yamlcore  # type: ignore[import-untyped]  # It ships no types.
    except ImportError:
        raise MissingExtraError("yaml", name) from None
    loader = yamlcore.CCoreLoader(text)
    builder = _Builder(name, loader)
    try:
        while loader.check_event():
            builder.take(loader.get_event())
    except yaml.MarkedYAMLError as error:
        what = said(error.problem or error.context or "not YAML")
        raise builder.fail(what, error.problem_mark or error.context_mark) from None
    except yaml.reader.ReaderError as error:
        raise ConfigError(f"{_place(name, text, error.position)}: {error.reason}") from None
    finally:
        loader.dispose()
    return builder.root, builder.places


def _place(name: str, text: str, position: int) -> str:
    """Where a byte is: the parser counts bytes of UTF-8, people count characters."""
    before = text.encode()[:position].decode(errors="ignore")
    return f"{name}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


_NO_KEY: Final = object()


@attrs.define
class _Open:
    """A mapping or list that is still being read."""

    value: Any
    path: Keys
    key: Any = _NO_KEY


class _Builder:
    """Builds values from events, and remembers where each was written."""

    def __init__(self, name: str, loader: Any) -> None:
        self.root: Any = None
        self.places: dict[Keys, tuple[int, int]] = {}
        self._name, self._loader = name, loader
        self._open: list[_Open] = []
        self._documents = 0

    def fail(self, what: str, mark: Any) -> ConfigError:
        """Say what is wrong at a mark."""
        place = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        return ConfigError(f"{self._name}{place}: {what}")

    def take(self, event: Any) -> None:
        """Take one event of the parser."""
        kind = type(event).__name__.removesuffix("Event")
        if kind == "Alias" or getattr(event, "anchor", None):
            raise self.fail("anchors and aliases are not read; write it out", event.start_mark)
        if kind == "DocumentStart":
            self._documents += 1
            if self._documents > 1:
                raise self.fail("a second document; a file has one", event.start_mark)
        elif kind in ("MappingStart", "SequenceStart"):
            self._begin({} if kind == "MappingStart" else [], event)
        elif kind in ("MappingEnd", "SequenceEnd"):
            self._open.pop()
        elif kind == "Scalar":
            self._scalar(event)

    def _begin(self, value: Any, event: Any) -> None:
        self._no_tag(event)
        if len(self._open) >= DEPTH_MOST:
            raise self.fail(f"nested more than {DEPTH_MOST} levels deep", event.start_mark)
        self._open.append(_Open(value, self._put(value, event.start_mark)))

    def _no_tag(self, event: Any) -> None:
        if event.tag is not None and event.tag != "!":
            raise self.fail(
                "tags are not read; leave it out, or put a text with ! in quotes", event.start_mark
            )

    def _scalar(self, event: Any) -> None:
        import yaml

        self._no_tag(event)
        tag = self._loader.resolve(yaml.ScalarNode, event.value, event.implicit)
        node = yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark)
        try:
            value = self._loader.construct_object(node)
        except ValueError:
            raise self.fail("not a number that can be read", event.start_mark) from None
        if isinstance(value, float) and not math.isfinite(value):
            raise self.fail("not a finite number", event.start_mark)
        self._put(value, event.start_mark)

    def _put(self, value: Any, mark: Any) -> Keys:
        """Put a value where it belongs, or keep it as the next key; return its path."""
        if not self._open:
            self.root = value
            return ()
        parent = self._open[-1]
        if isinstance(parent.value, list):
            path = (*parent.path, len(parent.value))
            parent.value.append(value)
            self.places[path] = (mark.line + 1, mark.column + 1)
            return path
        if parent.key is _NO_KEY:
            self._keep_key(parent, value, mark)
            return parent.path
        path = (*parent.path, parent.key)
        parent.value[parent.key] = value
        parent.key = _NO_KEY
        return path

    def _keep_key(self, parent: _Open, key: Any, mark: Any) -> None:
        if not isinstance(key, str):
            raise self.fail("a key is text: put it in quotes", mark)
        path = (*parent.path, key)
        if path in self.places:
            line, column = self.places[path]
            raise self.fail(f"the key {key[:80]!r} is already at {line}:{column}", mark)
        self.places[path] = (mark.line + 1, mark.column + 1)
        parent.key = key
