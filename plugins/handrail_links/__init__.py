"""Links: found however they are written, and judged by their hosts and their number."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Links, Manifest, Report, hookimpl

from ._extract import find_links
from ._find import findings
from ._settings import PHISHING, SPAM, Settings
from ._shown import runs_code

MANIFEST = Manifest(
    name="links",
    version="0.2",
    issues={PHISHING, SPAM},
    surfaces={"*"},
    languages={"*"},
    reads={"text", "links"},
    needs={"links": Links},
    provides={"links": find_links},
    settings=Settings,
    summary="Links that pretend, hide where they lead, are blocked, or come in floods.",
)


@hookimpl
def pre_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find links that mislead before anyone else can follow them."""
    return _judge(item, context, settings)


@hookimpl
def post_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find links that mislead in what is published."""
    return _judge(item, context, settings)


@hookimpl
def report(item: Item, report: Report, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find links that mislead in what was reported."""
    return _judge(item, context, settings)


def _judge(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    links = context.derive("links", Links)
    return findings(item.text, links, settings) if links or runs_code(item.text) else iter(())
