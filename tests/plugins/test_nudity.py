"""The nudity module says what its detector saw, and what it could not look at."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest

import handrail_media
import handrail_nudity
from handrail import MediaPicture, MediaPictures, MissingExtraError, Picture, UnseenError
from handrail.testing import ModuleContract
from handrail_nudity import _find, _settings
from handrail_nudity._settings import PARTS, Settings

WITH_EXTRA = pytest.mark.skipif(
    find_spec("nudenet") is None, reason="the extra nsfw is not installed; it is not in all"
)
GREY = Picture(width=4, height=2, rgb=bytes(range(24)))


@WITH_EXTRA
class TestContract(ModuleContract):
    """The nudity module keeps its contract with the SDK, where its detector is there."""

    module = handrail_nudity
    provides = (handrail_media,)
    harmless = ("no media at all",)


@pytest.fixture(name="detect")
def _detect(monkeypatch):
    """A detector that sees what it is told to; what it was given is kept."""
    given = []

    def put(*seen):
        def detect(pixels):
            given.append(pixels)
            return [{"class": PARTS[part], "score": score, "box": []} for part, score in seen]

        monkeypatch.setattr(_find, "detector", lambda: SimpleNamespace(detect=detect))
        monkeypatch.setattr(_settings, "detector", lambda: None)
        return given

    return put


def found(*pictures, problem=None, **settings):
    """What is found in one medium."""
    media = MediaPictures(lambda: [MediaPicture(media="m", pictures=pictures, problem=problem)])
    return list(_find.findings(media, Settings(**settings)))


class TestFindings:
    """The best part of each medium is a finding."""

    def test_best_part(self, detect):
        """Its score is the detector's; the reason names the part."""
        detect(("breast", 0.5), ("male_genitals", 0.81234))
        (finding,) = found(GREY)

        assert ("sexual.nudity", 0.812) == (finding.issue, finding.score)
        assert "medium 1 seems to show nudity (male genitals)" == finding.reason
        assert {"medium": 1, "parts": 2, "frames": 1} == dict(finding.evidence.counts)

    def test_each_frame(self, detect):
        """All looks of a medium count together."""
        given = detect(("breast", 0.5))

        assert 1 == len(found(GREY, GREY, GREY))
        assert 3 == len(given)

    @pytest.mark.parametrize(
        ("part", "settings", "expected"),
        [
            ("breast", {}, 1),
            ("male_breast", {}, 0),
            ("male_breast", {"parts": "male_breast"}, 1),
            ("breast", {"least": 0.51}, 0),
        ],
    )
    def test_settings(self, detect, part, settings, expected):
        """Settings say which parts count, and from when on."""
        detect((part, 0.5))

        assert expected == len(found(GREY, **settings))

    def test_colours(self, detect):
        """The detector is given rows of blue, green and red."""
        (pixels,) = (given := detect(), found(GREY), given)[2]

        assert (2, 4, 3) == pixels.shape
        assert [2, 1, 0] == pixels[0, 0].tolist()

    def test_unseen(self, detect):
        """What could not be looked at is said, after what was found."""
        detect(("breast", 0.5))
        media = MediaPictures(
            lambda: [MediaPicture(media="m", pictures=(GREY,), problem="too_many_frames")]
        )
        each = _find.findings(media, Settings())

        assert 0.5 == next(each).score
        with pytest.raises(UnseenError, match="media: too_many_frames"):
            next(each)


def test_missing_extra(monkeypatch):
    """Without the extra the error names it, at start-up."""
    monkeypatch.setitem(sys.modules, "nudenet", None)
    _settings.detector.cache_clear()

    with pytest.raises(MissingExtraError, match=r"handrail\[nsfw\]"):
        Settings()


@WITH_EXTRA
def test_detector_sees_nothing_in_noise():
    """The real detector takes pictures of this form, and finds nobody in noise."""
    _settings.detector.cache_clear()
    noise = np.random.default_rng(1).integers(0, 256, 300 * 200 * 3).astype(np.uint8)

    assert [] == found(Picture(width=300, height=200, rgb=noise.tobytes()))
