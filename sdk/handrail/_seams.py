"""Places where something larger plugs in later: records, intake, state, approvals, notices.

Each is a small protocol with a default that does nothing and says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Protocol,
    TypeAlias,
    TypeVar,
    cast,
    runtime_checkable,
)

import attrs

from handrail._decision import Decision, Hold, Receipt
from handrail._effect import Effect, effect_specs
from handrail._finding import Action, Stage, read_action
from handrail._item import Item
from handrail._report import Report
from handrail._values import FrozenMap, Json, aware, fields_json, from_json
from handrail._windows import Count, Windows
from handrail.errors import InvalidValueError

if TYPE_CHECKING:
    from handrail._policy import Policy

T = TypeVar("T")

_ID = re.compile(r"[0-9a-f]{24}")
_WORD = re.compile(r"[A-Za-z0-9._:/+-]{1,64}")


def _at(value: datetime | str) -> datetime:
    return aware(value, "HostEvent.at")


def _ours(value: object) -> str | None:
    """The id of a decision, if it is one of ours; anything else could be content."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _check_count(_: object, attribute: attrs.Attribute[int | None], value: int | None) -> None:
    if value is not None and (type(value) is not int or value < 0):
        raise InvalidValueError(f"HostEvent.{attribute.name}: expected a whole number, 0 or more")


def _check_flag(_: object, attribute: attrs.Attribute[T], value: T) -> None:
    if value is not None and type(value) is not bool:
        raise InvalidValueError(f"HostEvent.{attribute.name}: expected True, False or None")


def _check_word(_: object, attribute: attrs.Attribute[T], value: T) -> None:
    if value is not None and not (isinstance(value, str) and _WORD.fullmatch(value)):
        raise InvalidValueError(
            f"HostEvent.{attribute.name}: expected up to 64 letters, digits and . _ : / + -"
        )


@attrs.frozen(kw_only=True, repr=False)
class HostEvent:
    """What the host told us back.

    Attributes:
        name: ``carried_out``, ``viewed`` or ``withdrawn``.
        feature, item, revision: What it is about. decision: The decision's id, if one of ours.
        action: What the decision said, where one is given.
        published: Whether the item is visible now. views: How many more views it had.
        segment: The viewer segment of those views, a short word. at: When, UTC.
    """

    name: str
    feature: str
    item: str
    revision: int | None = attrs.field(default=None, validator=_check_count)
    decision: str | None = attrs.field(default=None, converter=_ours)
    action: Action | None = attrs.field(
        default=None, converter=attrs.converters.optional(read_action)
    )
    published: bool | None = attrs.field(default=None, validator=_check_flag)
    views: int | None = attrs.field(default=None, validator=_check_count)
    segment: str | None = attrs.field(default=None, validator=_check_word)
    at: datetime = attrs.field(converter=_at)

    def __repr__(self) -> str:
        return f"HostEvent({self.name}, feature={self.feature!r})"

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form."""
        return fields_json(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> HostEvent:
        """Read the JSON form."""
        return from_json(cls, data)


Entry: TypeAlias = Decision | Receipt | HostEvent
"""What a sink is given to write."""


@runtime_checkable
class Sink(Protocol):
    """Where the record goes. Both methods may raise; neither runs in the caller's thread.

    Attributes:
        durable: Whether what ``commit`` returned True for survives the process; a sink that
            cannot promise that is never asked to commit.

    One with an attribute ``full`` that says ``wait`` is never made to lose what waits for it:
    what comes then is dropped, and counted, once the buffer is full too. Else the oldest go.
    """

    durable: bool

    def write(self, batch: Sequence[Entry]) -> None:
        """Write a batch, in order."""
        ...

    def commit(self, decisions: Sequence[Decision]) -> bool:
        """Write decisions that open a case, durably; return whether they now are."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class Intake(Protocol):
    """Takes in ``post_publish`` and ``report`` durably, to be worked later."""

    def accept(self, feature: str, subject: Item | Report) -> bool:
        """Return True once *subject* cannot be lost any more."""
        ...


class State(Protocol):
    """Counters, strikes, session windows and tags; read-only for hooks and policies."""

    def counter(self, name: str, item: Item) -> float | None:
        """Return the counter *name* for this item's key, or None if it is not known."""
        ...

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return the weighted strikes of *actor* in the last *days*, or None.

        *issue* is one of the taxonomy, or a family, which stands for all of its issues.
        """
        ...

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return how many of the last *segments* of a session had *issue*, or None."""
        ...

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return the tags kept on an ``actor``, ``session``, ``thread`` or ``item``, or None."""
        ...


class Counted(State, Protocol):
    """A State that also knows what the memories of modules counted: what hooks read."""

    def recent(self, name: str, key: str, window: timedelta, at: datetime) -> float | None:
        """Return what was counted under *key* within *window* before *at*, or None if unknown."""
        ...

    def distinct(self, name: str, key: str, window: timedelta, at: datetime) -> int | None:
        """Return how many different members were counted under *key*, or None if unknown."""
        ...


class Counting(Counted, Protocol):
    """A State that also keeps what the memories of modules count.

    Beside a State that does not, the SDK counts in the process.
    """

    def add(self, counts: Sequence[Count], at: datetime) -> None:
        """Add what was counted *at* that moment; called by the SDK, once for each revision."""
        ...


class NoState(Windows):
    """Knows what modules counted in this process and nothing else: all the rest is unknown."""

    __slots__ = ()

    def counter(self, name: str, item: Item) -> float | None:
        """Return None."""
        return None

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return None."""
        return None

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return None."""
        return None

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return None."""
        return None


class Beside(Windows):
    """A State of the host's that counts nothing, and beside it what modules count here."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state

    def counter(self, name: str, item: Item) -> float | None:
        """Return what the host's own State says."""
        return self._state.counter(name, item)

    def strikes(self, actor: str, issue: str, days: int) -> float | None:
        """Return what the host's own State says."""
        return self._state.strikes(actor, issue, days)

    def session(self, session: str, issue: str, segments: int) -> int | None:
        """Return what the host's own State says."""
        return self._state.session(session, issue, segments)

    def tags(self, kind: str, id: str) -> frozenset[str] | None:  # noqa: A002 - the word for it
        """Return what the host's own State says."""
        return self._state.tags(kind, id)


def counting(state: State | None) -> Counting:
    """Return a State that counts: the one given where it can."""
    if state is None:
        return NoState()
    able = all(callable(getattr(state, name, None)) for name in ("add", "recent", "distinct"))
    return cast("Counting", state) if able else Beside(state)


class Approvals(Protocol):
    """What people have decided: bound to item revision × issue × the rule's own hash."""

    def approved(self, feature: str, item: Item, issue: str, rule: str) -> bool:
        """Return whether a person let this item of *feature* pass under the rule of that hash."""
        ...


@attrs.frozen(kw_only=True)
class Judged:
    """What a notice may speak of: an outcome, without the item it is about.

    Attributes:
        action: What becomes of the item. effects: What else was asked for.
        issue: What the deciding rule is about, or None. issues: What all that matched are about.
        language, region: The author's; the language is the item's where the author has none.
        stage: When it was looked at. decision: The decision's id, for an appeal.
        clause: ``{"id": …, "url": …}`` of the deciding rule. law: The law it rests on, if any.
        hold: How a HOLD ends. automated: Whether no person took part.
        unseen: Whether it was decided because something that should have looked could not.
        say: ``usual``, ``neutral`` (tips nobody off) or ``none``.
        revised: Whether it takes the place of an earlier outcome that the author was told of.
    """

    action: Action
    effects: tuple[Effect, ...] = ()
    issue: str | None = None
    issues: tuple[str, ...] = ()
    language: str | None = None
    region: str | None = None
    stage: Stage = Stage.PRE_PUBLISH
    decision: str = attrs.field(default="", repr=False)
    clause: FrozenMap = attrs.field(factory=FrozenMap, converter=FrozenMap)
    law: str | None = None
    hold: Hold | None = None
    automated: bool = True
    unseen: bool = False
    say: str = "usual"
    revised: bool = False


class Notices(Protocol):
    """What the author is told; safe to show, in their language."""

    def notice(self, judged: Judged) -> str | None:
        """Return the text for this outcome, or None where nothing is to be said."""
        ...


class ReporterNotices(Protocol):
    """What Notices may have besides: what people who report are told, in their language."""

    def reply(self, kind: str, language: str | None, until: datetime | None = None) -> str | None:
        """Return a text, or None where there is none.

        Args:
            kind: ``receipt``, ``acted_on``, ``not_acted_on``, ``reversed`` (what was done about
                it is undone), ``won``, ``lost`` (a complaint or an appeal), ``warning`` or
                ``suspension``.
            language: The reader's, if known.
            until: When a suspension ends.
        """
        ...


class NeutralNotices:
    """One neutral English sentence per action: accuses nobody, teaches nobody, tips nobody off."""

    _TEXTS: ClassVar = {
        Action.NUDGE: "Before you post: do you want to send this as it is?",
        Action.HOLD: "Thank you. This will appear once it has been looked at.",
        Action.BLOCK: "This could not be posted.",
    }

    def notice(self, judged: Judged) -> str | None:
        """Return the sentence for the action; None for LIMIT, and for an ALLOW at first sight."""
        if judged.say == "none":
            return None
        if judged.revised and judged.action is Action.ALLOW:
            specs = effect_specs()
            if any(specs[effect.name].needs_statement for effect in judged.effects):
                return "This was looked at again, and what was decided has changed."
            return "This was looked at again: nothing restricts it any more."
        return self._TEXTS.get(judged.action)


class PolicyLoader(Protocol):
    """Reads policies from a directory; found by the entry-point group ``handrail.loaders``."""

    def __call__(self, directory: Path, archive: Path | None = None) -> Sequence[Policy]:
        """Return the policies; raises PolicyError with file:line:column.

        Where *archive* is given, what was read is kept there under its revision, so that a
        decision can be explained long after; without it the loader is called with one argument.
        """
        ...
