"""Manifests: what a module says about itself, checked when it is made."""

from __future__ import annotations

import attrs
import pytest

from handrail import InvalidValueError, Manifest, UnknownNameError


@attrs.frozen(kw_only=True)
class Settings:
    """Settings with defaults."""

    level: int = 1


@attrs.frozen(kw_only=True)
class Demanding:
    """Settings that somebody has to give."""

    level: int


def manifest(**changes):
    """A manifest that is right but for *changes*."""
    given = {"name": "spam", "version": "1.0", "issues": ["integrity.spam"], "surfaces": ["*"]}
    return Manifest(**{**given, **changes})


class TestManifest:
    """What a module is, what it can find, where, and what it asks for."""

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            pytest.param({"name": "My Spam"}, "lower_snake", id="name"),
            pytest.param({"version": "latest"}, "1.4.2", id="version"),
            pytest.param({"version": 1.0}, "1.4.2", id="number as version"),
            pytest.param({"surfaces": []}, "at least one", id="no surface"),
            pytest.param({"surfaces": ["Live Room"]}, "surfaces", id="surface"),
            pytest.param({"surfaces": 5}, "expected a list", id="number as surfaces"),
            pytest.param({"reads": ["txt"]}, "reads: unknown part.*'text'", id="part"),
            pytest.param({"sends": ["links", "hsh"]}, "sends: unknown part.*'hash'", id="sent"),
            pytest.param({"settings": dict}, "attrs class", id="settings are no attrs class"),
            pytest.param({"settings": Settings()}, "attrs class", id="settings made already"),
            pytest.param({"settings": Demanding}, "'level' needs a default", id="no default"),
            pytest.param({"needs": {"Links": tuple}}, "lower_snake", id="name of a need"),
            pytest.param({"needs": {"links": "Links"}}, "expected a class", id="type of a need"),
            pytest.param({"needs": ["links"]}, "values by name", id="list of needs"),
            pytest.param({"provides": ["links"]}, "values by name", id="list of provisions"),
        ],
    )
    def test_refuses(self, wrong, said):
        """What no tool could read is refused, with what is wrong."""
        with pytest.raises(InvalidValueError, match=said):
            manifest(**wrong)

    def test_unknown_issue_names_the_nearest(self):
        """An issue that is not in the taxonomy is refused with the nearest."""
        with pytest.raises(UnknownNameError, match=r"Manifest of 'spam'.*'integrity\.spam'"):
            manifest(issues=["integrity.spamm"])

    def test_unknown_hint_names_the_nearest(self):
        """A hint that is not in the taxonomy is refused with the nearest."""
        with pytest.raises(UnknownNameError, match=r"'spam': hints.*'hate\.speech'"):
            manifest(hints=["hate.speach"])

    def test_hint_of_what_it_covers_is_refused(self):
        """An issue is covered or hinted at, never both."""
        with pytest.raises(InvalidValueError, match=r"hints: 'integrity\.spam' is in issues"):
            manifest(hints=["integrity.spam"])

    @pytest.mark.parametrize(
        ("surfaces", "expected"),
        [
            pytest.param(["*"], True, id="everywhere"),
            pytest.param(["live", "comments"], True, id="there"),
            pytest.param("comments", True, id="a bare name"),
            pytest.param(["live"], False, id="elsewhere"),
        ],
    )
    def test_serves(self, surfaces, expected):
        """A module serves the surfaces it names; a star is all."""
        assert expected == manifest(surfaces=surfaces).serves("comments")

    @pytest.mark.parametrize(
        ("languages", "asked", "expected"),
        [
            pytest.param(["*"], None, True, id="language plays no role"),
            pytest.param(["en"], "en", True, id="measured"),
            pytest.param(["en"], "en-GB", True, id="the primary subtag counts"),
            pytest.param(["en"], "EN", True, id="capitals"),
            pytest.param(["EN"], "en-gb", True, id="capitals in the manifest"),
            pytest.param(["pt-BR"], "PT-br", True, id="a variant in any case"),
            pytest.param(["pt-BR"], "pt", False, id="a variant is not the language"),
            pytest.param(["en"], "de", False, id="not measured"),
            pytest.param(["en"], None, False, id="not known"),
            pytest.param([], "en", False, id="measured in none"),
        ],
    )
    def test_measured_in(self, languages, asked, expected):
        """A module was measured in the languages it names and their variants."""
        assert expected == manifest(languages=languages).measured_in(asked)

    def test_cannot_change(self):
        """A manifest is frozen, its tables too."""
        with pytest.raises(TypeError):
            manifest(needs={"links": tuple}).needs["more"] = tuple
