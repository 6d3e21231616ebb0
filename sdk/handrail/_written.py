"""What a function is written as: the same on every Python, where its bytecode is another on each.

Apart, for nothing else reads Python's source.
"""

from __future__ import annotations

import ast
import linecache
import warnings
from collections.abc import Iterator
from functools import lru_cache
from types import CodeType
from typing import Any

_Function = ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef

_Span = tuple[int, int, int, int]
"""First line and column, last line and column."""

_DEEPEST = 250
"""Levels of a tree that are read: each Python has room for others, for these all have."""

_UNSAID = frozenset(
    {"ctx", "kind", "type_comment", "type_params", "returns", "annotation", "decorator_list"}
)
"""Fields of a tree that say nothing of what a function answers, or not on every Python."""


def written(code: CodeType, module: dict[str, Any]) -> Any:
    """Return the source of a function as a tree of plain values, without layout and docstrings.

    Args:
        code: Its code.
        module: The names of its module.

    Returns: None where there is no source, another than the one that runs, or one nested too deep.
    """
    linecache.checkcache(code.co_filename)
    text = "".join(linecache.getlines(code.co_filename, module))
    return _written(code, code.co_filename, text) if text else None


@lru_cache(maxsize=4096)
def _written(code: CodeType, path: str, text: str) -> Any:
    read = _read(path, text)
    if read is None or code not in read[1]:
        return None
    node = _node(read[0], code)
    try:
        return None if node is None else _form(node)
    except RecursionError:
        return None


@lru_cache(maxsize=64)
def _read(path: str, text: str) -> tuple[ast.Module, frozenset[CodeType]] | None:
    """The tree of a file, and all code that it gives here and now."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Said when the module was compiled, if at all.
            tree = ast.parse(text)
            whole = compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return tree, frozenset(_codes(whole))


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes(each)


def _node(tree: ast.Module, code: CodeType) -> _Function | None:
    """The function in the tree that the code is of; None where several may be."""
    found = [
        each
        for each in ast.walk(tree)
        if isinstance(each, _Function) and _begins(each) == (code.co_firstlineno, code.co_name)
    ]
    if len(found) > 1:  # Lambdas in one line: the innermost that holds all that the code does.
        done = list(_places(code))
        bodies = [(_span(each.body), each) for each in found if isinstance(each, ast.Lambda)]
        holding = [
            (body, each) for body, each in bodies if done and all(_in(p, body) for p in done)
        ]
        found = [each for body, each in holding if all(_in(body, other) for other, _ in holding)]
    return found[0] if len(found) == 1 else None


def _begins(node: _Function) -> tuple[int, str]:
    if isinstance(node, ast.Lambda):
        return node.lineno, "<lambda>"
    return min([node.lineno, *(each.lineno for each in node.decorator_list)]), node.name


def _places(code: CodeType) -> Iterator[_Span]:
    """Where in the file each instruction comes from, as far as that is kept."""
    for line, last, column, end in code.co_positions():
        if line is None or last is None or column is None or end is None:
            continue
        if (column, end) != (0, 0):
            yield line, column, last, end


def _span(node: ast.expr) -> _Span:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _in(inner: _Span, outer: _Span) -> bool:
    return outer[:2] <= inner[:2] and inner[2:] <= outer[2:]


def _form(node: object, room: int = _DEEPEST) -> Any:
    """A tree as plain values; what is empty is left out, for not every Python has it."""
    if not room:
        raise RecursionError
    if isinstance(node, list):
        return [_form(each, room) for each in node]
    if not isinstance(node, ast.AST):
        return node if node is None or isinstance(node, (str, int)) else ascii(node)
    if isinstance(node, ast.Constant):
        return ["Constant", ascii(node.value)]
    fields = {name: getattr(node, name, None) for name in node._fields if name not in _UNSAID}
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(node):
        fields["body"] = node.body[1:]
    if isinstance(node, ast.JoinedStr):
        fields["values"] = _parts(node)
    if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
        fields["format_spec"] = node.format_spec if _parts(node.format_spec) else None
    said = {name: _form(each, room - 1) for name, each in fields.items() if each not in (None, [])}
    return [type(node).__name__, said]


def _parts(node: ast.JoinedStr) -> list[ast.expr]:
    """What an f-string is made of; Python 3.12 has constants without a character in it."""
    return [each for each in node.values if not isinstance(each, ast.Constant) or each.value]
