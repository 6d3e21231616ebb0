"""The tree of an expression once it is understood: every part has a type and a meaning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from handrail_policyfiles.expression._types import Type


@attrs.frozen(eq=False)
class Typed:
    """A part of an expression that was checked.

    Attributes:
        op: ``const``, ``input``, ``lists``, ``mentions``, ``var``, ``field``, ``index``, an
            operator, ``and``, ``or``, ``not``, ``neg``, ``choice``, ``list``, ``map``, ``size``,
            ``call``, or a macro: ``exists``, ``all``, ``exists_one``, ``filter``, ``each``.
        type: Its type. args: What it is made of.
        value: A constant, an input's name, a variable's number, a field's or function's name.
        optional: Whether it may be missing by itself, whatever it is made of.
    """

    op: str
    type: Type
    args: tuple[Typed, ...] = ()
    value: Any = None
    optional: bool = False

    def walk(self) -> Iterator[Typed]:
        """Yield it and all its parts."""
        yield self
        for part in self.args:
            yield from part.walk()

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the SDK's inputs it asks for, each once, in order."""
        return tuple(dict.fromkeys(part.value for part in self.walk() if part.op == "input"))


@attrs.frozen
class Patch:
    """A piece of the source that the official runtime is given something else for.

    Attributes:
        start, end: Its characters. text: What stands there instead, if it is a number.
        slot: What is worked out here and handed over by name, if it is not.
    """

    start: int
    end: int
    text: str = ""
    slot: Typed | None = None


@attrs.frozen
class Checked:
    """An expression that was understood: its tree, and what it means to the official runtime."""

    source: str
    root: Typed
    patches: tuple[Patch, ...]
