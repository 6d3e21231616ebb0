"""What ``@pytest.mark.handrail`` means: a module whose answer is scripted, and a rule for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import attrs
import pytest

from handrail import Feature, FrozenMap, HandrailError, Policy, Safety
from handrail.testing._fakes import Fake, failing, finding, silent
from handrail.testing._make import LADDER, make_policy, make_safety


@attrs.frozen(kw_only=True)
class Answer:
    """One marker.

    Attributes:
        issue, score: What the module finds in every item.
        module: The scripted module's name; or a module or object, taken in as it is.
        fault: What it fails with instead: ``error``, ``invalid`` or ``timeout``.
        action, effects: What the policy makes of that; by default the ladder of
            ``make_policy`` decides, and a fault holds.
    """

    issue: str = "integrity.spam"
    score: float = 1.0
    module: object = None
    fault: str | None = None
    action: str | None = None
    effects: Mapping[str, Any] = FrozenMap()

    @property
    def ruled(self) -> bool:
        """Whether it says what the policy decides."""
        return self.action is not None or bool(self.effects)

    @property
    def then(self) -> dict[str, Any]:
        """What the policy decides."""
        return {**({"action": self.action} if self.action else {}), **self.effects}

    def make(self, number: int) -> object:
        """Make the module."""
        if self.module is not None and not isinstance(self.module, str):
            return self.module
        name = self.module or f"scripted_{number}"
        if self.fault is not None:
            return failing(self.fault, name=name)
        return finding(self.issue, self.score, name=name)


def scripted(marks: Iterable[pytest.Mark], features: Iterable[Feature], stack: ExitStack) -> Safety:
    """Make a Safety that answers as *marks* say; *stack* closes it and lets go what hangs."""
    try:
        answers = [_read(mark) for mark in marks]
        modules = [answer.make(number) for number, answer in enumerate(answers, 1)]
        made = make_safety(silent(), *modules, features=features, policy=_policy(answers))
    except HandrailError as error:
        pytest.fail(f"fixture safety: {error}", pytrace=False)
    for module in modules:
        if isinstance(module, Fake):
            stack.enter_context(module)
    return stack.enter_context(made)


def _policy(answers: Sequence[Answer]) -> Policy:
    return make_policy(
        # An empty ladder of its own leaves the issue to its rule.
        issues={"*": LADDER, **{a.issue: {} for a in answers if a.ruled and not a.fault}},
        rules=[_rule(n, a) for n, a in enumerate(answers, 1) if a.ruled and not a.fault],
        faults=[
            *({"causes": [a.fault], "then": a.then} for a in answers if a.ruled and a.fault),
            {"then": "hold"},
        ],
    )


def _read(mark: pytest.Mark) -> Answer:
    known = {field.name for field in attrs.fields(Answer)}
    if mark.args or not known.issuperset(mark.kwargs):
        raise HandrailError(f"@pytest.mark.handrail takes {', '.join(sorted(known))}, by name")
    return Answer(**mark.kwargs)


def _rule(number: int, answer: Answer) -> dict[str, Any]:
    return {
        "id": f"scripted-{number}",
        "issue": answer.issue,
        "at": answer.score,
        "then": answer.then,
    }
