"""Comments that shout, repeat themselves, or flood their readers with links and mentions."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Links, Manifest, Report, hookimpl

from ._flooding import link_flooding, mention_flooding
from ._repetition import repetition
from ._settings import Settings
from ._shouting import shouting

MANIFEST = Manifest(
    name="comments",
    version="0.1",
    issues={"integrity.spam"},
    hints={"harassment.bullying"},
    surfaces={"comments"},
    languages={"*"},
    reads={"text", "links"},
    needs={"links": Links},
    settings=Settings,
    summary="Comments that shout, repeat themselves, or are floods of links or mentions.",
)


@hookimpl
def pre_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find floods and shouting before anyone else can see them."""
    return _look(item, context, settings)


@hookimpl
def post_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find floods and shouting in what is published."""
    return _look(item, context, settings)


@hookimpl
def report(item: Item, report: Report, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find floods and shouting in what was reported."""
    return _look(item, context, settings)


def _look(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    yield from shouting(context.text, settings)
    yield from repetition(context.text, settings)
    yield from mention_flooding(item.text, settings)
    yield from link_flooding(context.derive("links", Links), settings)
