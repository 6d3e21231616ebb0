"""Pictures from strangers are opened with everything bounded before a byte is decoded."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, PngImagePlugin, features

from handrail_media._limits import Limits
from handrail_media._open import measure, views
from handrail_media._pdq import pdq
from handrail_media._sniff import PARTS, ProblemError, sniff, stowaway

FILES = SimpleNamespace(**run_path(str(Path(__file__).with_name("media_files.py"))))
encoded, gif, photo, png, chunk = (
    FILES.encoded, FILES.gif, FILES.photo, FILES.png, FILES.chunk
)  # fmt: skip
PHOTO = photo(640, 480)
AVIF = pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")


def opened(data, **limits):
    """All views of a picture, by name."""
    bounds = Limits(**limits)
    return [(v.name, v.pixels) for v in views(data, measure(data, bounds), bounds)]


def problem(data, **limits):
    """Why a picture cannot be looked at; None if it can."""
    try:
        opened(data, **limits)
    except ProblemError as error:
        return error.why
    return None


def apart(one, other):
    """Bits in which the hashes of two pictures differ."""
    pair = zip(pdq(one).bits, pdq(other).bits, strict=True)
    return sum((a ^ b).bit_count() for a, b in pair)


class TestFormats:
    """Each format is known by its bytes, and its picture looks like what was saved."""

    @pytest.mark.parametrize(
        ("form", "options", "most"),
        [
            ("PNG", {}, 0),
            ("BMP", {}, 0),
            ("JPEG", {"quality": 90}, 8),
            ("JPEG", {"quality": 60, "progressive": True}, 12),
            ("WEBP", {"lossless": True}, 0),
            ("WEBP", {"quality": 80}, 16),
            pytest.param("AVIF", {"quality": 80}, 16, marks=AVIF),
        ],
    )
    def test_looks_the_same(self, form, options, most):
        """The hash of the opened picture is that of the saved one, or near by."""
        ((name, pixels),) = opened(encoded(PHOTO, form, **options))

        assert "upright" == name
        assert apart(np.asarray(PHOTO), pixels) <= most

    @pytest.mark.parametrize("form", ["PNG", "BMP", "JPEG", "WEBP", "GIF"])
    def test_size_before_decoding(self, form):
        """Size and format are read from the file's first bytes."""
        shape = sniff(encoded(PHOTO, form), 10)

        assert (form, 640, 480, 1) == (shape.format, shape.width, shape.height, shape.frames)

    @pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP", "JPEG"])
    def test_end(self, form):
        """Where the picture ends is known: that is where the file ends."""
        data = encoded(PHOTO, form)

        assert len(data) == sniff(data, 10).end

    @pytest.mark.parametrize("options", [{}, {"exact": True}, {"quality": 50}])
    def test_webp_of_each_kind(self, options):
        """WebP's three kinds of header say the size."""
        picture = PHOTO.convert("RGBA") if "exact" in options else PHOTO

        assert 640 == sniff(encoded(picture, "WEBP", lossless="exact" in options), 1).width

    def test_format_not_allowed(self):
        """A format that the settings leave out is not decoded."""
        assert "format_not_allowed" == problem(encoded(PHOTO, "BMP"), formats=("PNG",))

    @pytest.mark.parametrize("data", [b"", b"GIF", b"\xff\xd8", b"II*\0" + b"\0" * 60, b"%PDF-1.7"])
    def test_unknown(self, data):
        """What is no allowed picture has no format."""
        assert "unknown_format" == problem(data)


class TestModes:
    """Whatever way colours are kept, the picture is that which people see."""

    @pytest.mark.parametrize(
        ("mode", "form", "most"),
        [
            ("CMYK", "JPEG", 20),
            ("P", "PNG", 24),
            ("LA", "PNG", 8),
            ("L", "JPEG", 12),
            ("1", "PNG", 60),
        ],
    )
    def test_looks_like_the_original(self, mode, form, most):
        """The hash stays near that of the picture in full colour."""
        pixels = opened(encoded(PHOTO.convert(mode), form))[0][1]

        assert apart(np.asarray(PHOTO), pixels) <= most

    def test_deep_grey(self):
        """Of sixteen bits the upper eight count."""
        grey = np.asarray(PHOTO.convert("L"))
        deep = encoded(Image.fromarray(grey.astype(np.uint16) * 256 + 7))

        assert (grey == opened(deep)[0][1]).all()

    def test_palette_with_transparency(self):
        """A palette with a transparent colour is seen on white and on black, too."""
        data = encoded(PHOTO.convert("P"), "PNG", transparency=bytes(range(256)))

        assert ["upright", "on_white", "on_black"] == [name for name, _ in opened(data)]

    def test_transparency(self):
        """What shows only on one ground is seen."""
        clear = Image.new("RGBA", PHOTO.size, (255, 255, 255, 0))
        clear.putalpha(PHOTO.convert("L"))
        seen = dict(opened(encoded(clear)))

        assert apart(np.asarray(PHOTO.convert("L")), seen["on_black"]) <= 2
        assert (seen["on_white"] == 255).all()

    def test_no_transparency(self):
        """A picture that could be transparent and is not is seen once."""
        assert ["upright"] == [name for name, _ in opened(encoded(PHOTO.convert("RGBA")))]

    @pytest.mark.parametrize("orientation", range(2, 9))
    def test_upright(self, orientation):
        """A picture is turned as its EXIF data say, and seen as it is stored, too."""
        exif = Image.Exif()
        exif[0x0112] = orientation
        back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
        stored = PHOTO.transpose(Image.Transpose(back[orientation]))
        seen = dict(opened(encoded(stored, "PNG", exif=exif)))

        assert (np.asarray(PHOTO) == seen["upright"]).all()
        assert (np.asarray(stored) == seen["stored"]).all()

    def test_odd_orientation(self):
        """An orientation that is none is passed over."""
        exif = Image.Exif()
        exif[0x0112] = 77

        assert ["upright"] == [name for name, _ in opened(encoded(PHOTO, "JPEG", exif=exif))]


class TestLimits:
    """What is too much is refused before it is decoded."""

    def test_bytes(self):
        """A file of more bytes than allowed is not looked at."""
        assert "too_many_bytes" == problem(encoded(PHOTO), max_bytes=1_000)

    @pytest.mark.parametrize(
        "data",
        [
            png(10_000, 10_000),
            b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + b"\0\0\0;",
            b"BM" + b"\0" * 12 + struct.pack("<Iii", 40, 20_000, -20_000) + b"\0" * 20,
            b"RIFF"
            + struct.pack("<I", 22)
            + b"WEBPVP8X"
            + struct.pack("<I", 10)
            + b"\0\0\0\0"
            + b"\x7f\x3e\0" * 2,
            b"\xff\xd8\xff\xc0\0\x11\x08" + struct.pack(">HH", 65_000, 65_000) + b"\0" * 20,
        ],
        ids=["PNG", "GIF", "BMP", "WEBP", "JPEG"],
    )
    def test_pixels(self, data):
        """A hundred megapixels in a few bytes are not decoded, in any format."""
        assert "too_many_pixels" == problem(data)

    def test_pixels_of_a_frame(self):
        """A frame that is larger than its screen counts at its own size."""
        head = b"GIF89a" + struct.pack("<HH", 1, 1) + b"\0\0\0"
        frame = b"\x2c" + struct.pack("<HHHH", 0, 0, 60_000, 60_000) + b"\0\x02\0"

        assert "too_many_pixels" == problem(head + frame + b";")

    @pytest.mark.parametrize("size", [(0, 5), (5, 0)])
    def test_no_pixels(self, size):
        """A picture without pixels is broken."""
        assert "broken" == problem(png(*size))

    def test_gif_of_10000_frames(self):
        """They are counted as far as the limit, and the first frame is looked at."""
        data = gif(10_000)
        seen = []
        with pytest.raises(ProblemError, match="too_many_frames"):
            seen.extend(v.name for v in views(data, measure(data, Limits()), Limits()))

        assert 1_001 == measure(data, Limits()).frames

    def test_gif_of_many_small_blocks(self):
        """A file of nothing but tiny blocks is given up after some of them."""
        comments = b"\x21\xfe\x01a\0" * PARTS

        assert "too_many_parts" == problem(gif(0)[:-1] + comments + b";")

    def test_animated_png_claims(self):
        """A claim of a million frames is not believed to be worth the work."""
        claim = chunk(b"acTL", struct.pack(">II", 1_000_000, 0))

        assert "too_many_frames" == problem(png(8, 8, claim, rows=(b"\0" + b"a" * 24) * 8))

    def test_too_much_animation(self):
        """Many frames of many pixels are too much together; the first is looked at."""
        frames = [photo(seed=n) for n in range(6)]
        data = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:])

        assert "too_much_animation" == problem(data, max_pixels=120_000)

    @pytest.mark.parametrize("kind", [b"iCCP", b"zTXt", b"iTXt"])
    def test_png_bomb(self, kind):
        """Text and profiles that unpack to twenty megabytes are not unpacked."""
        bomb = zlib.compress(b"\0" * 20_000_000, 9)
        between = b"\0\1\0\0\0" if kind == b"iTXt" else b"\0\0"
        data = png(8, 8, chunk(kind, b"key" + between + bomb), rows=(b"\0" + b"a" * 24) * 8)

        assert "broken" == problem(data)

    def test_more_rows_than_it_says(self):
        """Pixel data that unpack to more than the picture has are cut off."""
        assert 1 == len(opened(png(8, 8, rows=b"\0" * 20_000_000)))

    @pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
    @pytest.mark.parametrize("kept", [0.3, 0.9])
    def test_truncated(self, form, kept):
        """Half a picture is not taken for a whole one."""
        data = encoded(PHOTO, form)

        assert problem(data[: int(len(data) * kept)]) in {"truncated", "broken"}


class TestLarge:
    """A large picture is made smaller by a whole factor, and its hash moves little."""

    @pytest.mark.parametrize("form", ["PNG", "JPEG"])
    def test_near_the_exact_hash(self, form):
        """The hash stays within reach of that of the whole picture."""
        large = photo(1_600, 1_200)
        data = encoded(large, form)

        assert apart(opened(data)[0][1], opened(data, exact_pixels=500_000)[0][1]) <= 10

    def test_shrunk(self):
        """No more pixels than are hashed exactly are left."""
        assert (600, 800, 3) == opened(encoded(photo(1_600, 1_200)), exact_pixels=500_000)[0][
            1
        ].shape

    def test_narrow(self):
        """A long strip keeps the width that a hash needs."""
        pixels = opened(encoded(photo(20_000, 100)), exact_pixels=500_000)[0][1]

        assert 64 <= min(pixels.shape[:2])


class TestAnimation:
    """Of an animation the first frame, the last, and some between are looked at."""

    FRAMES = tuple(photo(80, 60, seed=n) for n in range(20))

    @pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
    def test_evenly_spread(self, form):
        """So many as the settings say, evenly spread."""
        data = encoded(self.FRAMES[0], form, save_all=True, append_images=self.FRAMES[1:])
        found = opened(data, frames=4)

        assert ["upright", "frame", "frame", "frame"] == [name for name, _ in found]
        assert [0, 6, 12, 19] == [
            min(range(20), key=lambda n: apart(np.asarray(self.FRAMES[n]), pixels))
            for _, pixels in found
        ]

    def test_only_the_first(self):
        """One frame is enough if the settings say so."""
        data = encoded(self.FRAMES[0], "GIF", save_all=True, append_images=self.FRAMES[1:])

        assert 1 == len(opened(data, frames=1))


class TestStowaway:
    """What hides in a picture's file is named by its first bytes."""

    @pytest.mark.parametrize(
        ("behind", "expected"),
        [
            (b"PK\x03\x04rest", "archive"),
            (b"\0\r\n Rar!\x1a\x07", "archive"),
            (b"%pdf-1.4", "document"),
            (b"MZ", "program"),
            (b"\x7fELF", "program"),
            (b"<HTML>", "script"),
            (b"\1" * 4_097, "data"),
            (b"\1" * 4_000, None),
            (b"\0" * 90_000, None),
            (b"", None),
        ],
    )
    def test_behind_the_picture(self, behind, expected):
        """Padding is nothing, and unknown data only if there is much of it."""
        data = encoded(PHOTO)

        assert expected == stowaway(data + behind, len(data))

    def test_archive_that_begins_anywhere(self):
        """An archive whose directory ends the file is one, wherever it begins."""
        stream = io.BytesIO(encoded(PHOTO, "BMP"))
        with zipfile.ZipFile(stream, "a") as archive:
            archive.writestr("x", "y")

        assert "archive" == stowaway(stream.getvalue(), None)

    def test_four_bytes_are_no_archive(self):
        """Four bytes that happen to begin a record are nothing without a directory."""
        assert None is stowaway(b"BM" + b"\0" * 999 + b"PK\x05\x06" + b"\1" * 18, None)

    def test_script_in_a_comment(self):
        """A script in the first or last bytes of a picture is one a browser might run."""
        info = PngImagePlugin.PngInfo()
        info.add_text("comment", "<ScRiPt>alert(1)</script>")

        data = encoded(PHOTO, "PNG", pnginfo=info)
        assert "script" == stowaway(data, len(data))
