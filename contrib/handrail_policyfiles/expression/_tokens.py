"""The words of an expression: CEL's, without unsigned numbers and bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs

from handrail_policyfiles.expression._error import fail

SOURCE_MOST = 10_000
"""Characters an expression may have; longer lists belong in ``lists/``."""

_INT_END = 2**63
_DIGITS_MOST = 20
_WORD = re.compile(
    r"""
    (?P<space>(?:[ \t\r\n\f]+|//[^\n]*)+)
  | (?P<double>(?:\d+\.\d+|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)
  | (?P<int>0[xX][0-9a-fA-F]+|\d+)
  | (?P<string>[rRbB]{0,2}(?:\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}
      |"(?:[^"\\\r\n]|\\[^\r\n])*"|'(?:[^'\\\r\n]|\\[^\r\n])*'))
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<sign>&&|\|\||[<>=!]=|[-+*/%!<>?:.,()\[\]{}])
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(
    r"\\(?:(?P<letter>[abfnrtv\\?\"'`])|[xX](?P<x>[0-9a-fA-F]{2})|u(?P<u>[0-9a-fA-F]{4})"
    r"|U(?P<U>[0-9a-fA-F]{8})|(?P<o>[0-3][0-7]{2})|(?P<wrong>.?))",
    re.DOTALL,
)
_LETTERS = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))
_HINTS = {
    "=": "write == to compare",
    "&": "write && for and",
    "|": "write || for or",
    "'": "this text has no end",
    '"': "this text has no end",
    "“": "write straight quotation marks",
    "”": "write straight quotation marks",
    "≥": "write >=",
    "≤": "write <=",
    "≠": "write !=",
}


@attrs.frozen
class Token:
    """One word: its kind (``int``, ``double``, ``string``, ``name``, ``sign``, ``end``)."""

    kind: str
    text: str
    value: Any
    start: int
    end: int


def tokens(source: str) -> Iterator[Token]:
    """Split *source* into words; raises ExpressionError for what is none."""
    if len(source) > SOURCE_MOST:
        fail(
            source[:SOURCE_MOST], 0,
            f"an expression has at most {SOURCE_MOST} characters, this one has {len(source)}: "
            f"put long lists into lists/",
        )  # fmt: skip
    at = 0
    while at < len(source):
        match = _WORD.match(source, at)
        if match is None:
            hint = _HINTS.get(source[at], "this character means nothing here")
            fail(source, at, f"{hint} (found {source[at]!r})")
        kind, text = str(match.lastgroup), match[0]
        if kind != "space":
            yield Token(kind, text, _value(source, kind, text, at), at, match.end())
        at = match.end()
    yield Token("end", "", None, at, at)


def _value(source: str, kind: str, text: str, at: int) -> Any:
    if kind == "int":
        return _int(source, text, at)
    if kind == "double":
        return _double(source, text, at)
    return _string(source, text, at) if kind == "string" else text


def _int(source: str, text: str, at: int) -> int:
    after = source[at + len(text) : at + len(text) + 1]
    if after in ("u", "U"):
        fail(source, at, f"unsigned numbers are left out of this language: write {text}")
    if after.isalnum() or after == "_":
        fail(source, at + len(text), f"a number ends before {after!r}")
    value = _INT_END + 1
    if len(text) <= _DIGITS_MOST:
        value = int(text, 16) if text[:2].lower() == "0x" else int(text)
    if value > _INT_END:
        fail(source, at, "a whole number has at most 64 bits")
    return value


def _double(source: str, text: str, at: int) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        fail(source, at, "a number has to be finite")
    return value


def _string(source: str, text: str, at: int) -> str:
    prefix = re.match(r"[a-zA-Z]*", text)
    letters = prefix[0].lower() if prefix else ""
    if "b" in letters:
        fail(source, at, "bytes are left out of this language: write the text without b")
    body = text[len(letters) :]
    quote = 3 if body[:3] in ('"""', "'''") else 1
    body = body[quote:-quote]
    if letters:
        return body
    start = at + quote

    def replace(match: re.Match[str]) -> str:
        return _escaped(source, start + match.start(), match)

    return _ESCAPE.sub(replace, body)


def _escaped(source: str, at: int, match: re.Match[str]) -> str:
    if (letter := match["letter"]) is not None:
        return _LETTERS.get(letter, letter)
    digits = match["x"] or match["u"] or match["U"]
    if digits is None and match["o"] is None:
        fail(source, at, f"unknown escape: write \\\\ for a backslash, or r'…' for {match[0]!r}")
    code = int(match["o"], 8) if digits is None else int(digits, 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        fail(source, at, "this escape is no character of Unicode")
    return chr(code)
