"""What an expression may ask for: the variables, the fields of a person, our functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from handrail_policyfiles.expression._types import (
    ATTRIBUTES,
    BOOL,
    DOUBLE,
    INT,
    PERSONS,
    STRING,
    STRINGS,
    TIMESTAMP,
    Type,
)


@attrs.frozen
class Variable:
    """One value that a condition may ask for.

    Attributes:
        type: Its type. optional: Whether it may be missing, and so unknown.
        meaning: What it is. least, most: Between which whole numbers it lies.
    """

    type: Type
    optional: bool
    meaning: str
    least: float = attrs.field(default=-math.inf, kw_only=True)
    most: float = attrs.field(default=math.inf, kw_only=True)


@attrs.frozen
class Function:
    """One of our functions; its arguments are written out, so that typos are caught.

    Attributes:
        takes: What each argument is; the last may be left out where *least* says so.
        type: What it returns. optional: Whether that may be missing.
        input: The SDK's input with places for the arguments. meaning: What it returns.
    """

    takes: tuple[str, ...]
    type: Type
    optional: bool
    input: str
    meaning: str
    least: int = attrs.field(
        default=attrs.Factory(lambda self: len(self.takes), takes_self=True), kw_only=True
    )


@attrs.frozen
class Schema:
    """Everything an expression may ask for.

    Attributes:
        variables: By name. person: The fields of a person, by name. functions: By name.
    """

    variables: Mapping[str, Variable]
    person: Mapping[str, Variable]
    functions: Mapping[str, Function]


def _there(type: Type, meaning: str, **limits: Any) -> Variable:  # noqa: A002 - the word for it
    return Variable(type, False, meaning, **limits)


def _maybe(type: Type, meaning: str, **limits: Any) -> Variable:  # noqa: A002 - as above
    return Variable(type, True, meaning, **limits)


_MANY = 2**40
"""More characters, links or findings than fit in a process."""

_PERSON = {
    "id": _there(STRING, "The host's id."),
    "age": _maybe(INT, "Whole years.", least=0, most=150),
    "age_known_by": _maybe(STRING, "`declared`, `estimated` or `verified`."),
    "tenure_days": _maybe(DOUBLE, "Days since the account was made."),
    "region": _maybe(STRING, "Where the person is, ISO 3166."),
    "language": _maybe(STRING, "BCP 47."),
    "relation": _maybe(STRING, "How the author stands to the person."),
    "tags": _there(STRINGS, "State that the host keeps on the person."),
}

_VARIABLES = {
    "item.id": _there(STRING, "The host's id."),
    "item.kind": _there(STRING, "`text`, `media`, `gift`, … or a host's own word."),
    "item.revision": _there(INT, "Counts edits.", least=0),
    "item.language": _maybe(STRING, "BCP 47."),
    "item.region": _maybe(STRING, "The region it is about, ISO 3166."),
    "item.visibility": _maybe(STRING, "`public`, `connections`, `private`, …"),
    "item.relation": _maybe(STRING, "How the author stands to the recipients."),
    "item.confirms": _maybe(STRING, "The NUDGE that its author confirms."),
    "item.parent_id": _maybe(STRING, "The item it answers."),
    "item.thread_id": _maybe(STRING, "Its thread."),
    "item.session_id": _maybe(STRING, "Its live session."),
    "item.tags": _there(STRINGS, "State that the host keeps on the item."),
    "item.attributes": _there(ATTRIBUTES, "Whatever else the host sends; any key may be missing."),
    "item.created_at": _maybe(TIMESTAMP, "When it was made."),
    "actor.age": _maybe(INT, "The author's age in whole years.", least=0, most=150),
    "actor.age_known_by": _maybe(STRING, "`declared`, `estimated` or `verified`."),
    "actor.tenure_days": _maybe(DOUBLE, "Days since the author's account was made."),
    "actor.region": _maybe(STRING, "Where the author is, ISO 3166."),
    "actor.language": _maybe(STRING, "The author's, BCP 47."),
    "actor.tags": _maybe(STRINGS, "State that the host or the platform keeps on the author."),
    "participants": _there(PERSONS, "Who else is there."),
    "recipients": _there(PERSONS, "Whom it is addressed to."),
    **{
        f"recipient.{name}": attrs.evolve(
            field, meaning=f"The recipient's: see `{name}` of [people](#people)."
        )
        for name, field in _PERSON.items()
    },
    "links.count": _there(INT, "How many links it has.", least=0, most=_MANY),
    "links.hosts": _there(STRINGS, "The hosts of its links, lower case."),
    "media.count": _there(INT, "How many media it has.", least=0, most=_MANY),
    "amount.value": _maybe(DOUBLE, "What a gift or payment is worth."),
    "amount.currency": _maybe(STRING, "ISO 4217, or a unit such as `coins`."),
    "text.length": _there(INT, "Characters of the text.", least=0, most=_MANY),
    "report.source": _maybe(STRING, "`user`, `trusted_flagger`, `authority` or `notice`."),
    "report.issue": _maybe(STRING, "The issue that a report names."),
    "session.tags": _maybe(STRINGS, "State that the platform keeps on the session."),
    "thread.tags": _maybe(STRINGS, "State that the platform keeps on the thread."),
    "stage": _there(STRING, "`pre_publish`, `post_publish` or `report`."),
    "feature": _there(STRING, "The feature's name."),
    "now": _there(TIMESTAMP, "When the call began."),
}

_FUNCTIONS = {
    "score": Function(
        ("issue", "module"), DOUBLE, False, "score({})",
        "The highest score of an issue, 0 where nothing was found; of one module, where named.",
        least=1,
    ),
    "found": Function(
        ("issue", "score"), INT, False, "found({})",
        "How many different modules found the issue with at least that score.",
    ),
    "count": Function(
        ("issue", "evidence"), INT, False, "count({})",
        "The highest count of that name in the evidence of the issue's findings.",
    ),
    "counter": Function(
        ("counter",), DOUBLE, True, "counter({})", "A counter that the platform keeps."
    ),
    "actor.strikes": Function(
        ("issue or family", "days"), DOUBLE, True, "strikes({})",
        "The weight of the author's confirmed violations in that time.",
    ),
    "session.count": Function(
        ("issue", "segments"), INT, True, "session({})",
        "Of the last segments of the live session, how many had the issue.",
    ),
    "text.mentions": Function(
        ("phrase",), BOOL, False, "text.words",
        "Whether the text has the phrase's words in a row, however they are written.",
    ),
    "text.mentions_any": Function(
        ("phrases",), BOOL, False, "text.words",
        "Whether it mentions any phrase of a list: one written out, one of the bundle, or an "
        "attribute of the item, such as the words that a creator has set.",
    ),
}  # fmt: skip

SCHEMA = Schema(_VARIABLES, _PERSON, _FUNCTIONS)
"""Everything an expression may ask for."""


def read_as(name: str) -> Callable[[Any], Any] | None:
    """What an input is turned into that comes as something else than its type says."""
    if name.startswith("count("):
        return int
    return float if name == "amount.value" else None
