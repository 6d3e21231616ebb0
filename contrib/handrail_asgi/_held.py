"""Which API keys hold: those of a file that is named, of the settings' store, or of a file here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path

from handrail import load_yaml
from handrail.errors import unknown
from handrail_asgi._key import Keys
from handrail_asgi._keyfile import FileKeys

KEYS = Path("handrail-keys.jsonl")
"""The file of keys that is used where neither a file is named nor a store keeps them."""

CONFIG = Path("handrail.yaml")
"""The settings file that is used where none is named."""


def keys_in(store: object, path: Path | None) -> Keys:
    """Return the keys that hold beside *store*, where no file is named by *path*."""
    if path is None and store is not None:
        from handrail_asgi._keystore import StoreKeys
        from handrail_store import Store

        if isinstance(store, Store):
            return StoreKeys(store)
    return FileKeys(path or KEYS)


def strangers(features: Iterable[str], config: Path) -> Iterator[str]:
    """Yield a sentence for each of *features* that the settings in *config* do not name."""
    if not config.is_file():
        return
    declared = load_yaml(config).keys().get("features")
    known = set() if declared is None else set(declared.keys())
    for name in features:
        if name != "*" and name not in known:
            yield str(unknown("feature", name, known, where=str(config)))


@contextmanager
def held(path: Path | None, config: Path) -> Iterator[Keys]:
    """Open the keys that hold; of the settings only the store is opened.

    Raises ConfigError, with file:line:column, for a store that cannot be opened.
    """
    node = None
    if path is None and config.is_file():
        node = load_yaml(config).keys().get("store")
    if node is None:
        yield FileKeys(path or KEYS)
        return
    (point, *_) = sorted(entry_points(group="handrail.stores"), key=lambda each: each.name)
    store = point.load()(node)
    try:
        yield keys_in(store, path)
    finally:
        store.close()
