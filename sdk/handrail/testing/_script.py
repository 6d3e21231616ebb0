"""A Safety whose answers a test writes: what it asks of a host is what the host must carry out."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from handrail import (
    Action,
    AsyncGuardedFeature,
    AsyncSafety,
    Decision,
    Feature,
    GuardedFeature,
    Item,
    Requires,
    Safety,
)
from handrail.testing._fakes import finding
from handrail.testing._make import make_decision


@attrs.define
class Script:
    """What is answered, and what was asked.

    Attributes:
        answers: The decisions of the next calls, in order; the last one stays.
        asked: The items that were asked about, in order.
    """

    answers: list[Decision] = attrs.field(factory=list)
    asked: list[Item] = attrs.field(factory=list)

    def answer(self, item: Item) -> Decision:
        """Return the next decision, as one about *item*."""
        self.asked.append(item)
        if not self.answers:
            return _about(item, make_decision(Action.ALLOW))
        return _about(item, self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


def _about(item: Item, decision: Decision) -> Decision:
    return attrs.evolve(decision, item=item.id, revision=item.revision)


class ScriptedSafety(Safety):
    """A Safety that answers ``pre_publish`` from a script; everything else is as always.

    Attributes:
        script: The answers to come, and the items asked about so far.
    """

    def __init__(self, feature: Feature) -> None:
        nothing = finding(name="scripted", when=lambda _: False)
        super().__init__([_open(feature)], modules=[nothing])
        self.script = Script()

    def will_answer(self, *decisions: Decision) -> None:
        """Answer the next calls with *decisions*; the last one stays."""
        self.script.answers = list(decisions)

    def feature(self, name: str) -> GuardedFeature:
        """Get a feature ready that answers from the script."""
        self._core.open(name)
        return _Scripted(self._core, name, self.script.answer)

    def as_async(self) -> AsyncSafety:
        """The same for a host that awaits: one script for both."""
        return _AsyncScripted(self)


class _Scripted(GuardedFeature):
    __slots__ = ("_answer",)

    def __init__(self, core: object, name: str, answer: Callable[[Item], Decision]) -> None:
        super().__init__(core, name)  # type: ignore[arg-type]  # it is handed through
        self._answer = answer

    def pre_publish(self, item: Item) -> Decision:
        """Answer from the script."""
        return self._answer(item)


class _AsyncScripted(AsyncSafety):
    def __init__(self, scripted: ScriptedSafety) -> None:
        self._scripted = scripted
        self._core = scripted._core

    def feature(self, name: str) -> AsyncGuardedFeature:
        """Get a feature ready that answers from the script."""
        self._core.open(name)
        return _ScriptedAwaited(self._core, name, self._scripted.script.answer)


class _ScriptedAwaited(AsyncGuardedFeature):
    __slots__ = ("_answer",)

    def __init__(self, core: object, name: str, answer: Callable[[Item], Decision]) -> None:
        super().__init__(core, name)  # type: ignore[arg-type]  # it is handed through
        self._answer = answer

    async def pre_publish(self, item: Item) -> Decision:
        """Answer from the script."""
        return self._answer(item)


def _open(feature: Feature) -> Feature:
    """The feature without what it requires: here the script answers, not its modules."""
    return attrs.evolve(feature, requires=Requires(), substitutes={}, carries_out=None)
