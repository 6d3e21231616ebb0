"""The record of a call that failed in the SDK itself, which a decision is built from as usual."""

from __future__ import annotations

from handrail._context import Context
from handrail._fields import build
from handrail._finding import Cause
from handrail._item import Item
from handrail._keep import add_fault, importable
from handrail._ledger import SDK
from handrail.errors import InvalidValueError

NO_ITEM = Item("none")
"""Stands where a call was about no item."""


class Failure(Context):
    """A call in which no module is known to have looked.

    Whoever makes one sets its attributes by hand, since even a constructor may be one function
    too deep; the rest is worked out when somebody reads the decision.

    Attributes:
        error: The type of what was raised. named: The item's id, where there is no item.
    """

    error: type[BaseException]
    named = ""

    def build(self, name: str) -> object:
        """Return a field of the decision."""
        if self._outcome is None:
            self._conclude()
        if name == "item" and self._item is NO_ITEM:
            return self.named
        return build(self, name)

    def _conclude(self) -> None:
        """Book the fault, and decide as the plan says for a call that looked at nothing."""
        cause = Cause.INVALID if issubclass(self.error, InvalidValueError) else Cause.ERROR
        add_fault(self, SDK, cause, importable(self.error), None, None, frozenset(), -1)
        self._skipped = dict.fromkeys(range(len(self._plan.slots)), "call failed")
        self._complete = False
        self._outcome = self._plan.table.at(self._plan.broken, self.now)


new_failure = Failure.__new__
