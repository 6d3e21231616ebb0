"""The key ``state`` of ``handrail.yaml``: a state on Redis or Valkey."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from handrail import ConfigError, HandrailError, State

from ._state import KEEP, RedisState

if TYPE_CHECKING:
    from handrail import Node

_KEYS = ("redis", "redis_env", "prefix", "timeout_ms", "key_env", "keep_days")


def load(node: Node, beside: State | None) -> RedisState:
    """Make the state that settings ask for; *beside* is what another part of them brought.

    Raises ConfigError with file:line:column, never with the URL in it.
    """
    keys = node.keys(_KEYS)
    address = keys.get("redis", keys.get("redis_env"))
    if address is None or {"redis", "redis_env"} <= keys.keys():
        raise node.fail("expected redis: its URL, or redis_env: the variable that holds it")
    days = keys["keep_days"].number(36_500) if "keep_days" in keys else KEEP / timedelta(days=1)
    try:
        return RedisState(
            address.text() if "redis" in keys else _variable(address),
            prefix=keys["prefix"].text() if "prefix" in keys else "handrail",
            timeout_ms=keys["timeout_ms"].number(60_000) if "timeout_ms" in keys else 10.0,
            key=_variable(keys["key_env"]).encode() if "key_env" in keys else None,
            keep=timedelta(days=days),
            beside=beside,
        )
    except ConfigError:
        raise
    except HandrailError as error:
        field, _, what = str(error).partition(": ")
        names = {"url": address, "key": keys.get("key_env"), "keep": keys.get("keep_days")}
        at = names.get(field) or keys.get(field)
        raise (address.fail(str(error)) if at is None else at.fail(what)) from None


def _variable(node: Node) -> str:
    value = os.environ.get(node.text())
    if not value:
        raise node.fail("the environment has no such variable, or nothing in it")
    return value
