"""How many changed copies of pictures are still within 31 bits: the figures of the media README.

    python tests/bench/media_finds.py FOLDER …

Each folder is searched for pictures. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterator
from itertools import combinations
from math import sqrt
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from handrail_media._limits import Limits
from handrail_media._open import measure, views
from handrail_media._pdq import Pdq, dihedral, pdq
from handrail_media._sniff import ProblemError

REACH, QUALITY, SIDE = 31, 50, 1_600


def saved(form: str, **options: object) -> Callable[[Image.Image], Image.Image]:
    """The picture as a file of that format shows it."""

    def change(image: Image.Image) -> Image.Image:
        stream = io.BytesIO()
        image.save(stream, form, **options)
        (_, *_), data = (form,), stream.getvalue()
        first = next(views(data, measure(data, Limits()), Limits()))
        return Image.fromarray(first.pixels).convert("RGB")

    return change


def scaled(share: float) -> Callable[[Image.Image], Image.Image]:
    """The picture made smaller."""
    return lambda image: image.resize(
        (max(64, int(image.width * share)), max(64, int(image.height * share))),
        Image.Resampling.LANCZOS,
    )


def cropped(share: float) -> Callable[[Image.Image], Image.Image]:
    """The picture without so much of it at each side."""

    def change(image: Image.Image) -> Image.Image:
        x, y = int(image.width * share), int(image.height * share)
        return image.crop((x, y, image.width - x, image.height - y))

    return change


def framed(share: float) -> Callable[[Image.Image], Image.Image]:
    """The picture with a black frame around it."""

    def change(image: Image.Image) -> Image.Image:
        x, y = int(image.width * share), int(image.height * share)
        ground = Image.new("RGB", (image.width + 2 * x, image.height + 2 * y))
        ground.paste(image, (x, y))
        return ground

    return change


def captioned(image: Image.Image) -> Image.Image:
    """The picture with a white bar over its lowest tenth, and words on it."""
    changed = image.copy()
    draw = ImageDraw.Draw(changed)
    top = image.height * 9 // 10
    draw.rectangle((0, top, image.width, image.height), fill="white")
    draw.text((10, top + 5), "a caption of some words", fill="black", font_size=image.height // 20)
    return changed


def noisy(image: Image.Image) -> Image.Image:
    """The picture with noise of a standard deviation of 20."""
    noise = np.random.default_rng(1).normal(0, 20, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "JPEG, quality 75": saved("JPEG", quality=75),
    "JPEG, quality 25": saved("JPEG", quality=25),
    "JPEG, quality 10": saved("JPEG", quality=10),
    "WebP, quality 50": saved("WEBP", quality=50),
    "GIF, 256 colours": saved("GIF"),
    "half the size": scaled(0.5),
    "an eighth of the size": scaled(0.125),
    "grey": lambda image: image.convert("L").convert("RGB"),
    "brighter by 20 %": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "more contrast by 30 %": lambda image: ImageEnhance.Contrast(image).enhance(1.3),
    "blurred by 3 pixels": lambda image: image.filter(ImageFilter.GaussianBlur(3)),
    "noise": noisy,
    "a caption over a tenth": captioned,
    "cropped by 1 % a side": cropped(0.01),
    "cropped by 2 % a side": cropped(0.02),
    "cropped by 5 % a side": cropped(0.05),
    "framed by 2 % a side": framed(0.02),
    "framed by 5 % a side": framed(0.05),
    "turned by 1 degree": lambda image: image.rotate(1, Image.Resampling.BICUBIC),
    "turned by 3 degrees": lambda image: image.rotate(3, Image.Resampling.BICUBIC),
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "turned by 90 degrees": lambda image: image.transpose(Image.Transpose.ROTATE_90),
}


def pictures(folders: list[Path]) -> Iterator[tuple[str, Image.Image]]:
    """All pictures in the folders, by name, at most SIDE pixels wide or high."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in {".jpg", ".jpeg", ".png", ".webp"}:
                continue
            data = path.read_bytes()
            try:
                first = next(views(data, measure(data, Limits()), Limits()))
            except ProblemError:
                continue
            image = Image.fromarray(first.pixels).convert("RGB")
            image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
            yield path.name, image


def apart(one: Pdq, other: Pdq) -> int:
    """Bits that differ."""
    return sum((a ^ b).bit_count() for a, b in zip(one.bits, other.bits, strict=True))


def interval(hits: int, of: int) -> str:
    """A share with its interval."""
    share, z = hits / of, 1.96
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return f"{hits} of {of} ({max(0.0, middle - half):.2f} to {min(1.0, middle + half):.2f})"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    found = list(pictures(parser.parse_args().folders))
    hashes = [pdq(np.asarray(image)) for _, image in found]
    good = [n for n, known in enumerate(hashes) if known.quality >= QUALITY]
    print(f"{len(found)} pictures, {len(good)} of them of quality {QUALITY} or more")
    for name, change in CHANGES.items():
        plain, turned, distances = 0, 0, []
        for n in good:
            forms = dihedral(np.asarray(change(found[n][1])))
            distances.append(apart(hashes[n], forms[0]))
            counts = forms[0].quality >= QUALITY
            plain += counts and distances[-1] <= REACH
            turned += counts and min(apart(hashes[n], form) for form in forms) <= REACH
        middle = sorted(distances)[len(distances) // 2]
        print(f"| {name} | {interval(plain, len(good))} | {middle} | {turned} |")
    near = sorted(
        (apart(hashes[a], hashes[b]), found[a][0], found[b][0]) for a, b in combinations(good, 2)
    )
    print(f"{len(near)} pairs, nearest: {near[:5]}")
    poor = [n for n in range(len(found)) if n not in set(good)]
    print("poor:", [(found[n][0], hashes[n].quality) for n in poor])


if __name__ == "__main__":
    main()
