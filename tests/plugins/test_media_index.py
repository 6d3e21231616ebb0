"""The index of hashes finds what comparing all of them finds, while they come and go."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail_media import _index
from handrail_media._index import BITS, CHUNKS, FEW, WIDTHS, Index, chunks
from handrail_media._store import FRESH_MOST, ExactStore, NearStore, words_of

ROWS = np.random.default_rng(1).integers(0, 2**64, (FEW + 1_000, 4), dtype=np.uint64)
LARGE = Index(ROWS).prepare()
SMALL = Index(ROWS[:500])


def flipped(row, bits):
    """A hash with some of its bits turned over."""
    value = int.from_bytes(row.astype(">u8").tobytes(), "big")
    for bit in bits:
        value ^= 1 << bit
    return words_of(value.to_bytes(32, "big"))


def compared(rows, query, distance):
    """What is near by comparing everything: row and distance."""
    apart = np.bitwise_count(rows ^ query).sum(1)
    return {(int(n), int(apart[n])) for n in np.flatnonzero(apart <= distance)}


def found(index, query, distance):
    """What the index says is near."""
    hits = index.near(query, distance)
    return set(zip(hits.row.tolist(), hits.distance.tolist(), strict=True))


class TestIndex:
    """Nothing is missed, nothing is made up."""

    @settings(max_examples=200, deadline=None)
    @given(
        row=st.integers(0, len(ROWS) - 1),
        bits=st.sets(st.integers(0, BITS - 1), max_size=40),
        distance=st.integers(0, 31),
    )
    def test_equals_comparing_all(self, row, bits, distance):
        """Looking up finds exactly what comparing all finds, at any distance."""
        query = flipped(ROWS[row], bits)

        assert compared(ROWS, query, distance) == found(LARGE, query, distance)

    @settings(max_examples=100, deadline=None)
    @given(
        rows=st.lists(st.integers(0, 3), min_size=1, max_size=40),
        bits=st.sets(st.integers(0, BITS - 1), max_size=31),
    )
    def test_equals_comparing_all_among_equals(self, rows, bits):
        """Hashes that occur many times are all found, whichever way they are searched."""
        table = ROWS[rows]
        query = flipped(ROWS[0], bits)
        expected = compared(table, query, 31)
        index = Index(table)

        assert expected == found(index, query, 31)
        hits = index._look_up(query, 0, 31)
        assert expected == set(zip(hits[1].tolist(), hits[2].tolist(), strict=True))

    @pytest.mark.parametrize("index", [SMALL, LARGE], ids=["compared", "looked up"])
    def test_many_queries(self, index):
        """Many queries at once get what each gets alone."""
        queries = np.concatenate([flipped(row, range(n)) for n, row in enumerate(ROWS[:40])])
        hits = index.near(queries, 31)
        alone = [
            (n, row, apart)
            for n in range(40)
            for row, apart in sorted(found(index, queries[n : n + 1], 31))
        ]

        assert alone == sorted(
            zip(hits.query.tolist(), hits.row.tolist(), hits.distance.tolist(), strict=True)
        )

    def test_no_query(self):
        """No query finds nothing."""
        assert 0 == len(LARGE.near(np.empty((0, 4), np.uint64), 31))

    def test_empty(self):
        """An empty index finds nothing."""
        assert set() == found(Index(np.empty((0, 4), np.uint64)), ROWS[:1], 31)

    def test_chunks_hold_every_bit(self):
        """Cutting a hash loses no bit."""
        value = "".join(
            f"{part:0{width}b}" for part, width in zip(chunks(ROWS[:1])[0], WIDTHS, strict=True)
        )

        assert ROWS[0].astype(">u8").tobytes() == int(value, 2).to_bytes(32, "big")

    @pytest.mark.parametrize("distance", range(32))
    def test_pigeonhole(self, distance):
        """However the differing bits are spread, some chunk is within reach of a look-up."""
        lookup = _index._lookup(distance)
        reach = [
            max((int(f).bit_count() for f in lookup.flips[lookup.chunk == n]), default=-1)
            for n in range(CHUNKS)
        ]

        assert distance < sum(r + 1 for r in reach)


class TestNearStore:
    """Hashes come and go while they are searched."""

    def store(self):
        """A store of a few hashes."""
        return NearStore(ROWS[:50], np.arange(50))

    def test_adds(self):
        """What was added is found under its number."""
        store = self.store()
        store.add(ROWS[100:101], np.array([700]))

        assert [700] == store.near(ROWS[100:101], 0).row.tolist()

    def test_removes(self):
        """What was removed is found no more, whether it came first or later."""
        store = self.store()
        store.add(ROWS[100:101], np.array([700]))
        store.remove([3, 700, 9_999])

        assert [[], []] == [store.near(ROWS[n : n + 1], 31).row.tolist() for n in (3, 100)]

    def test_counts(self):
        """Its length is what can be found."""
        store = self.store()
        store.add(ROWS[100:101], np.array([700]))
        store.remove([3])

        assert 50 == len(store)

    def test_tidies_up(self):
        """Many changes end in one table, and nothing is lost."""
        store = self.store()
        store.remove([0])
        store.add(ROWS[100 : 101 + FRESH_MOST], np.arange(100, 101 + FRESH_MOST))

        assert 0 == len(store._state.fresh)
        assert [[], [1], [100 + FRESH_MOST]] == [
            store.near(ROWS[n : n + 1], 0).row.tolist() for n in (0, 1, 100 + FRESH_MOST)
        ]

    def test_readers_are_never_in_the_way(self):
        """While one thread adds and removes, another always finds what stays."""
        store, missed, done = self.store(), [], threading.Event()

        def read():
            while not done.is_set():
                missed.extend([1] if [7] != store.near(ROWS[7:8], 0).row.tolist() else [])

        reader = threading.Thread(target=read)
        reader.start()
        for n in range(60, 160):
            store.add(ROWS[n : n + 1], np.array([n]))
            store.remove([n - 5])
        done.set()
        reader.join()

        assert [] == missed


STEPS = st.lists(st.tuples(st.sampled_from(["add", "remove"]), st.integers(0, 11)), max_size=60)


class TestAsAList:
    """Whatever comes and goes, in whatever order, the stores find what a list would."""

    @settings(max_examples=150, deadline=None)
    @given(steps=STEPS)
    def test_near(self, steps):
        """Hashes by distance, with the table built anew now and then."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("handrail_media._store.FRESH_MOST", 5)
            store, kept = NearStore(ROWS[:3], np.arange(3)), {0: 0, 1: 1, 2: 2}
            for number, (step, row) in enumerate(steps, 3):
                if step == "add":
                    store.add(ROWS[row : row + 1], np.array([number]))
                    kept[number] = row
                else:
                    gone = [n for n, r in kept.items() if r == row]
                    store.remove(gone)
                    kept = {n: r for n, r in kept.items() if r != row}

            assert len(kept) == len(store)
            for row in range(12):
                found = store.near(flipped(ROWS[row], range(5)), 5).row.tolist()
                assert sorted(n for n, r in kept.items() if r == row) == sorted(found)

    @settings(max_examples=150, deadline=None)
    @given(steps=STEPS)
    def test_exact(self, steps):
        """Digests by equality."""
        digests = [bytes([n % 3]) * 15 + bytes([n]) for n in range(12)]
        store, kept = ExactStore(16, digests[0] + digests[1], np.arange(2)), {0: 0, 1: 1}
        for number, (step, row) in enumerate(steps, 2):
            if step == "add":
                store.add(digests[row], number)
                kept[number] = row
            else:
                store.remove([n for n, r in kept.items() if r == row])
                kept = {n: r for n, r in kept.items() if r != row}

        assert len(kept) == len(store)
        for row in range(12):
            assert sorted(n for n, r in kept.items() if r == row) == sorted(
                store.find(digests[row])
            )


class TestExactStore:
    """Equal digests are found, whatever they begin with."""

    DIGESTS = (b"\xff" * 16, b"\xff" * 8 + b"\0" * 8, b"\0" * 16, b"a" * 16, b"\0" * 16)

    def store(self):
        """A store of some digests that begin alike."""
        return ExactStore(16, b"".join(self.DIGESTS), np.arange(5))

    @pytest.mark.parametrize(
        ("digest", "expected"),
        [(DIGESTS[0], [0]), (DIGESTS[1], [1]), (b"\0" * 16, [2, 4]), (b"b" * 16, [])],
    )
    def test_finds(self, digest, expected):
        """All that are equal are found, and nothing that only begins alike."""
        assert expected == self.store().find(digest)

    def test_adds_and_removes(self):
        """What was added is found, what was removed is not."""
        store = self.store()
        store.add(b"b" * 16, 9)
        store.remove([3])

        assert ([9], [], 5) == (store.find(b"b" * 16), store.find(b"a" * 16), len(store))

    def test_empty(self):
        """An empty store finds nothing."""
        assert [] == ExactStore(16, b"", np.empty(0, np.int64)).find(b"a" * 16)
