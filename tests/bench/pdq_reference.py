"""Our PDQ beside pdqhash, the compiled binding of the reference: how many bits differ.

    python tests/bench/pdq_reference.py FOLDER …

Needs pdqhash, whose source is compiled with C++. Pictures are those of the folders, and made ones.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pdqhash
from media_finds import pictures
from PIL import Image

from handrail_media._pdq import dihedral, pdq

MADE = 150


def made() -> Iterator[np.ndarray]:
    """Noise, waves, plain colours and soft spots of 5 to 700 pixels a side."""
    random = np.random.default_rng(0)
    for number in range(MADE):
        rows, columns = random.integers(5, 700, 2)
        y, x = np.mgrid[:rows, :columns]
        match number % 4:
            case 0:
                yield random.integers(0, 256, (rows, columns, 3)).astype(np.uint8)
            case 1:
                wave = 128 + 127 * np.sin(x / random.uniform(1, 40) + y / random.uniform(1, 40))
                yield np.repeat(wave[..., None], 3, 2).astype(np.uint8)
            case 2:
                yield np.full((rows, columns, 3), random.integers(256), np.uint8)
            case _:
                spots = random.integers(0, 256, (*random.integers(2, 20, 2), 3)).astype(np.uint8)
                size = int(columns), int(rows)
                yield np.asarray(Image.fromarray(spots).resize(size, Image.Resampling.BICUBIC))


def turned(pixels: np.ndarray) -> tuple[np.ndarray, ...]:
    """The picture as ``dihedral`` has it, turned for real."""
    turns = [np.rot90(pixels, n) for n in range(4)]
    across = pixels.transpose(1, 0, 2)
    return (*turns, np.flipud(pixels), np.fliplr(pixels), across, np.rot90(across, 2))


def main() -> None:
    """Print how often how many bits differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    loaded = [np.asarray(image) for _, image in pictures(parser.parse_args().folders)]
    apart: Counter[int] = Counter()
    forms: Counter[int] = Counter()
    for pixels in map(np.ascontiguousarray, (*loaded, *made())):
        vector, quality = pdqhash.compute(pixels)
        found = pdq(pixels)
        same = int("".join(map(str, vector)), 2)
        apart[(same ^ int(found.hex, 16)).bit_count() + 1000 * (quality != found.quality)] += 1
        if found.quality >= 50:
            for form, real in zip(dihedral(pixels), turned(pixels), strict=True):
                other = pdq(np.ascontiguousarray(real))
                forms[(int(form.hex, 16) ^ int(other.hex, 16)).bit_count()] += 1
    print(f"{len(loaded)} pictures and {MADE} made ones; bits that differ: {dict(apart)}")
    print(f"turned and mirrored forms from the turned picture: {dict(sorted(forms.items()))}")


if __name__ == "__main__":
    main()
