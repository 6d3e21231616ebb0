"""The key ``store`` of the settings."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import attrs

from handrail import Node, load_yaml
from handrail.settings import span
from handrail_store._acknowledge import ACKNOWLEDGEMENT, Acknowledgement
from handrail_store._deadlines import read_deadlines
from handrail_store._keep import KEEP, RECORD_ALL, Keep, Record
from handrail_store._ladder import read_ladder, read_terms
from handrail_store._reporters import MISUSE, Misuse
from handrail_store._saving import Saving
from handrail_store._seal import read_key
from handrail_store._store import Store
from handrail_store.webhook import check_url

KEY = "HANDRAIL_STORE_KEY"
"""The environment's variable with the key: 64 hexadecimal digits, several with commas between."""

T = TypeVar("T")

_SQLITE = "sqlite:///"
_KEYS = (
    "url", "upgrade", "keep", "record", "tables", "webhooks", "replies", "misuse", "counters",
    "acknowledgement",
)  # fmt: skip


def load(node: Node) -> Store:
    """Return the store that the settings ask for; raises ConfigError with file:line:column."""
    keys, url = node.keys(_KEYS), url_of(node)
    keep = _keep(keys["keep"]) if "keep" in keys else KEEP
    webhooks = _webhooks(keys["webhooks"]) if "webhooks" in keys else {}
    replies = _address(keys["replies"]) if "replies" in keys else None
    misuse = _filled(Misuse, keys["misuse"]) if "misuse" in keys else MISUSE
    named = keys.get("acknowledgement")
    patience = ACKNOWLEDGEMENT if named is None else _filled(Acknowledgement, named)
    saving = _saving(keys["counters"]) if "counters" in keys else None
    record = _record(keys["record"]) if "record" in keys else RECORD_ALL
    upgrade = keys["upgrade"].flag() if "upgrade" in keys else None
    with keys["url"].blame():
        key = keys_given() or None
        made = Store(url, key=key, upgrade=upgrade, keep=keep, record=record)
    made.webhooks, made.replies_url, made.archive = webhooks, replies, _archive(node)
    made.reports.misuse, made.acknowledgement = misuse, patience
    try:
        if "tables" in keys:
            _tables(keys["tables"], made)
        made.reloaded()
        if saving is not None:
            with keys["counters"].blame():
                made.keep_counts(saving)
    except BaseException:
        made.close()
        raise
    return made


def _filled(cls: type[T], node: Node) -> T:
    """An instance of *cls*, an attrs class with defaults, as the node says."""
    given = {name: each.value for name, each in node.keys(attrs.fields_dict(cls)).items()}  # type: ignore[arg-type]  # it is an attrs class
    for name, each in node.keys().items():
        with each.blame():
            cls(**{name: each.value})
    return cls(**given)


def _saving(node: Node) -> Saving:
    """What the counts of this process are kept as."""
    keys = node.keys(("name", "every"))
    if "name" not in keys:
        raise node.fail("name is missing: what this process is called, and no other")
    with keys["name"].blame():
        made = Saving(name=keys["name"].text())
    return attrs.evolve(made, every=_span(keys["every"])) if "every" in keys else made


def _address(node: Node) -> str:
    """Where something is sent."""
    with node.blame():
        return check_url(node.text())


def _archive(node: Node) -> Path | None:
    """Where the settings have bundles archived; by now the one in force lies there."""
    if node.file is None:
        return None
    policies = load_yaml(node.file).value.get("policies")
    named = policies.get("archive") if isinstance(policies, dict) else None
    return node.file.parent / named if isinstance(named, str) else None


def url_of(node: Node) -> str:
    """The URL of the settings; a file's path is seen from theirs, here as everywhere."""
    keys = node.keys(_KEYS)
    if "url" not in keys:
        raise node.fail(f"url is missing: {_SQLITE}FILE, or postgresql://…")
    url = keys["url"].text()
    if url.startswith(_SQLITE) and node.file is not None:
        return _SQLITE + str(node.file.parent / url.removeprefix(_SQLITE))
    return url


def keys_given() -> list[bytes]:
    """The keys of the environment; raises InvalidValueError for what is none."""
    given = os.environ.get(KEY, "").split(",")
    return [read_key(part.strip(), KEY) for part in given if part.strip()]


def configured(path: Path) -> Node:
    """The key ``store`` of a settings file; raises ConfigError where there is none."""
    top = load_yaml(path)
    keys = top.keys()
    if "store" not in keys:
        raise top.fail("there is no store in these settings: store: {url: …}")
    return keys["store"]


def _keep(node: Node) -> Keep:
    """How long what is kept."""
    said: dict[str, Any] = {}
    for name, each in node.keys([field.name for field in attrs.fields(Keep)]).items():
        said[name] = (
            {k: _span(n) for k, n in each.keys().items()} if name == "opted" else _span(each)
        )
        with each.blame():
            Keep(**{name: said[name]})
    return Keep(**said)


def _tables(node: Node, store: Store) -> None:
    """Read the platform's own tables; paths are seen from the settings' directory."""
    folder = Path() if node.file is None else node.file.parent
    for name, each in node.keys(("report_deadlines", "strikes", "ladder")).items():
        path = folder / each.text()
        with each.blame():
            if name == "report_deadlines":
                store.reports.deadlines = read_deadlines(path)
            elif name == "strikes":
                store.strikes.terms = read_terms(path)
            else:
                store.strikes.ladder = read_ladder(path)


def _webhooks(node: Node) -> dict[str, str]:
    """Where enforcements are sent, by the name of the feature."""
    found = {}
    for feature, each in node.keys().items():
        found[feature] = _address(each)
    return found


def _span(node: Node) -> timedelta:
    with node.blame():
        return span(node.text())


def _record(node: Node) -> Record:
    """How the record is written."""
    said = {name: each.text() for name, each in node.keys(("full", "items")).items()}
    for name, each in node.keys().items():
        with each.blame():
            Record(**{name: said[name]})
    return Record(**said)
