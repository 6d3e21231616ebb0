"""What a record shows of ids: a keyed hash, which brings together what is of one id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable


class Mask:
    """Hashes ids, each by itself.

    The hash is BLAKE2b over a digest of the key, then the id. Its own key parameter would fill a
    block by itself, which makes hashing a short id cost twice as much.

    Args:
        key: The key; None leaves ids as they are.
    """

    def __init__(self, key: bytes | None) -> None:
        self.hides = key is not None
        start = hashlib.blake2b(key or b"", digest_size=32).digest()
        self._keyed = hashlib.blake2b(start, digest_size=8)

    def one(self, id: str) -> str:  # noqa: A002 - the word for it
        """Return what is shown of an id: 16 hexadecimal digits."""
        return self._digests([id])[0] if self.hides else id

    def column(self, ids: Iterable[str]) -> str:
        """Return what is shown of several ids, as a JSON array."""
        if not self.hides:
            return json.dumps(list(ids))
        return '["' + '","'.join(self._digests(ids)) + '"]'

    def _digests(self, ids: Iterable[str]) -> list[str]:
        digests, copy = [], self._keyed.copy
        for each in ids:
            keyed = copy()
            keyed.update(each.encode() if each.isascii() else each.encode("utf-8", "surrogatepass"))
            digests.append(keyed.hexdigest())
        return digests
