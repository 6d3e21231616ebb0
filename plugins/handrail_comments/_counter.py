"""Comments that repeat what somebody said to speak against it: advice for a policy's exceptions."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Evidence, Finding, Quotes, Text

from ._cues import cues

ADVICE = 0.05
"""The score of what is no harm but should be known to a policy."""

_QUOTED_LEAST = 2
_SPANS = 20


def counter_speech(text: Text, quotes: Quotes) -> Iterator[Finding]:
    """Find what seems to be said against what is quoted or told."""
    quoted = sum(len(text.raw[slice(*q.span)].split()) for q in quotes)
    against = cues("against", text, quotes)
    if quoted >= _QUOTED_LEAST:  # Marks say whose words they are, so that weaker signs will do.
        against += cues("dislike", text, quotes)
    if not against or (quoted < _QUOTED_LEAST and not cues("speech", text, quotes)):
        return
    how = "quotes something" if quoted >= _QUOTED_LEAST else "tells what was said"
    yield Finding(
        "hate.speech",
        ADVICE,
        f"may speak against hate: it {how} and disagrees",
        evidence=Evidence(
            spans=against[:_SPANS],
            counts={"counter_speech": len(against), "quoted_words": quoted},
        ),
    )
