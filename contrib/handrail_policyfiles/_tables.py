"""Every key of a policy file: the one home that the reader and the editors' schema share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail import Cause, InvalidValueError, Mode, Node, Rule, Stage, Unknown
from handrail_policyfiles._asks import (
    ACTION,
    ISSUE,
    LADDERS,
    LIMITS,
    PATTERNS,
    THEN,
)
from handrail_policyfiles._kinds import (
    Key,
    Keys,
    Kind,
    Reading,
    either,
    many,
    one_or_many,
    record,
    table,
    word,
)
from handrail_policyfiles._leaves import (
    DATE,
    DURATION,
    LONG_TEXT,
    NAME,
    PERCENT,
    REGION,
    SCORE,
    TEXT,
    TIME,
    URL,
)

PLACES = Kind(lambda node, reading: _place(node), {"type": "string", "pattern": "^[^\\s]{1,200}$"})


def _place(node: Node) -> str:
    if not isinstance(node.value, str) or not node.value or " " in node.value:
        raise InvalidValueError("expected a name, or '*' for all")
    return node.value


def _ground(node: Node, reading: Reading) -> str:
    if node.value not in ("illegal", "terms"):
        raise InvalidValueError("expected illegal or terms")
    return str(node.value)


STAGES = one_or_many(word("stage", [stage.value for stage in Stage]))
MODE = word("mode", [mode.value for mode in Mode])
UNKNOWN = word("value", [choice.value for choice in Unknown])
ROLLOUT = either(table(REGION, PERCENT), PERCENT)
CONDITION = LONG_TEXT

_ID = Key(TEXT, "its name, unique within the policy", required=True)
_WHEN = Key(CONDITION, "a condition in CEL")
_UNKNOWN = Key(UNKNOWN, "what holds where a value of the condition is missing")
_MODE = Key(MODE, "off, shadow (counts for comparison only) or enforce")
_ROLLOUT = Key(ROLLOUT, "the percent of people it counts for, or percents by region")
_EXPIRES = Key(DATE, "the last day of a shadow")
_OWNER = Key(TEXT, "who answers for it")
_STARTS = Key(TIME, "from when on it holds, with a zone")
_ENDS = Key(TIME, "when it ends, with a zone")

HOLDS: Keys = {
    "within": Key(DURATION, "how long a hold waits, such as 24h", required=True),
    "otherwise": Key(ACTION, "the action taken when that time is over", required=True),
    "waits_for": Key(word("value", ("staff", "creator")), "who decides: staff or creator"),
}
APPLIES: Keys = {
    "surfaces": Key(one_or_many(PLACES), "the kinds of place it holds for; all where left out"),
    "features": Key(one_or_many(PLACES), "the features it holds for; all where left out"),
    "stages": Key(STAGES, "the stages it holds at; all where left out"),
}
SOURCE: Keys = {
    "law": Key(TEXT, "the law that asks for it"),
    "ground": Key(Kind(_ground, {"enum": ["illegal", "terms"]}), "illegal, or against the terms"),
}
CLAUSE: Keys = {
    "id": Key(TEXT, "the clause of the terms", required=True),
    "url": Key(URL, "where it can be read"),
}
REVIEW: Keys = {
    "queue": Key(NAME, "the review queue", required=True),
    "within": Key(DURATION, "how soon a person looks", required=True),
}
RULE: Keys = {
    "id": _ID,
    "issue": Key(ISSUE, "what it is about; also what at looks at"),
    "at": Key(SCORE, "the least score of that issue"),
    "when": _WHEN,
    "unknown": _UNKNOWN,
    "then": Key(THEN, "an action, or effects, or both", required=True),
    "hold": Key(record(HOLDS), "how its hold ends, where not as the policy's"),
    "stages": Key(STAGES, "the stages it is looked at; all where left out"),
    "each": Key(word("value", ("recipients",)), "test the condition for each recipient"),
    "mode": _MODE,
    "rollout": _ROLLOUT,
    "expires": _EXPIRES,
    "review_by": Key(DATE, "when to look at it again; nothing ends that day"),
    "starts": _STARTS,
    "ends": _ENDS,
    "existing": Key(word("value", Rule.SWEEPS), "sweep: also what is published already"),
    "source": Key(record(SOURCE), "the law behind it; exceptions pass such a rule by"),
    "clause": Key(record(CLAUSE), "the clause of the terms behind it"),
    "level": Key(word("level", Rule.LEVELS), "whose demand it is; derived where left out"),
    "notice": Key(word("value", Rule.NOTICES), "what the author is told"),
    "cap": Key(PERCENT, "the percent of established actors it may act on"),
    "owner": _OWNER,
    "approvers": Key(one_or_many(TEXT), "who signed it"),
}
OVERRIDE: Keys = {
    "id": _ID,
    "when": Key(CONDITION, "a condition in CEL", required=True),
    "unknown": _UNKNOWN,
    "issues": Key(LADDERS, "ladders that can only make stricter", required=True),
    "mode": _MODE,
    "rollout": _ROLLOUT,
    "expires": _EXPIRES,
}
EXCEPTION: Keys = {
    "id": _ID,
    "when": Key(CONDITION, "a condition in CEL", required=True),
    "unknown": _UNKNOWN,
    "issues": Key(PATTERNS, "the issues it loosens", required=True),
    "at_most": Key(ACTION, "the ceiling for automation", required=True),
    "below": Key(SCORE, "it eases findings with a score below this one only"),
    "review": Key(
        either(record(REVIEW), word("value", ("none",))),
        "the case it opens, where not the issue's own; none opens no case",
    ),
    "owner": Key(TEXT, "who answers for it", required=True),
    "review_by": Key(DATE, "when to look at it again", required=True),
    "starts": _STARTS,
    "ends": _ENDS,
}
FAULT: Keys = {
    "issues": Key(PATTERNS, "the issues that were left unseen; all where left out"),
    "stages": Key(STAGES, "the stages; all where left out"),
    "causes": Key(one_or_many(word("cause", [c.value for c in Cause])), "why; any if left out"),
    "then": Key(THEN, "as in a rule; a fault only ever raises the action", required=True),
}
POLICY: Keys = {
    "policy": Key(TEXT, "its name, unique within the bundle", required=True),
    "applies": Key(record(APPLIES), "where it holds; everywhere if left out"),
    "issues": Key(LADDERS, "thresholds by issue, family.* or *; the most exact one counts"),
    "overrides": Key(many(record(OVERRIDE), ordered=True), "stricter ladders under a condition"),
    "exceptions": Key(many(record(EXCEPTION), ordered=True), "the only thing that loosens"),
    "rules": Key(many(record(RULE), ordered=True), "what holds under a condition or a score"),
    "holds": Key(record(HOLDS), "how a hold ends"),
    "limits": Key(LIMITS, "the effects of a limit that names none of its own"),
    "faults": Key(many(record(FAULT), ordered=True), "what a failure means; first match wins"),
    "mode": _MODE,
    "rollout": _ROLLOUT,
    "expires": _EXPIRES,
    "owner": _OWNER,
    "modules": Key(table(PLACES, TEXT), "the module versions it was written for"),
}

PARTS: Mapping[str, Keys] = {
    "overrides": OVERRIDE,
    "exceptions": EXCEPTION,
    "rules": RULE,
}
"""The lists of a policy whose members have an id, and whose order means nothing."""


def canonical(policy: Mapping[str, Any]) -> dict[str, Any]:
    """What a policy says, in one form: the order of rules and keys is not part of it."""
    made = dict(policy)
    for part in PARTS:
        if part in made:
            made[part] = sorted(made[part], key=lambda each: str(each["id"]))
    return made
