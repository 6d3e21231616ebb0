"""What a text is up to: sales, lures, threats, pleas and scams, told by what it says together."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Manifest, Report, hookimpl

from ._find import findings
from ._settings import ISSUES, Settings

LANGUAGES = frozenset(
    ("ar", "de", "en", "es", "fr", "hi", "id", "it", "ko", "nl", "pl", "pt", "ru", "tr", "zh")
)

MANIFEST = Manifest(
    name="intents",
    version="0.2",
    issues=(),
    hints=ISSUES,
    surfaces={"*"},
    languages=LANGUAGES,
    settings=Settings,
    model_card="handrail_intents/README.md",
    summary="Sales, lures, threats, pleas and scams, told by what a text says together.",
)


@hookimpl
def pre_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Read what a text is up to before anyone else can see it."""
    return _look(item, context, settings)


@hookimpl
def post_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Read what a published text is up to."""
    return _look(item, context, settings)


@hookimpl
def report(item: Item, report: Report, context: Context, settings: Settings) -> Iterator[Finding]:
    """Read what a reported text is up to."""
    return _look(item, context, settings)


def _look(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    return findings(context.text, settings, item.language) if item.text else iter(())
