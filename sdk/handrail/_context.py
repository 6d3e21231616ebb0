"""What a hook is given beside the item, and the record of the call it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from time import monotonic_ns, time_ns
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from handrail._finding import Cause, Finding, Stage
from handrail._item import Item
from handrail._language import Language
from handrail._ledger import Ledger
from handrail._manifest import PARTS
from handrail._reading import Reading
from handrail._report import Report
from handrail._text import Text
from handrail._values import name
from handrail.errors import unknown

if TYPE_CHECKING:
    from handrail._counting import Counted
    from handrail._outcome import Outcome
    from handrail._plan import Plan

T = TypeVar("T")


class DerivationError(Exception):
    """A derivation that a hook asked for could not be had; let it pass through the hook."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class UnseenError(Exception):
    """A hook could not look at a part of the item, through no fault of its own: a broken picture.

    Raise it last, once the findings are yielded. It becomes a Fault ``missing`` that speaks
    neither against the module nor for the item: the policy says what that means.

    Args:
        part: A part of an item, such as ``media``. why: A lower_snake word, such as ``truncated``.
    """

    def __init__(self, part: str, why: str) -> None:
        if part not in PARTS:
            raise unknown("part of an item", part, PARTS)
        super().__init__(f"{part}: {name(why, 'UnseenError')}")


_NOTHING: Mapping[Any, Any] = MappingProxyType({})


class Context:
    """One call: shared derivations for its hooks, and what the call has seen so far.

    What hooks read is read-only: no hook changes what the next one sees. The SDK itself reads
    the private fields, which costs no function.
    """

    _item: Item
    _report: Report | None = None
    _plan: Plan
    _number: int
    _stamps: list[int]  # when the call began, then the end of each inline hook
    _pairs: list[tuple[Any, int]] | None = None  # findings, each with its slot's index
    _faults: list[tuple[Any, ...]] | None = None  # as add_fault books them
    _outcome: Outcome | None = None
    _derived: Mapping[str, Any] = _NOTHING
    _ledger: Ledger | None = None
    _times: Mapping[int, int] = _NOTHING  # slot → ns, off the caller's thread
    _again: Mapping[int, int] = _NOTHING  # number of an inline hook → ns it ran again
    _reading: Reading | None = None  # what was read of a shared state
    _unsure: frozenset[str] = frozenset()  # issues that rest on what a shared state did not say
    _skipped: Mapping[int, str] = _NOTHING
    _end = 0
    _complete = True
    _late = False
    _said = False  # whether there is a finding, a fault or lateness
    _yielded: dict[int, int] | None = None  # slot → what it has yielded
    _recorded: bool | None = None
    _sink_fault: Cause | None = None
    _confirms: str | None = None  # what the item's confirmation was worth
    _shadow: Outcome | None = None
    _aside: list[tuple[Any, int]] | None = None  # findings of modules in shadow
    _text: Text | None = None
    _length = 0  # of the text, where hooks were given less
    _learning = False  # whether the hooks are done
    _otel: Any = None

    def __init__(self, plan: Plan, item: Item, start: int, number: int) -> None:
        self._plan = plan
        self._item = item
        self._number = number
        self._stamps = [start]

    @property
    def item(self) -> Item:
        """The item; the same for all hooks of the call."""
        return self._item

    @property
    def report(self) -> Report | None:
        """The report, at that stage."""
        return self._report

    @property
    def feature(self) -> str:
        """The feature's name."""
        return self._plan.feature.name

    @property
    def surface(self) -> str:
        """The feature's surface."""
        return self._plan.feature.surface

    @property
    def stage(self) -> Stage:
        """The stage of this call."""
        return self._plan.stage

    @property
    def state(self) -> Counted:
        """Counters, tags and strikes; read-only inside a hook."""
        plan = self._plan
        if plan.sharing is None:
            return plan.state
        if self._reading is None:
            self._reading = Reading(plan.sharing, self._books())
        return self._reading

    @property
    def now(self) -> datetime:
        """When the call began, in UTC."""
        return wall(self._stamps[0])

    @property
    def at(self) -> datetime:
        """When the item was made, as the host says, or else when the call began; windows end here.

        For a report it is when that was made.
        """
        subject = self._item if self._report is None else self._report
        return subject.created_at or self.now

    @property
    def found(self) -> tuple[Finding, ...]:
        """What the call's modules found, for a memory's ``learn``; empty while hooks run.

        Without what modules in shadow say. So a memory may learn from the findings of others,
        and what a hook finds still depends on no other module.
        """
        if not self._learning or self._pairs is None:
            return ()
        slots = self._plan.slots
        return tuple(finding for finding, slot in self._pairs if not slots[slot].shadow)

    @property
    def remaining_ms(self) -> float:
        """Milliseconds left of the call's budget; negative once it is spent."""
        return (self._stamps[0] + self._plan.budget_ns - monotonic_ns()) / 1e6

    @property
    def text(self) -> Text:
        """The text derivations of the SDK."""
        if self._text is None:
            self._text = Text(self._item.text, self._books().sdk)
        return self._text

    @property
    def language(self) -> Language:
        """The item's language: as the host says, else as a module reads it off the text.

        ``und`` where nobody can say: no module that provides ``language`` is loaded, it has
        failed, or this hook runs elsewhere and nobody has asked before.
        """
        if self._item.language:
            return Language(self._item.language, 1.0, declared=True)
        try:
            return self.derive("language", Language)
        except DerivationError:
            return Language()

    def derive(self, name: str, type: type[T]) -> T:  # noqa: A002 - the word for it
        """Return what a module provides under *name*, computed at most once per call.

        Declare it in ``Manifest.needs``. Raises DerivationError, to be let through, when its
        provider failed; the fault is the provider's, and the asking module counts as failed.
        What no module of the plan declares is refused, wherever the hook runs.
        """
        value = self._derived.get(name)
        if value is None:
            value = self._compute(name)
        if not isinstance(value, type):
            raise DerivationError(name)
        return value

    def _compute(self, name: str) -> Any:
        provider, books = self._plan.derivations.get(name), self._books()
        if provider is None or name in self._derived or books.elsewhere:
            raise DerivationError(name)
        if not isinstance(self._derived, dict):
            self._derived = {}
        self._derived[name] = None
        if provider.health.open and not provider.health.probe(monotonic_ns()):
            self._plan.derivation_failed(self, provider, Cause.BREAKER_OPEN)
            raise DerivationError(name)
        try:
            value = books.book(provider.module, lambda: provider.compute(self._item, self))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if type(error) is DerivationError and error.name in self._derived:
                raise  # The fault of who provides that.
            self._plan.derivation_did(self, provider, Cause.ERROR, error)
            raise DerivationError(name) from None
        if not isinstance(value, provider.type):
            self._plan.derivation_did(self, provider, Cause.INVALID)
            raise DerivationError(name)
        self._plan.derivation_did(self, provider, None)
        self._derived[name] = value
        return value

    def _books(self) -> Ledger:
        """The call's ledger, made when there is something to book."""
        if self._ledger is None:
            self._ledger = Ledger(self._stamps)
        return self._ledger

    @property
    def _lent(self) -> Mapping[int, int]:
        """By inline slot, the ns it spent in derivations of others."""
        return _NOTHING if self._ledger is None else self._ledger.lent

    def __repr__(self) -> str:
        return f"Context({self._plan.stage.value}, feature={self._plan.feature.name!r})"

    def build(self, name: str) -> object:
        """Return a field of this call's decision."""
        return _fields()(self, name)


@cache
def _fields() -> Callable[[Context, str], object]:
    from handrail._fields import build

    return build


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DRIFT_NS = 1_000_000
"""How far the wall clock may move away before the offset follows it."""


class Clock:
    """Relates the monotonic clock, which calls are timed by, to Unix time.

    Attributes:
        offset_ns: What to add to a monotonic reading.
    """

    def __init__(self) -> None:
        self.offset_ns = time_ns() - monotonic_ns()

    def follow(self) -> None:
        """Take up that the wall clock was set, or has drifted."""
        offset = time_ns() - monotonic_ns()
        if abs(offset - self.offset_ns) > DRIFT_NS:
            self.offset_ns = offset


clock = Clock()


def wall(ns: int) -> datetime:
    """Turn a monotonic clock reading into UTC time."""
    return _EPOCH + timedelta(microseconds=(ns + clock.offset_ns) // 1000)


def unix_ns(ns: int) -> int:
    """Turn a monotonic clock reading into nanoseconds since 1970."""
    return ns + clock.offset_ns
