"""Calls in an expression: our functions, CEL's own, and the macros that go through lists."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import NoReturn

from handrail.errors import unknown
from handrail_policyfiles.expression import _standard as standard
from handrail_policyfiles.expression._arguments import argument, folded, phrase
from handrail_policyfiles.expression._meant import ELSEWHERE
from handrail_policyfiles.expression._schema import SCHEMA, Function
from handrail_policyfiles.expression._times import duration, timestamp
from handrail_policyfiles.expression._tree import Node
from handrail_policyfiles.expression._typed import Patch, Typed
from handrail_policyfiles.expression._types import (
    BOOL,
    DURATION,
    DYN,
    INT,
    STRING,
    TIMESTAMP,
    Type,
    list_of,
)

NESTED_MOST = 2
"""How many macros may stand in one another; each goes through a whole list."""

MACROS = ("all", "exists", "exists_one", "filter", "map")
_ROOTS = {name.partition(".")[0] for name in (*SCHEMA.variables, *SCHEMA.functions)} | {"lists"}


class Calls(ABC):
    """The part of a checker that understands calls."""

    source: str
    lists: Mapping[str, frozenset[str]]
    scope: list[tuple[str, Type]]
    patches: list[Patch]

    @abstractmethod
    def check(self, node: Node) -> Typed:
        """Understand one part."""

    @abstractmethod
    def fail(self, node: Node, message: str) -> NoReturn:
        """Raise an ExpressionError at *node*."""

    @abstractmethod
    def path(self, node: Node) -> str | None:
        """The dotted name that a chain of names is."""

    @abstractmethod
    def hand_over(self, node: Node, typed: Typed) -> Typed:
        """Note that the official runtime is given the value of *typed* for *node*."""

    def call(self, node: Node) -> Typed:
        """Understand a call."""
        if node.value == "has":
            self.fail(
                node,
                "has() would quietly take what is missing for a no: leave it out, compare the "
                'value, and say unknown: in the rule (an attribute: "key" in item.attributes)',
            )
        before = self.path(node.parts[0]) if node.on else None
        name = f"{before}.{node.value}" if before else str(node.value)
        if (before is not None or not node.on) and name in SCHEMA.functions:
            return self._ours(node, name, SCHEMA.functions[name])
        if node.on and node.value in MACROS:
            return self._macro(node)
        if not standard.knows(node):
            self._unknown(node, name)
        return self._standard(node)

    def _unknown(self, node: Node, name: str) -> NoReturn:
        known = [*SCHEMA.functions, *standard.NAMES, *MACROS]
        if ours := ELSEWHERE.get(str(node.value)):
            self.fail(node, f"unknown function {node.value!r}. Did you mean {ours!r}?")
        own = str(unknown("function", name, known))
        short = str(unknown("function", node.value, known))
        self.fail(node, own if "Did you mean" in own else short)

    def _ours(self, node: Node, name: str, known: Function) -> Typed:
        given = node.parts[1:] if node.on else node.parts
        if not known.least <= len(given) <= len(known.takes):
            takes = ", ".join(known.takes)
            self.fail(node, f"{name} takes ({takes}), and got {len(given)} arguments")
        if "phrase" in known.takes[0]:
            return self.hand_over(node, self._mentions(given[0], known))
        texts = [
            argument(self.source, each, kind)
            for each, kind in zip(given, known.takes, strict=False)
        ]
        read = known.input.format(", ".join(texts))
        return self.hand_over(node, Typed("input", known.type, (), read, known.optional))

    def _mentions(self, node: Node, known: Function) -> Typed:
        words = Typed("input", STRING, value=known.input)
        if known.takes == ("phrase",):
            return Typed("mentions", BOOL, (words,), frozenset({phrase(self.source, node)}))
        if node.kind == "list" and node.parts:
            phrases = frozenset(phrase(self.source, part) for part in node.parts)
            return Typed("mentions", BOOL, (words,), phrases)
        path = self.path(node) or ""
        if path.startswith("item.attributes."):
            given = self.check(node)
            self.patches.pop()
            return Typed("mentions_given", BOOL, (words, given), given.args[1].value, True)
        if not path.startswith("lists."):
            self.fail(
                node,
                "expected a list of phrases written out, lists.NAME, or item.attributes.NAME",
            )
        listed = self.check(node)
        self.patches.pop()
        phrases = frozenset(filter(None, map(folded, self.lists[listed.value])))
        return Typed("mentions", BOOL, (words, listed), phrases)

    def _macro(self, node: Node) -> Typed:
        target, name = self.check(node.parts[0]), str(node.value)
        if target.type.name not in ("list", "map", "dyn"):
            self.fail(node, f"{name} goes through a list, and this is {target.type}")
        if len(node.parts) not in ((3, 4) if name == "map" else (3,)):
            self.fail(node, f"{name} takes a name and a condition, such as {name}(p, p.age < 18)")
        item = target.type.of[0] if target.type.of else DYN
        number = self._bind(node.parts[1], item)
        bodies = [self.check(part) for part in node.parts[2:]]
        self.scope.pop()
        for body, part in zip(bodies, node.parts[2:], strict=True):
            if body.type != BOOL and not (name == "map" and part is node.parts[-1]):
                self.fail(part, f"{name} asks a condition of each, and this is {body.type}")
        kinds = {"filter": target.type, "map": list_of(bodies[-1].type)}
        op = "each" if name == "map" else name
        return Typed(op, kinds.get(name, BOOL), (target, *bodies), number)

    def _bind(self, node: Node, item: Type) -> int:
        if node.kind != "name":
            self.fail(node, "expected a name for each one, such as p")
        if node.value in _ROOTS or node.value in dict(self.scope) or node.value.startswith("_"):
            self.fail(node, f"{node.value!r} already means something: choose another name")
        if len(self.scope) >= NESTED_MOST:
            self.fail(node, f"lists are gone through {NESTED_MOST} deep at most")
        self.scope.append((node.value, item))
        return len(self.scope) - 1

    def _standard(self, node: Node) -> Typed:
        name = str(node.value)
        parts = tuple(self.check(part) for part in node.parts)
        if not node.on and name in ("timestamp", "duration") and parts and parts[0].op == "const":
            return self._time(node, name, parts)
        made = standard.result(node, parts)
        if made is None:
            kinds = ", ".join(str(part.type) for part in parts)
            self.fail(node, f"{name} does not take ({kinds}): {standard.usage(node)}")
        if name == "matches" and parts[1].op != "const":
            self.fail(node.parts[1], "a pattern is written out, so that it is checked when loaded")
        if name == "size":
            return Typed("size", INT, parts)
        return Typed("call", made, parts, name)

    def _time(self, node: Node, name: str, parts: tuple[Typed, ...]) -> Typed:
        text = parts[0].value
        read = timestamp if name == "timestamp" else duration
        value = read(text) if len(parts) == 1 and isinstance(text, str) else None
        if value is None:
            example = "2026-01-01T00:00:00Z" if name == "timestamp" else "36h, 90m or 1.5s"
            self.fail(node.parts[0], f"expected a {name} such as {example}")
        return Typed("const", TIMESTAMP if name == "timestamp" else DURATION, value=value)
