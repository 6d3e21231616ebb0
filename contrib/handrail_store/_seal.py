"""Sealing: content is kept encrypted, and never otherwise."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from handrail import InvalidValueError
from handrail_store._types import keepable

KEY_BYTES = 32
MARK_BYTES = 4
NONCE_BYTES = 12


class OtherKeyError(InvalidValueError):
    """What was sealed with a key that is not among those given; another process may have it."""


class Seal:
    """Encrypts with the first key, decrypts with whichever key it was (AES-256-GCM).

    What is sealed begins with a mark of its key, so that keys can be changed while old content
    is kept.

    Args:
        keys: One key or several, 32 bytes each. Raises InvalidValueError for another length.
    """

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._keys: dict[bytes, AESGCM] = {}
        self._mask = b""
        for key in keys:
            if len(key) != KEY_BYTES:
                raise InvalidValueError("store: key: expected 32 bytes, in 64 hexadecimal digits")
            mark = hashlib.sha256(b"handrail seal" + key).digest()[:MARK_BYTES]
            self._keys.setdefault(mark, AESGCM(key))
            self._mask = self._mask or hashlib.blake2b(b"handrail mask" + key).digest()
        if not self._keys:
            raise InvalidValueError("store: key: expected one key or several")
        self._first = next(iter(self._keys))

    def seal(self, content: bytes, about: str) -> bytes:
        """Encrypt *content*, bound to what it is *about*."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        key = self._keys[self._first]
        return self._first + nonce + key.encrypt(nonce, content, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """Decrypt; raises OtherKeyError where the key is not here, InvalidValueError for others."""
        mark, nonce = sealed[:MARK_BYTES], sealed[MARK_BYTES : MARK_BYTES + NONCE_BYTES]
        key = self._keys.get(mark)
        if key is None:
            raise OtherKeyError("store: sealed with a key that is not among those given")
        try:
            return key.decrypt(nonce, sealed[MARK_BYTES + NONCE_BYTES :], about.encode())
        except InvalidTag:
            raise InvalidValueError("store: sealed content was changed, or is another's") from None

    def knows(self, sealed: bytes) -> bool:
        """Whether the key of what was sealed is among those given."""
        return sealed[:MARK_BYTES] in self._keys

    def mask(self, id: str) -> str:  # noqa: A002 - the word for it
        """A keyed hash in the place of an id; another once another key comes first."""
        said = keepable(id).encode()
        return hashlib.blake2b(said, key=self._mask, digest_size=16).hexdigest()

    def __repr__(self) -> str:
        return f"Seal({len(self._keys)} keys)"


def place_beside(path: Path) -> Path:
    """Where the key of a SQLite file is kept."""
    return path.with_name(path.name + ".key")


def key_beside(path: Path) -> bytes:
    """The key beside a SQLite file, made once, for its owner alone to read."""
    place = place_beside(path)
    if not place.exists():
        made = path.with_name(f"{place.name}.{secrets.token_hex(4)}")
        place.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
        with suppress(FileExistsError):
            os.link(made, place)
        made.unlink()
    return read_key(place.read_text().strip(), str(place))


def read_key(text: str, where: str = "store: key") -> bytes:
    """Read a key written in 64 hexadecimal digits; raises InvalidValueError."""
    with suppress(ValueError):
        if len(key := bytes.fromhex(text)) == KEY_BYTES:
            return key
    raise InvalidValueError(f"{where}: expected 64 hexadecimal digits")
