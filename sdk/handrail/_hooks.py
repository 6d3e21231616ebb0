"""The three hooks. This page is the contract between features and safety modules.

A hook is a function, a generator, an ``async def`` or an async generator. It takes any of the
arguments below, by name, and returns or yields findings; None means nothing to say.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from functools import update_wrapper
from types import FunctionType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, cast, overload

import pluggy

if TYPE_CHECKING:
    from handrail._context import Context
    from handrail._finding import Finding
    from handrail._item import Item
    from handrail._report import Report

PROJECT = "handrail"
"""Name of the pluggy project and of the entry-point group that modules register under."""

Cost: TypeAlias = Literal["inline", "blocking", "remote"]
"""What a hook costs: ``inline`` runs in the caller's thread (microseconds), ``blocking`` on our
threads (files, locks, heavy computing), ``remote`` on our event loop (``async def``)."""

Findings: TypeAlias = (
    "Iterable[Finding] | AsyncIterable[Finding] | Awaitable[Iterable[Finding] | None] | None"
)
"""What a hook gives back."""

F = TypeVar("F", bound=Callable[..., Any])

hookspec = pluggy.HookspecMarker(PROJECT)
_mark = pluggy.HookimplMarker(PROJECT)


@hookspec
def pre_publish(item: Item, context: Context, settings: Any, memory: Any) -> Findings:
    """Look at *item* before anyone else can see it.

    The author is waiting: be quick, and say what you saw rather than what should happen.
    """


@hookspec
def post_publish(item: Item, context: Context, settings: Any, memory: Any) -> Findings:
    """Look at *item* once it is published.

    Nobody is waiting: be thorough. What you find reaches the feature as an enforcement.
    """


@hookspec
def report(item: Item, report: Report, context: Context, settings: Any, memory: Any) -> Findings:
    """Look at *item* because somebody reported it.

    *report* says who and why; it is a claim, and people misuse it.
    """


HOOKS = ("pre_publish", "post_publish", "report")
"""The names of the hooks, in the order of an item's life."""


@overload
def hookimpl(function: F, /) -> F: ...
@overload
def hookimpl(*, cost: Cost | None = None, timeout_ms: float | None = None) -> Callable[[F], F]: ...
def hookimpl(
    function: F | None = None, /, *, cost: Cost | None = None, timeout_ms: float | None = None
) -> F | Callable[[F], F]:
    """Mark a function as a module's implementation of the hook it is named after.

    Args:
        function: The function, when used without arguments.
        cost: ``inline`` (the default), ``blocking`` or ``remote`` (what ``async def`` always is).
        timeout_ms: A limit of its own, shorter than the call's budget; not for ``inline``,
            which nothing can interrupt.
    """

    def mark(function: F) -> F:
        marked: Any = _own(function)
        marked.handrail_cost = cost
        marked.handrail_timeout_ms = timeout_ms
        return cast("F", _mark(marked))

    return mark if function is None else mark(function)


def _own(function: Any) -> Any:
    """A function to mark: a copy of one that is marked for another module already."""
    if not hasattr(function, f"{PROJECT}_impl") or not isinstance(function, FunctionType):
        return function
    parts = ("code", "globals", "name", "defaults", "closure")
    copy = FunctionType(*(getattr(function, f"__{part}__") for part in parts))
    copy.__kwdefaults__ = function.__kwdefaults__
    return update_wrapper(copy, function)
