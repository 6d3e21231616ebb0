"""What hosts tell back, told to the guarded feature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handrail import AsyncGuardedFeature, Decision, Item


def tell(feature: AsyncGuardedFeature, event: Mapping[str, Any]) -> None:
    """Tell *feature* one event, which fits its schema."""
    _TELL[event["name"]](feature, event)


def _carried_out(feature: AsyncGuardedFeature, event: Mapping[str, Any]) -> None:
    decision = Decision(
        id=event["decision"], action=event["action"], item=event["item"],
        revision=event.get("revision", 1), feature=feature.name,
    )  # fmt: skip
    feature.carried_out(decision, published=event.get("published"))


def _viewed(feature: AsyncGuardedFeature, event: Mapping[str, Any]) -> None:
    feature.viewed(_item(event), event.get("views", 1), event.get("segment"))


def _withdrawn(feature: AsyncGuardedFeature, event: Mapping[str, Any]) -> None:
    feature.withdrawn(_item(event))


def _item(event: Mapping[str, Any]) -> Item:
    return Item(event["item"], revision=event.get("revision", 1))


_TELL = {"carried_out": _carried_out, "viewed": _viewed, "withdrawn": _withdrawn}
