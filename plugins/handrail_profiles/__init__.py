"""Profiles: names like protected ones, ages below the least, advertising, and many renames."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Contacts, Context, Finding, Item, Links, Manifest, Report, hookimpl

from ._impersonation import IMPERSONATION
from ._look import FAKE, SPAM, UNDERAGE, look
from ._memory import Names
from ._settings import Settings

MANIFEST = Manifest(
    name="profiles",
    version="0.2",
    issues={IMPERSONATION, UNDERAGE},
    hints={SPAM, FAKE},
    surfaces={"profiles"},
    languages={"en"},
    reads={"text", "author", "attributes"},
    needs={"contacts": Contacts, "links": Links},
    memory=Names,
    counters={"names"},
    settings=Settings,
    model_card="handrail_profiles/README.md",
    summary="Names like protected ones, statements of a low age, advertising, many renames.",
)


@hookimpl
def pre_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Look at a profile before others see it."""
    return look(item, context, settings)


@hookimpl
def post_publish(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Look at a profile that others see."""
    return look(item, context, settings)


@hookimpl
def report(item: Item, report: Report, context: Context, settings: Settings) -> Iterator[Finding]:
    """Look at a profile that was reported."""
    return look(item, context, settings)
