"""Pieces of Python as a syntax tree, and how values that may be None are joined.

None stands for "unknown": Kleene's logic, in which false settles an ``and`` and true an ``or``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import attrs


class NotSimpleError(Exception):
    """A part that is left to the official runtime."""


@attrs.frozen
class Code:
    """Python for a part, and whether it may come to None."""

    tree: ast.expr
    may_miss: bool = False


def read(name: str) -> ast.expr:
    """Read a name."""
    return ast.Name(name, ast.Load())


def dot(tree: ast.expr, field: str) -> ast.expr:
    """Read an attribute."""
    return ast.Attribute(tree, field, ast.Load())


def call(function: ast.expr, *arguments: ast.expr) -> ast.expr:
    """Call a function."""
    return ast.Call(function, [*arguments], [])


def is_none(tree: ast.expr, *, but: bool = False) -> ast.expr:
    """Ask whether something is None, or is anything *but* that."""
    return ast.Compare(tree, [ast.IsNot() if but else ast.Is()], [ast.Constant(None)])


def all_of(parts: list[ast.expr]) -> ast.expr:
    """Join tests with ``and``."""
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), parts)


def taking(arguments: list[str], body: ast.expr) -> ast.Lambda:
    """A function of *arguments*."""
    given = [ast.arg(arg=each) for each in arguments]
    return ast.Lambda(
        ast.arguments(posonlyargs=[], args=given, kwonlyargs=[], kw_defaults=[], defaults=[]), body
    )


class Scribe:
    """Joins pieces; what is used twice is worked out once.

    Attributes:
        constants: Values that no literal says, by the name they have in the code.
    """

    def __init__(self, constants: dict[str, Any] | None = None) -> None:
        self.constants: dict[str, Any] = {"__builtins__": {}} if constants is None else constants
        self._temporaries = 0

    def keep(self, value: Any) -> ast.expr:
        """A name for a value that no literal says."""
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return read(name)

    def hold(self, tree: ast.expr) -> tuple[ast.expr, ast.expr]:
        """A way to write *tree* so that it is worked out once, and a way to read it again."""
        if isinstance(tree, ast.Name):
            return tree, tree
        self._temporaries += 1
        name = f"t{self._temporaries}"
        return ast.NamedExpr(ast.Name(name, ast.Store()), tree), read(name)

    def strict(self, parts: list[Code], join: Callable[..., ast.expr]) -> Code:
        """What is unknown as soon as one part is."""
        asks, reads = [], []
        for part in parts:
            first, again = self.hold(part.tree) if part.may_miss else (part.tree, part.tree)
            reads.append(again)
            if part.may_miss:
                asks.append(is_none(first))
        made = join(*reads)
        if not asks:
            return Code(made)
        missing = asks[0] if len(asks) == 1 else ast.BoolOp(ast.Or(), asks)
        return Code(ast.IfExp(missing, ast.Constant(None), made), may_miss=True)

    def row(
        self, codes: list[Code], join: ast.boolop, two: Callable[[ast.expr, ast.expr], ast.expr]
    ) -> Code:
        """Join a row: what is sure first, since it may settle it, then what may be unknown."""
        sure = [code.tree for code in codes if not code.may_miss]
        open_ = [code.tree for code in codes if code.may_miss]
        if not open_:
            return Code(ast.BoolOp(join, sure))
        while len(open_) > 1:
            pairs = zip(open_[::2], open_[1::2], strict=False)
            open_ = [two(a, b) for a, b in pairs] + open_[len(open_) // 2 * 2 :]
        return Code(ast.BoolOp(join, [*sure, *open_]) if sure else open_[0], may_miss=True)

    def and_two(self, one: ast.expr, two: ast.expr) -> ast.expr:
        """``False if one is False else (two and one)``."""
        first, again = self.hold(one)
        is_false = ast.Compare(first, [ast.Is()], [ast.Constant(False)])
        return ast.IfExp(is_false, ast.Constant(False), ast.BoolOp(ast.And(), [two, again]))

    def or_two(self, one: ast.expr, two: ast.expr) -> ast.expr:
        """``one or two or (one if one is two else None)``."""
        first, again = self.hold(one)
        second, again2 = self.hold(two)
        same = ast.Compare(again, [ast.Is()], [again2])
        return ast.BoolOp(ast.Or(), [first, second, ast.IfExp(same, again, ast.Constant(None))])
