"""Comments and their threads: floods and shouting, pile-ons and heat, quotes, and who to ask."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Context, Finding, Item, Links, Manifest, Quotes, Report, hookimpl

from ._answers import PROMOTION, answers
from ._counter import counter_speech
from ._flooding import link_flooding, mention_flooding
from ._memory import COUNTERS, Threads
from ._nudge import nudge
from ._quotes import find_quotes
from ._repetition import repetition
from ._settings import Settings
from ._shouting import shouting
from ._thread import heated_thread, newcomers, pile_on

MANIFEST = Manifest(
    name="comments",
    version="0.2",
    issues={"integrity.spam"},
    hints={"harassment.bullying", "hate.speech", PROMOTION},
    surfaces={"comments"},
    languages={"*"},
    reads={"text", "links", "author", "recipients"},
    needs={"links": Links, "quotes": Quotes},
    provides={"quotes": find_quotes},
    settings=Settings,
    memory=Threads,
    counters=COUNTERS,
    summary="Comments that shout or flood, heated threads, pile-ons, quotes, nudge candidates.",
)


@hookimpl
def pre_publish(
    item: Item, context: Context, settings: Settings, memory: Threads
) -> Iterator[Finding]:
    """Find floods and shouting, what the thread is like, and whom to ask to think again."""
    yield from _look(item, context, settings)
    yield from heated_thread(item, context, settings, memory)
    yield from pile_on(item, context, settings, memory)
    yield from newcomers(item, context, settings, memory)
    quotes = context.derive("quotes", Quotes)
    yield from answers(item, context, quotes, memory)
    yield from nudge(item, context, settings, quotes)


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
    yield from counter_speech(context.text, context.derive("quotes", Quotes))
