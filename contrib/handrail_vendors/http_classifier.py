"""Any classifier that takes and gives JSON by HTTP, as settings say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace

import attrs

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


def named(manifest: Manifest) -> SimpleNamespace:
    """Return the same module under a manifest of its own, so that there can be several.

    The manifest's name is where its settings stand; its issues and languages are those you have
    measured it for. What it reads and sends, and its settings, are filled in.
    """
    own = attrs.evolve(manifest, reads={"text"}, sends={"text"}, settings=Settings)
    return SimpleNamespace(
        MANIFEST=own, pre_publish=pre_publish, post_publish=post_publish, report=report
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
