"""Opening pictures from strangers: everything is bounded before a byte is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from ._limits import Limits
from ._pdq import Pixels
from ._sniff import ProblemError, Shape, sniff

if TYPE_CHECKING:
    from PIL.Image import Image

FRAMES_WORK = 4
"""Times the most pixels of a picture that the frames of an animation may have together."""

_TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
"""What turns a picture upright (a Transpose of Pillow), by the orientation its EXIF data name."""


@attrs.frozen(kw_only=True, eq=False)
class View:
    """One way a picture looks.

    Attributes:
        pixels: Rows × columns × red, green and blue, or of grey.
        name: ``upright``, ``frame``, ``stored``, ``on_white`` or ``on_black``.
    """

    pixels: Pixels
    name: str = "upright"


def measure(data: bytes, limits: Limits) -> Shape:
    """Read what a file is, and hold it to the *limits*; raises ProblemError."""
    if len(data) > limits.max_bytes:
        raise ProblemError("too_many_bytes")
    shape = sniff(data, limits.max_frames)
    if shape.format not in limits.formats:
        raise ProblemError("format_not_allowed")
    _check_pixels((shape.width, shape.height), shape, limits)
    return shape


def _check_pixels(size: tuple[int, int], shape: Shape, limits: Limits) -> None:
    if size[0] * size[1] > limits.pixels(shape.format):
        raise ProblemError("too_many_pixels")


def views(data: bytes, shape: Shape, limits: Limits) -> Iterator[View]:
    """Decode a picture and yield how it looks, the plain way first; raises ProblemError.

    Of an animation with too many frames only the first is yielded before that is said.
    """
    from PIL import Image

    formats = (shape.format, "MPO") if shape.format == "JPEG" else (shape.format,)
    try:
        with Image.open(BytesIO(data), formats=formats) as image:
            _check_pixels(image.size, shape, limits)
            yield from _looks(image, shape, limits)
            yield from _frames(image, shape, limits)
    except ProblemError:
        raise
    except Image.DecompressionBombError:
        raise ProblemError("too_many_pixels") from None
    except MemoryError:
        raise ProblemError("too_large") from None
    except OSError as error:
        cut = "truncated" in str(error) or "unexpected end" in str(error)
        raise ProblemError("truncated" if cut else "broken") from None
    except Exception:  # noqa: BLE001  # Decoders raise whatever they like over a broken file.
        raise ProblemError("broken") from None


def _looks(image: Image, shape: Shape, limits: Limits) -> Iterator[View]:
    """The first frame: upright, as it is stored if that differs, on white and on black."""
    from PIL.Image import Transpose

    turn = _TURNS.get(_orientation(image))
    small = _shrunk(image, shape, limits.exact_pixels)
    plain = _colours(small)
    stored = _pixels(plain)
    if turn is None:
        yield View(pixels=stored)
    else:
        yield View(pixels=_pixels(plain.transpose(Transpose(turn))))
        yield View(pixels=stored, name="stored")
    if plain.mode in {"RGBA", "LA"} and plain.getextrema()[-1][0] < 255:  # type: ignore[index]  # one pair a band
        for ground, name in (("white", "on_white"), ("black", "on_black")):
            yield View(pixels=_pixels(_on(plain, ground)), name=name)


def _orientation(image: Image) -> int:
    """The EXIF orientation; 0 where there is none or it cannot be read."""
    try:
        found = image.getexif().get(0x0112)
    except Exception:  # noqa: BLE001  # Broken metadata do not make a picture unreadable.
        return 0
    return found if isinstance(found, int) else 0


def _shrunk(image: Image, shape: Shape, exact: int) -> Image:
    """The picture, decoded, and made smaller by a whole factor if it is large."""
    factor = _factor(image.size, exact)
    if factor > 1 and shape.format == "JPEG":
        width, height = image.size
        image.draft(image.mode, (-(-width // factor), -(-height // factor)))
        factor = _factor(image.size, exact)
    image.load()
    if factor == 1:
        return image
    return (image if image.mode in _REDUCIBLE else _colours(image)).reduce(factor)


_REDUCIBLE = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "YCbCr"})


def _factor(size: tuple[int, int], exact: int) -> int:
    """The least whole factor that brings a picture to *exact* pixels, and leaves sides of 64."""
    width, height = size
    factor = 1
    while width * height > exact * factor * factor:
        factor += 1
    return max(1, min(factor, min(size) // 64))


def _colours(image: Image) -> Image:
    """The picture in 8-bit grey or colours, with transparency where it has any."""
    if image.mode in {"L", "LA", "RGB", "RGBA"}:
        return image
    if image.mode.startswith("I") or image.mode == "F":
        return _deep(image)
    if image.mode == "P" or "transparency" in image.info:
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.convert("RGB")


def _deep(image: Image) -> Image:
    """The upper eight bits of deep grey: Pillow's own conversion would cut off above 255."""
    from PIL import Image as Images

    values = np.asarray(image)
    if values.dtype != np.uint16:
        values = values.clip(0, 65_535).astype(np.uint16)
    return Images.fromarray((values >> 8).astype(np.uint8))


def _pixels(image: Image) -> Pixels:
    """The values, without transparency."""
    kept = image.convert("L" if image.mode == "LA" else "RGB") if image.mode != "L" else image
    return np.asarray(kept)


def _on(image: Image, colour: str) -> Image:
    from PIL import Image as Images

    ground = Images.new("RGBA", image.size, colour)
    return Images.alpha_composite(ground, image.convert("RGBA"))


def _frames(image: Image, shape: Shape, limits: Limits) -> Iterator[View]:
    """Some frames of an animation, evenly spread, the last among them."""
    if shape.frames > limits.max_frames:
        raise ProblemError("too_many_frames")
    if shape.format not in {"GIF", "PNG", "WEBP", "AVIF"}:
        return
    count = getattr(image, "n_frames", 1)
    if count > limits.max_frames:
        raise ProblemError("too_many_frames")
    if count * image.size[0] * image.size[1] > FRAMES_WORK * limits.pixels(shape.format):
        raise ProblemError("too_much_animation")
    wanted = min(count, limits.frames)
    for n in range(1, wanted):
        image.seek(n * (count - 1) // (wanted - 1))
        _check_pixels(image.size, shape, limits)
        frame = _colours(_shrunk(image, shape, limits.exact_pixels))
        yield View(pixels=_pixels(frame), name="frame")


def thumbnail(view: View, most: int) -> dict[str, Any]:
    """A view with at most *most* pixels a side: width, height, and three bytes a pixel."""
    from PIL import Image as Images

    image = Images.fromarray(view.pixels).convert("RGB")
    image.thumbnail((most, most), Images.Resampling.BOX)
    return {"width": image.width, "height": image.height, "rgb": image.tobytes()}
