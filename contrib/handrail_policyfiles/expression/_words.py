"""Texts that a variable can have, where they are known: compared with another, it never matches."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Stage, issues, market_languages
from handrail.errors import unknown
from handrail_policyfiles.expression._error import fail
from handrail_policyfiles.expression._tree import Node

_KNOWN_BY = ("declared", "estimated", "verified")
_SOURCES = ("user", "trusted_flagger", "authority", "notice")
_STAGES = tuple(stage.value for stage in Stage)


def check_words(source: str, node: Node) -> None:
    """Refuse what a variable is compared with and can never be; raises ExpressionError."""
    for variable, texts in _compared(node):
        path = _path(variable)
        for text in texts:
            if text.kind == "literal" and isinstance(text.value, str):
                _check(source, path, text)
    for part in node.parts:
        check_words(source, part)


def _compared(node: Node) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Each part that is compared with texts, and those texts."""
    if node.kind == "binary" and node.value in ("==", "!="):
        left, right = node.parts
        yield left, (right,)
        yield right, (left,)
    elif node.kind == "binary" and node.value == "in" and node.parts[1].kind == "list":
        yield node.parts[0], node.parts[1].parts
    elif node.kind == "index" and node.parts[0].kind == "map":
        yield node.parts[1], node.parts[0].parts[::2]


def _path(node: Node) -> str:
    if node.kind == "name":
        return str(node.value)
    return f"{_path(node.parts[0])}.{node.value}" if node.kind == "select" else ""


def _check(source: str, path: str, text: Node) -> None:
    name = path.rpartition(".")[2]
    if path.startswith("item.attributes"):
        return
    if path == "stage" and text.value not in _STAGES:
        fail(source, text.at, str(unknown("stage", text.value, _STAGES)))
    if path == "report.source" and text.value not in _SOURCES:
        fail(source, text.at, str(unknown("source of a report", text.value, _SOURCES)))
    if path == "report.issue" and text.value not in issues():
        fail(source, text.at, str(unknown("issue", text.value, issues())))
    if name == "age_known_by" and text.value not in _KNOWN_BY:
        fail(source, text.at, str(unknown("way to know an age", text.value, _KNOWN_BY)))
    if path != name == "region" and text.value.partition("-")[0] not in market_languages():
        what = "expected a country of ISO 3166 such as DE, GB or US-CA"
        fail(source, text.at, f"{text.value[:80]!r} is no region: {what}")
