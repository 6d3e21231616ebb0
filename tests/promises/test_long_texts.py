"""A text longer than a feature looks at: hooks are given its head, and the decision says so."""

from __future__ import annotations

import pytest

from handrail import Action, Condition, Feature, Item, Policy, Report

MOST = 10
LONG = Item(id="item-1", text="0123456789 and more", revision=3, language="en")


@pytest.fixture(name="seen_by")
def _seen_by(make, module):
    """Ask a feature that looks at ten characters; return what the hook was given."""

    def seen_by(subject, stage="pre_publish", **options):
        given = []

        def hook(item, context):
            given.append((item.text, context.item.text, context.text.raw))

        def hook_of_report(item, report):
            given.append((item.text, report.item and report.item.text, report.text))

        chosen = hook_of_report if stage == "report" else hook
        feature = Feature(name="comments", surface="comments", max_text=MOST)
        guarded = make(module("reads", chosen, stage=stage), features=[feature], **options)
        return given, getattr(guarded.feature("comments"), stage)(subject)

    return seen_by


def test_hooks_see_the_head(seen_by):
    """The item, that of the context and its derivations all end where the feature says."""
    assert [("0123456789",) * 3] == seen_by(LONG)[0]


def test_item_of_the_host_is_untouched(seen_by):
    """The host's own item keeps its text."""
    seen_by(LONG)

    assert "0123456789 and more" == LONG.text


def test_decision_is_about_the_item(seen_by):
    """Id and revision are those of the item that was asked about."""
    decision = seen_by(LONG)[1]

    assert ("item-1", 3) == (decision.item, decision.revision)


def test_is_a_fault(seen_by, seen):
    """The decision says that not all was looked at."""
    assert {("item.text", "over_budget")} == seen(seen_by(LONG)[1], "faults")


def test_fault_is_policy(seen_by):
    """What a cut text means is what the fault rules say, of the issues that were looked for."""
    policy = Policy(faults=[{"issues": ["integrity.*"], "then": "block"}, {"then": "allow"}])

    assert Action.BLOCK is seen_by(LONG, policy=policy)[1].action


def test_conditions_know_the_whole_length(seen_by):
    """A rule over the length of the text compares the length it came with."""
    rule = {"id": "long", "issue": "integrity.spam", "then": "block",
            "when": Condition(["text.length"], lambda n: n == len(LONG.text))}  # fmt: skip

    assert Action.BLOCK is seen_by(LONG, policy=Policy(rules=[rule]))[1].action


@pytest.mark.parametrize("length", [MOST, 0])
def test_shorter_text_is_whole(seen_by, length):
    """A text of just that length, or none, is no fault, and the hook gets the very text."""
    given, decision = seen_by(Item(id="i", text="x" * length))

    assert ("x" * length, ()) == (given[0][0], decision.faults)


@pytest.mark.parametrize("with_item", [True, False])
def test_report_is_cut_too(seen_by, with_item):
    """What the reporter wrote ends there, and so does the text of the item the report carries."""
    what = {"item": LONG} if with_item else {"item_id": "item-1"}
    given, _ = seen_by(Report(id="r", text="why " * 9, **what), "report")
    head = "0123456789"

    assert [(head, head, "why why wh") if with_item else ("", None, "why why wh")] == given


def test_default_is_generous(make, module):
    """A feature that does not say looks at 50,000 characters."""
    lengths = []
    guarded = make(module("reads", lambda item: lengths.append(len(item.text)))).feature("comments")
    for length in (50_000, 50_001):
        guarded.pre_publish(Item(id="i", text="x" * length))

    assert [50_000, 50_000] == lengths
