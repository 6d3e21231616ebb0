"""What commands print of a decision: why it was decided so."""

from __future__ import annotations

from handrail import Decision, Finding, Match
from handrail_cli import show


def told(*found, rules=(), action="hold", decided_by=None):
    """What is printed of a decision with these findings and rules."""
    decision = Decision(action=action, findings=found, rules=rules, decided_by=decided_by)
    return show.why(decision).plain.splitlines()


def rule(issue, *, action="hold", eased_by=()):
    """A rung of the ladder of an issue."""
    return Match(rule=f"{issue}:hold", policy="p", issue=issue, action=action, eased_by=eased_by)


class TestFaint:
    """A model has something to say of any text; what no rule acts on is summed up."""

    def test_what_a_module_is_less_sure_of_is_counted(self):
        """Beside a high score of the same module a low one is not told."""
        high = Finding("hate.speech", 0.9, "high", module="m")
        low = Finding("integrity.spam", 0.4, "low", module="m")

        assert ["hate.speech 0.90: high (m)", "and 1 weaker"] == told(high, low)

    def test_where_none_is_told_the_line_stands_alone(self):
        """With no finding to be weaker than, it says below what they are."""
        assert ["1 below 0.1"] == told(Finding("hate.speech", 0.05, "low", module="m"))

    def test_another_module_has_a_scale_of_its_own(self):
        """A module whose highest score is low is told."""
        high = Finding("hate.speech", 0.9, "high", module="m")
        low = Finding("integrity.spam", 0.2, "low", module="n")

        assert ["hate.speech 0.90: high (m)", "integrity.spam 0.20: low (n)"] == told(high, low)

    def test_what_a_rule_acts_on_is_told(self):
        """However low its score: it is why something was done."""
        high = Finding("hate.speech", 0.9, "high", module="m")
        low = Finding("child_safety.grooming", 0.05, "low", module="m")

        assert "child_safety.grooming 0.05: low (m)" in told(
            high, low, rules=[rule("child_safety.grooming")]
        )


class TestEased:
    """A score above a threshold that did not lead there is explained."""

    def test_exception_is_named(self):
        """What an exception lowered is told, and to what."""
        eased = rule("hate.speech", eased_by=["trained-hate"])

        assert "→ no more than HOLD, by trained-hate" in told(
            rules=[eased], decided_by="hate.speech:hold"
        )

    def test_of_a_rule_that_did_not_decide_nothing_is_told(self):
        """Only the rule that decided is explained."""
        eased = rule("integrity.spam", action="allow", eased_by=["trained-spam"])
        decisive = rule("hate.speech")

        assert [] == told(rules=[decisive, eased], decided_by="hate.speech:hold")
