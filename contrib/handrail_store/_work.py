"""Work: what was accepted and has to be looked at; and what became of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from handrail import FrozenMap, InvalidValueError, Item, Json, Report, Stage

DECIDED, CANCELLED, DEAD = "decided", "cancelled", "dead"
"""What becomes of work: it was looked at, its item was withdrawn before, or it could not be done.
"""


_NOTHING = FrozenMap()


def _carrier(value: Mapping[str, str] | None) -> FrozenMap:
    return value if type(value) is FrozenMap else FrozenMap(value) if value else _NOTHING


def _stage(value: Stage | str) -> Stage:
    return value if type(value) is Stage else Stage(value)


def _moment(value: datetime | str) -> datetime:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    if read.tzinfo is None:
        raise InvalidValueError("Work: accepted_at: a time needs a zone")
    return read


@attrs.frozen(kw_only=True, repr=False)
class Work:
    """A published item, or a report, that was accepted and has to be looked at.

    Attributes:
        key: Unique for item, revision and stage, or for the report; 64 hexadecimal digits.
        feature, stage: Where. subject: The Item or the Report; content.
        order: What shares it is worked in the order in which it was accepted: one for an item.
        carrier: The W3C trace context of the call that handed it in.
        accepted_at: When that was, UTC.
        look: Which look at the same it is, from 1. revises: The decision that it may replace.
        tries: How often it was claimed before, of what the outbox hands out.
        settled: Whether it had its outcome then: it was handed in twice.
    """

    key: str
    feature: str
    stage: Stage = attrs.field(converter=_stage)
    subject: Item | Report
    order: str
    carrier: FrozenMap = attrs.field(default=_NOTHING, converter=_carrier)
    accepted_at: datetime = attrs.field(converter=_moment)
    look: int = 1
    revises: str | None = None
    tries: int = attrs.field(default=0, eq=False)
    settled: bool = attrs.field(default=False, eq=False)

    @classmethod
    def of(
        cls, feature: str, subject: Item | Report, *, at: datetime,
        carrier: Mapping[str, str] | None = None,
    ) -> Work:  # fmt: skip
        """The work that *subject* asks for, accepted *at* that moment."""
        stage = Stage.REPORT if isinstance(subject, Report) else Stage.POST_PUBLISH
        named: list[Json] = [stage.value, feature, subject.id]
        if isinstance(subject, Item):
            named.append(subject.revision)
        return cls(
            key=_digest(named), feature=feature, stage=stage, subject=subject,
            order=_digest([feature, item_id(subject)]), carrier=FrozenMap(carrier), accepted_at=at,
        )  # fmt: skip

    def again(self, decision: str) -> Work:
        """The work of looking once more, after a decision that was not final."""
        key = _digest([self.key, self.look + 1])
        return attrs.evolve(self, key=key, look=self.look + 1, revises=decision)

    @property
    def item(self) -> str:
        """The id of the item that it is about."""
        return item_id(self.subject)

    @property
    def known(self) -> Item | None:
        """The item, where more of it than its id is known."""
        return self.subject.item if isinstance(self.subject, Report) else self.subject

    @property
    def bare(self) -> bool:
        """Whether it is a report that only names its item."""
        return type(self.subject) is Report and self.subject.item is None

    @property
    def revision(self) -> int | None:
        """The revision of the item, where it is known."""
        return None if self.known is None else self.known.revision

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form, content included; ``Work.from_json`` reads it without loss."""
        return {
            "key": self.key, "feature": self.feature, "stage": self.stage.value,
            "subject": self.subject.to_json(), "order": self.order,
            "carrier": {name: str(value) for name, value in self.carrier.items()},
            "accepted_at": self.accepted_at.isoformat(), "look": self.look,
            "revises": self.revises,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Work:
        """Read the JSON form; raises InvalidValueError for what is none."""
        try:
            given = dict(data)
            kind = Report if Stage(given["stage"]) is Stage.REPORT else Item
            return cls(**{**given, "subject": kind.from_json(given["subject"])})
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidValueError(f"Work: not its JSON form ({type(error).__name__})") from None

    def __repr__(self) -> str:
        return f"Work({self.stage.value}, feature={self.feature!r})"


@attrs.frozen(kw_only=True, repr=False)
class Outcome:
    """What became of work; there is exactly one for each key.

    Attributes:
        key, feature, stage, item, revision, accepted_at: As on the Work.
        kind: ``decided``, ``cancelled`` or ``dead``. decision: The id of the decision, if any.
        at: When it was settled, UTC.
    """

    key: str
    kind: str
    decision: str | None = None
    feature: str
    stage: Stage = attrs.field(converter=Stage)
    item: str
    revision: int | None = None
    accepted_at: datetime
    at: datetime

    def __repr__(self) -> str:
        return f"Outcome({self.kind}, {self.stage.value}, feature={self.feature!r})"


def item_id(subject: Item | Report) -> str:
    """The id of the item that a subject is about."""
    return subject.id if isinstance(subject, Item) else str(subject.item_id)


def pack(work: Work) -> bytes:
    """What of work is content, as bytes, before it is sealed."""
    said = {"subject": work.subject.to_json(), "look": work.look, "revises": work.revises}
    return json.dumps(said, separators=(",", ":")).encode()


def unpack(packed: bytes, stage: Stage) -> dict[str, Any]:
    """Read it: subject, look and revises; raises InvalidValueError for what is none."""
    try:
        said: dict[str, Any] = dict(_read(packed.decode()))
        kind = Report if stage is Stage.REPORT else Item
        said["subject"] = kind.from_json(said["subject"])
        return said
    except (ValueError, TypeError, KeyError) as error:
        raise InvalidValueError(f"work: not what was accepted ({type(error).__name__})") from None


def _read(text: str) -> Any:
    """Read JSON as we write it, with nothing around it; raises ValueError for any other."""
    read, end = _DECODER.raw_decode(text)
    if end != len(text):
        raise ValueError("more than one value")
    return read


_DECODER = json.JSONDecoder()
"""``json.loads`` looks for white space around what it reads, for longer than it reads."""


def _digest(said: list[Json]) -> str:
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
