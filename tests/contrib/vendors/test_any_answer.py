"""Whatever JSON comes back: findings that are valid, or an error that says it is not the form."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import issues
from handrail_vendors import VendorAnswerError, _assessment, _azure, _openai, http_classifier
from handrail_vendors._reply import Reply

NAMES = st.sampled_from(
    [
        "results", "categories", "category_scores", "harassment", "categoriesAnalysis", "category",
        "severity", "blocklistsMatch", "blocklistName", "assessments", "contentPolicy", "filters",
        "type", "confidence", "action", "detected", "topicPolicy", "topics", "name", "wordPolicy",
        "customWords", "sensitiveInformationPolicy", "piiEntities", "HATE", "HIGH", "Hate", "NONE",
        "label", "score", "a", "",
    ]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | NAMES | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


def likely(key):
    """Values that begin as a vendor's answer does, and go on as they like."""
    return st.builds(lambda rows, more: {**more, key: rows}, st.lists(JSON, max_size=3),
                     st.dictionaries(NAMES, JSON, max_size=2))  # fmt: skip


@pytest.fixture(name="classifier", scope="module")
def _classifier():
    return http_classifier.Settings(
        url="https://service.example/",
        scores={"/a": "integrity.spam"},
        labels={"a": "hate.speech"},
        labels_at="/results",
    )


def check(read):
    """Read all there is; what comes is valid, or refused as not the documented form."""
    try:
        found = list(read())
    except VendorAnswerError:
        return
    for finding in found:
        assert finding.issue in issues()
        assert 0 <= finding.score <= 1
        assert finding.reason


def reply(value):
    """A value as it comes over the wire."""
    return Reply.parse(json.dumps(value).encode())


@given(JSON | likely("results"))
def test_openai(value):
    """OpenAI's answer, or anything else."""
    check(lambda: _openai.findings(reply(value), "text", 0.0))


@given(JSON | likely("categoriesAnalysis"))
def test_azure(value):
    """Azure's answer, or anything else."""
    check(lambda: _azure.findings(reply(value), "text", 0.0))
    check(lambda: _azure.matches(reply(value), {"a": "goods.drugs"}))


@given(JSON | likely("assessments"))
def test_bedrock(value):
    """Bedrock's answer, or anything else."""
    check(lambda: _assessment.findings(reply(value), "text", {"a": "goods.drugs"}, {}))


@given(JSON | likely("results"))
def test_http(classifier, value):
    """A classifier's answer, or anything else."""
    check(lambda: classifier._read(reply(value)))


@given(st.binary(max_size=200))
def test_any_bytes(data):
    """Bytes are JSON, or refused, and the refusal keeps nothing of them."""
    refused = None
    try:
        Reply.parse(data)
    except VendorAnswerError as error:
        refused = error

    assert refused is None or refused.__context__ is None
