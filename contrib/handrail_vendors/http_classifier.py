"""Any classifier that takes and gives JSON by HTTP, as settings say."""

from __future__ import annotations

from collections.abc import AsyncIterator

from handrail import Context, Finding, Item, Manifest, Report, hookimpl, issues

from ._http import NAME, Settings
from ._look import look

MANIFEST = Manifest(
    name=NAME,
    version="0.1",
    issues=(),
    hints=frozenset(issues()),
    surfaces={"*"},
    languages={"und"},
    reads={"text"},
    sends={"text"},
    settings=Settings,
    model_card="handrail_vendors/README.md",
    summary="Asks a classifier of your own, by HTTP and JSON.",
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
