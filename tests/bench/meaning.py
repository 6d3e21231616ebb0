"""The embedding module on comments of a hundred characters, and on a long text."""

from __future__ import annotations

from functools import partial

from calls import TEXT
from harness import Row, paired

from handrail_embedding._model import model

PIECES = (
    TEXT,
    "I do not agree with you at all, but thank you for taking the time to write this down here!",
    "That was a really lovely video, thank you so much for it and see you at the next one, okay?",
)
TEXTS = [f"{PIECES[n % len(PIECES)]} {n:06d}"[:100] for n in range(60)]
PAGES = [" ".join(TEXTS[n : n + 20]) for n in range(6)]
KNOWN = {word for piece in PIECES for word in piece.split()}


def rows() -> list[Row]:
    """CPU of reading a text, beside splitting it into words."""
    read = model().parts

    def asked(texts: list[str], times: int) -> None:
        for text in texts[:times]:
            read(text, 8)

    def words(texts: list[str], times: int) -> None:
        for n in range(times):
            [w for w in texts[n % len(texts)].split() if w in KNOWN]

    return [
        paired(
            f"embedding, {what}", partial(asked, texts), "str.split and a set lookup",
            partial(words, texts), times=len(texts), base_times=600, rounds=9,
        )
        for what, texts in (("100 characters", TEXTS), ("2,000 characters", PAGES))
    ]  # fmt: skip
