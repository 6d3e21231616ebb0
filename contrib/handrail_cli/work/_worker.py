"""``handrail worker``: works off what was accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import attrs
import click
from rich.progress import Progress, SpinnerColumn, TextColumn

from handrail import HandrailError
from handrail_cli import show
from handrail_cli._start import json_option
from handrail_cli.show import Stop, emit
from handrail_cli.work._broker import stream_of, without_password
from handrail_cli.work._open import Opened, with_opened
from handrail_commands import LEVELS, logged

if TYPE_CHECKING:
    from handrail_store import Channel, Tally, Worker


@click.command()
@click.option("--once", is_flag=True, help="End once nothing is left that is due.")
@click.option("--broker", help="Take work from a broker, such as nats://host; extra stream.")
@click.option(
    "--topic",
    help="Send enforcements without a webhook to a broker, such as nats://host; extra stream.",
)
@click.option("--batch", type=click.IntRange(1, 1000), default=100, show_default=True,
              help="How many works are settled in one transaction.")  # fmt: skip
@click.option("--tries", type=click.IntRange(1, 100), default=8, show_default=True,
              help="After so many, work becomes a dead letter.")  # fmt: skip
@click.option("--log-level", type=click.Choice(LEVELS), default="warning", show_default=True,
              help="What is logged, to standard error.")  # fmt: skip
@json_option
@with_opened
def worker(  # noqa: PLR0913 - one for each option
    *, opened: Opened, once: bool, broker: str | None, topic: str | None, batch: int, tries: int,
    log_level: str, as_json: bool,
) -> None:  # fmt: skip
    """Work off what was accepted, deliver enforcements, end holds.

    Several may run at once. SIGTERM or SIGINT: what is in hand is settled, then it ends.
    """
    from handrail_store import Pace, Worker

    if once and broker is not None:
        raise click.UsageError("--once ends when the store is empty, and a broker never is.")
    channels = _channels(opened, topic)
    pace = Pace(batch=batch, tries=tries)
    made = Worker(opened.safety, opened.store, pace, channels=channels, intake=broker is None)
    for line in (*_untold(made), *_begun(broker, once=once)):
        click.echo(line, err=True)
    with logged(log_level):
        if broker is not None:
            _by_broker(opened, broker, made)
            return
        try:
            tally = _watched(made, once=once, quiet=as_json)
        except HandrailError as error:
            raise Stop(str(error)) from None
    if as_json:
        emit(attrs.asdict(tally))
        return
    show.screen().print(
        f"{tally.settled} settled, {tally.retried} put off, {tally.buried} dead letters."
    )
    if tally.chores:
        show.screen().print(f"Holds ended, enforcements and replies sent or tried: {tally.chores}.")


def _untold(worker: Worker) -> Iterator[str]:
    """What is missing where nothing tells a feature what is decided after publishing."""
    if names := worker.untold:
        yield (
            f"Nothing carries out what is decided about {', '.join(names)}; it waits. Name a "
            "webhook in store.webhooks, a --topic, or the --app whose on_enforcement does."
        )


def _begun(broker: str | None, *, once: bool) -> Iterator[str]:
    """What it works on, and how it is ended; of a broker its scheme and host alone."""
    if once:
        return
    taken = "the store" if broker is None else without_password(broker)
    yield f"Taking work from {taken}; SIGTERM or Ctrl-C ends it."


def _channels(opened: Opened, topic: str | None) -> Mapping[str, Channel]:
    """The webhooks of the settings, and the topic for all others; replies are the store's."""
    from handrail_store.webhook import Webhook

    store = opened.store
    try:
        if store.replies_url is not None:
            store.replies.on_reply(Webhook(store.replies_url).reply)
        hooks = {name: Webhook(url) for name, url in store.webhooks.items()}
        return hooks if topic is None else {"*": stream_of("--topic").Topic(topic), **hooks}
    except HandrailError as error:
        raise Stop(str(error)) from None


def _watched(worker: Worker, *, once: bool, quiet: bool) -> Tally:
    console = show.screen(error=True)
    if quiet or not console.is_terminal:
        return worker.run(once=once)
    columns = SpinnerColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("waiting", total=None)

        def progress(tally: Tally) -> None:
            bar.update(task, description=f"{tally.settled:,} settled, {tally.buried:,} dead")

        return worker.run(once=once, progress=progress)


def _by_broker(opened: Opened, url: str, beside: Worker) -> None:
    """Hand over to the stream; deliveries and timers are done beside it."""
    import threading

    from handrail_store import Handler

    stream, stop, failed = stream_of("--broker"), threading.Event(), list[Exception]()

    def run() -> None:
        try:
            beside.run()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing would be delivered
            failed.append(error)
            stop.set()

    thread = threading.Thread(target=run, name="handrail-chores", daemon=True)
    thread.start()
    try:
        stream.run(Handler(opened.safety, opened.store), opened.store.outbox, url, stop=stop)
    except HandrailError as error:
        raise Stop(str(error)) from None
    finally:
        beside.stop()
        thread.join()
    for wrong in failed:
        raise Stop(str(wrong)) if isinstance(wrong, HandrailError) else wrong
