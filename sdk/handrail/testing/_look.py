"""Run one module over one item as the SDK would, but keep what it gave back as it came."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from functools import cache
from itertools import islice
from time import monotonic_ns
from typing import Any

import attrs

from handrail import Feature, Finding, Item, Loaded, Manifest, Safety, Stage
from handrail._context import Context
from handrail._keep import YIELDED_MOST
from handrail._plan import Plan
from handrail.errors import HandrailError
from handrail.testing._awkward import report_of

ANYWHERE = ("comments", "somewhere_new")
"""Where a module for all surfaces is tried."""

_COARSE = time.get_clock_info("thread_time").resolution > 1e-4
cpu_ns: Callable[[], int] = time.perf_counter_ns if _COARSE else time.thread_time_ns
"""The clock of this thread's own work; wall time where the system has no fine one."""


@attrs.frozen
class Look:
    """What came of one look.

    Attributes:
        found: What the hook gave back, up to one more than the SDK takes. error: What it raised.
        ns: Its own CPU time.
    """

    found: tuple[object, ...]
    error: BaseException | None
    ns: int


@attrs.frozen
class Place:
    """A surface and a stage that a module works at."""

    surface: str
    stage: Stage

    def __str__(self) -> str:
        return f"{self.stage} on {self.surface}"


@attrs.frozen(eq=False)
class Subject:
    """A module as the SDK takes it in, with a plan for each place it works at."""

    loaded: Loaded
    plans: Mapping[Place, Plan]

    @property
    def manifest(self) -> Manifest:
        """What the module says about itself."""
        return self.loaded.manifest

    def context(self, place: Place, item: Item) -> Context:
        """A call's fresh record."""
        context = Context(self.plans[place], item, monotonic_ns(), 1)
        if place.stage is Stage.REPORT:
            context._report = report_of(item)
        return context

    def look(self, place: Place, item: Item, context: Context | None = None) -> Look:
        """Run the hook of *place* over *item*, and drain it."""
        hook = self.loaded.implementations[place.stage.value]
        given = context or self.context(place, item)
        values = {
            "item": item,
            "report": given.report,
            "context": given,
            "settings": self.loaded.settings,
            "memory": self.loaded.memory,
        }

        def call() -> Any:
            return hook.function(**{name: values[name] for name in hook.arguments})

        if hook.cost == "remote":
            return asyncio.run_coroutine_threadsafe(_look_async(call), _loop()).result()
        return _look(call)

    def learn(self, place: Place, item: Item) -> str:
        """Have its memory learn from *item*; say what is wrong with how it does."""
        learner = self.loaded.learner
        if learner is None:
            return ""
        try:
            return learner.learn(self.context(place, item)) or ""
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # that is what we are here for
            return f"learn raises {type(error).__name__}"


def subject(
    module: object,
    provides: Iterable[object] = (),
    settings: Mapping[str, object] | None = None,
    surfaces: Iterable[str] = (),
) -> Subject:
    """Take in *module* beside those that provide what it needs; raises what the SDK raises."""
    name = getattr(
        module, "MANIFEST", Manifest(name="x", version="0", issues=(), surfaces="*")
    ).name
    safety = Safety(
        modules=[*provides, module], budget_ms=60_000, settings={name: settings} if settings else {}
    )
    safety.close()
    loaded = next(m for m in safety.modules if m.manifest.name == name)
    planner = safety._core.planner
    plans = {
        Place(surface, stage): planner.plan(Feature(name=surface, surface=surface), stage)
        for surface in surfaces or served(loaded.manifest)
        for stage in map(Stage, loaded.implementations)
    }
    return Subject(loaded, plans)


def served(manifest: Manifest) -> tuple[str, ...]:
    """The surfaces a module is tried on."""
    return ANYWHERE if "*" in manifest.surfaces else tuple(sorted(manifest.surfaces))


def look(
    module: object,
    item: Item | str,
    *,
    stage: Stage | str = Stage.PRE_PUBLISH,
    surface: str | None = None,
    provides: Iterable[object] = (),
) -> tuple[Finding, ...]:
    """Return what *module* finds in *item*; what it raises comes through.

    Args:
        module: The module or object.
        item: An item, or just its text.
        stage: Which of its hooks.
        surface: Where; by default the first surface it serves.
        provides: Modules that compute what it needs.
    """
    seen = subject(module, provides, surfaces=() if surface is None else (surface,))
    places = [p for p in seen.plans if p.stage is Stage(stage)]
    if not places:
        raise HandrailError(f"Module {seen.manifest.name!r} has no {Stage(stage)} hook there")
    made = seen.look(places[0], Item(id="looked-at", text=item) if isinstance(item, str) else item)
    if made.error is not None:
        raise made.error
    return made.found  # type: ignore[return-value]  # a test wants to see garbage, too


def _look(call: Callable[[], Any]) -> Look:
    found: list[object] = []
    error: BaseException | None = None
    start = cpu_ns()
    try:
        for each in islice(call() or (), YIELDED_MOST + 1):
            found.append(each)  # noqa: PERF402  # what came before an error is kept
    except KeyboardInterrupt:
        raise
    except BaseException as raised:  # noqa: BLE001  # that is what we are here for
        error = raised
    return Look(tuple(found), error, cpu_ns() - start)


async def _look_async(call: Callable[[], Any]) -> Look:
    found: list[object] = []
    error: BaseException | None = None
    start = cpu_ns()
    try:
        said = call()
        if isinstance(said, AsyncIterable):
            async for each in said:
                found.append(each)  # as above
                if len(found) > YIELDED_MOST:
                    break
        else:
            said = await said if isinstance(said, Awaitable) else said
            found.extend(islice(said or (), YIELDED_MOST + 1))
    except KeyboardInterrupt:
        raise
    except BaseException as raised:  # noqa: BLE001  # as above
        error = raised
    return Look(tuple(found), error, cpu_ns() - start)


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One loop for all remote hooks, as in the SDK: their clients live on it."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="handrail-testing", daemon=True).start()
    return loop
