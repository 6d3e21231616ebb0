"""A response: what was put in force in an emergency, by whom, why, and until when."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import yaml

from handrail import Effect, HandrailError
from handrail_cli.show import Stop

SECOND_SIGNATURE = timedelta(hours=24)
"""Within this time another person signs, or it ends."""


@attrs.frozen(kw_only=True)
class Response:
    """One response; its id is the batch that everything it did belongs to.

    Attributes:
        id: Also the name of its policy, so every decision that it touched names it.
        kind: ``term``, ``link`` or ``posture``. value: Of which one.
        action, issue: What becomes of a hit, and what it counts as; None for a posture.
        reason, by: Why, and who said so. begun, ends: From when, and till when once it is signed.
        cap: The percent of established actors it may act on. signed_by: Who signed it.
        applies: Where it holds, as in a policy; empty is everywhere.
    """

    id: str
    kind: str
    value: str
    action: str | None = None
    issue: str | None = None
    reason: str
    by: str
    begun: datetime
    ends: datetime
    cap: float
    signed_by: str | None = None
    applies: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def confirm_by(self) -> datetime:
        """By when it needs a second signature."""
        return self.begun + SECOND_SIGNATURE

    @property
    def over(self) -> datetime:
        """When it ends as things stand; a posture was approved before."""
        if self.signed_by is not None or self.kind == "posture":
            return self.ends
        return min(self.ends, self.confirm_by)

    @property
    def file(self) -> str:
        """Its file, within the directory of policies."""
        return f"emergency/{self.id}.yaml"

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form."""
        data = attrs.asdict(self)
        return {**data, "begun": _stamp(self.begun), "ends": _stamp(self.ends)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Response:
        """Read the JSON form."""
        times = {key: datetime.fromisoformat(str(data[key])) for key in ("begun", "ends")}
        return cls(**{**data, **times})


def new_id(now: datetime) -> str:
    """Return an id that begins with the day."""
    return f"e{now:%Y%m%d}-{secrets.token_hex(3)}"


def now() -> datetime:
    """Return the time, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def duration(text: str) -> timedelta:
    """Read a time to live, such as 6h, as the SDK reads durations."""
    try:
        value = Effect("preserve", text).value
    except HandrailError as error:
        raise Stop(f"--for: {error}") from None
    if not isinstance(value, timedelta) or value <= timedelta(0):
        raise Stop("--for: expected a time to live, such as 6h.")
    return value


def policy_text(response: Response) -> str:
    """Return the policy file of a term or a link."""
    rule: dict[str, Any] = {
        "id": response.id,
        "issue": response.issue,
        "when": condition(response.kind, response.value),
        "then": {"action": "limit", "reach": 0} if response.action == "limit" else response.action,
        "ends": _stamp(response.over),
        "cap": response.cap,
        "owner": response.by,
    }
    if response.action == "hold":
        rule["hold"] = {"within": "24h", "otherwise": "block"}
    data: dict[str, Any] = {"policy": response.id, "owner": response.by, "rules": [rule]}
    if response.applies:
        data["applies"] = dict(response.applies)
    return written(response, data)


def condition(kind: str, value: str) -> str:
    """Return the condition, in CEL, that finds a term or a link's host."""
    quoted = json.dumps(value, ensure_ascii=False)
    if kind == "term":
        return f"text.mentions({quoted})"
    under = json.dumps(f".{value}", ensure_ascii=False)
    return f"links.hosts.exists(host, host == {quoted} || host.endsWith({under}))"


def written(response: Response, data: Mapping[str, Any]) -> str:
    """Return a policy file that says in comments what it is part of."""
    lines = [
        "Written by `handrail respond`, which also takes it back: change nothing here by hand.",
        f"batch: {response.id}",
        f"by: {response.by}; signed by: {response.signed_by or 'nobody yet'}",
        f"reason: {response.reason}",
        f"ends: {_stamp(response.over)}",
    ]
    if response.over < response.ends:
        lines.append(f"once another person has signed it: {_stamp(response.ends)}")
    head = "".join(f"# {' '.join(line.split())}\n" for line in lines)
    body: str = yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=10_000)
    return head + body


def _stamp(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
