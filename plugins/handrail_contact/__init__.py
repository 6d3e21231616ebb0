"""Contact data and off-platform lures: found however written, judged by whose and where."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Contacts, Context, Finding, Item, Manifest, Report, hookimpl

from ._extract import find_contacts
from ._find import DOXXING, SCAM, SPAM, findings
from ._settings import Settings

MANIFEST = Manifest(
    name="contact",
    version="0.2",
    issues={DOXXING},
    hints={SCAM, SPAM},
    surfaces={"*"},
    languages={"en"},
    reads={"text", "author"},
    needs={"contacts": Contacts},
    provides={"contacts": find_contacts},
    settings=Settings,
    model_card="handrail_contact/README.md",
    summary="Contact and payment data of other people, and lures away from the platform.",
)


@hookimpl
def pre_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find contact data and lures before anyone else can follow them."""
    return _look(item, context, settings)


@hookimpl
def post_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find contact data and lures in what is published."""
    return _look(item, context, settings)


@hookimpl
def report(item: Item, report: Report, context: Context, settings: Settings) -> Iterator[Finding]:
    """Find contact data and lures in what was reported."""
    return _look(item, context, settings)


def _look(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    contacts = context.derive("contacts", Contacts)
    return findings(contacts, item, context.surface, settings) if contacts else iter(())
