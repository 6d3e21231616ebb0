"""What an error offers in place of a name that is in no list."""

from __future__ import annotations

import pytest

from handrail import Feature, Safety, UnknownNameError, issue
from handrail.errors import nearest, unknown


class TestNearest:
    """The names somebody may have meant."""

    @pytest.mark.parametrize(
        ("name", "names", "expected"),
        [
            pytest.param("geo_blok", ["geo_block", "label"], ["geo_block"], id="a letter"),
            pytest.param("Surface", ["surface", "owner"], ["surface"], id="case"),
            pytest.param("no", ["NL", "NO", "NP"], ["NO"], id="case of a code"),
            pytest.param("ZO", ["NO", "ZA"], [], id="half a code"),
            pytest.param("threshold", ["carries_out", "hook"], [], id="nothing like it"),
            pytest.param("bullying", ["harassment.bullying"], ["harassment.bullying"], id="part"),
            pytest.param("spam", ["x.scam", "x.spam"], ["x.spam"], id="the part itself"),
            pytest.param("bullyng", ["harassment.bullying"], ["harassment.bullying"], id="most"),
            pytest.param("a.bulying", ["a.bullying", "a.x"], ["a.bullying"], id="both parts"),
            pytest.param(
                "harassment.bulying",
                ["harassment.bullying", "harassment.stalking"],
                ["harassment.bullying"],
                id="family in common",
            ),
            pytest.param(
                "hate.bullying",
                ["harassment.bullying", "hate.x"],
                ["harassment.bullying"],
                id="another family",
            ),
            pytest.param("a" * 10_000, ["abc"], [], id="no name at all"),
        ],
    )
    def test_are_near(self, name, names, expected):
        """Only what is alike but for a slip, or a part of the name, is offered."""
        assert expected == nearest(name, names)

    def test_are_three(self):
        """A family has many issues; three are offered."""
        assert 3 == len(nearest("bullying", [f"{each}.bullying" for each in "abcdef"]))


class TestUnknown:
    """The text of the error."""

    def test_market_in_small_letters(self):
        """Norway is found however it is written."""
        with pytest.raises(UnknownNameError, match=r"'no'. Did you mean 'NO'\?"):
            Feature(name="wall", surface="comments", markets=["no"])

    def test_far_names_are_not_offered(self):
        """A slip of one letter offers the one name that is meant, not its neighbours."""
        with pytest.raises(UnknownNameError, match=r"Did you mean 'integrity\.spam'\?$"):
            issue("integrity.spamm")

    def test_what_is_like_nothing_is_answered_with_the_list(self):
        """Where no name is near, those there are are named."""
        assert str(unknown("cost", "zzz", ["inline", "remote"])).endswith("Known: inline, remote.")

    def test_what_is_like_nothing_of_its_family_is_answered_with_that(self):
        """Where the family is right, what it has is named, and nothing else."""
        with pytest.raises(
            UnknownNameError, match=r"Known: goods\.age_restricted, goods\..*"
        ) as said:
            issue("goods.alcohol")

        assert "fraud" not in str(said.value)

    @pytest.mark.parametrize(
        ("region", "said"), [("UK", "Expected GB, as"), ("Germany", "Expected a country of ISO")]
    )
    def test_regions_are_not_listed(self, region, said):
        """A region that is none is answered with what is expected, not with all there are."""
        with pytest.raises(UnknownNameError, match=said):
            Feature(name="wall", surface="comments", markets=[region])

    @pytest.mark.parametrize("said", ["meet me at noon", "a" * 81, "a\nb", "<b>"])
    def test_what_is_no_name_is_not_repeated(self, said):
        """A sentence where a name should stand may be what somebody wrote."""
        text = str(unknown("state", said, ["open"]))

        assert text.startswith("unknown state. ")

    def test_known_names_are_said_once(self):
        """Names that come twice are listed once."""
        assert str(unknown("cost", "zzz", ["b", "a", "b"])).endswith("Known: a, b.")


def test_denial_in_code_is_looked_up():
    """``deny`` in code is refused like that of a file, whatever else is loaded."""
    with pytest.raises(UnknownNameError, match="modules: deny"):
        Safety(deny=["no_such_module"])
