"""Azure AI Content Safety: texts and images, four categories, blocklists of the host."""

from __future__ import annotations

from collections.abc import AsyncIterator

from handrail import Context, Finding, Item, Manifest, Report, hookimpl, issues

from ._azure import NAME, Settings
from ._categories import covered
from ._look import look

MANIFEST = Manifest(
    name=NAME,
    version="0.1",
    issues=covered(NAME),
    hints=frozenset(issues()) - covered(NAME),
    surfaces={"*"},
    languages={"de", "en", "es", "fr", "it", "ja", "pt", "zh"},
    reads={"text", "media"},
    sends={"text", "media"},
    settings=Settings,
    model_card="handrail_vendors/README.md",
    summary="Asks Azure AI Content Safety about texts and images.",
)


@hookimpl
async def pre_publish(item: Item, context: Context, settings: Settings) -> AsyncIterator[Finding]:
    """Ask before anyone else can see the item."""
    async for finding in look(settings, item, context):
        yield finding


@hookimpl
async def post_publish(item: Item, context: Context, settings: Settings) -> AsyncIterator[Finding]:
    """Ask about what is published."""
    async for finding in look(settings, item, context):
        yield finding


@hookimpl
async def report(
    item: Item, report: Report, context: Context, settings: Settings
) -> AsyncIterator[Finding]:
    """Ask about what was reported; the report itself is not sent."""
    async for finding in look(settings, item, context):
        yield finding
