"""A broker that speaks just enough of AMQP 0-9-1 on loopback to be lost at a chosen moment."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from pamqp import commands, frame, header

CAPABILITIES = {"publisher_confirms": True, "basic.nack": True, "consumer_cancel_notify": True}

ANSWERS: dict[str, Callable[[object], object]] = {
    "Connection.StartOk": lambda _: commands.Connection.Tune(100, 131_072, 60),
    "Connection.Open": lambda _: commands.Connection.OpenOk(),
    "Connection.Close": lambda _: commands.Connection.CloseOk(),
    "Channel.Open": lambda _: commands.Channel.OpenOk(),
    "Channel.Close": lambda _: commands.Channel.CloseOk(),
    "Confirm.Select": lambda _: commands.Confirm.SelectOk(),
    "Queue.Declare": lambda said: commands.Queue.DeclareOk(said.queue, 0, 0),
    "Basic.Qos": lambda _: commands.Basic.QosOk(),
    "Basic.Consume": lambda said: commands.Basic.ConsumeOk(said.consumer_tag),
}


class Broker:
    """Answers every client, and writes down who consumes and what is acknowledged.

    Attributes:
        heard: Called with the link, the channel and the name of all that clients say.
        silent: What gets no answer, by the number of the link and the name of what is said.
        links: The connections that came. consumers: Queue, link, channel and tag of each consumer.
        acked: The tags that were acknowledged.
    """

    def __init__(self) -> None:
        self.heard: Callable[[Link, int, str], None] = lambda *_: None
        self.silent: set[tuple[int, str]] = set()
        self.links: list[Link] = []
        self.consumers: list[tuple[str, Link, int, str]] = []
        self.acked: list[int] = []

    @contextlib.asynccontextmanager
    async def listening(self):
        """Its URL, for as long as a block lasts."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"amqp://guest:guest@127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        finally:
            server.close()
            for link in self.links:
                link.writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self, writer)
        self.links.append(link)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readexactly(8)
            start = {"capabilities": CAPABILITIES}
            link.say(0, commands.Connection.Start(0, 9, start, "PLAIN", "en_US"))
            while True:
                head = await reader.readexactly(7)
                rest = await reader.readexactly(int.from_bytes(head[3:7], "big") + 1)
                _, channel, said = frame.unmarshal(head + rest)
                link.take(channel, said)


class Link:
    """One client's connection."""

    def __init__(self, broker: Broker, writer: asyncio.StreamWriter) -> None:
        self.broker, self.writer = broker, writer

    def take(self, channel: int, said: object) -> None:
        """Answer what a client says."""
        name = getattr(said, "name", "")
        if name in ANSWERS and (self.broker.links.index(self), name) not in self.broker.silent:
            self.say(channel, ANSWERS[name](said))
        if name == "Basic.Consume":
            self.broker.consumers.append((said.queue, self, channel, said.consumer_tag))
        if name == "Basic.Ack":
            self.broker.acked.append(said.delivery_tag)
        self.broker.heard(self, channel, name)

    def say(self, channel: int, *frames: object) -> None:
        """Say something unasked."""
        if not self.writer.is_closing():
            self.writer.write(b"".join(frame.marshal(each, channel) for each in frames))

    def deliver(self, channel: int, tag: str, number: int, headers: dict[str, object]) -> None:
        """Deliver a message with these headers."""
        self.say(
            channel,
            commands.Basic.Deliver(tag, number, False, "", "work"),
            header.ContentHeader(0, 4, commands.Basic.Properties(headers=headers)),
        )
        self.writer.write(b"\x03" + channel.to_bytes(2, "big") + b"\x00\x00\x00\x04work\xce")

    def cancel(self, channel: int, tag: str) -> None:
        """Cancel a consumer: its queue was deleted."""
        self.say(channel, commands.Basic.Cancel(tag, True))

    def close_channel(self, channel: int) -> None:
        """Close a channel."""
        self.say(channel, commands.Channel.Close(404, "NOT_FOUND", 60, 20))

    def close(self) -> None:
        """Close the connection in order."""
        self.say(0, commands.Connection.Close(320, "CONNECTION_FORCED", 0, 0))

    def vanish(self) -> None:
        """Be gone without a word."""
        self.writer.close()
