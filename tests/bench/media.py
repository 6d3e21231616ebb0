"""Hashes of pictures: ours beside pdqhash, and the index beside faiss and python-threatexchange.

Peers are measured where they are installed: ``pip install faiss-cpu threatexchange pdqhash``, of
which the last needs a compiler.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time

import numpy as np
from harness import Row, paired, quartiles, single
from PIL import Image

from handrail import Feature, Item, Media, Safety, starting_policy
from handrail_media._bank import Bank
from handrail_media._banks import BankSettings
from handrail_media._index import Index, Words
from handrail_media._pdq import pdq

SIZES = (1_000_000, 100_000, 10_000)
DISTANCE = 31
GENERATOR = np.random.default_rng(1)


def photo(width: int, height: int) -> Image.Image:
    """A picture with something in it everywhere."""
    spots = GENERATOR.integers(0, 256, (24, 32, 3)).astype(np.uint8)
    return Image.fromarray(spots).resize((width, height), Image.Resampling.BICUBIC)


def queries(rows: Words, many: int = 512) -> Words:
    """Half of them a hash of *rows* with up to 31 bits turned over, half at random."""
    asked = GENERATOR.integers(0, 2**64, (many, 4), dtype=np.uint64)
    for n in range(0, many, 2):
        bits = np.unpackbits(rows[GENERATOR.integers(len(rows))].astype(">u8").view(np.uint8))
        bits[GENERATOR.choice(256, GENERATOR.integers(0, DISTANCE + 1), replace=False)] ^= 1
        asked[n] = np.packbits(bits).view(">u8")
    return asked


def asker(asked: list[object], ask: Callable[[object], object]) -> Callable[[int], None]:
    """Ask so many of the queries, always going on with the next: none is warm from before."""
    turn = cycle(asked)

    def batch(times: int) -> None:
        for _ in range(times):
            ask(next(turn))

    return batch


def index_rows() -> Iterator[Row]:
    """One query at a time, within 31 bits, exactly."""
    for size in SIZES:
        rows = GENERATOR.integers(0, 2**64, (size, 4), dtype=np.uint64)
        index, asked = Index(rows).prepare(), queries(rows)
        ours = near(index, asked, 1)
        what = f"PDQ within {DISTANCE} bits among {size:,}, one query"
        with suppress(ImportError):
            yield paired(
                what, ours, "faiss IndexBinaryFlat.range_search", flat(rows, asked), times=8,
                goal="≤ 0.25 ×" if size == SIZES[0] else "",
            )  # fmt: skip
        if size != SIZES[0]:
            continue
        with suppress(ImportError):
            yield paired(
                what, ours, "threatexchange PDQIndex.query", multi(rows, asked), times=8,
                goal="≤ 0.5 ×",
            )  # fmt: skip
        yield single("… 64 queries at once", near(index, asked, 64), times=2)


def near(index: Index, asked: Words, together: int) -> Callable[[int], None]:
    """Our index, so many queries *together*."""
    parts = [asked[n : n + together] for n in range(0, len(asked), together)]
    return asker(parts, lambda part: index.near(part, DISTANCE))


def flat(rows: Words, asked: Words) -> Callable[[int], None]:
    """Faiss, comparing all."""
    import faiss

    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(256)
    index.add(rows.astype(">u8").view(np.uint8).reshape(len(rows), 32))
    each = [q.astype(">u8").view(np.uint8).reshape(1, 32) for q in asked]
    return asker(each, lambda q: index.range_search(q, DISTANCE + 1))


def multi(rows: Words, asked: Words) -> Callable[[int], None]:
    """The index of python-threatexchange, by hexadecimal strings as it takes them."""
    import faiss
    from threatexchange.signal_type.pdq.signal import PdqSignal

    faiss.omp_set_num_threads(1)
    index = PdqSignal.get_index_cls().build((value, n) for n, value in enumerate(in_hex(rows)))
    return asker(in_hex(asked), index.query)


def in_hex(rows: Words) -> list[object]:
    """Hashes as people write them."""
    text = rows.astype(">u8").tobytes().hex()
    return [text[n : n + 64] for n in range(0, len(text), 64)]


def hash_rows() -> Iterator[Row]:
    """Hashing decoded pictures."""
    for side in (256, 512, 1024, 2048):
        pixels = np.ascontiguousarray(photo(side, side))

        def ours(times: int, pixels: np.ndarray = pixels) -> None:
            for _ in range(times):
                pdq(pixels)

        what = f"PDQ of {side} × {side} pixels"
        try:
            import pdqhash
        except ImportError:
            yield single(what, ours, times=3)
            continue

        def theirs(times: int, pixels: np.ndarray = pixels) -> None:
            for _ in range(times):
                pdqhash.compute(pixels)

        yield paired(what, ours, "pdqhash.compute (C++)", theirs, times=3, rounds=15)


def file_rows() -> Iterator[Row]:
    """A whole call about a JPEG, as a ratio to decoding it."""
    safety = Safety(
        [Feature(name="comments", surface="comments")], modules=["media"],
        policy=starting_policy("comments"), trace_share=0.0, budget_ms=10_000,
    )  # fmt: skip
    ask = safety.feature("comments").pre_publish
    for width, height in ((640, 480), (1600, 1200), (4000, 3000)):
        stream = io.BytesIO()
        photo(width, height).save(stream, "JPEG", quality=85)
        data = stream.getvalue()
        item = Item("m", media=[Media(id="m", type="image/jpeg", data=data)])

        def ours(times: int, item: Item = item) -> None:
            for _ in range(times):
                ask(item)

        def decode(times: int, data: bytes = data) -> None:
            for _ in range(times):
                Image.open(io.BytesIO(data)).load()

        yield paired(
            f"pre_publish, media, a JPEG of {width} × {height}, wall", ours,
            "decoding it with Pillow", decode, times=2, rounds=15, clock=wall,
        )  # fmt: skip
    safety.close()


def wall(batch: Callable[[int], None], times: int) -> float:
    """Wall time per run, in nanoseconds: the work is in another thread."""
    start = perf_counter()
    batch(times)
    return (perf_counter() - start) / times * 1e9


def bank_rows() -> Iterator[Row]:
    """A bank of a million: how long it takes to read, and what it weighs."""
    rows = GENERATOR.integers(0, 2**64, (SIZES[0], 4), dtype=np.uint64)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bank.csv"
        lines = (f"{value},id-{n}\n" for n, value in enumerate(in_hex(rows)))
        path.write_text("hash,id\n" + "".join(lines))
        settings = BankSettings(name="b", path=str(path), issue="sexual.ncii")
        took = []
        for _ in range(2):
            start = thread_time()
            bank = Bank(settings)
            took.append((thread_time() - start) * 1e3)
    low, middle, high = quartiles(took)
    yield Row(
        what="reading a bank of 1,000,000 from CSV",
        unit="ms",
        value=middle,
        low=low,
        high=high,
    )
    size = bank.size / 1e6
    yield Row(
        what="… in memory, ids of nine letters included", unit="MB", value=size, low=size, high=size
    )


def rows() -> list[Row]:
    """All rows of media."""
    return [*index_rows(), *hash_rows(), *file_rows(), *bank_rows()]
