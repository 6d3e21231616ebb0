"""Which place of a file an error is about that names a rule or a whole policy."""

from __future__ import annotations

import re
from collections.abc import Mapping

from handrail import Node, expand

_HINTS = (
    ("may be missing", "when"),
    ("when it expires", "mode"),
    ("before it starts", "ends"),
    ("non_punitive", "then"),
    ("must be reported", "issues"),
    ("a score (at)", "issue"),
)
"""Which key an error is about that names none."""

_NAMED = re.compile(r": (\w+): ")
_WANTS = {"it may hold": "hold", "a limit without": "limit"}
"""Which action it is that something about a whole policy is about."""


def blamed(node: Node, text: str) -> Node:
    """The key that an error about a whole rule is about."""
    named = _NAMED.search(text)
    hinted = [key for hint, key in _HINTS if hint in text]
    for key in ([named[1]] if named else []) + hinted:
        if key in node.value:
            return _excepted(node.child(key, node.value[key]), text)
    return node


def _excepted(node: Node, text: str) -> Node:
    """The one issue of a list that must be reported."""
    for each in node.items() if node.path[-1] == "issues" and isinstance(node.value, list) else ():
        if any(f"{name} must be reported" in text for name in expand([each.text()])):
            return each
    return node


def led(node: Node, text: str) -> tuple[Node, str]:
    """Where the keys that a text begins with lead to, and what is left of the text."""
    key, colon, rest = text.partition(": ")
    if colon and isinstance(node.value, Mapping) and key in node.value:
        return led(node.child(key, node.value[key]), rest)
    return node, text


def wanting(node: Node, text: str) -> Node:
    """Where a policy first asks for what it lacks the words about."""
    if "a shadow policy" in text:
        return node.child("mode", node.value.get("mode"))
    action = next((a for hint, a in _WANTS.items() if hint in text), None)
    found = None if action is None else _first(node, action)
    return found or node.child("policy", node.value.get("policy"))


def _first(node: Node, action: str) -> Node | None:
    if isinstance(node.value, Mapping):
        for key, each in node.keys().items():
            if key == action or (key in ("then", "action") and each.value == action):
                return each
            if (found := _first(each, action)) is not None:
                return found
    elif isinstance(node.value, list):
        return next(filter(None, (_first(each, action) for each in node.items())), None)
    return None
