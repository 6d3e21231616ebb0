"""The tree of an expression as it was written: what, made of what, and where."""

from __future__ import annotations

from typing import Any

import attrs

DEPTH_MOST = 24
"""How deep an expression nests; the official runtime gives up at 32."""


@attrs.frozen
class Node:
    """A part of an expression.

    Attributes:
        kind: ``literal``, ``name``, ``select``, ``index``, ``call``, ``list``, ``map``, ``not``,
            ``minus``, ``binary``, ``many`` (a row of && or ||) or ``choice`` (… ? … : …).
        value: The literal's value, or the name, field, function or operator.
        parts: What it is made of. A call's first part is what it is called on, if ``on``.
        at: Where an error in it is shown. start, end: Its characters, half-open.
        depth: How deep it nests. on: Whether a call is called on something.
    """

    kind: str
    value: Any
    parts: tuple[Node, ...]
    at: int
    start: int
    end: int
    depth: int = 1
    on: bool = False
