"""Modules made for tests: they find, stay silent, raise, hang, or give back garbage.

Each answers at all three stages, on every surface and in every language. ``cost`` says where it
runs: ``inline`` and ``blocking`` fakes are functions, ``remote`` ones are ``async def``.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Self

from handrail import Cause, Finding, Item, Manifest, hookimpl, issues
from handrail._hooks import Cost
from handrail.errors import unknown

AT_MOST_S = 30.0
"""How long a hanging fake hangs if nobody lets it go: a forgotten one delays only itself."""

TIMEOUT_MS = 200.0
"""How long a call waits for what fails with a timeout: long enough for its thread to start."""

Answer = Callable[[Item], object]


class Fake:
    """A module made for a test; made by the functions below.

    Attributes:
        MANIFEST: As every module has one. seen: The items it was asked about, in order.
        release: Set it to let a hanging fake go on; leaving the fake as a context does that.
    """

    MANIFEST: Manifest

    def __init__(
        self,
        answer: Answer,
        *,
        name: str,
        cost: Cost = "inline",
        timeout_ms: float | None = None,
        found: Iterable[str] | None = None,
    ) -> None:
        named = set(issues()) if found is None else set(found)
        self.MANIFEST = Manifest(
            name=name, version="1.0", issues=named, surfaces={"*"}, languages={"*"},
            reads={"text", "links", "media", "amount"}, summary="Made for a test.",
        )  # fmt: skip
        self.seen: list[Item] = []
        self.release = threading.Event()
        mark = hookimpl(cost=cost, timeout_ms=timeout_ms)
        self.pre_publish = mark(self._hook(answer, cost))
        self.post_publish = mark(self._hook(answer, cost))
        self.report = mark(self._hook(answer, cost))

    def _hook(self, answer: Answer, cost: Cost) -> Callable[[Item], Any]:
        def hook(item: Item) -> object:
            self.seen.append(item)
            return answer(item)

        async def remote(item: Item) -> object:
            said = hook(item)
            return await said if isinstance(said, Awaitable) else said

        return remote if cost == "remote" else hook

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()

    def __repr__(self) -> str:
        return f"Fake({self.MANIFEST.name!r})"


def finding(
    issue: str = "integrity.spam",
    score: float = 1.0,
    *,
    name: str = "finding",
    cost: Cost = "inline",
    when: Callable[[Item], bool] | None = None,
) -> Fake:
    """Make a module that finds *issue* in every item, or in those that *when* picks."""
    found = Finding(issue, score, "scripted by a test")
    return Fake(
        lambda item: [found] if when is None or when(item) else None,
        name=name, cost=cost, found={issue},
    )  # fmt: skip


def silent(*, name: str = "silent", cost: Cost = "inline") -> Fake:
    """Make a module that covers every issue and never finds anything."""
    return Fake(lambda _: None, name=name, cost=cost)


def raising(
    error: BaseException | type[BaseException] = RuntimeError,
    *,
    name: str = "raising",
    cost: Cost = "inline",
) -> Fake:
    """Make a module that raises *error*."""

    def answer(_: Item) -> object:
        raise error

    return Fake(answer, name=name, cost=cost)


def slow(
    seconds: float, *, name: str = "slow", cost: Cost = "blocking", timeout_ms: float | None = None
) -> Fake:
    """Make a module that takes so many *seconds* and finds nothing."""

    def answer(_: Item) -> object:
        if cost == "remote":
            return asyncio.sleep(seconds)
        time.sleep(seconds)
        return None

    return Fake(answer, name=name, cost=cost, timeout_ms=timeout_ms)


def hanging(
    *, name: str = "hanging", cost: Cost = "blocking", timeout_ms: float | None = None
) -> Fake:
    """Make a module that hangs until its ``release`` is set; at most AT_MOST_S seconds."""

    def answer(_: Item) -> object:
        if cost == "remote":
            return until_released()
        fake.release.wait(AT_MOST_S)
        return None

    async def until_released() -> None:
        end = time.monotonic() + AT_MOST_S
        # The event belongs to threads: whoever sets it knows nothing of this loop.
        while not fake.release.is_set() and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(0.001)

    fake = Fake(answer, name=name, cost=cost, timeout_ms=timeout_ms)
    return fake


def garbage(value: object = "garbage", *, name: str = "garbage", cost: Cost = "inline") -> Fake:
    """Make a module that gives back *value*, which is no finding."""
    return Fake(lambda _: value, name=name, cost=cost)


def failing(cause: Cause | str, *, name: str = "failing") -> Fake:
    """Make a module that fails with *cause*: ``error``, ``invalid`` or ``timeout``.

    Raises UnknownNameError for a cause that no module can bring about by itself.
    """
    makes: Mapping[str, Callable[[], Fake]] = {
        "error": lambda: raising(name=name),
        "invalid": lambda: garbage([object()], name=name),
        "timeout": lambda: hanging(name=name, timeout_ms=TIMEOUT_MS),
    }
    if str(cause) not in makes:
        raise unknown("cause a module brings about", cause, makes)
    return makes[str(cause)]()
