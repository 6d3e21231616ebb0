"""Mutated files are looked at or refused, whatever they are, within bounds of time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from handrail import Item, Media
from handrail_media._hashes import media_hashes
from handrail_media._settings import Settings
from handrail_media._sniff import ProblemError, sniff, stowaway

MAKERS = Path(__file__).with_name("media_files.py")
FILES = SimpleNamespace(**run_path(str(MAKERS)))
SMALL = Settings(max_pixels=1_000_000, max_bytes=200_000, max_frames=50)

PROBLEMS = {
    None, "broken", "format_not_allowed", "no_bytes", "too_large", "too_many_bytes",
    "too_many_frames", "too_many_parts", "too_many_pixels", "too_much_animation", "truncated",
    "unknown_format",
}  # fmt: skip


def seeds():
    """Small files of every format, in several modes, still and animated."""
    picture = FILES.photo(96, 72)
    more = [FILES.photo(96, 72, seed=n) for n in range(3)]
    exif = Image.Exif()
    exif[0x0112] = 6
    for form in ("PNG", "JPEG", "GIF", "WEBP", "BMP"):
        yield FILES.encoded(picture, form)
    for mode in ("P", "LA", "1", "RGBA"):
        yield FILES.encoded(picture.convert(mode))
    yield FILES.encoded(picture.convert("CMYK"), "JPEG", exif=exif)
    for form in ("GIF", "WEBP", "PNG"):
        yield FILES.encoded(picture, form, save_all=True, append_images=more)


SEEDS = tuple(seeds())


@st.composite
def mutated(draw):
    """A file with bytes changed, cut out, doubled, or put in from another."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        length = draw(st.integers(1, 40))
        match draw(st.integers(0, 4)):
            case 0:
                data[at : at + length] = draw(st.binary(max_size=8))
            case 1:
                data[at : at + 4] = b"\xff\xff\xff\xff"
            case 2:
                data[at:at] = data[at : at + length]
            case 3:
                del data[at : at + length]
            case _:
                other = draw(st.sampled_from(SEEDS))
                data[at : at + length] = other[at : at + length]
    return bytes(data)


@pytest.mark.filterwarnings("ignore")  # A host's own filters decide about Pillow's warnings.
class TestMutated:
    """Nothing but a word of the list comes of a broken file."""

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(mutated())
    def test_is_hashed_or_has_a_problem(self, data):
        """Each file has a hash, or a problem that is on the list."""
        item = Item("x", media=[Media(id="m", type="image/png", data=data)])
        (found,) = media_hashes(item, None, SMALL)

        assert found.problem in PROBLEMS
        assert found.problem is not None or found.pdq is not None

    @settings(max_examples=500, deadline=None)
    @given(mutated() | st.binary(max_size=400))
    def test_is_measured_first(self, data):
        """Reading the size raises nothing else, and claims no more than the file format can."""
        try:
            shape = sniff(data, 50)
        except ProblemError as error:
            assert error.why in PROBLEMS  # noqa: PT017  # It may be raised or not.
        else:
            assert 0 < shape.width <= 65_535
            stowaway(data, shape.end)


LIMITED = """
import json, random, resource, sys, time, warnings
from runpy import run_path
warnings.simplefilter("ignore")
from handrail import Item, Media
from handrail_media._hashes import media_hashes
from handrail_media._settings import Settings

SMALL = Settings(max_pixels=1_500_000, max_bytes=2_000_000, max_frames=200)
seeds = run_path(sys.argv[1], run_name="seeds")["SEEDS"]
rng = random.Random(7)


def look(data):
    item = Item("x", media=[Media(id="m", type="image/png", data=data)])
    return media_hashes(item, None, SMALL)[0].problem


def peak():
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


for data in seeds:
    look(data)
before, longest = peak(), 0.0
for _ in range(1_500):
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.randrange(1, 9)):
        at = rng.randrange(len(data))
        data[at : at + rng.randrange(5)] = rng.choice(
            (b"\\xff\\xff", b"\\0\\0\\0\\x7f", rng.randbytes(3), bytes(data[at // 2 : at]))
        )
    start = time.thread_time()
    look(bytes(data))
    longest = max(longest, time.thread_time() - start)
print(json.dumps([peak() - before, longest]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the resource module is not on Windows")
def test_memory_and_time_are_bounded():
    """Of 1,500 mutated files none takes 150 MB or ten seconds of work."""
    told = subprocess.check_output(
        [sys.executable, "-c", LIMITED, str(Path(__file__))], text=True, stderr=subprocess.DEVNULL
    )
    megabytes, seconds = json.loads(told.splitlines()[-1])

    assert megabytes < 150
    assert seconds < 10
