"""Direct messages: who writes to whom, how a conversation goes, and how many there are."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Contacts, Context, Finding, Item, Manifest, Report, hookimpl

from ._contact import EXPOSURE, UNSOLICITED
from ._look import look
from ._memory import Conversations
from ._patterns import GROOMING, PHISHING, SCAM, SEXTORTION, SEXTORTION_OF_A_MINOR
from ._settings import Settings
from ._volume import SPAM

MANIFEST = Manifest(
    name="messaging",
    version="0.1",
    issues={SPAM},
    hints={SCAM, PHISHING, GROOMING, SEXTORTION_OF_A_MINOR, SEXTORTION, UNSOLICITED, EXPOSURE},
    surfaces={"messaging"},
    languages={"en"},
    reads={"text", "media", "author", "recipients", "attributes"},
    needs={"contacts": Contacts},
    memory=Conversations,
    counters={"copies", "messages", "recipients", "signals", "strangers"},
    settings=Settings,
    model_card="handrail_messaging/README.md",
    summary="First contact, masses of messages, and signs of scams, sextortion and grooming.",
)


@hookimpl
def pre_publish(
    item: Item, context: Context, settings: Settings, memory: Conversations
) -> Iterator[Finding]:
    """Look at a message, and at what has passed between the same people, before it arrives."""
    return look(item, context, settings, memory)


@hookimpl
def post_publish(
    item: Item, context: Context, settings: Settings, memory: Conversations
) -> Iterator[Finding]:
    """Look at a message that has arrived."""
    return look(item, context, settings, memory)


@hookimpl
def report(
    item: Item, report: Report, context: Context, settings: Settings, memory: Conversations
) -> Iterator[Finding]:
    """Look at a message that was reported, with what has passed between the same people."""
    return look(item, context, settings, memory)
