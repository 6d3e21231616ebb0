"""What rules ask for: effects, ``then``, ladders; what is allowed comes from the SDK's tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail import (
    Action,
    Condition,
    Effect,
    EffectSpec,
    HandrailError,
    InvalidValueError,
    Json,
    Node,
    Override,
    PolicyError,
    Target,
    effect_specs,
    expand,
    families,
    issues,
)
from handrail.errors import unknown
from handrail_policyfiles._kinds import (
    BAD,
    Key,
    Kind,
    Reading,
    Schema,
    either,
    many,
    one_or_many,
    record,
    table,
    take,
    word,
)
from handrail_policyfiles._leaves import DURATION, NAME, SCORE, TEXT

ACTIONS = tuple(action.name.lower() for action in Action)
ACTION = word("action", ACTIONS)
ISSUE = word("issue", sorted(issues()))
_PATTERNS = (*sorted(issues()), *sorted(f"{family}.*" for family in families()), "*")
_AGE: Schema = {"type": "integer", "minimum": 0, "maximum": 150}


def _read_pattern(node: Node, reading: Reading) -> str:
    expand([node.text()])
    return node.text()


PATTERN = Kind(_read_pattern, {"type": "string", "enum": [*_PATTERNS]})
PATTERNS = one_or_many(PATTERN)


def _read_age(node: Node, reading: Reading) -> int:
    if type(node.value) is not int or not 0 <= node.value <= 150:
        raise InvalidValueError("expected whole years from 0 to 150")
    return node.value


AGE = Kind(_read_age, _AGE)
AUDIENCE = record(
    {
        "regions": Key(many(TEXT), "where the viewers are, ISO 3166"),
        "min_age": Key(AGE, "the youngest viewers it is about, in years"),
        "max_age": Key(AGE, "the oldest viewers it is about, in years"),
    }
)
_ABOUT: Mapping[str, Key] = {
    "on": Key(word("target", [t.value for t in Target]), "what the effects act on"),
    "audience": Key(AUDIENCE, "for which viewers the effects hold"),
    "for": Key(DURATION, "how long the effects last from the decision on"),
}
"""What a map of effects may say about them."""

_QUEUE = record(
    {
        "queue": Key(NAME, "the review queue", required=True),
        "within": Key(DURATION, "how soon a person looks", required=True),
    }
)


def _value_schema(spec: EffectSpec) -> Schema:
    ages: Schema = {"type": "object", "additionalProperties": _AGE}
    by_issue: Schema = {"type": "object", "propertyNames": ISSUE.schema}
    forms: Mapping[str, Schema] = {
        "names": one_or_many(TEXT).schema,
        "regions": one_or_many(TEXT).schema,
        "share": SCORE.schema,
        "ages": {"anyOf": [_AGE, ages]},
        "choice": {"enum": [*spec.order]},
        "weights": {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, by_issue]},
        "queues": {"anyOf": [_QUEUE.schema, table(NAME, DURATION).schema]},
        "duration": DURATION.schema,
    }
    return forms[spec.value]


def _effect(spec: EffectSpec) -> Kind:
    """The value of one effect, as its row of the SDK's table says."""

    def read(node: Node, reading: Reading) -> Any:
        value = node.value
        if spec.value == "queues":
            single = isinstance(value, Mapping) and "queue" in value
            value = (_QUEUE if single else table(NAME, DURATION)).read(node, reading)
        elif spec.value == "duration":
            value = DURATION.read(node, reading)
        if value is BAD:
            return BAD
        if spec.value == "weights" and isinstance(value, (int, float)) and value > 0:
            return value
        return Effect(spec.name, value).to_json()["value"]

    return Kind(read, _value_schema(spec))


EFFECTS: Mapping[str, Key] = {n: Key(_effect(s), s.meaning) for n, s in effect_specs().items()}
LIMITS = record(EFFECTS)
ASKED: Mapping[str, Key] = {"action": Key(ACTION, "what becomes of the item"), **EFFECTS, **_ABOUT}
_ASKED = record(ASKED)


def _read_asked(node: Node, reading: Reading) -> Any:
    made = _ASKED.read(node, reading)
    if made is BAD:
        return BAD
    target = made.get("on")
    effects = [name for name in made if name in EFFECTS]
    if target and not any(target in effect_specs()[name].targets for name in effects):
        able = [name for name, spec in effect_specs().items() if target in spec.targets]
        what = f"no effect here can act on {target!r}; those that can: {', '.join(able) or 'none'}"
        raise InvalidValueError(what)
    if not effects and ("audience" in made or "for" in made):
        raise InvalidValueError("audience and for say something about effects, and here is none")
    return made


_ASK = Kind(_read_asked, _ASKED.schema)
_SEVERAL = many(_ASK, ordered=True)


def _read_then(node: Node, reading: Reading) -> Any:
    if isinstance(node.value, list):
        if not node.value:
            raise InvalidValueError("an empty list asks for nothing")
        made = _SEVERAL.read(node, reading)
        return made if made is BAD else sorted(made, key=_text_of)
    return either(_ASK, ACTION).read(node, reading)


def _text_of(value: Json) -> str:
    from json import dumps

    return dumps(value, sort_keys=True)


THEN = Kind(_read_then, {"anyOf": [ACTION.schema, _ASKED.schema, _SEVERAL.schema]})

_RUNG = record({"at": Key(SCORE, "from this score on", required=True), **EFFECTS, **_ABOUT})
_STEP = either(_RUNG, SCORE)
_ANY = Condition(["item.kind"], lambda kind: True)


def _read_ladder(node: Node, reading: Reading) -> Any:
    made = {}
    for name, each in node.keys().items():
        if name in ACTIONS:
            made[name] = take(_STEP, each, reading)
        else:
            reading.found.error(each, str(unknown("action", name, ACTIONS)))
            made[name] = BAD
    if any(value is BAD for value in made.values()):
        return BAD
    _check_ladder(str(node.path[-1]), made)
    return made


def _check_ladder(pattern: str, rungs: Mapping[str, Any]) -> None:
    """Refuse what only the whole ladder shows: a rung out of order, a punishment for need."""
    try:
        Override(id="ladder", when=_ANY, issues={pattern: rungs})
    except HandrailError as error:
        said = str(error).removeprefix(f"issues: {pattern}: ").removeprefix("ladder: ")
        raise PolicyError(said) from None


LADDER = Kind(
    _read_ladder,
    {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(ACTIONS, _STEP.schema),
    },
)
LADDERS = table(PATTERN, LADDER)
