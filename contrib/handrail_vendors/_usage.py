"""What was sent to vendors by this process: requests, characters, images and what they may cost."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from types import MappingProxyType

import attrs


@attrs.frozen(kw_only=True)
class Usage:
    """What one module has sent since the process began.

    Attributes:
        requests: Requests sent, retries included. retries: Those that were sent again.
        failures: Looks that ended without an answer.
        characters: Characters of text in answered requests. records: The same in begun
            thousands, which is what vendors charge for. images: Images in answered requests.
        cut: Texts that were longer than the vendor takes. left_out: Images that were not sent.
        cost: What was answered, by the prices in the settings; an estimate, in their currency.
    """

    requests: int = 0
    retries: int = 0
    failures: int = 0
    characters: int = 0
    records: int = 0
    images: int = 0
    cut: int = 0
    left_out: int = 0
    cost: float = 0.0


_lock = threading.Lock()
_counts: dict[str, Usage] = {}


def count(module: str, *, cost: float = 0.0, **more: int) -> None:
    """Add to what *module* has sent."""
    with _lock:
        now = _counts.get(module, Usage())
        added = {name: getattr(now, name) + number for name, number in more.items()}
        _counts[module] = attrs.evolve(now, cost=now.cost + cost, **added)


def usage() -> Mapping[str, Usage]:
    """Return what each module has sent since this process began, by the module's name.

    A forked process begins with nothing, so that the numbers of all processes can be added up.
    """
    with _lock:
        return MappingProxyType(dict(_counts))


def _after_fork() -> None:
    global _lock  # noqa: PLW0603  # another thread of the parent may have held it
    _lock = threading.Lock()
    _counts.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
