"""Parts of settings that something else reads, found by entry point."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handrail._hooks import PROJECT
from handrail._yaml import Node
from handrail.errors import HandrailError

if TYPE_CHECKING:
    from handrail._counting import State
    from handrail._durable import Durable
    from handrail._judged import Notices

NOTICES = "handrail.notices"
"""Entry-point group of what makes ``Notices`` of the key ``notices``, which it is given."""

STORES = "handrail.stores"
"""Entry-point group of what makes a ``Durable`` of the key ``store``, which it is given."""

STATES = "handrail.states"
"""Entry-point group of what makes a ``State`` of the key ``state``, which it is given, and of the
State that another part of the settings brought, or None."""


def notices_of(node: Node) -> Notices:
    """What authors are told, as a node of the settings says; raises ConfigError."""
    notices: Notices = offered(node, NOTICES, "notices")(node)
    return notices


def store_of(node: Node) -> Durable:
    """The durable store that a node of the settings asks for; raises ConfigError."""
    store: Durable = offered(node, STORES, "store")(node)
    return store


def state_of(node: Node, other: State | None) -> State:
    """What counts are shared in, as a node of the settings says; raises ConfigError."""
    state: State = offered(node, STATES, "state")(node, other)
    return state


def offered(node: Node, group: str, what: str) -> Any:
    """Load the one thing that is installed for a part of the settings."""
    everywhere = sorted(entry_points(group=group), key=lambda entry: entry.name)
    # The one that comes with Handrail gives way to one that somebody installed on purpose.
    found = [e for e in everywhere if e.dist is None or e.dist.name != PROJECT] or everywhere
    if len(found) != 1:
        names = ", ".join(f"{e.name} ({e.value})" for e in found) or "none"
        raise node.fail(f"expected one distribution that reads {what}, found: {names}")
    try:
        return found[0].load()
    except HandrailError as error:
        raise node.fail(str(error)) from error
    except Exception as error:
        raise node.fail(f"{found[0].value} cannot be loaded: {type(error).__name__}") from error


def beside(node: Node) -> Path:
    """The path that a node names, as seen from its file."""
    return Path(node.text()) if node.file is None else node.file.parent / node.text()
