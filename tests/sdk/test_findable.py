"""What settings make of a module: what it can find, and how its derivations compute."""

from __future__ import annotations

import attrs
import pytest

from handrail import Feature, FeatureError, Item, Manifest, Safety, hookimpl
from handrail.testing import look

SPAM, SCAM = "integrity.spam", "fraud.scam"


@attrs.frozen(kw_only=True)
class Settings:
    """Which of two issues is looked for, and how loud the answer is."""

    scam: bool = False
    volume: int = 1

    @property
    def findable(self):
        """The issues that are looked for."""
        return frozenset({SPAM, SCAM} if self.scam else {SPAM})


class Loud(tuple[str, ...]):
    """Words, repeated."""

    __slots__ = ()


def find_loud(item: Item, context: object, settings: Settings) -> Loud:
    """Repeat the text."""
    return Loud([item.text] * settings.volume)


class Module:
    """Covers what its settings say."""

    MANIFEST = Manifest(
        name="two", version="1", issues={SPAM, SCAM}, hints={"hate.speech"}, surfaces={"wall"},
        languages={"*"}, settings=Settings, needs={"loud": Loud}, provides={"loud": find_loud},
        summary="Looks for two things.",
    )  # fmt: skip

    said = ()

    @hookimpl
    def pre_publish(self, item, context):
        """Remember what was derived."""
        Module.said = context.derive("loud", Loud)


FEATURE = Feature(name="wall", surface="wall", requires={"issues": [SCAM]})


class TestFindable:
    """Only what settings leave counts."""

    def test_narrows_the_manifest(self):
        """Issues and hints that are not findable are not there."""
        with Safety(modules=[Module()]) as safety:
            manifest = safety.modules[0].manifest

        assert (frozenset({SPAM}), frozenset()) == (manifest.issues, manifest.hints)

    def test_feature_cannot_rely_on_the_rest(self):
        """A required issue that settings leave out is uncovered."""
        with (
            Safety([FEATURE], modules=[Module()]) as safety,
            pytest.raises(FeatureError, match=SCAM),
        ):
            safety.feature("wall")

    def test_feature_can_rely_on_what_is_there(self):
        """With the setting it is covered."""
        settings = {"two": {"scam": True}}
        with Safety([FEATURE], modules=[Module()], settings=settings) as safety:
            assert "wall" == safety.feature("wall").name


class TestDerivation:
    """A derivation can take its module's settings."""

    def test_is_given_settings(self):
        """They are those the module was taken in with."""
        feature = Feature(name="wall", surface="wall")
        with Safety([feature], modules=[Module()], settings={"two": {"volume": 3}}) as safety:
            safety.feature("wall").pre_publish(Item("x", "hi"))

        assert Loud(["hi"] * 3) == Module.said

    def test_is_given_defaults(self):
        """Without settings they are the defaults."""
        look(Module(), "hi")

        assert Loud(["hi"]) == Module.said
