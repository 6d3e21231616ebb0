"""What is sent says what the decision says, however little of it was written anew."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import Condition, Feature, Item, Policy, Rule
from handrail.testing import finding, make_safety, silent
from handrail_asgi._said import Sayings

NEW = Condition(["item.revision"], lambda revision: revision > 100)
POLICY = Policy(
    issues={"integrity.spam": {"block": 0.8}},
    rules=[Rule(id="new", when=NEW, issue="integrity.spam", then="hold")],
    holds={"within": "24h", "otherwise": "block"},
)


@pytest.fixture(name="comments", scope="module")
def _comments():
    modules = [silent(), finding(when=lambda item: "grumpf" in item.text)]
    features = [Feature(name="video_comments", surface="comments")]
    with make_safety(*modules, features=features, policy=POLICY, budget_ms=60_000) as safety:
        yield safety.feature("video_comments")


def untimed(data):
    """A decision's JSON form without how long each module took."""
    return {**data, "coverage": [{**row, "ms": None} for row in data["coverage"]]}


@given(
    st.text(min_size=1, max_size=40), st.integers(1, 200), st.sampled_from(["hello", "grumpf"]),
    st.sampled_from([None, "en", "de"]),
)  # fmt: skip
def test_says_what_the_decision_says(comments, name, revision, text, language):
    """Whatever the id, clean or not, now and when the beginning is known already."""
    sayings = Sayings()
    for _ in range(2):
        made = comments.pre_publish(Item(name, text, revision=revision, language=language))
        said = json.loads(sayings.body(made).decode("ascii"))
        assert untimed(json.loads(json.dumps(made.to_json()))) == untimed(said)


def test_what_is_found_has_its_times(comments):
    """A decision that says something says how long each module took."""
    made = comments.pre_publish(Item("c-1", "grumpf"))

    assert made.to_json() == json.loads(Sayings().body(made))


def test_keeps_so_many_beginnings(monkeypatch):
    """What is kept has a bound."""
    monkeypatch.setattr("handrail_asgi._said.PLANS_MOST", 2)
    sayings = Sayings()
    features = [Feature(name=name, surface="comments") for name in ("a", "b", "c")]
    with make_safety(silent(), features=features) as safety:
        for each in features:
            sayings.body(safety.feature(each.name).pre_publish(Item("c-1")))

    assert 2 == len(sayings._plans)
