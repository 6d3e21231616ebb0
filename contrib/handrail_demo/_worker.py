"""The worker of ``handrail demo --serve``, a process of its own: kill it, and another goes on."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from typing import Any, cast

from handrail import Enforcement, Safety
from handrail_demo._run import FEATURES, MODULES, PATIENT_MS
from handrail_policyfiles import starting_policy
from handrail_store import Handler, Store, Worker

SURFACES = (*(feature.surface for feature in FEATURES.values()), "reports")
"""The starting policies that are served: one for each feature, and the one for reports."""

SERVED = (*MODULES, "reports")
"""The modules that are served, by entry point."""


def open_store(url: str, seals: list[str]) -> Store:
    """Open the store of the demo; *seals* are keys in hexadecimal, none for that beside a file."""
    return Store(url, key=[bytes.fromhex(each) for each in seals] or None, upgrade=True)


def work(url: str, seals: list[str], broker: str | None) -> None:
    """Work what was accepted, until SIGTERM or SIGINT: from the outbox, or from a broker."""
    store = open_store(url, seals)
    features = list(FEATURES.values())
    policy = [starting_policy(surface) for surface in SURFACES]
    with Safety(
        features, modules=list(SERVED), policy=policy, store=store, budget_ms=PATIENT_MS
    ) as safety:
        for feature in features:
            safety.feature(feature.name).on_enforcement(_told(feature.name))
        if broker is None:
            Worker(safety, store).run()
        else:
            _on_broker(safety, store, broker)


def _told(feature: str) -> Callable[[Enforcement], bool]:
    """What a feature would do with an enforcement; here it is printed."""

    def carry_out(enforcement: Enforcement) -> bool:
        effects = "".join(f" {effect.name}" for effect in enforcement.effects)
        line = f"{feature} {enforcement.kind} {enforcement.action.name}{effects}"
        sys.stderr.write(f"enforcement: {line} on {enforcement.item[:40]!r}\n")
        return True

    return carry_out


def _on_broker(safety: Safety, store: Store, broker: str) -> None:
    from handrail_stream import run

    chores = Worker(safety, store, intake=False)
    beside = threading.Thread(target=chores.run, daemon=True)
    beside.start()
    # The stream knows of works only what it needs; here they are always the store's own.
    handler, outbox = cast("Any", Handler(safety, store)), cast("Any", store.outbox)
    try:
        run(handler, outbox, broker)
    finally:
        chores.stop()
        beside.join()


if __name__ == "__main__":
    # By standard input, for arguments are for others to see.
    work(**json.loads(sys.stdin.readline()))
