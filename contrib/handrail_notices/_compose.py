"""Which messages a notice is made of: an outcome in, lines out; pure, and in no language yet.

Everything that keeps a notice from tipping off, teaching or accusing is decided here, so a
translation cannot get it wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import attrs

from handrail import Action, Effect, Judged, Target, effect_specs, issue

Value: TypeAlias = str | datetime | tuple[str, ...]
"""A text, a time, or regions."""

_TIPPED = frozenset({
    "exploitation.forced_labour", "exploitation.trafficking", "fraud.money_laundering",
})  # fmt: skip
"""Besides child safety and what must be reported: a word endangers somebody, or is a crime."""

_TAUGHT = frozenset({
    "ai.jailbreak", "integrity.coordinated_inauthentic", "integrity.foreign_interference",
    "privacy.scraping",
})  # fmt: skip
"""Besides spam and security: whoever does this learns from what is said about it."""

_OUT = (Action.ALLOW, Action.LIMIT)


@attrs.frozen
class Said:
    """One sentence: the messages that may say it, of which the first there is does."""

    ids: tuple[str, ...]
    values: Mapping[str, Value] = attrs.field(factory=dict)


@attrs.frozen
class Cards:
    """The place where help lines of these kinds stand, under a sentence."""

    intro: Said
    kinds: tuple[str, ...]


Line: TypeAlias = "tuple[Said, ...] | Cards | str"
"""Sentences of one line, a place for help lines, or an address as it is."""


def compose(judged: Judged, appeal_url: str | None) -> tuple[Line, ...]:
    """Return the lines of a notice; none where nothing is to be said."""
    if judged.say == "none":
        return ()
    if judged.revised:
        return tuple(_revised(judged, appeal_url))
    appeal: list[Line] = [_say("appeal"), appeal_url] if appeal_url else []
    if judged.say == "usual" and any(map(_at_risk, judged.issues)):
        return tuple(_care(judged))
    if judged.say == "neutral" or any(map(_tips_off, judged.issues)) or _teaches(judged.issue):
        return tuple(_plain(judged, appeal))
    return tuple(_usual(judged, appeal))


def _revised(judged: Judged, appeal_url: str | None) -> Iterator[Line]:
    """What is said of an outcome that takes the place of another."""
    left = compose(attrs.evolve(judged, revised=False), appeal_url)
    if judged.action is Action.ALLOW and not any(map(_restricts, judged.effects)):
        yield _say("revised-allow")
    else:  # Also where the effects that are left are not to be spoken of.
        yield _say("revised")
    yield from left


def _at_risk(name: str) -> bool:
    return "non_punitive" in issue(name).flags


def _tips_off(name: str) -> bool:
    """Whether somebody who looks for it in a notice must not find it, whatever else matched."""
    found = issue(name)
    flags = {"mandatory_report", "no_general_queue"}
    return found.family == "child_safety" or name in _TIPPED or bool(flags & found.flags)


def _teaches(name: str | None) -> bool:
    """Whether reasons would only help to do it better: then nobody is owed them."""
    if name is None:
        return False
    found = issue(name)
    return found.family == "security" or name in _TAUGHT or "auto_ok" in found.flags


def _say(*ids: str, **values: Value) -> tuple[Said, ...]:
    return (Said(ids, values),)


def _plain(judged: Judged, appeal: Sequence[Line]) -> Iterator[Line]:
    if judged.action is Action.ALLOW:
        return
    yield _say(f"neutral-{judged.action.name.lower()}")
    if judged.action in (Action.LIMIT, Action.BLOCK):
        yield from appeal


def _care(judged: Judged) -> Iterator[Line]:
    kinds = _support(judged)
    if judged.action is Action.ALLOW and not kinds:
        return
    yield _say("care")
    if judged.action is not Action.ALLOW:
        yield _say(f"neutral-{judged.action.name.lower()}")
    yield Cards(Said(("care-help",)), kinds or ("crisis",))


def _usual(judged: Judged, appeal: Sequence[Line]) -> Iterator[Line]:
    shown = [e for e in judged.effects if _is_shown(e, judged.action)]
    if judged.action is not Action.ALLOW:
        yield _say(f"what-{judged.action.name.lower()}")
    if judged.action is not Action.ALLOW or shown:
        yield from _facts(judged)
        yield from (_effect(effect) for effect in shown)
        yield from _ground(judged)
    if judged.action in (Action.LIMIT, Action.BLOCK) or shown:
        yield from appeal
    if kinds := _support(judged):
        yield Cards(Said(("help",)), kinds)


def _facts(judged: Judged) -> Iterator[Line]:
    if judged.unseen:
        yield _say("unseen")
    if judged.issue is not None:
        family = issue(judged.issue).family
        yield _say(f"because-{judged.issue.replace('.', '-')}", f"because-{family}")
    if judged.action is Action.HOLD and judged.hold is not None:
        who = "hold-creator" if judged.hold.waits_for == "creator" else "hold-until"
        yield _say(who, until=judged.hold.until)


def _ground(judged: Judged) -> Iterator[Line]:
    if name := judged.clause.get("id"):
        yield _say("clause", clause=_printable(name))
    if (url := _printable(judged.clause.get("url", ""))).startswith(("https://", "http://")):
        yield url
    if judged.law:
        yield _say("law", law=_printable(judged.law))
    if judged.action is not Action.NUDGE:
        yield _say("automated" if judged.automated else "by-person")


def _printable(value: object) -> str:
    """A name without what could break the line or turn its direction, and no book."""
    return "".join(c for c in str(value)[:200] if c.isprintable())


def _restricts(effect: Effect) -> bool:
    """Whether it takes something from the person, and not from somebody else."""
    return effect_specs()[effect.name].needs_statement and not getattr(effect, "subject", None)


def _is_shown(effect: Effect, action: Action) -> bool:
    """Whether the person is owed a word about it: it restricts them, and it is theirs."""
    if not _restricts(effect):
        return False
    return action in _OUT or (action is not Action.NUDGE and effect.target is not Target.ITEM)


def _effect(effect: Effect) -> Line:
    value, name = effect.value, f"effect-{effect.name}"
    if effect.name == "geo_block":
        said = Said((name,), {"regions": tuple(value)})
    elif effect.name == "reach":
        said = Said((f"{name}-0", name) if value == 0 else (name,))
    else:
        values = (value,) if isinstance(value, str) else value
        exact = [f"{name}-{each}" for each in values] if len(values) == 1 else []
        said = Said((*exact, name))
    if effect.until is None:
        return (said,)
    return (said, *_say("until", until=effect.until))


def _support(judged: Judged) -> tuple[str, ...]:
    """The kinds of help that were asked for."""
    wanted = (e.value for e in judged.effects if e.name == "support")
    return tuple(dict.fromkeys(kind for kinds in wanted for kind in kinds))
