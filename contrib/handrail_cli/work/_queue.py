"""``handrail queue``: what waits for workers, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import attrs
import click

from handrail import HandrailError, Json
from handrail_cli import show
from handrail_cli._start import json_option
from handrail_cli.work._broker import stream_of, without_password
from handrail_cli.work._open import Opened, with_opened

if TYPE_CHECKING:
    from handrail_stream import Backlog

SAID = {
    "accepted": "accepted, for a worker",
    "broker": "on the broker",
    "enforcements": "enforcements to deliver",
    "unacknowledged": "enforcements to acknowledge",
    "replies": "replies to reporters",
    "dead": "dead letters",
}
"""What is counted, in the order in which work travels."""


@attrs.frozen
class Line:
    """What waits in one place: how much, and since when the oldest does, where that is known."""

    count: int
    oldest: datetime | None

    def age(self) -> timedelta | None:
        """How long the oldest has waited."""
        return None if self.oldest is None else max(datetime.now(UTC) - self.oldest, timedelta())


@click.command()
@click.option("--broker", help="Ask a broker as well, such as nats://host; extra stream.")
@click.option("--name", default="handrail", show_default=True,
              help="The broker's stream, as its workers name it.")  # fmt: skip
@click.option("--lanes", type=click.IntRange(1, 10_000), default=16, show_default=True,
              help="How many lanes it has, as its workers say.")  # fmt: skip
@json_option
@with_opened
def queue(*, opened: Opened, broker: str | None, name: str, lanes: int, as_json: bool) -> None:
    """Show what waits for workers, on the store and on a broker, and since when.

    Nothing is taken from either. RabbitMQ counts what waits only, and does not say since when.
    """
    from handrail_store import backlog

    waiting = {k: Line(w.count, w.oldest) for k, w in backlog(opened.store).items()}
    if broker is not None:
        asked = _asked(broker, name, lanes)
        waiting["broker"] = Line(asked.count, asked.oldest)
    if as_json:
        show.emit(dict(_document(waiting)))
    else:
        _print(waiting, broker)


def _asked(url: str, name: str, lanes: int) -> Backlog:
    package = stream_of("--broker")
    try:
        stream = package.Stream(name=name, lanes=lanes)
    except ValueError:
        raise show.Stop(
            "--name: expected lower-case letters, digits, - and _, as in handrail."
        ) from None
    try:
        return package.backlog(url, stream)  # type: ignore[no-any-return]
    except HandrailError as error:
        raise show.Stop(f"--broker {without_password(url)}: {error}.") from None


def _document(waiting: Mapping[str, Line]) -> Iterator[tuple[str, Json]]:
    for key in SAID:
        if (line := waiting.get(key)) is not None:
            age = line.age()
            seconds = None if age is None else round(age.total_seconds(), 3)
            yield key, {"count": line.count, "oldest_s": seconds}


def _print(waiting: Mapping[str, Line], broker: str | None) -> None:
    table = show.grid("what", "waiting", "the oldest for", right=["waiting"], whole=["waiting"])
    for key, said in SAID.items():
        if (line := waiting.get(key)) is not None:
            age = line.age()
            unknown = "unknown" if line.count else ""
            place = f" {without_password(broker)}" if key == "broker" and broker else ""
            table.add_row(
                f"{said}{place}", f"{line.count:,}", unknown if age is None else told(age)
            )
    show.screen().print(table)


def told(age: timedelta) -> str:
    """A time span in its two largest units: ``3d 4h``, ``5m 20s``, ``0.4s``."""
    if age < timedelta(seconds=10):
        return f"{age.total_seconds():.1f}s"
    minutes, seconds = divmod(int(age.total_seconds()), 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days}d {hours % 24}h"
    if hours:
        return f"{hours}h {minutes % 60}m"
    return f"{minutes}m {seconds}s" if minutes else f"{seconds}s"
