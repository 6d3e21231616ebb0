"""One look at a message: facts about the people first, then what its signals say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handrail import Context, DerivationError, Finding, Item, UnseenError

from ._contact import first_contact, media, move
from ._memory import Conversations
from ._pairs import Pair, pairs
from ._patterns import Story, grooming, scam, sextortion, takeover
from ._settings import Settings
from ._sign import Sign, joined
from ._signals import Signals
from ._volume import volume


def look(
    item: Item, context: Context, settings: Settings, memory: Conversations
) -> Iterator[Finding]:
    """Yield what there is to say about a message; raises at the end what kept it from more."""
    met = tuple(pairs(item, context, settings))
    wrong: Exception | None = None
    try:
        said = memory.signals(item, context)
    except (DerivationError, UnseenError) as error:
        said, wrong = Signals({}), error
    signs = [
        *_told(met, said, settings),
        *volume(item, context, met, said.same, settings),
        *(sign for pair in met for sign in _facts(pair, len(item.media))),
    ]
    yield from joined(signs, said.spans)
    if wrong is not None:
        raise wrong


def _facts(pair: Pair, pieces: int) -> Iterator[Sign]:
    yield from first_contact(pair)
    yield from media(pair, pieces)


def _told(met: Sequence[Pair], said: Signals, settings: Settings) -> Iterator[Sign]:
    now = said.names
    if not now:
        return
    for pair in met:
        story = Story(pair, now)
        yield from scam(pair, story)
        yield from takeover(pair, story)
        yield from sextortion(pair, story)
        yield from grooming(pair, story, settings)
        yield from move(pair, story, settings)
