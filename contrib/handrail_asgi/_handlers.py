"""What each kind of request does, once its key and its body have been read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import attrs

from handrail import (
    AsyncGuardedFeature,
    AsyncSafety,
    InvalidValueError,
    Item,
    Json,
    Receipt,
    Report,
    Stage,
    UnknownNameError,
)
from handrail.errors import nearest
from handrail_asgi._again import Again
from handrail_asgi._bodies import Wrong
from handrail_asgi._check import Checker
from handrail_asgi._decisions import Decisions, RecentDecisions, without_people
from handrail_asgi._events import tell
from handrail_asgi._gate import Gate, allow
from handrail_asgi._key import Key, Scope
from handrail_asgi._limits import Limits
from handrail_asgi._once import DifferentError, Once
from handrail_asgi._refused import RefusedError, busy, flooded
from handrail_asgi._said import Sayings
from handrail_asgi._schema import Schema
from handrail_asgi._together import together
from handrail_asgi._wire import Answer, encoded

T = TypeVar("T", Item, Report)

Name = tuple[Any, ...]
"""What a question is called, so that the same is not worked twice."""

TOGETHER = 16
"""Items of a batch that are worked at the same time; then others get their turn."""

_KNOWN = (
    "This revision was sent before with other content. Raise the revision, or send the same again."
)
_REPLAYED = (b"idempotent-replayed", b"true")


@attrs.frozen
class Asked:
    """A request whose key and body have been read.

    Attributes:
        key: Who asks. body: What was sent, checked against its schema.
    """

    key: Key
    body: dict[str, Any]


Work = Callable[[Asked], Awaitable[Answer]]
"""What answers a request."""


class Handlers:
    """The requests of the face.

    Args:
        safety: What is asked. gate: Counts the items of batches.
        decisions: Where older decisions are looked up. limits: What is too much.
        schemas: Those of the OpenAPI document.
    """

    def __init__(
        self,
        safety: AsyncSafety,
        gate: Gate,
        decisions: Decisions | None,
        limits: Limits,
        schemas: Mapping[str, Schema],
    ) -> None:
        self._features = {f.name: safety.feature(f.name) for f in safety.features}
        self._durable, self._gate, self._limits = safety.store is not None, gate, limits
        self._older = decisions
        self._sayings = Sayings()
        self._recent = RecentDecisions(limits.remembered)
        self._once: Once[Answer] = Once(limits.remembered, limits.remembered_s)
        self._again = Again(limits.remembered, limits.remembered_s, gate.ledger)
        names = ("PrePublish", "PrePublishBatch", "PostPublish", "NewReport", "Events")
        self._checkers = {name: Checker(name, schemas) for name in names}

    def checked(self, name: str, key: Key, scope: Scope, body: Json) -> Asked:
        """Return a body that fits its schema and that *key* may send; raises RefusedError."""
        allow(key, scope)
        checker = self._checkers[name]
        if isinstance(body, dict):
            self._few(body, "items")
            self._few(body, "events")
        if not checker.fits(body) or not isinstance(body, dict):
            wrong = checker.wrong(body)
            raise RefusedError(422, "See errors for what to mend.", errors=wrong)
        allow(key, scope, str(body["feature"]))
        return Asked(key, body)

    def _few(self, body: Mapping[str, Json], name: str) -> None:
        parts = body.get(name)
        if isinstance(parts, list) and len(parts) > self._limits.items:
            wrong = Wrong(detail=f"expected at most {self._limits.items}", pointer=f"/{name}")
            raise RefusedError(413, f"Send at most {self._limits.items} at once.", errors=[wrong])

    def _feature(self, asked: Asked) -> AsyncGuardedFeature:
        feature = self._features.get(asked.body["feature"])
        if feature is None:
            near = nearest(asked.body["feature"], self._features)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            wrong = Wrong(detail=f"is no feature of this service{hint}", pointer="/feature")
            raise RefusedError(
                404, "The settings of this service declare its features.", errors=[wrong]
            )
        return feature

    async def pre_publish(self, asked: Asked) -> Answer:
        """Decide one item."""
        feature = self._feature(asked)
        item = _built(Item, asked.body["item"], "/item")
        return await self._decide(feature, item, hash(item), "/item")

    async def pre_publish_batch(self, asked: Asked) -> Answer:
        """Decide many items: all are checked before the first is looked at."""
        feature = self._feature(asked)
        rows = asked.body["items"]
        await self._gate.rates.count(asked.key, len(rows) - 1)
        items = [_built(Item, row, f"/items/{n}") for n, row in enumerate(rows)]
        marks = [*map(hash, items)]
        self._check_known(feature, items, marks)
        answers: list[Answer] = []
        for start in range(0, len(items), TOGETHER):
            answers += await together([
                partial(self._decide, feature, items[n], marks[n], f"/items/{n}")
                for n in range(start, min(start + TOGETHER, len(items)))
            ])  # fmt: skip
        return Answer(200, b'{"decisions":[' + b",".join(a.body for a in answers) + b"]}")

    def _check_known(
        self, feature: AsyncGuardedFeature, items: Sequence[Item], marks: Sequence[int]
    ) -> None:
        known: dict[Name, int] = {}
        for n, (item, mark) in enumerate(zip(items, marks, strict=True)):
            name = _name(feature, Stage.PRE_PUBLISH, item)
            if self._once.differs(name, mark) or known.setdefault(name, mark) != mark:
                raise _conflict(f"/items/{n}")

    async def _decide(
        self, feature: AsyncGuardedFeature, item: Item, mark: int, pointer: str
    ) -> Answer:
        async def decide() -> Answer:
            decision = await feature.pre_publish(item)
            body = self._sayings.body(decision)
            self._recent.keep(decision.id, feature.name, body)
            return Answer(200, body)

        name = _name(feature, Stage.PRE_PUBLISH, item)
        return await self._answered(name, mark, decide, pointer)

    async def post_publish(self, asked: Asked) -> Answer:
        """Take in an item that has been published."""
        feature = self._feature(asked)
        item = _built(Item, asked.body["item"], "/item")

        async def take() -> Answer:
            return self._taken(await feature.post_publish(item))

        name = _name(feature, Stage.POST_PUBLISH, item)
        return await self._answered(name, hash(item), take, "/item")

    async def reports(self, asked: Asked) -> Answer:
        """Take in what somebody says about an item."""
        feature = self._feature(asked)
        report = _built(Report, asked.body["report"], "/report")

        async def take() -> Answer:
            return self._taken(await feature.report(report))

        name = (feature.name, Stage.REPORT, report.id)
        return await self._answered(name, hash(report), take, "/report")

    def _taken(self, receipt: Receipt) -> Answer:
        """A receipt; where a store should have accepted it and has not, it has to come again."""
        if receipt.status == "refused":
            raise flooded()
        if self._durable and receipt.status != "accepted":
            raise busy("This could not be accepted durably; send the same again.")
        return Answer(202, encoded(receipt.to_json()))

    async def events(self, asked: Asked) -> Answer:
        """Take in what the host tells back."""
        feature = self._feature(asked)
        events = asked.body["events"]
        await self._gate.rates.count(asked.key, len(events) - 1)
        for event in events:
            tell(feature, event)
        return Answer(202, encoded({"accepted": len(events)}))

    async def decision(self, key: Key, id: str) -> Answer:  # noqa: A002 - the word for it
        """Look up a decision; what the key is not for is not there."""
        allow(key, Scope.READ)
        found = self._recent.find(id) or await self._look(id)
        if found is None or not key.is_for(found[0]):
            raise RefusedError(404, "No decision of that id is known for this key.")
        data = found[1] if Scope.IDENTITIES in key.scopes else without_people(found[1])
        return Answer(200, encoded(data))

    async def _look(self, id: str) -> tuple[str, dict[str, Json]] | None:  # noqa: A002
        if self._older is None:
            return None
        try:
            decision = await asyncio.to_thread(self._older.decision, id)
        except Exception as error:
            raise busy("Decisions cannot be looked up now.") from error
        return None if decision is None else (decision.feature, decision.to_json())

    async def remembered(self, asked: Asked, name: bytes, mark: bytes, work: Work) -> Answer:
        """Answer as before what was sent before under the same Idempotency-Key."""
        try:
            return _replayed(*await self._again.run(asked.key.id, name, mark, lambda: work(asked)))
        except DifferentError:
            raise RefusedError(409, "This Idempotency-Key came before with another body.") from None

    async def _answered(
        self, name: Name, mark: int, work: Callable[[], Awaitable[Answer]], pointer: str
    ) -> Answer:
        try:
            return _replayed(*await self._once.run(name, mark, work))
        except DifferentError:
            raise _conflict(pointer) from None


def _name(feature: AsyncGuardedFeature, stage: Stage, item: Item) -> Name:
    return feature.name, stage, item.id, item.revision, item.confirms


def _conflict(pointer: str) -> RefusedError:
    return RefusedError(409, _KNOWN, errors=[Wrong(detail="differs from before", pointer=pointer)])


def _replayed(answer: Answer, again: bool) -> Answer:  # noqa: FBT001 - the second of a pair.
    return attrs.evolve(answer, headers=(_REPLAYED,)) if again else answer


def _built(cls: type[T], data: Mapping[str, Any], pointer: str) -> T:
    """Build what fits its schema; what the class refuses all the same is 422 too."""
    try:
        return cls(**data)
    except InvalidValueError as error:
        place, _, detail = str(error).rpartition(": ")
        if isinstance(error, UnknownNameError):
            place, detail = "", "holds a name that is in no list"  # Its text repeats the name.
        field = place.partition(".")[2]
        where = f"{pointer}/{field}" if field.isidentifier() else pointer
        wrong = Wrong(detail=detail, pointer=where)
        raise RefusedError(422, "See errors for what to mend.", errors=[wrong]) from None
