"""From an understood expression to plain Python in three-valued logic: what is simple of it.

The code is put together as a syntax tree, never as text. Where every input is there it is what
one would write by hand; only where one is missing does it look at what follows from that.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from handrail_policyfiles.expression import _kleene
from handrail_policyfiles.expression._code import (
    Code,
    NotSimpleError,
    Scribe,
    all_of,
    call,
    dot,
    is_none,
    read,
    taking,
)
from handrail_policyfiles.expression._ranges import safe
from handrail_policyfiles.expression._schema import read_as
from handrail_policyfiles.expression._typed import Typed
from handrail_policyfiles.expression._types import (
    BOOL,
    DOUBLE,
    DURATION,
    DYN,
    INT,
    STRING,
    STRINGS,
)

FEW = 8
"""So many phrases are looked for one by one."""

_COMPARE: Mapping[str, type[ast.cmpop]] = {
    "==": ast.Eq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE,
}  # fmt: skip
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COMPUTE: Mapping[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "%": ast.Mod,
}  # fmt: skip
_FOLDS = {
    "exists": _kleene.exists, "all": _kleene.every, "exists_one": _kleene.exists_one,
    "filter": _kleene.kept,
}  # fmt: skip
_TEXT = {"startsWith": "startswith", "endsWith": "endswith"}


def build(
    root: Typed, lists: Mapping[str, frozenset[str]], names: tuple[str, ...]
) -> tuple[Callable[..., Any], bool]:
    """Compile *root* to a function of the inputs *names*; also whether it may answer None.

    Raises NotSimpleError where a part of it needs the official runtime.
    """
    whole = _Writer(lists, names, present=False)
    careful = whole.write(root)
    body = careful.tree
    missable = [p.value for p in root.walk() if p.op == "input" and p.optional]
    if missable:
        plain = _Writer(lists, names, present=True, constants=whole.constants).write(root).tree
        there = [is_none(whole.parameter(n), but=True) for n in dict.fromkeys(missable)]
        body = ast.IfExp(all_of(there), plain, body)
    function = taking([f"v{n}" for n in range(len(names))], body)
    tree = ast.fix_missing_locations(ast.Expression(function))
    made = eval(compile(tree, "<condition>", "eval"), whole.constants)  # noqa: S307 - the tree is ours
    return made, careful.may_miss


class _Writer(Scribe):
    """Writes one function, under the assumption that inputs are *present*, or without it."""

    def __init__(
        self, lists: Mapping[str, frozenset[str]], names: tuple[str, ...], *, present: bool,
        constants: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(constants)
        self._lists, self._names, self._present = lists, names, present
        self._inside = 0
        self._write: Mapping[str, Callable[[Typed], Code]] = {
            "const": self._const, "input": self._input, "field": self._field,
            "lists": lambda part: Code(self.keep(self._lists[part.value])),
            "var": lambda part: Code(read(f"x{part.value}")),
            "index": self._attribute, "mentions": self._mentions,
            "mentions_given": self._mentions_given, "truth": self._truth,
            "not": self._not, "neg": self._neg,
            "and": self._and, "or": self._or, "choice": self._choice, "in": self._in,
            "list": self._list, "size": self._size,
            "call": self._call, **dict.fromkeys(_COMPARE, self._compare),
            **dict.fromkeys(_COMPUTE, self._compute), **dict.fromkeys(_FOLDS, self._fold),
        }  # fmt: skip

    def write(self, part: Typed) -> Code:
        """Write one part; raises NotSimpleError."""
        if part.op not in self._write:
            raise NotSimpleError(part.op)
        return self._write[part.op](part)

    def parameter(self, name: str) -> ast.expr:
        """Read an input."""
        return read(f"v{self._names.index(name)}")

    def _const(self, part: Typed) -> Code:
        if isinstance(part.value, (bool, int, float, str)):
            return Code(ast.Constant(part.value))
        return Code(self.keep(part.value))

    def _input(self, part: Typed) -> Code:
        code = Code(self.parameter(part.value), part.optional and not self._present)
        convert = read_as(part.value)
        if convert is None:
            return code
        return self.strict([code], lambda tree: call(self.keep(convert), tree))

    def _field(self, part: Typed) -> Code:
        person = self.write(part.args[0]).tree
        if not isinstance(person, ast.Name):
            raise NotSimpleError(part.op)
        if not part.value.startswith("age"):
            return Code(dot(person, part.value), part.optional)
        inner = "value" if part.value == "age" else "known_by"
        age = Code(dot(person, "age"), may_miss=True)
        return self.strict([age], lambda tree: dot(tree, inner))

    def _attribute(self, part: Typed) -> Code:
        container, key = part.args
        if container.value != "item.attributes" or key.type != STRING:
            raise NotSimpleError(part.op)
        get = dot(self.write(container).tree, "get")
        return Code(self.strict([self.write(key)], lambda tree: call(get, tree)).tree, True)

    def _mentions(self, part: Typed) -> Code:
        words = self.write(part.args[0]).tree
        if not part.value:
            return Code(ast.Constant(False))
        if len(part.value) > FEW:
            return Code(call(self.keep(_kleene.Phrases(part.value).within), words))
        found = [ast.Compare(ast.Constant(p), [ast.In()], [words]) for p in sorted(part.value)]
        return Code(found[0] if len(found) == 1 else ast.BoolOp(ast.Or(), [*found]))

    def _mentions_given(self, part: Typed) -> Code:
        within = self.keep(_kleene.mentioned)
        codes = [self.write(each) for each in part.args]
        return self.strict(codes, lambda words, given: call(within, words, given))

    def _not(self, part: Typed) -> Code:
        return self.strict([self.write(part.args[0])], lambda t: ast.UnaryOp(ast.Not(), t))

    def _truth(self, part: Typed) -> Code:
        truth = self.keep(_kleene.truth)
        return self.strict([self.write(part.args[0])], lambda tree: call(truth, tree))

    def _and(self, part: Typed) -> Code:
        return self.row([self.write(p) for p in part.args], ast.And(), self.and_two)

    def _or(self, part: Typed) -> Code:
        return self.row([self.write(p) for p in part.args], ast.Or(), self.or_two)

    def _neg(self, part: Typed) -> Code:
        if not safe(part):
            raise NotSimpleError(part.op)
        return self.strict([self.write(part.args[0])], lambda t: ast.UnaryOp(ast.USub(), t))

    def _choice(self, part: Typed) -> Code:
        test, yes, no = map(self.write, part.args)
        made = self.strict([test], lambda t: ast.IfExp(t, yes.tree, no.tree))
        return Code(made.tree, test.may_miss or yes.may_miss or no.may_miss)

    def _compare(self, part: Typed) -> Code:
        left, right = part.args
        if DYN in (left.type, right.type):
            return self._compare_dyn(part)
        if left.type.of or right.type.of:
            raise NotSimpleError(part.op)
        sign = _COMPARE[part.op]()
        return self.strict(
            [self.write(left), self.write(right)], lambda a, b: ast.Compare(a, [sign], [b])
        )

    def _compare_dyn(self, part: Typed) -> Code:
        """An attribute beside a number, a text or a truth value: one of another type fails."""
        left, right = part.args
        other = right if left.type == DYN else left
        if other.type in (INT, DOUBLE):
            return self._compare_number(part)
        if part.op not in ("==", "!=") or other.type not in (BOOL, STRING):
            raise NotSimpleError(part.op)
        codes = [self.write(left), self.write(right)]
        if other.type == STRING:
            sign = _COMPARE[part.op]()
            return self.strict(codes, lambda a, b: ast.Compare(a, [sign], [b]))
        same: ast.cmpop = ast.Is() if part.op == "==" else ast.IsNot()
        return self.strict(codes, lambda a, b: ast.Compare(a, [same], [b]))

    def _compare_number(self, part: Typed) -> Code:
        turned = part.args[0].type != DYN
        codes = [self.write(each) for each in (part.args[::-1] if turned else part.args)]
        if part.op in ("==", "!="):
            same = self.keep(_kleene.same_number)
            made = self.strict(codes, lambda a, b: call(same, a, b))
            negate = part.op == "!="
            return self.strict([made], lambda t: ast.UnaryOp(ast.Not(), t)) if negate else made
        number = self.keep(_kleene.number)
        sign = _COMPARE[_TURNED[part.op] if turned else part.op]()
        return self.strict(codes, lambda a, b: ast.Compare(call(number, a), [sign], [b]))

    def _compute(self, part: Typed) -> Code:
        left, right = part.args
        whole = left.type.of or part.type == DYN or not safe(part)
        if whole or (part.op == "/" and part.type not in (DOUBLE, DURATION)):
            raise NotSimpleError(part.op)
        sign = _COMPUTE[part.op]()
        return self.strict(
            [self.write(left), self.write(right)], lambda a, b: ast.BinOp(a, sign, b)
        )

    def _in(self, part: Typed) -> Code:
        item, container = part.args
        if container.type.name == "map":
            return self._has_key(item, container)
        loose = item.type == DYN and container.type != STRINGS
        if loose or container.type == DYN or item.type.of:
            raise NotSimpleError(part.op)
        if container.op == "list" and all(each.op == "const" for each in container.args):
            wanted = Code(self.keep(frozenset(each.value for each in container.args)))
        else:
            wanted = self.write(container)
        return self.strict([self.write(item), wanted], lambda a, b: ast.Compare(a, [ast.In()], [b]))

    def _has_key(self, key: Typed, container: Typed) -> Code:
        if container.value != "item.attributes" or key.type != STRING:
            raise NotSimpleError("in")
        get = dot(self.write(container).tree, "get")
        return self.strict([self.write(key)], lambda tree: is_none(call(get, tree), but=True))

    def _list(self, part: Typed) -> Code:
        return self.strict(
            [self.write(each) for each in part.args], lambda *t: ast.Tuple([*t], ast.Load())
        )

    def _size(self, part: Typed) -> Code:
        if part.args[0].type == DYN or part.args[0].type.name == "map":
            raise NotSimpleError(part.op)
        size = self.keep(len)
        return self.strict([self.write(part.args[0])], lambda tree: call(size, tree))

    def _call(self, part: Typed) -> Code:
        kinds = [each.type for each in part.args]
        if part.value == "contains" and kinds == [STRING, STRING]:
            return self.strict(
                [self.write(each) for each in part.args],
                lambda a, b: ast.Compare(b, [ast.In()], [a]),
            )
        if part.value in _TEXT and kinds == [STRING, STRING]:
            method = _TEXT[part.value]
            return self.strict(
                [self.write(each) for each in part.args], lambda a, b: call(dot(a, method), b)
            )
        raise NotSimpleError(part.value)

    def _fold(self, part: Typed) -> Code:
        items, body = part.args
        if self._inside or items.type.name != "list":
            raise NotSimpleError(part.op)
        target = self.write(items)
        self._inside += 1
        inner = self.write(body)
        self._inside -= 1
        function = taking([f"x{part.value}"], inner.tree)
        go = self.keep(_FOLDS[part.op])
        made = self.strict([target], lambda t: call(go, t, function))
        return Code(made.tree, made.may_miss or inner.may_miss)
