"""What one guarded call costs: eight small hooks, against a loop somebody wrote by hand."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from harness import Batch, Row, paired, single

from handrail import (
    Actor,
    AsyncSafety,
    Context,
    Feature,
    Finding,
    Item,
    JsonlSink,
    Manifest,
    MemorySink,
    Policy,
    Safety,
    hookimpl,
)

ISSUE = "harassment.bullying"
HOOKS = 8
TEXT = "What a lovely video, thank you so much for showing us how this is done, see you next week!"
ITEM = Item("comment-1", TEXT, author=Actor("user-1", age=30), language="en")
POLICY = Policy(
    issues={ISSUE: {"nudge": 0.5, "hold": 0.7, "block": 0.9}},
    holds={"within": "24h", "otherwise": "limit"},
)


def function(number: int) -> Callable[..., Any]:
    """A trivial hook: looks, and has nothing to say."""
    word = f"word{number}"

    def pre_publish(item: Item, context: Context) -> list[Finding] | None:
        if item.text == word:
            return [Finding(ISSUE, 0.9, "a listed word")]
        return None

    return pre_publish


def generator(number: int) -> Callable[..., Any]:
    """The same as a generator."""
    word = f"word{number}"

    def pre_publish(item: Item, context: Context) -> Iterator[Finding]:
        if item.text == word:
            yield Finding(ISSUE, 0.9, "a listed word")

    return pre_publish


def module(number: int, hook: Callable[..., Any]) -> SimpleNamespace:
    """A module of one hook."""
    manifest = Manifest(
        name=f"bench_{number}", version="1.0", issues={ISSUE}, surfaces={"comments"},
        languages={"*"},
    )  # fmt: skip
    return SimpleNamespace(MANIFEST=manifest, pre_publish=hookimpl(hook))


def by_hand(hooks: list[Callable[..., Any]]) -> Callable[[Item], tuple[str, list[Finding]]]:
    """The loop and the policy that a careful developer writes: no isolation, no record."""
    ladders = {ISSUE: ((0.9, "block"), (0.7, "hold"), (0.5, "nudge"))}
    severity = {"allow": 0, "nudge": 1, "hold": 3, "block": 4}

    def pre_publish(item: Item) -> tuple[str, list[Finding]]:
        findings: list[Finding] = []
        for hook in hooks:
            found = hook(item, None)
            if found is not None:
                findings.extend(found)
        action = "allow"
        for finding in findings:
            for at, step in ladders.get(finding.issue, ()):
                if finding.score >= at and severity[step] > severity[action]:
                    action = step
        return action, findings

    return pre_publish


class Bench:
    """A Safety over eight hooks whose drain runs only when told, and its hand-written twin."""

    def __init__(
        self, make: Callable[[int], Callable[..., Any]], *, in_memory: bool = False, **options: Any
    ) -> None:
        self.folder = tempfile.TemporaryDirectory()
        hooks = [make(n) for n in range(HOOKS)]
        self.safety = Safety(
            [Feature(name="bench", surface="comments")],
            modules=[module(n, h) for n, h in enumerate(hooks)],
            policy=POLICY,
            sink=MemorySink() if in_memory else JsonlSink(Path(self.folder.name) / "record.jsonl"),
            **{"trace_share": 0.0, **options},
        )
        self.recorder = self.safety._core.recorder
        self.recorder.running, self.recorder.room = True, self.recorder.limit
        self.pre_publish = self.safety.feature("bench").pre_publish
        self.plain = by_hand(hooks)

    def hand(self, times: int) -> None:
        for _ in range(times):
            self.plain(ITEM)

    def call(self, times: int) -> None:
        for _ in range(times):
            self.pre_publish(ITEM)

    def call_and_drain(self, times: int) -> None:
        self.call(times)
        self.recorder.drain()

    def close(self) -> None:
        self.recorder.drain()
        self.safety.close()
        self.folder.cleanup()


def rows() -> list[Row]:
    """The calls, without any OpenTelemetry SDK."""
    functions, generators = Bench(function), Bench(generator)
    memory, still = Bench(function, in_memory=True), Bench(generator, in_memory=True)
    out = [
        _beside("pre_publish, 8 functions, ALLOW, masked JSON lines written by the drain",
                functions, functions.call_and_drain, "≤ 7 (3.11), ≤ 9 (3.13)"),
        _beside("… record kept in memory by the drain", memory, memory.call_and_drain),
        _beside("… the call alone", functions, functions.call),
        _beside("pre_publish, 8 generators, ALLOW, masked JSON lines written by the drain",
                generators, generators.call_and_drain, "≤ 3"),
        _beside("… record kept in memory by the drain", still, still.call_and_drain),
        single("Item(id, text, author, language)", _items, times=2000),
        single("Decision.to_json of a clean ALLOW", _to_json(functions), times=200),
        _asynchronous(functions),
    ]  # fmt: skip
    for bench in (functions, generators, memory, still):
        bench.close()
    return out


def _beside(what: str, bench: Bench, batch: Batch, goal: str = "") -> Row:
    """Eight hooks behind the SDK, beside the same eight by hand."""
    return paired(
        what, batch, "the same 8 hooks and a policy by hand", bench.hand,
        times=400, base_times=2000, rounds=61, goal=goal, after=bench.recorder.drain,
    )  # fmt: skip


def _items(times: int) -> None:
    author = ITEM.author
    for _ in range(times):
        Item("comment-1", TEXT, author=author, language="en")


def _to_json(bench: Bench) -> Batch:
    def run(times: int) -> None:
        for _ in range(times):
            bench.pre_publish(ITEM).to_json()
        bench.recorder.buffer.clear()

    return run


def _asynchronous(bench: Bench) -> Row:
    safety = AsyncSafety(
        [Feature(name="bench", surface="comments")],
        modules=[module(n, function(n)) for n in range(HOOKS)],
        policy=POLICY,
        trace_share=0.0,
    )
    feature = safety.feature("bench")
    recorder = safety._core.recorder
    recorder.running, recorder.room = True, recorder.limit

    async def ask(times: int) -> None:
        for _ in range(times):
            await feature.pre_publish(ITEM)
        recorder.buffer.clear()

    loop = asyncio.new_event_loop()

    def run(times: int) -> None:
        loop.run_until_complete(ask(times))

    row = paired(
        "AsyncSafety, 8 functions, ALLOW, the call alone", run, "Safety, the call alone",
        bench.call, times=400, after=bench.recorder.drain,
    )  # fmt: skip
    bench.recorder.drain()
    loop.run_until_complete(safety.close())
    loop.close()
    return row


def traced() -> list[Row]:
    """The same call in a host that has an OpenTelemetry SDK."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class Nowhere(SpanExporter):
        def export(self, spans: Any) -> SpanExportResult:
            return SpanExportResult.SUCCESS

        def shutdown(self) -> None:
            """Nothing to close."""

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(Nowhere()))
    trace.set_tracer_provider(provider)
    few, all_ = Bench(function, trace_share=0.01), Bench(function, trace_share=1.0)
    what = "8 functions and a policy by hand"
    out = [
        paired(f"8 functions, with {text}", bench.call_and_drain, what, bench.hand, times=400,
               base_times=2000, goal=goal)
        for text, bench, goal in (
            ("a span for 1 % of calls, SDK on", few, "≤ 20"),
            ("a span for every call, SDK on", all_, "≤ 110"),
        )
    ]  # fmt: skip
    few.close()
    all_.close()
    provider.shutdown()
    return out
