"""Trained classifiers: harassment, sexism, hate, explicit content, threats, despair, spam."""

from __future__ import annotations

from collections.abc import Iterable

from handrail import Context, Finding, Item, Manifest, Report, hookimpl

from ._find import findings
from ._settings import COVERED, HINTED, Settings

MANIFEST = Manifest(
    name="classifier",
    version="0.6",
    issues=COVERED,
    hints=HINTED,
    surfaces={"*"},
    languages={"ar", "de", "en", "fr", "zh"},
    settings=Settings,
    model_card="handrail_classifier/README.md",
    summary="What reads like harassment, hate, sexism, explicit content, threats, despair or spam.",
)


@hookimpl
def pre_publish(item: Item, context: Context, settings: Settings) -> Iterable[Finding]:
    """Score a text before anyone else can see it."""
    return _look(item, context, settings)


@hookimpl
def post_publish(item: Item, context: Context, settings: Settings) -> Iterable[Finding]:
    """Score what is published."""
    return _look(item, context, settings)


@hookimpl
def report(item: Item, report: Report, context: Context, settings: Settings) -> Iterable[Finding]:
    """Score what was reported."""
    return _look(item, context, settings)


def _look(item: Item, context: Context, settings: Settings) -> Iterable[Finding]:
    if not item.text or not settings.speaks(item.language):
        return ()
    return findings(context.text, item.language, settings)
