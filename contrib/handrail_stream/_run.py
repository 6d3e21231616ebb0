"""One worker process: relay, subscribers, lag, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from urllib.parse import urlsplit

from handrail import InvalidValueError, MissingExtraError
from handrail.events import log
from handrail_stream import _telemetry
from handrail_stream._engine import Engine
from handrail_stream._processing import Processing
from handrail_stream._relay import Relay
from handrail_stream._stream import Stream
from handrail_stream._work import Handler, Outbox

ENGINES = {
    "nats": ("_nats", "Nats"),
    "tls": ("_nats", "Nats"),
    "kafka": ("_kafka", "Kafka"),
    "amqp": ("_rabbit", "Rabbit"),
    "amqps": ("_rabbit", "Rabbit"),
    "redis": ("_redis", "Redis"),
    "rediss": ("_redis", "Redis"),
    "valkey": ("_redis", "Redis"),
    "valkeys": ("_redis", "Redis"),
}
"""Schemes of a broker's URL: the file and the class that speak to it."""

LAG_S = 5.0
"""How often the broker is asked how much waits."""

LOOK_S = 0.1
"""How often the caller's own event is looked at."""

MAIN_THREAD_SIGNALS = (signal.SIGTERM, signal.SIGINT)

AGAIN_S = 1.0
"""How often a broker that is away is asked for."""


AWAY_S = 3.0
"""After so many seconds a broker that gives no answer is said to be away."""

_UNREADABLE = "a broker's URL cannot be read: expected scheme://host:port"


def engine(url: str, stream: Stream) -> Engine:
    """The engine that a broker's URL means.

    Raises InvalidValueError for a scheme nobody speaks or a URL that cannot be read,
    MissingExtraError without the extra.
    """
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        raise InvalidValueError(_UNREADABLE) from None
    if scheme not in ENGINES:
        known = ", ".join(f"{name}://" for name in ENGINES)
        raise InvalidValueError(f"a broker's URL starts with one of {known}, not {scheme!r}")
    file, name = ENGINES[scheme]
    try:
        module = import_module(f".{file}", __package__)
    except ModuleNotFoundError as error:
        raise MissingExtraError("stream", "a worker on a broker") from error
    try:
        made: Engine = getattr(module, name)(url, stream)
    except InvalidValueError:
        raise
    except ValueError:  # What a client raises may repeat the URL, and so a password.
        raise InvalidValueError(_UNREADABLE) from None
    return made


def check_broker(url: str) -> None:
    """Raise, before anything is begun, for a broker's URL that ``run`` would refuse.

    Raises InvalidValueError for a scheme nobody speaks, MissingExtraError without the extra.
    """
    engine(url, Stream())


def run(
    handler: Handler,
    outbox: Outbox,
    url: str,
    stream: Stream = Stream(),  # noqa: B008  # Frozen.
    *,
    stop: threading.Event | None = None,
) -> None:
    """Relay accepted work to a broker and work what it delivers, until SIGTERM or SIGINT.

    Args:
        handler: Handles one piece of work, once.
        outbox: Where accepted work waits, and dead letters are kept.
        url: ``nats://``, ``kafka://host:port,host:port``, ``amqp://`` or ``redis://``.
        stream: How the stream is laid out and worked.
        stop: Ends the worker where it does not run in the main thread.

    Raises:
        InvalidValueError: The URL has a scheme nobody speaks.
        MissingExtraError: The extra ``stream`` is not installed.
    """
    asyncio.run(serve(handler, outbox, engine(url, stream), stream, stop))


async def serve(
    handler: Handler,
    outbox: Outbox,
    broker: Engine,
    stream: Stream,
    stop: threading.Event | None,
) -> None:
    """Relay and work in this loop until told to stop; then end in order."""
    stopping = asyncio.Event()
    processing = Processing(handler, outbox, stream)
    relay = Relay(outbox, broker, stream, processing.threads.write)
    with _told(stopping, stop):
        try:
            if await _started(broker, stopping):
                await broker.subscribe(processing)
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(relay.run(stopping))
                    tasks.create_task(_watch(broker, stream.name, stopping))
                    await stopping.wait()
                await processing.drain()
        finally:
            # A client may wait for ever for the answer of a broker that is gone.
            try:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(broker.stop(), stream.grace)
            finally:
                processing.close()


async def _started(broker: Engine, stopping: asyncio.Event) -> bool:
    """Start, however long the broker is away; whether we did before the order to stop."""
    said = False
    while not stopping.is_set():
        starts = asyncio.ensure_future(broker.start())
        stops = asyncio.ensure_future(stopping.wait())
        first = asyncio.FIRST_COMPLETED
        await asyncio.wait({starts, stops}, timeout=AWAY_S, return_when=first)
        if not (said or starts.done() or stops.done()):
            said = _away("no answer")
        await asyncio.wait({starts, stops}, return_when=first)
        stops.cancel()
        error = await _ended(starts)
        if error is None:
            return True
        kind = type(error).__name__
        _telemetry.failures.add(1, {"error": kind})
        if not (said or stopping.is_set()):
            said = _away(kind)
        await _pause(stopping, AGAIN_S)
    return False


async def _ended(starts: asyncio.Future[None]) -> BaseException | None:
    """Give up a start that is not done, and return what it ended with.

    Before Python 3.12 a client's own ``asyncio.wait_for`` may lose a cancellation: it is repeated.
    """
    while not starts.done():
        starts.cancel()
        await asyncio.wait({starts}, timeout=LOOK_S)
    return asyncio.CancelledError() if starts.cancelled() else starts.exception()


def _away(error: str) -> bool:
    """Say that the broker is waited for."""
    log("handrail.broker_away", "warning", error=error)
    return True


async def _watch(broker: Engine, name: str, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        with contextlib.suppress(Exception):
            _telemetry.lag[name] = await asyncio.wait_for(broker.lag(), LAG_S)
        await _pause(stopping, LAG_S)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)


@contextlib.contextmanager
def _told(stopping: asyncio.Event, stop: threading.Event | None) -> Iterator[None]:
    """Hear the order to stop: a signal in the main thread, and the caller's event."""
    loop = asyncio.get_running_loop()
    signals = MAIN_THREAD_SIGNALS if _in_main_thread() else ()
    for number in signals:
        loop.add_signal_handler(number, stopping.set)
    asked = asyncio.ensure_future(_asked(stopping, stop)) if stop is not None else None
    try:
        yield
    finally:
        if asked is not None:
            asked.cancel()
        for number in signals:
            loop.remove_signal_handler(number)


async def _asked(stopping: asyncio.Event, stop: threading.Event) -> None:
    while not stop.is_set():  # noqa: ASYNC110  # The event is a thread's.
        await asyncio.sleep(LOOK_S)
    stopping.set()


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread() and sys.platform != "win32"
