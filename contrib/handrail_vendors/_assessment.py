"""What a guardrail of AWS Bedrock says: filters, topics, words, personal data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handrail import Evidence, Finding

from ._categories import GAP, categories, levels
from ._errors import VendorAnswerError
from ._reply import Reply

NAME = "bedrock_guardrail"
MATCHED = 0.9
"""The score of what matched a list, a topic or a pattern: there are no degrees of it."""


def findings(
    reply: Reply, kind: str, topics: Mapping[str, object], words: Mapping[str, object]
) -> Iterator[Finding]:
    """What the assessments say, by our issues; matched texts are counted and left unread."""
    for each in reply.at("assessments").rows():
        yield from _filters(each, kind)
        yield from _topics(each, kind, topics)
        yield from _words(each, kind, words)
        yield from _personal(each, kind)


def _filters(assessment: Reply, kind: str) -> Iterator[Finding]:
    known, scores = categories(NAME, kind), levels(NAME)
    for row in _listed(assessment, "contentPolicy", "filters"):
        category, confidence = row.at("type").text(), row.at("confidence").text()
        if confidence not in scores:
            raise VendorAnswerError("confidence: expected NONE, LOW, MEDIUM or HIGH")
        what = category if category in known else "a filter that is not in our table"
        yield Finding(
            known.get(category, GAP),
            scores[confidence],
            f"Bedrock, {kind}: {what}, confidence {confidence.lower()}",
            evidence=Evidence(counts={"intervened": _blocked(row)}),
        )


def _topics(assessment: Reply, kind: str, topics: Mapping[str, object]) -> Iterator[Finding]:
    for row in _listed(assessment, "topicPolicy", "topics"):
        if _detected(row):
            name = row.at("name").text()
            what = f"topic {name}" if name in topics else "a topic that settings do not name"
            yield Finding(
                str(topics.get(name, GAP)),
                MATCHED,
                f"Bedrock, {kind}: {what}",
                evidence=Evidence(counts={"intervened": _blocked(row)}),
            )


def _words(assessment: Reply, kind: str, words: Mapping[str, object]) -> Iterator[Finding]:
    custom = _number(assessment, "wordPolicy", "customWords")
    if custom:
        issue = str(words.get("custom", GAP))
        yield _counted(issue, f"Bedrock, {kind}: words of the guardrail's own list", custom)
    if managed := _number(assessment, "wordPolicy", "managedWordLists"):
        issue = categories(NAME, kind)["PROFANITY"]
        yield _counted(issue, f"Bedrock, {kind}: words of a managed list", managed, 0.3)


def _personal(assessment: Reply, kind: str) -> Iterator[Finding]:
    policy = "sensitiveInformationPolicy"
    number = _number(assessment, policy, "piiEntities") + _number(assessment, policy, "regexes")
    if number:
        issue = categories(NAME, kind)["PII"]
        yield _counted(issue, f"Bedrock, {kind}: personal data", number, 0.6)


def _counted(issue: str, reason: str, number: int, score: float = MATCHED) -> Finding:
    return Finding(issue, score, reason, evidence=Evidence(counts={"matches": number}))


def _number(assessment: Reply, policy: str, part: str) -> int:
    return sum(1 for row in _listed(assessment, policy, part) if _detected(row))


def _listed(assessment: Reply, policy: str, part: str) -> Iterator[Reply]:
    """The entries of a part of a policy that may not be configured, and so be missing."""
    there = assessment.maybe(policy)
    rows = there.maybe(part) if there else None
    if rows is not None:
        yield from rows.rows()


def _detected(row: Reply) -> bool:
    """Whether an entry is a hit: with the scope FULL there are others."""
    said = row.maybe("detected")
    return said.flag() if said else row.at("action").text() != "NONE"


def _blocked(row: Reply) -> int:
    return int(row.at("action").text() != "NONE")
