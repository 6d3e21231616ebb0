"""The key ``store`` of the settings."""

from __future__ import annotations

import os

from handrail import Node
from handrail_store._seal import read_key
from handrail_store._store import Store

KEY = "HANDRAIL_STORE_KEY"
"""The environment's variable with the key: 64 hexadecimal digits, several with commas between."""

_SQLITE = "sqlite:///"


def load(node: Node) -> Store:
    """Return the store that the settings ask for; raises ConfigError with file:line:column."""
    keys = node.keys(("url", "upgrade"))
    if "url" not in keys:
        raise node.fail(f"url is missing: {_SQLITE}FILE, or postgresql://…")
    url = keys["url"].text()
    if url.startswith(_SQLITE) and node.file is not None:
        # Paths are seen from the file's directory, here as everywhere.
        url = _SQLITE + str(node.file.parent / url.removeprefix(_SQLITE))
    given = [part.strip() for part in os.environ.get(KEY, "").split(",") if part.strip()]
    with keys["url"].blame():
        key = [read_key(part, KEY) for part in given] or None
        return Store(url, key=key, upgrade=keys["upgrade"].flag() if "upgrade" in keys else None)
