"""Listed terms in a text: insults, slurs, threats, explicit terms, scams, and people at risk."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Manifest, Report, hookimpl

from ._find import findings
from ._settings import ISSUES, Settings

LANGUAGES = frozenset(
    ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "zh")
)

MANIFEST = Manifest(
    name="text",
    version="0.2",
    issues=ISSUES,
    surfaces={"*"},
    languages=LANGUAGES,
    settings=Settings,
    summary="Listed insults, slurs, threats, explicit terms, scams and calls for help.",
)


@hookimpl
def pre_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find listed terms before anyone else can see them."""
    return _look(item, context, settings)


@hookimpl
def post_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find listed terms in what is published."""
    return _look(item, context, settings)


@hookimpl
def report(item: Item, report: Report, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find listed terms in what was reported."""
    return _look(item, context, settings)


def _look(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    language = context.language.primary if settings.detect else item.language
    hits = settings.matcher.hits(context.text, language)
    return findings(hits, item.text, settings.aimed)
