"""The plain inputs of conditions: what each is called, and how it is read in a call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import urlsplit

import attrs

from handrail._link import Links

if TYPE_CHECKING:
    from handrail._actor import Actor
    from handrail._context import Context


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""The value of an input that is not known in this call."""


class Seen(Protocol):
    """What counts in a decision: in shadow it is more than what is enforced."""

    @property
    def scores(self) -> Mapping[str, float]:
        """The highest score of each issue."""
        ...

    @property
    def pairs(self) -> Iterable[tuple[Any, int]]:
        """The findings, each with its slot."""
        ...

    @property
    def subject(self) -> Actor | None:
        """The recipient that a rule is being tested for, where it is tested for each."""
        ...


@attrs.frozen
class Input:
    """One thing a condition may ask for.

    Attributes:
        read: Returns its value for a call and what was seen in it, or MISSING.
        optional: Whether it can be missing. provision: What the feature must provide for it.
        derivation: What a module provides for it, where one does.
        tagged: What it reads the kept tags of, where it does.
        field: Whether it is a field of the item, which costs nothing to read again.
    """

    read: Callable[[Context, Seen], Any]
    optional: bool = True
    provision: str | None = None
    derivation: str | None = None
    tagged: str | None = None
    field: bool = False


def or_missing(value: Any) -> Any:
    """*value*, or MISSING where it is None."""
    return MISSING if value is None else value


def _item(field: str, provision: str | None = None, *, optional: bool = True) -> Input:
    def read(context: Context, seen: Seen) -> Any:
        return or_missing(getattr(context._item, field))

    return Input(read, optional, provision, field=True)


def _of(actor: Actor | None, field: str) -> Any:
    return MISSING if actor is None else or_missing(getattr(actor, field))


def _actor(field: str, provision: str) -> Input:
    def read(context: Context, seen: Seen) -> Any:
        return _of(context._item.author, field)

    return Input(read, True, provision, field=True)


def _age_of(actor: Actor | None, part: str) -> Any:
    return MISSING if actor is None or actor.age is None else getattr(actor.age, part)


def _years(context: Context, seen: Seen) -> Any:
    author = context._item.author
    return MISSING if author is None or author.age is None else author.age.value


def _known_by(context: Context, seen: Seen) -> Any:
    return _age_of(context._item.author, "known_by")


def _tags(context: Context, seen: Seen) -> Any:
    actor = context._item.author
    if actor is None:
        return MISSING
    kept = context.state.tags("actor", actor.id)
    return actor.tags | kept if kept else actor.tags


def _kept_tags(kind: str) -> Input:
    def read(context: Context, seen: Seen) -> Any:
        name = getattr(context._item, f"{kind}_id")
        return MISSING if name is None else or_missing(context.state.tags(kind, name))

    return Input(read, True, kind, tagged=kind)


def _recipient(field: str, *, optional: bool = True) -> Input:
    return Input(lambda context, seen: _of(seen.subject, field), optional, "recipients")


def _recipient_age(part: str) -> Input:
    return Input(lambda context, seen: _age_of(seen.subject, part), True, "recipients")


def _links(context: Context, seen: Seen) -> int:
    if "links" in context._plan.derivations:
        return len(context.derive("links", Links))
    return len(context._item.links)


def _hosts(context: Context, seen: Seen) -> tuple[str, ...]:
    if "links" in context._plan.derivations:
        return tuple(link.host for link in context.derive("links", Links))
    return tuple(filter(None, map(_host, context._item.links)))


def _host(url: str) -> str | None:
    try:
        return urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None


def _words(context: Context, seen: Seen) -> str:
    return f" {' '.join(context.text.words)} "


def _report(field: str) -> Input:
    def read(context: Context, seen: Seen) -> Any:
        return MISSING if context._report is None else or_missing(getattr(context._report, field))

    return Input(read)


def _amount(part: str) -> Input:
    def read(context: Context, seen: Seen) -> Any:
        amount = context._item.amount
        return MISSING if amount is None else getattr(amount, part)

    return Input(read, True, "amount")


INPUTS: Mapping[str, Input] = {
    "item.id": _item("id", optional=False),
    "item.kind": _item("kind", optional=False),
    "item.tags": _item("tags", optional=False),
    "item.revision": _item("revision", optional=False),
    "item.attributes": _item("attributes", optional=False),
    "item.language": _item("language", "language"),
    "item.region": _item("region", "region"),
    "item.visibility": _item("visibility", "visibility"),
    "item.relation": _item("relation", "relation"),
    "item.confirms": _item("confirms"),
    "item.parent_id": _item("parent_id"),
    "item.thread_id": _item("thread_id", "thread"),
    "item.session_id": _item("session_id", "session"),
    "item.created_at": _item("created_at", "created_at"),
    "actor.age": Input(_years, True, "actor.age", field=True),
    "actor.age_known_by": Input(_known_by, True, "actor.age", field=True),
    "actor.tenure_days": _actor("tenure_days", "actor.tenure_days"),
    "actor.region": _actor("region", "actor.region"),
    "actor.language": _actor("language", "actor.language"),
    "actor.tags": Input(_tags, provision="author", tagged="actor"),
    "participants": _item("participants", "participants", optional=False),
    "recipients": _item("recipients", "recipients", optional=False),
    "recipient.id": _recipient("id", optional=False),
    "recipient.age": _recipient_age("value"),
    "recipient.age_known_by": _recipient_age("known_by"),
    "recipient.tenure_days": _recipient("tenure_days"),
    "recipient.region": _recipient("region"),
    "recipient.language": _recipient("language"),
    "recipient.relation": _recipient("relation"),
    "recipient.tags": _recipient("tags", optional=False),
    "links.count": Input(_links, optional=False, derivation="links"),
    "links.hosts": Input(_hosts, optional=False, derivation="links"),
    "media.count": Input(lambda c, s: len(c._item.media), optional=False),
    "amount.value": _amount("value"),
    "amount.currency": _amount("currency"),
    "text.length": Input(lambda c, s: c._length or len(c._item.text), optional=False),
    "text.words": Input(_words, optional=False),
    "report.source": _report("source"),
    "report.issue": _report("issue"),
    "session.tags": _kept_tags("session"),
    "thread.tags": _kept_tags("thread"),
    "stage": Input(lambda c, s: c.stage.value, optional=False),
    "feature": Input(lambda c, s: c.feature, optional=False),
    "now": Input(lambda c, s: c.now, optional=False),
}
"""Every plain input by name; ``_resolve`` has those with arguments, such as score(issue)."""
