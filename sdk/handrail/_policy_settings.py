"""The key ``policies`` of the settings: where policies come from, and the cap on young rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from handrail._caps import FileCaps, MemoryCaps
from handrail._offers import beside, offered
from handrail._radius import Cap
from handrail._reload import Source
from handrail._starting import starting_policy
from handrail._yaml import Node
from handrail.errors import MissingExtraError

if TYPE_CHECKING:
    from handrail._policy import Policy

LOADERS = "handrail.loaders"
"""Entry-point group of what reads policy files; see ``PolicyLoader``."""

STARTING = "handrail.starting"
"""Entry-point group of what has starting policies by name, which come before those in code."""

_CAP: Mapping[str, Callable[[Node], object]] = {
    "share": lambda node: node.number(100),
    "least": lambda node: node.value,
    "within": Node.text,
    "young": Node.text,
    "tenure_days": lambda node: node.value,
    "items": lambda node: node.value,
    "file": Node.text,
}
"""The keys of the blast-radius cap, and what checks the shape of each."""


def policies_of(node: Node) -> dict[str, Any]:
    """The arguments of Safety that the key ``policies`` asks for; raises ConfigError."""
    known = ("directory", "starting", "challenger", "watch", "archive", "cap")
    keys = {"directory": node} if isinstance(node.value, str) else node.keys(known)
    folders = tuple(beside(keys[k]) for k in ("directory", "challenger") if k in keys)
    source = Source(
        partial(_read_policies, keys), folders, watch="watch" in keys and keys["watch"].flag()
    )
    policies, challenger = source.read()  # Once it watches, so that no change is lost between.
    given = {"policy": tuple(policies), "challenger": tuple(challenger), "source": source}
    return given if "cap" not in keys else {**given, "cap": _cap(keys["cap"])}


def _read_policies(keys: Mapping[str, Node]) -> tuple[Sequence[Policy], Sequence[Policy]]:
    archive = keys.get("archive")
    policies = list(_loaded(keys["directory"], archive)) if "directory" in keys else []
    for item in keys["starting"].items() if "starting" in keys else ():
        with item.blame():
            policies.append(_starting(item.text()))
    return policies, _loaded(keys["challenger"], archive) if "challenger" in keys else ()


def _cap(node: Node) -> Cap:
    keys = node.keys(_CAP)
    for key, each in keys.items():
        _CAP[key](each)
    given = {key: each.value for key, each in keys.items() if key != "file"}
    with node.blame():
        caps = FileCaps(beside(keys["file"])) if "file" in keys else MemoryCaps()
        return Cap(caps=caps, **given)


def _starting(name: str) -> Policy:
    """A starting policy: as a file where the extra is there that reads it, else in code."""
    for point in entry_points(group=STARTING):
        with suppress(MissingExtraError):
            made: Policy = point.load()(name)
            return made
    return starting_policy(name)


def _loaded(node: Node, archive: Node | None) -> Sequence[Policy]:
    """The policies of a directory, read by whatever is installed to read them."""
    directory, loader = beside(node), offered(node, LOADERS, "policy files")
    if not directory.is_dir():
        raise node.fail("no such directory")
    return tuple(loader(directory, beside(archive)) if archive else loader(directory))
