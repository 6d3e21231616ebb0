"""The taxonomy: one list of harms, looked up by name, family and flag."""

from __future__ import annotations

import pytest

from handrail import UnknownNameError, expand, families, issue, issues
from handrail._issues import flagged

FLAGS = {
    "mandatory_report", "no_general_queue", "preserve", "specialist_queue", "legal_review",
    "imminent_harm_check", "intel_review", "non_punitive",
}  # fmt: skip


class TestIssues:
    """Every issue by name."""

    @pytest.mark.parametrize("each", issues().values(), ids=lambda each: each.name)
    def test_row_is_complete(self, each):
        """Each issue is named after its family and has all a dashboard and a statement need."""
        assert {
            "family": True,
            "category": True,
            "severity": True,
            "exposure": True,
            "named": True,
        } == {
            "family": each.name.startswith(f"{each.family}."),
            "category": each.dsa_category.startswith("STATEMENT_CATEGORY_"),
            "severity": each.severity in {"info", "low", "medium", "high", "critical"},
            "exposure": each.exposure in {"none", "low", "medium", "high"},
            "named": bool(each.code and each.title),
        }

    def test_flags_the_code_relies_on_are_there(self):
        """No flag that a decision asks for was renamed in the data."""
        assert set() == FLAGS - frozenset().union(*(each.flags for each in issues().values()))

    def test_codes_are_unique(self):
        """A dashboard's code means one issue."""
        assert len(issues()) == len({each.code for each in issues().values()})

    def test_abuse_of_children_must_be_reported(self):
        """What the law wants reported carries the flag, and stays out of the general queue."""
        assert {"mandatory_report", "no_general_queue", "preserve"} <= issue(
            "child_safety.csam"
        ).flags

    def test_a_person_at_risk_is_not_punished(self):
        """Being at risk is flagged as nothing to punish."""
        assert ["self_harm.at_risk"] == [n for n in issues() if flagged(n, "non_punitive")]


class TestIssue:
    """One issue."""

    def test_unknown_names_the_nearest(self):
        """A misspelled issue is refused with the right spelling and the place."""
        with pytest.raises(UnknownNameError, match=r"^here: unknown issue.*'hate\.speech'"):
            issue("hate.speach", where="here")

    def test_maps_to_other_vocabularies(self):
        """An issue knows its name elsewhere."""
        assert "sexual/minors" == issue("child_safety.csam").mappings["openai"]


class TestExpand:
    """Patterns of issues."""

    @pytest.mark.parametrize(
        ("patterns", "expected"),
        [
            pytest.param([], set(), id="nothing"),
            pytest.param(["hate.speech"], {"hate.speech"}, id="one"),
            pytest.param(
                ["hate.*"],
                {"hate.speech", "hate.threat", "hate.gendered", "hate.discrimination"},
                id="a family",
            ),
            pytest.param(["*"], set(issues()), id="all"),
        ],
    )
    def test_means(self, patterns, expected):
        """A name, a family and a star mean what they say."""
        assert expected == expand(patterns)

    @pytest.mark.parametrize("wrong", ["hat.*", "hate.spee*", "hate", "*.speech", "", ".*"])
    def test_refuses_what_means_none(self, wrong):
        """A pattern that means no issue is refused, so that no rule is silently empty."""
        with pytest.raises(UnknownNameError):
            expand([wrong])

    def test_families_are_those_of_the_issues(self):
        """Each family has issues, and each issue's family is listed."""
        assert {name.partition(".")[0] for name in issues()} == families()
