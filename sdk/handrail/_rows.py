"""The rows of a table: what can match, what guards it, and what eases it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from handrail._condition import MISSING, Input, Need, Unknown, resolve
from handrail._effect import Effect
from handrail._fallbacks import Holds
from handrail._finding import Action
from handrail._issues import flagged, issues
from handrail._ladders import SOFT
from handrail._policy import Policy
from handrail._rollout import Rollout
from handrail._rules import ExceptionRule, Override, Rule
from handrail._values import FrozenMap, duration_text

if TYPE_CHECKING:
    from handrail._context import Context

PLATFORM_EFFECTS = frozenset({"strike", "review", "preserve", "report_to"})
"""Effects that the platform carries out itself; no feature has to be able to."""

KEPT_UNDER_CEILING = frozenset({"review", "support", "label"})
"""Effects that take nothing away: a ceiling for automation leaves them."""

GENERAL = "general"
"""The queue of issues that need none of their own."""

_QUEUES = (
    ("no_general_queue", "restricted"),
    ("specialist_queue", "specialist"),
    ("legal_review", "legal"),
    ("imminent_harm_check", "imminent_harm"),
    ("intel_review", "intelligence"),
)


@cache
def queue_of(issue: str | None) -> str:
    """The review queue that an issue's flags demand."""
    flags = issues()[issue].flags if issue else frozenset()
    return next((queue for flag, queue in _QUEUES if flag in flags), GENERAL)


@attrs.frozen(eq=False)
class Guard:
    """What must hold before a row counts: shares of people and a condition, ready to run.

    Attributes:
        test: The condition's; None where only shares are asked. inputs: Its inputs, each after
            its identity and before whether it arrives as None where it is missing.
        unknown: What holds where a value is missing. rule: Whose it is.
        issues: What hangs on it. looks_at: Issues whose findings it reads.
        shares: Rollouts that must include the item's author, each with its salt.
        needs: Comparisons without which it cannot hold.
        each: Whether it is tested for each recipient. simple: Whether its test says it all.
        quick: Its test where that looks at one field of the item: None where it cannot tell.
    """

    test: Callable[..., bool | None] | None
    inputs: tuple[tuple[int, Input, bool], ...]
    unknown: Unknown | None
    rule: str
    issues: frozenset[str]
    looks_at: frozenset[str] = frozenset()
    provisions: frozenset[str] = frozenset()
    shares: tuple[tuple[Rollout, str], ...] = ()
    needs: tuple[Need, ...] = ()
    each: bool = False
    simple: bool = attrs.field(init=False)
    quick: Callable[[Context], bool | None] | None = attrs.field(init=False)

    @simple.default
    def _simple(self) -> bool:
        return self.test is not None and not (self.shares or self.each)

    @quick.default
    def _quick(self) -> Callable[[Context], bool | None] | None:
        if not self.simple or len(self.inputs) != 1 or not self.inputs[0][1].field:
            return None
        return _of_field(self.test, self.inputs[0][1])


def _of_field(test: Any, source: Input) -> Callable[[Context], bool | None]:
    """A test of one field, without a note of what was read."""
    read: Callable[[Context, Any], Any] = source.read

    def quick(context: Context) -> bool | None:
        try:
            value = read(context, None)
            answer = None if value is MISSING else test(value)
            return None if answer is None else bool(answer)
        except KeyboardInterrupt:
            raise
        except BaseException:  # Whoever asks next says what that means.
            return None

    return quick


def guard(
    part: Rule | Override | ExceptionRule | None, names: Iterable[str], policy: Policy
) -> Guard | None:
    """The guard of a part of a policy, or of its ladders; None where it counts for all."""
    shares = [] if part is None or isinstance(part, ExceptionRule) else [(part.rollout, part.id)]
    if not isinstance(part, ExceptionRule):
        shares.append((policy.rollout, ""))
    drawn = tuple((r, f"{policy.name}/{salt}") for r, salt in shares if r is not None)
    when = None if part is None else part.when
    if when is None and not drawn:
        return None
    return Guard(
        test=when.test if when else None,
        inputs=tuple(_read(name) for name in (when.inputs if when else ())),
        unknown=part.unknown if part else None,
        rule=part.id if part else policy.name,
        issues=frozenset(names),
        looks_at=when.issues if when else frozenset(),
        provisions=when.provisions if when else frozenset(),
        shares=drawn,
        needs=when.needs if when else (),
        each=isinstance(part, Rule) and part.each is not None,
    )


def _read(name: str) -> tuple[int, Input, bool]:
    source = resolve(name.removesuffix("?"), "")
    return id(source), source, name.endswith("?")


@attrs.frozen(eq=False, kw_only=True)
class Row:
    """One thing that can match.

    Attributes:
        rule, policy, issue, hash: Whose it is. action, effects, lasts: What it asks for.
        at: From this score on; None where the guard alone decides. guard: See Guard.
        protected: Whether nothing eases it. restricts: Whether its effects take something away.
        holds: How its HOLD ends. limits: Effects of a LIMIT it may be lowered to.
        review: What its HOLD implies. level, say, clause, law: As on a Rule.
        asks: Whether it asks for anything beside the action. demoted: Whether its blast-radius
            cap tripped, so that it only says that it would have matched.
        cap: Percent of established actors it may act on; None is the general share.
        asks: Whether it asks for anything beside the action.
        least: The weight of its whole rule, where that says more than one thing.
    """

    rule: str
    policy: str
    issue: str | None
    action: Action
    effects: tuple[Effect, ...]
    lasts: timedelta | None
    at: float | None
    guard: Guard | None
    protected: bool
    restricts: bool
    holds: Holds
    limits: tuple[Effect, ...]
    hash: str
    review: tuple[Effect, ...] = ()
    level: str = "product"
    say: str = "usual"
    clause: FrozenMap = attrs.field(factory=FrozenMap)
    law: str | None = None
    cap: float | None = None
    least: Action = Action.ALLOW
    demoted: bool = False
    asks: bool = attrs.field(init=False)

    @asks.default
    def _asks(self) -> bool:
        return bool(self.effects or self.review)

    @property
    def weight(self) -> Action:
        """How severe its rule is, counting effects that restrict as a LIMIT."""
        return max(self.action, self.least, Action.LIMIT if self.restricts else Action.ALLOW)


@attrs.frozen(eq=False)
class Ease:
    """What lowers rows of an issue: an exception, or a person's approval.

    Attributes:
        name: The exception's id, or ``approval``. at_most: What is left.
        guard: When; None for an approval, which is looked up. holds: How a HOLD it leaves ends.
        review: What opens the case for what was above; None opens none. below: It eases scores
            below this one only.
    """

    name: str
    at_most: Action
    guard: Guard | None = None
    holds: Holds | None = None
    review: Effect | None = None
    cased: bool = True
    below: float | None = None


APPROVED = Ease("approval", Action.ALLOW, cased=False)
"""A person has let it pass."""

Matched: TypeAlias = tuple[Row, float | None, Action, tuple[Ease, ...]]
"""A row that matched, the score it saw, the action that was left of it, and what eased it."""


def limits_of(policy: Policy, issue: str | None) -> tuple[Effect, ...]:
    """The effects of a LIMIT that names none of its own; no punishment for a person at risk."""
    if issue is None or not flagged(issue, "non_punitive"):
        return policy.limits
    return tuple(e for e in policy.limits if e.name in SOFT)


@lru_cache(maxsize=1024)  # Every rule of every feature and stage asks for one.
def review_for(issue: str | None, holds: Holds | None) -> Effect:
    """The review that an issue demands, in the queue its flags name."""
    within = duration_text(holds.within) if holds else "24h"
    return Effect("review", {"queue": queue_of(issue), "within": within})


def restricts(effects: Iterable[Effect]) -> bool:
    """Whether any effect takes something away; a strike does, though the platform keeps it."""
    neutral = KEPT_UNDER_CEILING | PLATFORM_EFFECTS - {"strike"}
    return any(e.name not in neutral for e in effects)


def by_issue(rows: Iterable[Row]) -> Mapping[str, tuple[tuple[float, Row], ...]]:
    """Rows with a threshold by issue, the lowest first."""
    index: dict[str, list[tuple[float, Row]]] = {}
    for row in rows:
        if row.at is not None and row.issue is not None:
            index.setdefault(row.issue, []).append((row.at, row))
    return {k: tuple(sorted(v, key=lambda p: (p[0], p[1].rule))) for k, v in index.items()}
