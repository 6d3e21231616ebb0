"""From words to a tree: CEL's grammar, as precedence climbing, without messages and bytes."""

from __future__ import annotations

from typing import Any

import attrs

from handrail_policyfiles.expression._error import fail
from handrail_policyfiles.expression._tokens import Token, tokens
from handrail_policyfiles.expression._tree import DEPTH_MOST, Node

_BINDING = {
    "||": 1, "&&": 2, "<": 3, "<=": 3, ">": 3, ">=": 3, "==": 3, "!=": 3, "in": 3,
    "+": 4, "-": 4, "*": 5, "/": 5, "%": 5,
}  # fmt: skip
_RESERVED = frozenset(
    {
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
        "loop", "package", "namespace", "return", "var", "void", "while",
    }
)  # fmt: skip
_WORDS = {"and": "&&", "or": "||", "not": "!", "True": "true", "False": "false"}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def parse(source: str) -> Node:
    """Parse *source*; raises ExpressionError with the place of what is wrong."""
    return _Parser(source).whole()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = list(tokens(source))
        self._next = 0
        self._open = 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._token
        self._next += 1
        return token

    def _is(self, *texts: str) -> bool:
        token = self._token
        return token.kind in ("sign", "name") and token.text in texts

    def _expect(self, text: str, opened: Token) -> Token:
        if not self._is(text):
            self._unexpected(f"expected {text!r} for the {opened.text!r} before")
        return self._take()

    def _unexpected(self, wanted: str) -> None:
        token = self._token
        if token.kind == "end":
            fail(self._source, token.start, f"the expression ends too early: {wanted}")
        hint = _WORDS.get(token.text) or _WORDS.get(token.text.lower())
        said = f"write {hint} for {token.text}" if hint else wanted
        fail(self._source, token.start, f"unexpected {token.text[:40]!r}: {said}")

    def _node(self, kind: str, value: Any, parts: tuple[Node, ...], **place: Any) -> Node:
        depth = 1 + max((part.depth for part in parts), default=0)
        if depth > DEPTH_MOST:
            self._too_deep(place["at"])
        return Node(kind, value, parts, depth=depth, **place)

    def _too_deep(self, at: int) -> None:
        fail(
            self._source, at,
            f"nested more than {DEPTH_MOST} deep: write it as several rules, or flatter",
        )  # fmt: skip

    def whole(self) -> Node:
        if self._token.kind == "end":
            fail(self._source, 0, "the expression is empty: say when the rule holds")
        node = self._choice()
        if self._token.kind != "end":
            self._unexpected("expected an operator such as &&, or the end")
        return node

    def _choice(self) -> Node:
        """A whole expression: what parentheses, brackets and arguments hold."""
        self._open += 1
        if self._open > DEPTH_MOST:
            self._too_deep(self._token.start)
        test = self._binary(1)
        if self._is("?"):
            mark = self._take()
            yes = self._binary(1)
            self._expect(":", mark)
            no = self._choice()
            test = self._node(
                "choice", "?", (test, yes, no), at=mark.start, start=test.start, end=no.end
            )
        self._open -= 1
        return test

    def _binary(self, least: int) -> Node:
        left = self._unary()
        while self._token.kind in ("sign", "name"):
            sign = self._token
            binding = _BINDING.get(sign.text, 0)
            if binding < least:
                break
            self._take()
            if binding <= 2:
                left = self._many(left, sign, binding)
                continue
            right = self._binary(binding + 1)
            left = self._node(
                "binary", sign.text, (left, right), at=sign.start, start=left.start, end=right.end
            )
        return left

    def _many(self, first: Node, sign: Token, binding: int) -> Node:
        """A row of the same && or ||: long ones are no deeper than short ones."""
        parts = [first, self._binary(binding + 1)]
        while self._is(sign.text):
            self._take()
            parts.append(self._binary(binding + 1))
        return self._node(
            "many", sign.text, tuple(parts), at=sign.start, start=first.start, end=parts[-1].end
        )

    def _unary(self) -> Node:
        signs = []
        while self._is("!", "-"):
            signs.append(self._take())
            if signs[-1].text != signs[0].text:
                fail(self._source, signs[-1].start, "put parentheses between ! and -")
            if len(signs) > DEPTH_MOST:
                self._too_deep(signs[0].start)
        node = self._member()
        for sign in reversed(signs):
            kind = "not" if sign.text == "!" else "minus"
            node = self._node(
                kind, sign.text, (node,), at=sign.start, start=sign.start, end=node.end
            )
        return node

    def _member(self) -> Node:
        node = self._primary()
        while self._is(".", "["):
            sign = self._take()
            if sign.text == "[":
                key = self._choice()
                end = self._expect("]", sign).end
                node = self._node(
                    "index", "[]", (node, key), at=sign.start, start=node.start, end=end
                )
                continue
            if self._token.kind != "name" or self._token.text in ("in", "true", "false", "null"):
                self._unexpected("expected a field's name after '.'")
            node = self._select(node, self._take())
        return node

    def _select(self, target: Node, name: Token) -> Node:
        if self._is("("):
            parts, end = self._arguments()
            return self._node(
                "call", name.text, (target, *parts), at=name.start, start=target.start, end=end,
                on=True,
            )  # fmt: skip
        return self._node(
            "select", name.text, (target,), at=name.start, start=target.start, end=name.end
        )

    def _arguments(self) -> tuple[tuple[Node, ...], int]:
        opened = self._take()
        closing = _CLOSING[opened.text]
        parts: list[Node] = []
        while not self._is(closing):
            parts.append(self._choice())
            if not self._is(","):
                break
            comma = self._take()
            if opened.text == "(" and self._is(closing):
                fail(self._source, comma.start, "an argument is missing after ','")
        return tuple(parts), self._expect(closing, opened).end

    def _primary(self) -> Node:
        token = self._token
        place: dict[str, Any] = {"at": token.start, "start": token.start, "end": token.end}
        if token.kind in ("int", "double", "string"):
            return Node("literal", self._take().value, (), **place)
        if self._is("("):
            return self._parenthesis()
        if self._is("["):
            parts, end = self._arguments()
            return self._node("list", "[", parts, at=token.start, start=token.start, end=end)
        if self._is("{"):
            return self._map()
        if token.kind != "name" or token.text == "in":
            self._unexpected("expected a value, a variable or '('")
        return self._name(self._take(), place)

    def _parenthesis(self) -> Node:
        opened = self._take()
        inner = self._choice()
        end = self._expect(")", opened).end
        if inner.depth >= DEPTH_MOST:
            self._too_deep(opened.start)
        return attrs.evolve(inner, start=opened.start, end=end, depth=inner.depth + 1)

    def _map(self) -> Node:
        opened = self._take()
        parts: list[Node] = []
        while not self._is("}"):
            key = self._choice()
            self._expect(":", opened)
            parts += [key, self._choice()]
            if not self._is(","):
                break
            self._take()
        end = self._expect("}", opened).end
        return self._node("map", "{", tuple(parts), at=opened.start, start=opened.start, end=end)

    def _name(self, name: Token, place: dict[str, Any]) -> Node:
        if name.text in ("true", "false"):
            return Node("literal", name.text == "true", (), **place)
        if name.text == "null":
            fail(
                self._source, name.start,
                "nothing is null here: what is missing is unknown, and unknown: says what follows",
            )  # fmt: skip
        if name.text in _RESERVED or name.text in _WORDS:
            hint = _WORDS.get(name.text)
            said = f"write {hint} for {name.text}" if hint else f"{name.text!r} is reserved in CEL"
            fail(self._source, name.start, said)
        if not self._is("("):
            return Node("name", name.text, (), **place)
        parts, end = self._arguments()
        return self._node("call", name.text, parts, at=name.start, start=name.start, end=end)
