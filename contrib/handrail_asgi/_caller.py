"""Who is behind a request, and a guarded feature that knows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from inspect import isawaitable

import attrs
from starlette.requests import HTTPConnection

from handrail import (
    Action,
    Actor,
    AsyncGuardedFeature,
    AsyncSafety,
    Decision,
    Enforcement,
    InvalidValueError,
    Item,
    Receipt,
    Report,
)
from handrail_asgi._published import NotPublishedError


@attrs.frozen(kw_only=True)
class Caller:
    """Who is behind a request, as far as the host knows.

    Attributes:
        actor: The account; None for somebody who has not signed in.
        region: Where they are now, ISO 3166; taken where the actor has no region.
        session_id: The session, such as the live room.
    """

    actor: Actor | None = None
    region: str | None = None
    session_id: str | None = None

    @property
    def author(self) -> Actor | None:
        """The actor, with the region."""
        actor = self.actor
        if actor is None or self.region is None or actor.region is not None:
            return actor
        return attrs.evolve(actor, region=self.region)


Whose = Callable[[HTTPConnection], Caller | Actor | Awaitable[Caller | Actor | None] | None]
"""Says who is behind a request: the host's own function, plain or async."""

NOBODY = Caller()


class Asking:
    """One request, its caller looked up when a feature is first asked, and once.

    Args:
        safety: What is asked. connection: The request. whose: Says who is behind it.
    """

    def __init__(
        self, safety: AsyncSafety, connection: HTTPConnection, whose: Whose | None
    ) -> None:
        self.safety, self._connection, self._whose = safety, connection, whose
        self._caller: Caller | None = None

    async def caller(self) -> Caller:
        """Return who is behind the request; what the host's function raises passes."""
        if self._caller is None:
            self._caller = await self._found()
        return self._caller

    async def _found(self) -> Caller:
        if self._whose is None:
            return NOBODY
        said = self._whose(self._connection)
        found = await said if isawaitable(said) else said
        if isinstance(found, Actor):
            return Caller(actor=found)
        if found is None or isinstance(found, Caller):
            return found or NOBODY
        raise InvalidValueError("SafetyMiddleware: caller: expected a Caller, an Actor or None")


CURRENT: ContextVar[Asking] = ContextVar("handrail_asgi_request")
"""The request that is being worked."""


class RequestFeature:
    """A guarded feature within one request: it knows who asks.

    Made by ``feature`` and ``current_feature``. What an item does not say itself comes from the
    request: its author, with the region of the request, and its session.
    """

    def __init__(self, feature: AsyncGuardedFeature, asking: Asking) -> None:
        self._feature, self._asking = feature, asking
        self.name = feature.name

    @property
    def surface(self) -> str:
        """The kind of place that the feature is."""
        known = self._asking.safety.features
        return next(str(each.surface) for each in known if each.name == self.name)

    async def caller(self) -> Caller:
        """Return who is behind the request."""
        return await self._asking.caller()

    async def pre_publish(self, item: Item) -> Decision:
        """Ask what becomes of *item* before anyone can see it, as AsyncGuardedFeature does."""
        return await self._feature.pre_publish(await self._filled(item))

    async def admit(self, item: Item, *, pending: Callable[[Decision], object] | None) -> Decision:
        """Ask before publishing, and return only where *item* may be published (ALLOW, LIMIT).

        Args:
            item: What its author wants to publish.
            pending: Keeps the draft of a HOLD, plain or async; None in a feature that cannot
                hold: there a HOLD is answered as a BLOCK.

        Raises NotPublishedError for NUDGE, HOLD and BLOCK: SafetyMiddleware turns it into a
        response, and the decision counts as carried out.
        """
        decision = await self.pre_publish(item)
        if decision.action in {Action.ALLOW, Action.LIMIT}:
            return decision
        kept = decision.action is Action.HOLD and pending is not None
        if kept and pending is not None and isawaitable(done := pending(decision)):
            await done
        self._feature.carried_out(decision, published=False)
        raise NotPublishedError(decision, pending=kept)

    async def post_publish(self, item: Item) -> Receipt:
        """Hand in *item* once it is published."""
        return await self._feature.post_publish(await self._filled(item))

    async def report(self, report: Report) -> Receipt:
        """Hand in what somebody says about an item; who says so is left as it is."""
        return await self._feature.report(report)

    def carried_out(
        self, decision: Decision | Enforcement, *, published: bool | None = None
    ) -> None:
        """Tell that a decision was carried out; see ``AsyncGuardedFeature.carried_out``."""
        self._feature.carried_out(decision, published=published)

    def viewed(self, item: Item, n: int = 1, segment: str | None = None) -> None:
        """Tell that an item was seen *n* more times, by viewers of a *segment*."""
        self._feature.viewed(item, n, segment)

    def withdrawn(self, item: Item) -> None:
        """Tell that an item is gone: its author or the host took it back."""
        self._feature.withdrawn(item)

    async def _filled(self, item: Item) -> Item:
        caller = await self._asking.caller()
        author, session = item.author or caller.author, item.session_id or caller.session_id
        if author is item.author and session is item.session_id:
            return item
        return attrs.evolve(item, author=author, session_id=session)

    def __repr__(self) -> str:
        return f"RequestFeature({self.name!r})"
