"""Places where something larger plugs in: where records go, intake, approvals, policy files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Literal,
    Protocol,
    TypeAlias,
    runtime_checkable,
)

from handrail._decision import Decision
from handrail._host_event import HostEvent
from handrail._item import Item
from handrail._receipt import Receipt
from handrail._report import Report

if TYPE_CHECKING:
    from handrail._policy import Policy


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

    def accept(self, feature: str, subject: Item | Report) -> bool | Literal["refused"]:
        """Return True once *subject* cannot be lost any more.

        False has it looked at in process, and so has None; ``"refused"`` refuses it, as where one
        account floods.
        """
        ...


class Approvals(Protocol):
    """What people have decided: bound to item revision × issue × the rule's own hash."""

    def approved(self, feature: str, item: Item, issue: str, rule: str) -> bool:
        """Return whether a person let this item of *feature* pass under the rule of that hash."""
        ...


class PolicyLoader(Protocol):
    """Reads policies from a directory; found by the entry-point group ``handrail.loaders``."""

    def __call__(self, directory: Path, archive: Path | None = None) -> Sequence[Policy]:
        """Return the policies; raises PolicyError with file:line:column.

        Where *archive* is given, what was read is kept there under its revision, so that a
        decision can be explained long after; without it the loader is called with one argument.
        """
        ...
