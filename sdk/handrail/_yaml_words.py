"""What the YAML parser stumbles over, in words that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BELOW: Final = "in quotes, or below its key after >-"
_INDENT: Final = "is the line indented like its neighbours"

_WORDS: Mapping[str, str] = {
    "mapping values are not allowed in this context":
        f"': ' would begin a value here; put a text with it {_BELOW}",
    "did not find expected key":
        f"a key was expected; {_INDENT}, and is a text that begins with a quotation mark or a "
        f"bracket {_BELOW}?",
    "did not find expected alphabetic or numeric character":
        f"put a text that begins with !, & or * {_BELOW}",
    "found character that cannot start any token":
        f"indent with spaces, not with tabs; put a text that begins with @, ` or % {_BELOW}",
    "found a tab character where an indentation space is expected":
        "indent with spaces, not with tabs",
    "found a tab character that violates indentation": "indent with spaces, not with tabs",
    "did not find expected '-' indicator": f"'- ' was expected, as before in the list; {_INDENT}?",
    "block sequence entries are not allowed in this context":
        "a list begins on a line of its own, below its key",
    "did not find expected ',' or ']'": "',' or ']' was expected; is a list closed?",
    "did not find expected ',' or '}'": "',' or '}' was expected; is a pair of { } closed?",
    "could not find expected ':'": f"': ' was expected after a key; {_INDENT}?",
    "found unexpected end of stream": "a quotation mark is not closed",
    "exceeded maximum nesting depth": "nested more than 32 levels deep",
    "found unexpected document indicator": "a quotation mark is not closed",
}  # fmt: skip


def said(problem: str) -> str:
    """Return what to do about a problem, or the parser's own words where none are known."""
    return _WORDS.get(problem, problem)
