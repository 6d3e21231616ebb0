"""Take what modules say: keep what is a finding, book what is not, and keep no more than counts."""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import suppress
from types import CoroutineType, GeneratorType
from typing import TYPE_CHECKING, Any

from handrail._evidence import NO_EVIDENCE, LateEvidence
from handrail._finding import Cause, Finding

if TYPE_CHECKING:
    from handrail._context import Context
    from handrail._plan import Slot

YIELDED_MOST = 1000
"""Findings a hook may yield in a call before it is cut off."""

KEPT_MOST = 100
"""Findings of one module that a decision keeps: the highest of each issue."""

REASON_MOST = 500
"""Characters of a reason: a phrase, not a copy of the text."""


def add_fault(  # noqa: PLR0913, PLR0917 - the parts of the tuple a fault is kept as
    context: Context, source: str, cause: Cause, error: str | None, place: str | None,
    ns: int | None, issues: frozenset[str], slot: int,
) -> None:  # fmt: skip
    """Book a fault on the call's record."""
    if context._faults is None:
        context._said, context._faults = True, []
    context._faults.append((source, cause, error, place, ns, issues, slot))


def keep(context: Context, slot: Slot, finding: Any) -> None:
    """Keep one finding; what is none is a fault ``invalid``, and the module's others are kept.

    Raises OverflowError once the module has yielded more than YIELDED_MOST.
    """
    wrong = flaw(finding, slot.issues)
    if wrong is None:
        if context._pairs is None:
            context._said, context._pairs = True, []
        context._pairs.append((finding, slot.index))
    else:
        discard(finding)
        booked = context._faults and context._faults[-1]
        if not booked or booked[1] is not Cause.INVALID or booked[6] != slot.index:
            add_fault(context, slot.name, Cause.INVALID, None, wrong, None, slot.issues, slot.index)
    if context._yielded is None:
        context._yielded = {}
    yielded = context._yielded[slot.index] = context._yielded.get(slot.index, 0) + 1
    if yielded > YIELDED_MOST:
        raise OverflowError


def flaw(finding: Any, issues: frozenset[str]) -> str | None:  # noqa: PLR0911 - one a flaw
    """Say what is wrong with a finding, in words that hold nothing of it; None if nothing is."""
    if type(finding) is not Finding:
        return f"yielded {'None' if finding is None else importable(type(finding))}"
    try:
        score: object = finding.score
        reason: object = finding.reason
        if finding.issue not in issues:
            return "issue not in manifest"
        if not isinstance(score, (int, float)) or not 0 <= score <= 1:
            return "score not in 0..1"
        if not isinstance(reason, str) or not reason:
            return "no reason"
        if len(reason) > REASON_MOST:
            return f"reason longer than {REASON_MOST} characters"
        evidence = finding.evidence
        if evidence is not NO_EVIDENCE and type(evidence) is not LateEvidence:
            for number in evidence.counts.values():
                if not isinstance(number, (int, float)):
                    return "counts not numbers"
    except Exception:  # A module's own class may do anything when it is compared.
        return "a value that cannot be compared"
    return None


def misreturn(error: BaseException) -> str:
    """Say how what a hook returned failed us while we went through it."""
    if isinstance(error, OverflowError):
        return f"more than {YIELDED_MOST} findings"
    return "returned no list of findings"


def discard(value: Any) -> None:
    """Close what a module left open, so that nothing says anything about it later."""
    if type(value) in (CoroutineType, GeneratorType):
        with suppress(BaseException):  # It may be running elsewhere, or refuse.
            value.close()


def trim(context: Context) -> None:
    """Drop what a module said beyond KEPT_MOST: the best of each issue stay, then the best."""
    pairs = context._pairs or []
    crowded = {i for i, n in Counter(index for _, index in pairs).items() if n > KEPT_MOST}
    for index in crowded:
        mine = [n for n, pair in enumerate(pairs) if pair[1] == index]
        mine.sort(key=lambda n: -pairs[n][0].score)
        first: dict[str, int] = {}
        for number in mine:
            first.setdefault(pairs[number][0].issue, number)
        best = [*first.values(), *(n for n in mine if n not in set(first.values()))][:KEPT_MOST]
        drop = set(mine) - set(best)
        pairs = [pair for n, pair in enumerate(pairs) if n not in drop]
    context._pairs = pairs


def place_of(error: BaseException | None) -> str | None:
    """``file.py:line`` of where an exception came from, never its text.

    It is the innermost place in an imported module: the file name of code that was made while
    running may hold text.
    """
    place, trace = None, None if error is None else error.__traceback__
    while trace is not None:
        with suppress(Exception):  # What stands in sys.modules need not be a module.
            code, home = trace.tb_frame.f_code, trace.tb_frame.f_globals
            known = sys.modules[home["__name__"]]
            if vars(known) is home and code.co_filename == home.get("__file__"):
                name = os.path.basename(code.co_filename)  # noqa: PTH119 - called for each fault
                own = home.get("__package__") == __package__
                place = None if own else f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def type_of(error: BaseException | None) -> str | None:
    """The name of an exception's type."""
    return None if error is None else importable(type(error))


def importable(kind: type) -> str:
    """The name of the nearest class that can be imported: that of a made-up one may hold text."""
    for each in type.mro(kind):
        try:
            name = each.__qualname__
            if getattr(sys.modules.get(each.__module__), name, None) is each:
                return name
        except Exception:  # Neither name has to be one, nor the module to be a plain one.
            continue
    return "BaseException"
