"""Harm read from meaning: a small sentence embedding with trained heads, in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Manifest, Report, hookimpl

from ._find import HINTS, ISSUES, findings
from ._settings import Settings

MANIFEST = Manifest(
    name="embedding",
    version="0.2",
    issues=ISSUES,
    hints=HINTS,
    surfaces={"*"},
    languages={"en"},
    settings=Settings,
    model_card="handrail_embedding/README.md",
    summary="Harassment, hate, threats, people at risk, scams and offers, read from meaning.",
)


@hookimpl(cost="blocking", timeout_ms=1_000)
def pre_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Read a text before anyone else can."""
    return findings(context.text.clean, item.language, settings, context.surface)


@hookimpl(cost="blocking", timeout_ms=1_000)
def post_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Read a text that is published."""
    return findings(context.text.clean, item.language, settings, context.surface)


@hookimpl(cost="blocking", timeout_ms=1_000)
def report(item: Item, report: Report, context: Context, settings: Settings) -> Iterator[Finding]:
    """Read a text that was reported."""
    return findings(context.text.clean, item.language, settings, context.surface)
