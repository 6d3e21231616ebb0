"""Comments written mostly in capitals."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Evidence, Finding, Text

from ._settings import Settings


def shouting(text: Text, settings: Settings) -> Iterator[Finding]:
    """Find text that shouts; scripts without capitals never do."""
    if len(text.raw) < settings.capital_letters or text.raw.islower():
        return
    share = text.capital_share
    if share >= settings.capital_share and text.letters >= settings.capital_letters:
        yield Finding(
            "harassment.bullying",
            score=0.3 * share,
            reason=f"{share:.0%} capitals",
            evidence=Evidence(counts={"letters": text.letters}),
        )
