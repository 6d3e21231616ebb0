"""The parts of a condition that are joined by ``&&``, each tested by itself.

The engine tests them, as rules of a policy that asks for nothing; that way every value is the one
that the condition itself sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from handrail import Condition, Policy, Rule, Stage, Unknown
from handrail_cli import show
from handrail_cli.policy._rules import Part, source
from handrail_policyfiles.expression import ExpressionError, compile_condition

_WORDS = frozenset({
    "item.kind", "item.language", "item.region", "item.visibility", "item.relation",
    "actor.age_known_by", "actor.region", "actor.language",
    "recipient.age_known_by", "recipient.region", "recipient.language", "recipient.relation",
    "amount.currency", "report.source", "report.issue", "stage", "feature", "now",
})  # fmt: skip
"""Inputs whose text may be shown: it is nobody's words and no id."""

_CLOSING = {")": "(", "]": "[", "}": "{"}


@attrs.define
class Clause:
    """A part of a rule's condition.

    Attributes:
        rule: Whose it is. text: As it was written. inputs: What it asks for.
        answer: What it came to; None is unknown. values: What it saw. tested: Whether it was.
    """

    rule: str
    text: str
    inputs: tuple[str, ...]
    answer: bool | None = None
    values: tuple[Any, ...] = ()
    tested: bool = False

    def told(self) -> str:
        """Return it with its answer and values, such as ``links.count > 2: no (links.count 1)``."""
        answer = {True: "yes", False: "no", None: "unknown"}[self.answer]
        seen = ", ".join(
            f"{name.removesuffix('?')} {word}"
            for name, value in zip(self.inputs, self.values, strict=False)
            if (word := _shown(name.removesuffix("?"), value)) is not None
        )
        return f"{' '.join(self.text.split())}: {answer}" + (f" ({seen})" if seen else "")


def split(text: str) -> list[str]:
    """Split a condition at each ``&&`` that stands in no bracket and no quotes."""
    parts, depth, quote, begin = [], 0, "", 0
    for place, sign in enumerate(text):
        if quote:
            if sign == quote and text[place - 1] != "\\":
                quote = ""
        elif sign in "'\"":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
        elif not depth and text.startswith("||", place):
            return [text.strip()]
        elif not depth and text.startswith("&&", place):
            parts.append(text[begin:place].strip())
            begin = place + 2
    return [*parts, text[begin:].strip()]


def clauses(
    policies: Iterable[Policy], lists: Mapping[str, frozenset[str]], stage: Stage
) -> tuple[Policy, list[Clause]]:
    """Return the clauses of all conditions, and the policy that tests them when it is asked."""
    found: list[Clause] = []
    rules: list[Rule] = []
    for policy in policies:
        parts: list[Part] = [*policy.overrides, *policy.rules, *policy.exceptions]
        for part in parts:
            each = "recipients" if isinstance(part, Rule) and part.each else None
            for text in split(source(part) or "") if source(part) else ():
                try:
                    when = compile_condition(text, lists=lists, each=each is not None)
                except ExpressionError:
                    continue
                clause = Clause(f"{policy.name}/{part.id}", text, when.inputs)
                found.append(clause)
                rules.append(_rule(f"clause-{len(rules)}", _tested(clause, when), each))
    return Policy(name="clauses", rules=rules, applies={"stages": [stage]}), found


def _rule(name: str, when: Condition, each: str | None) -> Rule:
    return Rule(
        id=name, issue="integrity.spam", when=when, unknown=Unknown.SKIP, then="allow", each=each
    )


def _tested(clause: Clause, when: Condition) -> Condition:
    """A condition that remembers what it saw and came to."""
    needed = [not name.endswith("?") for name in when.inputs]
    names = [name if name.endswith("?") else f"{name}?" for name in when.inputs]

    def test(*values: Any) -> bool | None:
        missing = any(value is None and must for value, must in zip(values, needed, strict=True))
        answer = None if missing else when.test(*values)
        # Of several recipients, the first it holds for is the one to show.
        if not clause.tested or (answer and not clause.answer):
            clause.answer = None if answer is None else bool(answer)
            clause.values, clause.tested = values, True
        return answer

    return Condition(names, test, three_valued=True)


def _shown(name: str, value: Any) -> str | None:
    """A value in a word; None where it would show somebody's words or ids."""
    if value is None:
        return "unknown"
    if isinstance(value, (bool, int)):
        return str(value)
    if isinstance(value, float):
        return f"{value:g}"
    if name in _WORDS:
        return show.printable(str(value))
    if isinstance(value, (tuple, list, frozenset)) and name != "item.attributes":
        return f"has {len(value)}"
    return None
