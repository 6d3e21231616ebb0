"""Bundles of policies by their revision, kept where the decisions are."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sqlalchemy import select

from handrail import InvalidValueError
from handrail_store._rows import add_rows
from handrail_store._schema import bundles

if TYPE_CHECKING:
    from handrail_store._store import Store

INDEX = "bundle.json"
"""The file that an archived bundle has beside its own."""

BYTES_MOST = 50_000_000
"""Bytes that the files of a bundle may have together."""

_REVISION = re.compile(r"[0-9a-f]{12,64}", re.ASCII)


def keep_bundles(store: Store, archive: Path) -> tuple[str, ...]:
    """Keep the bundles of an archive (``policies: {archive: DIR}``); return what was new.

    What is there already is left alone. Raises InvalidValueError for one that is too large.
    """
    found = {
        path.parent.name: path.parent
        for path in sorted(archive.glob(f"*/{INDEX}"))
        if _REVISION.fullmatch(path.parent.name)
    }
    new = sorted(found.keys() - set(revisions(store)))
    now = store.now()
    rows = [{"revision": name, "first_seen": now, "packed": _packed(found[name])} for name in new]
    with store.write() as connection:
        add_rows(connection, bundles, rows)
    return tuple(new)


def revisions(store: Store) -> Iterator[str]:
    """Go through the revisions that are kept, the oldest first."""
    wanted = select(bundles.c.revision).order_by(bundles.c.first_seen, bundles.c.revision)
    with store.read() as connection:
        yield from connection.execute(wanted).scalars().all()


def restore_bundle(store: Store, revision: str, archive: Path) -> Path | None:
    """Write a bundle into an archive, where ``handrail policy explain`` finds it; return where.

    None where it is not kept. Raises InvalidValueError for what is no bundle.
    """
    wanted = select(bundles.c.packed).where(bundles.c.revision == revision)
    with store.read() as connection:
        packed = connection.execute(wanted).scalar()
    if packed is None:
        return None
    place = archive / revision
    for name, text in sorted(_unpacked(packed).items(), key=lambda each: each[0] == INDEX):
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    return place


def _packed(place: Path) -> bytes:
    files, size = {}, 0
    for path in sorted(place.rglob("*")):
        if path.is_file():
            size += path.stat().st_size
            if size > BYTES_MOST:
                raise InvalidValueError(f"{place}: a bundle of more than {BYTES_MOST} bytes")
            files[path.relative_to(place).as_posix()] = path.read_bytes().decode()
    return zlib.compress(json.dumps(files).encode())


def _unpacked(packed: bytes) -> Mapping[str, str]:
    opening = zlib.decompressobj()
    said = opening.decompress(packed, 4 * BYTES_MOST)
    files: Mapping[str, str] = json.loads(said) if not opening.unconsumed_tail else {}
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise InvalidValueError("bundles: a file of this bundle lies outside of it")
    return files
