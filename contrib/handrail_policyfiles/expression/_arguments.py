"""The arguments of our own functions: written out, and each looked up in its list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from handrail import Text, families, issues
from handrail.errors import UnknownNameError, unknown
from handrail_policyfiles.expression._error import fail
from handrail_policyfiles.expression._tree import Node

_EXAMPLES = {
    "issue": '"hate.speech"',
    "issue or family": '"hate.speech" or "harassment"',
    "module": '"links"',
    "evidence": '"copies"',
    "counter": '"posts_1h"',
    "days": '"90d"',
    "segments": '"10 segments"',
    "score": "0.5",
    "phrase": '"free money"',
}


def argument(source: str, node: Node, kind: str) -> str:
    """Read one argument as the SDK's inputs write it; raises ExpressionError."""
    value = node.value if node.kind == "literal" else None
    wanted = (int, float) if kind == "score" else str
    if not isinstance(value, wanted) or isinstance(value, bool):
        fail(source, node.start, f"expected {kind} written out, such as {_EXAMPLES[kind]}")
    try:
        return _READ[kind](value)
    except UnknownNameError as error:
        fail(source, node.start, str(error))
    except ValueError:
        fail(source, node.start, f"expected {kind}, such as {_EXAMPLES[kind]}")


def phrase(source: str, node: Node) -> str:
    """Read a phrase as ``text.words`` has it: its folded words, spaces around each."""
    if node.kind != "literal" or not isinstance(node.value, str):
        fail(source, node.start, f"expected a phrase written out, such as {_EXAMPLES['phrase']}")
    words = folded(node.value)
    if words is None:
        fail(source, node.start, "this phrase has no words, so no text mentions it")
    return words


def folded(text: str) -> str | None:
    """The folded words of a phrase with spaces around each; None where it has none."""
    words = Text(text).words
    return f" {' '.join(words)} " if words else None


def _issue(name: str) -> str:
    if name not in issues():
        raise unknown("issue", name, issues())
    return name


def _issue_or_family(name: str) -> str:
    if name not in families() and name not in issues():
        raise unknown(
            "issue or family",
            name,
            families() if name.endswith(".*") or "." not in name else issues(),
        )
    return name


def _matching(pattern: str, then: Callable[[str], str] = str) -> Callable[[Any], str]:
    def read(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise ValueError
        return then(value)

    return read


def _score(value: float) -> str:
    if not 0 <= value <= 1:
        raise ValueError
    return f"{value:.6f}".rstrip("0").rstrip(".")


_READ: Mapping[str, Callable[[Any], str]] = {
    "issue": _issue,
    "issue or family": _issue_or_family,
    "module": _matching(r"[a-z0-9_]{1,64}"),
    "evidence": _matching(r"[a-z0-9_]{1,64}"),
    "counter": _matching(r"[a-z0-9_.]{1,64}"),
    "days": _matching(r"[1-9]\d{0,3}d"),
    "segments": _matching(r"[1-9]\d{0,3} segments?", lambda text: text.split()[0]),
    "score": _score,
}
