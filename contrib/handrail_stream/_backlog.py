"""How much waits on a broker and since when: for people and scripts, without a worker."""

from __future__ import annotations

import asyncio

from handrail import HandrailError, InvalidValueError
from handrail_stream._engine import Backlog, Engine
from handrail_stream._run import engine
from handrail_stream._stream import Stream

WAIT_S = 10.0
"""How long a broker may take to answer."""


class AwayError(HandrailError):
    """A broker cannot be asked; the text names the class of the error."""


def backlog(url: str, stream: Stream = Stream()) -> Backlog:  # noqa: B008  # Frozen.
    """Ask a broker what waits on a stream and since when; nothing is taken, and nothing made.

    Args:
        url: As for ``run``.
        stream: Its name and lanes, as the workers have them.

    Raises:
        InvalidValueError: The URL has a scheme nobody speaks, or there is no such stream.
        AwayError: The broker does not answer within 10 seconds, or answers with an error.
        MissingExtraError: The extra ``stream`` is not installed.
    """
    return asyncio.run(_asked(url, stream))


async def _asked(url: str, stream: Stream) -> Backlog:
    broker: Engine = engine(url, stream)
    try:
        return await asyncio.wait_for(broker.backlog(), WAIT_S)
    except InvalidValueError:
        raise
    except Exception as error:  # noqa: BLE001  # Each client has its own.
        raise AwayError(f"the broker cannot be asked: {type(error).__name__}") from None
