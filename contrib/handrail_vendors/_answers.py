"""Answers in the form that each vendor documents, for the server in ``testing``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from ._azure import CATEGORIES
from ._categories import categories

Found: TypeAlias = "Callable[[str], Mapping[str, float]]"
"""Score by category of what is found in a text, 0 where it is not."""


def openai(body: Mapping[str, object], found: Found) -> object:
    """The object of https://developers.openai.com/api/reference/resources/moderations."""
    content = body["input"]
    found_now = found(content) if isinstance(content, str) else {}
    known = [*categories("openai_moderation", "text"), *found_now]
    scores = {name: found_now.get(name) or 0.000_01 for name in known}
    part = "text" if isinstance(content, str) else "image"
    result = {
        "flagged": any(found_now.values()),
        "categories": {name: score >= 0.5 for name, score in scores.items()},
        "category_scores": scores,
        "category_applied_input_types": {name: [part] for name in scores},
    }
    return {"id": "modr-0", "model": body.get("model"), "results": [result]}


def azure(body: Mapping[str, object], found: Found) -> object:
    """An AnalyzeTextResult or AnalyzeImageResult: a score of 0.9 is severity 6."""
    text = str(body.get("text", ""))
    there = found(text)
    asked = body.get("categories") or CATEGORIES
    step = 1 if body.get("outputType") == "EightSeverityLevels" else 2
    analysis = [
        {"category": name, "severity": int(there.get(name, 0) / 0.15 + 1e-9) // step * step}
        for name in (asked if isinstance(asked, list) else CATEGORIES)
    ]
    if "image" in body:
        return {"categoriesAnalysis": analysis}
    lists = body.get("blocklistNames")
    matches = [
        {"blocklistName": name, "blocklistItemId": "0", "blocklistItemText": text}
        for name in (lists if isinstance(lists, list) else ())
        if there.get(name)
    ]
    return {"blocklistsMatch": matches, "categoriesAnalysis": analysis}


def bedrock(body: Mapping[str, object], found: Found) -> object:
    """An ApplyGuardrailResponse; FULL lists what was not detected as well."""
    text = " ".join(_texts(body))
    there = {name for name, score in found(text).items() if score}
    full = body.get("outputScope") == "FULL"
    filters = [
        {"type": n, "confidence": "HIGH" if n in there else "NONE", "filterStrength": "HIGH",
         "action": "BLOCKED" if n in there else "NONE", "detected": n in there}
        for n in ("INSULTS", "HATE", "SEXUAL", "VIOLENCE", "MISCONDUCT", "PROMPT_ATTACK")
        if full or n in there
    ]  # fmt: skip
    units = dict.fromkeys(
        (
            "topicPolicyUnits", "contentPolicyUnits", "wordPolicyUnits",
            "sensitiveInformationPolicyUnits", "sensitiveInformationPolicyFreeUnits",
            "contextualGroundingPolicyUnits",
        ),
        -(-len(text) // 1000),
    )  # fmt: skip
    return {
        "usage": units,
        "action": "GUARDRAIL_INTERVENED" if there else "NONE",
        "outputs": [{"text": text}] if there else [],
        "assessments": [{"contentPolicy": {"filters": filters}}],
    }


def _texts(body: Mapping[str, object]) -> Iterator[str]:
    content = body["content"]
    for block in content if isinstance(content, list) else ():
        if "text" in block:
            yield block["text"]["text"]


def plain(body: Mapping[str, object], found: Found) -> object:
    """Scores by category, of a text under ``text``."""
    return {"scores": dict(found(str(body.get("text", ""))))}
