"""Understands an expression: every name is looked up, every part has a type, typos are named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn

import attrs

from handrail.errors import unknown
from handrail_policyfiles.expression._calls import Calls
from handrail_policyfiles.expression._error import ExpressionError, fail
from handrail_policyfiles.expression._meant import meant
from handrail_policyfiles.expression._operators import arithmetic, compare, member
from handrail_policyfiles.expression._parse import parse
from handrail_policyfiles.expression._schema import SCHEMA
from handrail_policyfiles.expression._tree import Node
from handrail_policyfiles.expression._typed import Checked, Patch, Typed
from handrail_policyfiles.expression._types import (
    BOOL,
    DOUBLE,
    DYN,
    INT,
    NOTHING,
    NUMBERS,
    PERSON,
    STRING,
    STRINGS,
    Type,
    fits,
    list_of,
    value_of,
)
from handrail_policyfiles.expression._words import check_words

GROUPS = frozenset(name.partition(".")[0] for name in (*SCHEMA.variables, *SCHEMA.functions))
_INT_END = 2**63
_DOUBLES = (DOUBLE, list_of(DOUBLE))


def check(source: str, lists: Mapping[str, frozenset[str]], *, each: bool) -> Checked:
    """Understand *source*; raises ExpressionError with the place of what is wrong."""
    checker = Checker(source, lists, each=each)
    root = parse(source)
    checked = truth(checker.check(root))
    if checked.type != BOOL:
        said = f"a condition is true or false, this is {checked.type}: compare it with something"
        fail(source, root.at, said)
    check_words(source, root)
    return Checked(source, checked, tuple(checker.patches))


def mistakes(
    source: str, lists: Mapping[str, frozenset[str]], *, each: bool
) -> Iterator[ExpressionError]:
    """Yield what is wrong with each clause of a row of && or ||; nothing where there is no row."""
    try:
        root = parse(source)
    except ExpressionError:
        return
    for part in root.parts if root.kind == "many" else ():
        try:
            Checker(source, lists, each=each).check(part)
        except ExpressionError as error:
            yield error


def truth(part: Typed) -> Typed:
    """A part where a condition is expected: an attribute may be one."""
    return Typed("truth", BOOL, (part,)) if part.type == DYN else part


class Checker(Calls):
    """One expression being understood."""

    def __init__(self, source: str, lists: Mapping[str, frozenset[str]], *, each: bool) -> None:
        self.source, self.lists, self._each = source, lists, each
        self.scope: list[tuple[str, Type]] = []
        self.patches: list[Patch] = []
        self._by_kind: Mapping[str, Callable[[Node], Typed]] = {
            "literal": self._literal, "name": self._name, "select": self._select,
            "index": self._index, "call": self.call, "list": self._list, "map": self._map,
            "not": self._not, "minus": self._minus, "binary": self._binary, "many": self._many,
            "choice": self._choice,
        }  # fmt: skip

    def check(self, node: Node) -> Typed:
        """Understand one part."""
        return self._by_kind[node.kind](node)

    def fail(self, node: Node, message: str) -> NoReturn:
        """Raise an ExpressionError at *node*."""
        fail(self.source, node.at, message)

    def hand_over(self, node: Node, typed: Typed) -> Typed:
        """Note that the official runtime is given the value of *typed* for *node*."""
        self.patches.append(Patch(node.start, node.end, slot=typed))
        return typed

    def path(self, node: Node) -> str | None:
        """The dotted name that a chain of names is; None where it starts at a value."""
        if node.kind == "name":
            return None if node.value in dict(self.scope) else str(node.value)
        if node.kind != "select":
            return None
        before = self.path(node.parts[0])
        return None if before is None else f"{before}.{node.value}"

    def _literal(self, node: Node) -> Typed:
        if node.value == _INT_END and isinstance(node.value, int):
            fail(self.source, node.at, "a whole number has at most 64 bits")
        kinds = {bool: BOOL, int: INT, float: DOUBLE, str: STRING}
        return Typed("const", kinds[type(node.value)], value=node.value)

    def _name(self, node: Node) -> Typed:
        for number, (name, type_) in enumerate(self.scope):
            if name == node.value:
                return Typed("var", type_, value=number)
        return self._variable(node, str(node.value))

    def _variable(self, node: Node, path: str) -> Typed:
        if path.partition(".")[0] == "lists":
            return self._listed(node, path)
        if path not in SCHEMA.variables:
            self._no_variable(node, path)
        if path.startswith("recipient.") and not self._each:
            self.fail(node, "recipient is whom a rule is tested for: say each: recipients in it")
        known = SCHEMA.variables[path]
        return self.hand_over(node, Typed("input", known.type, (), path, known.optional))

    def _no_variable(self, node: Node, path: str) -> NoReturn:
        if path in SCHEMA.functions:
            self.fail(node, f"{path} is a function: give it its arguments in parentheses")
        if path in GROUPS:
            inside = sorted(n for n in SCHEMA.variables if n.startswith(f"{path}."))
            inside += sorted(f"{n}(…)" for n in SCHEMA.functions if n.startswith(f"{path}."))
            self.fail(node, f"{path} has parts: say which, such as {', '.join(inside[:3])}")
        names = [*SCHEMA.variables, *SCHEMA.functions, *(name for name, _ in self.scope)]
        if near := meant(path, names):
            hint = f"Did you mean {' or '.join(map(repr, near))}?"
            self.fail(node, f"unknown variable {path!r}. {hint}")
        hint = "" if "." in path else " A text stands in quotes."
        self.fail(node, f"{unknown('variable', path, names)}{hint}")

    def _listed(self, node: Node, path: str) -> Typed:
        name = path.partition(".")[2]
        if name not in self.lists:
            self.fail(node, str(unknown("list", path, [f"lists.{n}" for n in self.lists])))
        return self.hand_over(node, Typed("lists", STRINGS, value=name))

    def _select(self, node: Node) -> Typed:
        path = self.path(node)
        if path is not None and not self._reaches_a_value(node.parts[0]):
            return self._variable(node, path)
        target = self.check(node.parts[0])
        if target.type == PERSON:
            return self._field(node, target)
        if target.type != DYN and (target.type.name != "map" or target.type.of[0] != STRING):
            self.fail(node, f"{target.type} has no fields, so no {node.value!r}")
        key = Typed("const", STRING, value=node.value)
        return Typed("index", value_of(target.type), (target, key), optional=True)

    def _reaches_a_value(self, node: Node) -> bool:
        """Whether a chain of names names a value already, of which this is a part."""
        path = self.path(node)
        return path in SCHEMA.variables or (
            node.kind == "select" and self._reaches_a_value(node.parts[0])
        )

    def _field(self, node: Node, target: Typed) -> Typed:
        known = SCHEMA.person.get(node.value)
        if known is None:
            self.fail(node, str(unknown("field of a person", node.value, SCHEMA.person)))
        return Typed("field", known.type, (target,), node.value, known.optional)

    def _index(self, node: Node) -> Typed:
        target, key = map(self.check, node.parts)
        name = target.type.name
        if name not in ("list", "map", "dyn"):
            self.fail(node, f"{target.type} has no parts to pick with […]")
        wanted = INT if name == "list" else target.type.of[0] if name == "map" else DYN
        if not fits(wanted, key.type):
            self.fail(node.parts[1], f"expected {wanted} in […], got {key.type}")
        return Typed("index", value_of(target.type), (target, key), optional=True)

    def _list(self, node: Node) -> Typed:
        parts = self._alike(node.parts)
        return Typed("list", list_of(parts[0].type if parts else NOTHING), parts)

    def _map(self, node: Node) -> Typed:
        keys, values = self._alike(node.parts[::2]), self._alike(node.parts[1::2])
        if not keys:
            self.fail(node, "an empty map has nothing to say")
        if keys[0].type not in (STRING, INT, BOOL):
            self.fail(node.parts[0], f"the keys of a map are strings, not {keys[0].type}")
        pairs = tuple(part for pair in zip(keys, values, strict=True) for part in pair)
        return Typed("map", Type("map", (keys[0].type, values[0].type)), pairs)

    def _alike(self, nodes: tuple[Node, ...]) -> tuple[Typed, ...]:
        """Understand parts that are of one type; whole numbers among others are taken as such."""
        parts = [self.check(node) for node in nodes]
        if any(part.type == DOUBLE for part in parts):
            parts = [self.as_double(n, p) or p for n, p in zip(nodes, parts, strict=True)]
        for node, part in zip(nodes, parts, strict=True):
            if part.type != parts[0].type:
                self.fail(node, f"expected {parts[0].type} like the first, got {part.type}")
        return tuple(parts)

    def as_double(self, node: Node, part: Typed) -> Typed | None:
        """Take a whole number, or a list of them, as doubles; None where they are not written."""
        if node.kind == "list" and node.parts and part.type == list_of(INT):
            made = [self.as_double(n, p) for n, p in zip(node.parts, part.args, strict=True)]
            whole = tuple(p for p in made if p is not None)
            return Typed("list", list_of(DOUBLE), whole) if len(whole) == len(made) else None
        literal = node.parts[0] if node.kind == "minus" else node
        if literal.kind != "literal" or part.type != INT or part.op != "const":
            return None
        self.patches.append(Patch(literal.start, literal.end, repr(float(literal.value))))
        return Typed("const", DOUBLE, value=float(part.value))

    def _not(self, node: Node) -> Typed:
        return Typed("not", BOOL, (self._condition(node.parts[0], "! turns a condition around"),))

    def _condition(self, node: Node, what: str) -> Typed:
        part = truth(self.check(node))
        if part.type != BOOL:
            self.fail(node, f"{what}, and this is {part.type}")
        return part

    def _minus(self, node: Node) -> Typed:
        inner = node.parts[0]
        if inner.kind == "literal" and inner.value == _INT_END and isinstance(inner.value, int):
            return Typed("const", INT, value=-_INT_END)
        part = self.check(inner)
        if part.type not in (*NUMBERS, DYN):
            self.fail(node, f"- wants a number, and this is {part.type}")
        if part.op == "const":
            return Typed("const", part.type, value=-part.value)
        return Typed("neg", part.type, (part,))

    def _many(self, node: Node) -> Typed:
        what = f"{node.value} joins conditions"
        parts = tuple(self._condition(part, what) for part in node.parts)
        return Typed("and" if node.value == "&&" else "or", BOOL, parts)

    def _choice(self, node: Node) -> Typed:
        test = self._condition(node.parts[0], "? asks a condition")
        yes, no = self._alike(node.parts[1:])
        return Typed("choice", yes.type, (test, yes, no))

    def _binary(self, node: Node) -> Typed:
        left, right = map(self.check, node.parts)
        left, right = self._number_types(node, left, right)
        if node.value == "in":
            found = member(self, node, left, right)
            return self._looked_up(node, found) if right.op == "lists" else found
        if node.value in ("+", "-", "*", "/", "%"):
            return arithmetic(self, node, left, right)
        return compare(self, node, left, right)

    def _looked_up(self, node: Node, found: Typed) -> Typed:
        """Hand over the answer, and not a long list in every call."""
        item, listed = found.args
        if item.op != "input":
            return found
        self.patches = [p for p in self.patches if not node.start <= p.start < node.end]
        return self.hand_over(node, attrs.evolve(found, value=(item.value, listed.value)))

    def _number_types(self, node: Node, left: Typed, right: Typed) -> tuple[Typed, Typed]:
        """Take a whole number that is written beside a double as one."""
        one, two = node.parts
        if right.type in _DOUBLES:
            left = self.as_double(one, left) or left
        if left.type in _DOUBLES:
            right = self.as_double(two, right) or right
        return left, right
