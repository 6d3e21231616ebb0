"""Events a second of one worker process on each broker, beside the bare client of that broker.

``python tests/bench/stream.py [--events 4000] [--rounds 5] [--batch 64] [--items FILE] [ENGINE …]``

Both sides read the same sealed work, have the same handler look at it, write the same rows to a
store of their own (SQLite), and acknowledge after the write, in batches of the same size. The bare
client keeps no order, retries nothing and needs no lanes: NATS and Redis give it one consumer of
one stream, which costs it least. As much work is in each lane, so that none is left over at the
end. The real servers of ``tests/servers`` are started here. Each turn is a process of its own;
counted is from its first commit to its last.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from servers import kafka, nats, rabbitmq, valkey
from servers.process import running

from handrail import Feature, Item, Policy, Safety
from handrail_store import Handler, Store, Work
from handrail_stream import Stream, run
from handrail_stream._run import engine

SERVERS = {
    "nats": nats.server,
    "kafka": kafka.server,
    "rabbitmq": rabbitmq.server,
    "valkey": lambda directory: valkey.server(directory, *valkey.DURABLE),
}
LANES = 64


class Counting(Handler):
    """A handler that notes when it committed how much, and when everything is done."""

    def __init__(self, safety: Safety, store: Store, number: int) -> None:
        super().__init__(safety, store)
        self.number, self.ended, self.begun, self.at = number, 0, (0.0, 0), 0.0
        self.cpu = 0.0
        self.done = threading.Event()

    def enter(self, looked, then=None):
        """Write what came of works, and note it."""
        super().enter(looked, then)
        self.ended += len(looked)
        self.at = time.perf_counter()
        if not self.begun[1]:
            self.begun, self.cpu = (self.at, self.ended), time.process_time()
        if self.ended >= self.number:
            self.done.set()

    def rates(self) -> dict[str, float]:
        """Events a second, and events a second of CPU."""
        number = self.ended - self.begun[1]
        cpu = time.process_time() - self.cpu
        return {"wall": number / (self.at - self.begun[0]), "cpu": number / cpu}


@contextlib.contextmanager
def worked(path: str, number: int) -> Iterator[tuple[Counting, Store]]:
    """A handler on a new store."""
    store = Store(f"sqlite:///{path}", key=bytes(32))
    feature = Feature(name="video_comments", surface="comments")
    policy = Policy(issues={"harassment.bullying": {"block": 0.9}})
    with Safety(
        features=[feature],
        modules=["text"],
        policy=policy,
        store=store,
        strict=False,
        trace_share=0,
    ) as safety:
        yield Counting(safety, store, number), store
    store.close()


def ours(handler: Counting, store: Store, url: str, stream: Stream) -> None:
    """Work with handrail_stream."""
    stop = threading.Event()
    worker = threading.Thread(
        target=run, args=(handler, store.outbox, url, stream), kwargs={"stop": stop}
    )
    worker.start()
    handler.done.wait()
    stop.set()
    worker.join()


def bare(handler: Counting, store: Store, url: str, stream: Stream) -> None:
    """Work with the client alone."""
    loops = {"nats": bare_nats, "kafka": bare_kafka, "amqp": bare_rabbit, "redis": bare_redis}

    def handle(bodies: list[bytes]) -> None:
        works = [store.outbox.unseal(body) for body in bodies]
        handler.enter([(work, handler.look(work)) for work in works])

    async def work(bodies: list[bytes]) -> None:
        await asyncio.to_thread(handle, bodies)

    asyncio.run(loops[url.partition(":")[0]](handler, url, stream, work))


async def bare_nats(handler, url, stream, work) -> None:
    """Fetch, work, acknowledge each."""
    import nats as client

    connection = await client.connect(url)
    subscription = await connection.jetstream().pull_subscribe(
        f"{stream.name}.work.*", durable="bare", stream=stream.name
    )
    while not handler.done.is_set():
        with contextlib.suppress(TimeoutError, client.errors.TimeoutError):
            messages = await subscription.fetch(stream.batch, timeout=1)
            await work([message.data for message in messages])
            for message in messages:
                await message.ack()
    await connection.close()


async def bare_kafka(handler, url, stream, work) -> None:
    """Poll, work, commit."""
    from aiokafka import AIOKafkaConsumer

    consumer = AIOKafkaConsumer(
        f"{stream.name}.work", bootstrap_servers=url.removeprefix("kafka://"), group_id="bare",
        auto_offset_reset="earliest", enable_auto_commit=False,
    )  # fmt: skip
    await consumer.start()
    while not handler.done.is_set():
        polled = await consumer.getmany(timeout_ms=200, max_records=stream.batch)
        if bodies := [record.value for records in polled.values() for record in records]:
            await work(bodies)
            await consumer.commit()
    await consumer.stop()


async def bare_rabbit(handler, url, stream, work) -> None:
    """Prefetch, work, acknowledge all up to the last."""
    import aio_pika

    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=stream.batch)
        waiting: asyncio.Queue = asyncio.Queue()

        async def join() -> None:
            for lane in range(stream.lanes):
                queue = await channel.get_queue(f"{stream.name}.work.{lane}", ensure=False)
                await queue.consume(waiting.put)

        # Before the last queue is joined the first ones are worked, as on the other side.
        joining = asyncio.create_task(join())
        while not handler.done.is_set():
            messages = [await waiting.get()]
            while len(messages) < stream.batch and not waiting.empty():
                messages.append(waiting.get_nowait())
            await work([message.body for message in messages])
            await messages[-1].ack(multiple=True)
        await joining


async def bare_redis(handler, url, stream, work) -> None:
    """Read the group, work, acknowledge and delete."""
    import redis.asyncio as redis

    client, key = redis.Redis.from_url(url), f"{stream.name}:work:0"
    while not handler.done.is_set():
        answer = await client.xreadgroup(
            stream.name, "bare", {key: ">"}, count=stream.batch, block=200
        )
        for _, entries in answer or []:
            await work([fields[b"body"] for _, fields in entries])
            ids = [entry for entry, _ in entries]
            async with client.pipeline(transaction=False) as pipe:
                await pipe.xack(key, stream.name, *ids).xdel(key, *ids).execute()
    await client.aclose()


def texts(path: str | None, number: int) -> list[str]:
    """Texts of the items: of a file of JSON lines that have ``text``, or made up."""
    if path is None:
        return [f"a comment about the video, number {n}" for n in range(number)]
    with Path(path).open(encoding="utf-8") as lines:
        read = [
            json.loads(line).get("text") or ""
            for line, _ in zip(lines, range(number), strict=False)
        ]
    return [read[n % len(read)] for n in range(number)]


def accepted(store: Store, stream: Stream, said: list[str]) -> dict[int, list[Work]]:
    """The work by its lane, as much in each."""
    now, most = store.now(), -(-len(said) // stream.lanes)
    lanes: dict[int, list[Work]] = {lane: [] for lane in range(stream.lanes)}
    waiting, number = list(said), 0
    while waiting:
        work = Work.of("video_comments", Item(f"c{number}", waiting[-1]), at=now)
        lane, number = lanes[stream.lane(work.order)], number + 1
        if len(lane) < most:
            lane.append(work)
            waiting.pop()
    return lanes


async def publish(store: Store, url: str, stream: Stream, said: list[str], *, laned: bool) -> None:
    """Put the work on the broker: as the relay does it, or for a client without lanes."""
    broker = engine(url, stream)
    plain = not laned and url.startswith("nats")
    if plain:
        import nats as client

        connection = await client.connect(url)
        js = connection.jetstream()
        await js.add_stream(name=stream.name, subjects=[f"{stream.name}.work.*"])

        async def send(lane, name, body, headers):
            await js.publish(f"{stream.name}.work.{lane}", body)
    else:
        await broker.start()
        send = broker.publish
    one_stream = not laned and url.startswith("redis")

    async def lane(number: int, queue: list[Work]) -> None:
        for work in queue:
            await send(number, work.key[:32], store.outbox.seal(work), {})

    lanes = accepted(store, stream, said).items()
    await asyncio.gather(*(lane(0 if one_stream else n, queue) for n, queue in lanes))
    await (connection.close() if plain else broker.stop())


SIDES: dict[str, Callable[[Counting, Store, str, Stream], None]] = {"ours": ours, "bare": bare}


def turn(side: str, url: str, asked: argparse.Namespace) -> dict[str, float]:
    """One side, once, in a process of its own."""
    command = [sys.executable, __file__, "--turn", side, "--url", url]
    command += ["--events", str(asked.events), "--batch", str(asked.batch)]
    command += ["--items", asked.items] if asked.items else []
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def one(asked: argparse.Namespace) -> None:
    """What such a process does."""
    stream = Stream(name=f"b{uuid.uuid4().hex[:10]}", lanes=LANES, batch=asked.batch)
    with (
        tempfile.TemporaryDirectory() as folder,
        worked(f"{folder}/handrail.db", asked.events) as (handler, store),
    ):
        said = texts(asked.items, asked.events)
        asyncio.run(publish(store, asked.url, stream, said, laned=asked.turn == "ours"))
        SIDES[asked.turn](handler, store, asked.url, stream)
        print(json.dumps(handler.rates()))


def compare(name: str, asked: argparse.Namespace) -> None:
    """Both sides in turns on one broker; print medians and the ratios' quartiles."""
    with tempfile.TemporaryDirectory() as folder, running(SERVERS[name](Path(folder))) as server:
        took: dict[str, list[dict[str, float]]] = {"bare": [], "ours": []}
        for _ in range(asked.rounds):
            for side, turns in took.items():
                turns.append(turn(side, server.url, asked))
        for clock in ("wall", "cpu"):
            ratios = [o[clock] / b[clock] for o, b in zip(took["ours"], took["bare"], strict=True)]
            low, middle, high = statistics.quantiles(ratios, n=4)
            rates = {side: statistics.median(t[clock] for t in took[side]) for side in took}
            print(
                f"{name:9} events/s ({clock}): ours {rates['ours']:7.0f}, bare "
                f"{rates['bare']:7.0f}, ratio {middle:.2f} ({low:.2f}–{high:.2f})",
                flush=True,
            )


def main() -> None:
    """Compare on each engine asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", choices=[[], *SERVERS], default=[])
    parser.add_argument("--events", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--items")
    parser.add_argument("--turn", choices=SIDES)
    parser.add_argument("--url", default="")
    asked = parser.parse_args()
    if asked.turn:
        one(asked)
        return
    for name in asked.engines or SERVERS:
        compare(name, asked)


if __name__ == "__main__":
    main()
