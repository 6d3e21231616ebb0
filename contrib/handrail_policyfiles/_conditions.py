"""Conditions of a bundle: compiled once each, and blamed at their own line and column."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from handrail import Condition, Node
from handrail_policyfiles._diagnostic import Diagnostic, Findings, at, position
from handrail_policyfiles._position import in_file, offset_of, picture

if TYPE_CHECKING:
    from handrail_policyfiles.expression import ExpressionError


@attrs.define(eq=False)
class Conditions:
    """Compiles conditions; one that stands in several places is compiled once.

    Args:
        lists: The bundle's lists by name, as ``lists.NAME`` in a condition.
        found: Where to say what is wrong.
    """

    lists: Mapping[str, frozenset[str]]
    found: Findings
    _made: dict[tuple[str, bool], Condition] = attrs.field(factory=dict, init=False)
    _lines: dict[Path, list[str]] = attrs.field(factory=dict, init=False)

    def compile(self, node: Node, *, each: bool = False) -> Condition | None:
        """Compile the condition at a node; None where it cannot be, which is then said."""
        from handrail_policyfiles.expression import ExpressionError, compile_condition, mistakes

        key = (node.text(), each)
        try:
            if key not in self._made:
                self._made[key] = compile_condition(key[0], lists=self.lists, each=each)
            return self._made[key]
        except ExpressionError as error:
            wrong = [*mistakes(key[0], self.lists, each=each)] or [error]
            self.found.errors += [self._place(node, one) for one in wrong]
            return None

    def _place(self, node: Node, error: ExpressionError) -> Diagnostic:
        plain = at(node, error.message)
        if node.file is None or node.places is None:
            return plain
        lines = self._lines_of(node.file)
        offset = offset_of(node.value, error.line, error.column)
        line, column = in_file(lines, position(node), str(node.path[-1]), node.value, offset)
        return attrs.evolve(plain, line=line, column=column, picture=picture(lines, line, column))

    def _lines_of(self, file: Path) -> list[str]:
        if file not in self._lines:
            self._lines[file] = file.read_text(encoding="utf-8-sig").split("\n")
        return self._lines[file]
