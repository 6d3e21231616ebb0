"""Decisions as they are sent: most say nothing but ALLOW, and share all but a few fields."""

from __future__ import annotations

import json
from collections import OrderedDict

from handrail import Clean, Decision, split_clean
from handrail_asgi._wire import encoded

PLANS_MOST = 256
"""Beginnings of answers that are kept: one for each plan and language."""

_quoted = json.encoder.encode_basestring_ascii


class Sayings:
    """Writes decisions; what clean ones of a plan share is written once."""

    def __init__(self) -> None:
        self._plans: OrderedDict[str, bytes] = OrderedDict()

    def body(self, decision: Decision) -> bytes:
        """A decision's JSON form; a clean ALLOW says how long all of it took, not each module."""
        clean, plans, _ = split_clean([decision])
        if not clean:
            return encoded(decision.to_json())
        (one,) = clean
        shared = self._plans.get(one.plan)
        if shared is None:
            shared = self._plans[one.plan] = plans[one.plan].rstrip().removesuffix("}").encode()
            if len(self._plans) > PLANS_MOST:
                self._plans.popitem(last=False)
        return shared + _own(one)


def _own(one: Clean) -> bytes:
    trace = "null" if one.trace_id is None else f'"{one.trace_id}"'
    return (
        f',"id":"{one.id}","item":{_quoted(one.item.id)},"revision":{one.item.revision},'
        f'"at":"{one.at.isoformat()}","latency_us":{one.latency_us},"trace_id":{trace}}}'
    ).encode("ascii")
