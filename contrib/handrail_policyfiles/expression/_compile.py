"""From the text of a condition to a Condition that the SDK tests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from handrail import Condition
from handrail_policyfiles.expression import _official as official
from handrail_policyfiles.expression._check import check
from handrail_policyfiles.expression._code import NotSimpleError
from handrail_policyfiles.expression._error import fail
from handrail_policyfiles.expression._long import refuse_long
from handrail_policyfiles.expression._needs import needs
from handrail_policyfiles.expression._python import build
from handrail_policyfiles.expression._typed import Checked

_NO_LISTS: Mapping[str, frozenset[str]] = {}


def compile_condition(
    source: str, *, lists: Mapping[str, frozenset[str]] = _NO_LISTS, each: bool = False
) -> Condition:
    """Compile a condition in CEL.

    Args:
        source: The expression, at most 10,000 characters, nested at most 24 deep.
        lists: The strings of each ``lists.NAME``.
        each: Whether it is tested per recipient, so that ``recipient`` may be asked for.

    Raises ExpressionError with line and column for what is no condition, asks for what does not
    exist, compares what cannot be compared, or needs the extra ``policy`` where that is missing.
    """
    checked = check(source, lists, each=each)
    names = checked.root.inputs
    program = official.Program(checked, lists) if official.installed() else None
    try:
        test, three_valued = build(checked.root, lists, names)
        refuse_long(checked, lists, simple=True)
    except NotSimpleError as error:
        if program is None:
            fail(
                source, 0,
                f"{error} is left to the official CEL runtime, which the extra 'policy' brings: "
                f"pip install 'handrail[policy]'",
            )  # fmt: skip
        refuse_long(checked, lists, simple=False)
        test = program.test(names)
        three_valued = any(part.optional for part in checked.root.walk())
    optional = {p.value for p in checked.root.walk() if p.op == "input" and p.optional}
    return Condition(
        tuple(f"{name}?" if name in optional else name for name in names),
        test,
        source=_identity(checked, lists),
        three_valued=three_valued,
        needs=needs(checked.root),
    )


def _identity(checked: Checked, lists: Mapping[str, frozenset[str]]) -> str:
    """What it was written as; a change of a list it draws on shows in it too."""
    drawn = {part.value for part in checked.root.walk() if part.op == "lists"}
    if not drawn:
        return checked.source
    marks = (
        f"lists.{name} {hashlib.sha256(chr(0).join(sorted(lists[name])).encode()).hexdigest()[:12]}"
        for name in sorted(drawn)
    )
    return f"{checked.source}  // {', '.join(marks)}"
