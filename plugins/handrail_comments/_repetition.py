"""The same word or character over and over within one comment."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from handrail import Evidence, Finding, Text

from ._settings import Settings

_RUNS = re.compile(r"(\S)\1{2,}+")
_NO_SIGN = frozenset("-=_~*#+|─━═—kKhHwWｗㅋㅎ哈呵ھه5")
"""Characters that stand in long rows in good comments: ruled lines, and laughter."""

_SPANS = 20


def repetition(text: Text, settings: Settings) -> Iterator[Finding]:
    """Find long runs of one character, and one word that makes up most of the text."""
    spans = [
        run.span()
        for run in _RUNS.finditer(text.raw)
        if run.end() - run.start() >= settings.same_character and run[1] not in _NO_SIGN
    ]
    words = _most_common(text, settings)
    if not spans and not words:
        return
    reasons = [f"one word {words} times"] if words else []
    if spans:
        reasons.append(f"{len(spans)} long run{'s' * (len(spans) > 1)} of one character")
    longest = max((end - start for start, end in spans), default=0)
    yield Finding(
        "integrity.spam",
        score=max(_score(words, settings.same_word), _score(longest, settings.same_character)),
        reason=", ".join(reasons),
        evidence=Evidence(spans=tuple(spans[:_SPANS]), counts={"runs": len(spans), "words": words}),
    )


def _most_common(text: Text, settings: Settings) -> int:
    words = text.words
    if len(words) < settings.same_word:
        return 0
    word, count = Counter(words).most_common(1)[0]
    count -= text.raw.casefold().count(f"@{word.casefold()}")  # A name, not a word.
    enough = count >= settings.same_word and count >= settings.word_share * len(words)
    return count if enough else 0


def _score(count: int, threshold: int) -> float:
    """Rise from 0.3 at the threshold to 0.6 at five times as much."""
    return min(0.6, 0.3 + 0.075 * (count / threshold - 1)) if count >= threshold else 0.0
