"""PDQ in numpy gives the bits of the reference, recorded from its compiled binding."""

from __future__ import annotations

import numpy as np
import pytest

from handrail_media._pdq import LEAST, Pdq, dihedral, pdq, quality


def picture(rows, columns, seed, patch=24):
    """Patches of colour from a linear congruential generator, each shaded across."""
    down, across = -(-rows // patch), -(-columns // patch)
    value, values = seed, []
    for _ in range(down * across * 3):
        value = (value * 1103515245 + 12345) % 2**31
        values.append(value >> 16 & 255)
    patches = np.array(values).reshape(down, across, 3)
    large = patches.repeat(patch, 0).repeat(patch, 1)[:rows, :columns]
    y, x = np.mgrid[:rows, :columns]
    shade = (x * 3 + y * 2) % 64
    return np.clip(large * 3 // 4 + shade[..., None], 0, 255).astype(np.uint8)


RECORDED = (
    (480, 640, 1, "c0c277aeaca1d3549cbff13abf418b995495997ed86ab40eed63d4b7880450a2"),
    (640, 480, 2, "729648ff237353fb85335c9313e5f5b458283849355705a154ec805d4e96aef5"),
    (129, 257, 3, "213f2377c3c462be9c56fc0b03f9ac0b0c597c18d2c02d3f03e7e3a663b6bc46"),
    (1000, 1000, 4, "c1fcf195cfe72a48c1cbcc4b546ca94abdac97ece8865e8477da49a4eb606101"),
    (64, 64, 5, "aaaa8a229ce3ef3ca2888c23f39c8c73faaaf22c9ce3b23cdde29043e39cf10c"),
    (65, 63, 6, "819c1a721c5377bc2023ace3271cac73f88cf3bc1873e3bc5f621a43e7ac9c43"),
    (200, 31, 7, "f4c76b5cc4567afcaaa84a524b5a4b42b4adb4a5b4a5b4a5b4a5b623b4ad1a52"),
    (5, 300, 8, "51d7ab50ae2ad4be257788a225d7755dda082b5151d5ab50ae2ad4be25f788a2"),
)
"""What pdqhash 0.2.8 gives for pictures of so many rows, columns, and a seed."""


def apart(one: Pdq, other: Pdq) -> int:
    """Bits that differ."""
    return sum((a ^ b).bit_count() for a, b in zip(one.bits, other.bits, strict=True))


class TestReference:
    """Nothing is near enough: a bank's hashes were made by the reference."""

    @pytest.mark.parametrize(("rows", "columns", "seed", "expected"), RECORDED)
    def test_same_bits(self, rows, columns, seed, expected):
        """The hash is the reference's, bit for bit, with its quality."""
        assert (expected, 100) == ((found := pdq(picture(rows, columns, seed))).hex, found.quality)

    def test_flat(self):
        """A picture of one colour has the bits of rounding, and no quality."""
        found = pdq(np.full((300, 300, 3), 128, np.uint8))

        assert ("000000002c4b1134", 0) == (found.hex[:16], found.quality)

    def test_ramp(self):
        """A plain ramp has too little in it to count."""
        ramp = (np.arange(300) * 255 // 299).astype(np.uint8)

        assert 44 == pdq(np.broadcast_to(ramp, (300, 300))).quality

    def test_grey(self):
        """A grey picture hashes as it would in colours."""
        grey = picture(100, 90, 3)[..., 0]

        assert pdq(np.repeat(grey[..., None], 3, 2)) == pdq(grey)

    @pytest.mark.parametrize("shape", [(LEAST - 1, 90, 3), (90, LEAST - 1, 3), (1, 1)])
    def test_tiny(self, shape):
        """What is too small has no hash and no quality."""
        nothing = Pdq((0, 0, 0, 0), 0)

        assert (nothing, (nothing,) * 8) == (
            pdq(np.ones(shape, np.uint8)),
            dihedral(np.ones(shape, np.uint8)),
        )


class TestTurned:
    """The turned and mirrored forms come from one pass over the picture."""

    @pytest.mark.parametrize(
        ("number", "turn"),
        [
            (1, lambda p: np.rot90(p, 1)),
            (2, lambda p: np.rot90(p, 2)),
            (3, lambda p: np.rot90(p, 3)),
            (4, np.flipud),
            (5, np.fliplr),
            (6, lambda p: p.transpose(1, 0, 2)),
            (7, lambda p: np.rot90(p, 2).transpose(1, 0, 2)),
        ],
    )
    @pytest.mark.parametrize("shape", [(512, 512), (480, 640), (301, 97), (64, 64)])
    def test_as_if_turned_first(self, number, turn, shape):
        """Each is the hash of the picture turned that way, but for a bit or so of rounding."""
        plain = picture(*shape, 9)

        assert apart(dihedral(plain)[number], pdq(np.ascontiguousarray(turn(plain)))) <= 2

    def test_first_is_plain(self):
        """The first form is the picture as it is."""
        plain = picture(200, 130, 4)

        assert pdq(plain) == dihedral(plain)[0]


def test_repr_keeps_the_hash_to_itself():
    """A hash is personal data, and no repr shows it."""
    assert "Pdq(quality=3)" == repr(Pdq((1, 2, 3, 4), 3))


def test_quality_ends_at_100():
    """Noise has as much quality as there is."""
    noise = (np.indices((64, 64)).sum(0) % 2 * 255).astype(np.float32)

    assert 100 == quality(noise)
