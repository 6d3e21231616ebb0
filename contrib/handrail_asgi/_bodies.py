"""What requests carry and answers hold beside the SDK's own model, as attrs classes.

Bodies are checked against the schemas made of these classes and only then built from parts, so
that none of these is ever filled with more than was checked.
"""

from __future__ import annotations

from typing import Literal

import attrs

from handrail import Action, Decision, Item, Report


@attrs.frozen(kw_only=True)
class PrePublish:
    """A question before publishing: what becomes of one item.

    Attributes:
        feature: The feature that asks, as the settings call it.
        item: What its author wants to publish.
    """

    feature: str
    item: Item


@attrs.frozen(kw_only=True)
class PrePublishBatch:
    """The same question about many items of one feature, answered in their order.

    Attributes:
        feature: The feature that asks, as the settings call it.
        items: What their authors want to publish; if one of them is malformed, none is looked at.
    """

    feature: str
    items: tuple[Item, ...]


@attrs.frozen(kw_only=True)
class PostPublish:
    """An item that has been published, to be looked at more deeply.

    Attributes:
        feature: The feature that published it, as the settings call it.
        item: What was published.
    """

    feature: str
    item: Item


@attrs.frozen(kw_only=True)
class NewReport:
    """What somebody says about an item.

    Attributes:
        feature: The feature that the item belongs to, as the settings call it.
        report: Who says what about which item.
    """

    feature: str
    report: Report


@attrs.frozen(kw_only=True)
class CarriedOut:
    """The host has carried a decision out.

    Attributes:
        name: ``carried_out``.
        decision: The decision's id.
        action: What the decision said.
        item: The item's id. revision: Its revision.
        published: Whether the item is visible now, where the host says so.
    """

    name: Literal["carried_out"]
    decision: str
    action: Action
    item: str
    revision: int = 1
    published: bool | None = None


@attrs.frozen(kw_only=True)
class Viewed:
    """An item was seen.

    Attributes:
        name: ``viewed``.
        item: The item's id. revision: Its revision.
        views: How many more views it had.
        segment: By whom, a short word of the host's such as ``DE``.
    """

    name: Literal["viewed"]
    item: str
    revision: int = 1
    views: int = 1
    segment: str | None = None


@attrs.frozen(kw_only=True)
class Withdrawn:
    """An item is gone: its author or the host took it back.

    Attributes:
        name: ``withdrawn``.
        item: The item's id. revision: Its revision.
    """

    name: Literal["withdrawn"]
    item: str
    revision: int = 1


@attrs.frozen(kw_only=True)
class Events:
    """What the host tells back.

    Attributes:
        feature: The feature that the items belong to, as the settings call it.
        events: What happened, in order.
    """

    feature: str
    events: tuple[CarriedOut | Viewed | Withdrawn, ...]


@attrs.frozen(kw_only=True)
class Decided:
    """The answers to a batch.

    Attributes:
        decisions: A decision for each item, in the order of the request.
    """

    decisions: tuple[Decision, ...]


@attrs.frozen(kw_only=True)
class Taken:
    """The answer to events.

    Attributes:
        accepted: How many were taken in.
    """

    accepted: int


@attrs.frozen(kw_only=True)
class Health:
    """How the service is.

    Attributes:
        status: ``ok`` or ``not ready``.
        reasons: Why it is not ready, a sentence each; empty where it is.
    """

    status: Literal["ok", "not ready"]
    reasons: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Wrong:
    """One thing that is wrong with a request.

    Attributes:
        detail: What, in a sentence; it never repeats what was sent.
        pointer: Where in the body, a JSON pointer; ``*`` stands for a key or header that is not
            repeated here.
    """

    detail: str
    pointer: str


@attrs.frozen(kw_only=True)
class ProblemDetails:
    """Why a request was not answered (RFC 9457).

    Attributes:
        type: Which kind of problem, for programs.
        title: The same in words. status: The HTTP status.
        detail: What to do about it; it never repeats what was sent.
        errors: What is wrong with the body, and where.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: tuple[Wrong, ...] = ()
