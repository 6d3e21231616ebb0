"""What keys and members are called on the server: keyed hashes, never an id."""

from __future__ import annotations

import hashlib


class Keys:
    """Names of keys under a prefix, which is a hash tag too: a cluster keeps them on one node.

    Args:
        prefix: What they begin with. salt: What ids are hashed with.
    """

    def __init__(self, prefix: str, salt: bytes) -> None:
        self._prefix = f"{{{prefix}}}:"
        start = hashlib.blake2b(salt, digest_size=32).digest()
        self._keyed = hashlib.blake2b(start, digest_size=12)

    def hide(self, id: str) -> str:  # noqa: A002 - the word for it
        """Return what stands for an id: 24 hexadecimal digits."""
        keyed = self._keyed.copy()
        keyed.update(id.encode("utf-8", "surrogatepass"))
        return keyed.hexdigest()

    def of_counter(self, name: str, key: str) -> tuple[str, str]:
        """Return the keys of a counter's events and members."""
        hidden = self.hide(f"{name} {key}")  # No counter has a space in its name.
        return f"{self._prefix}e:{hidden}", f"{self._prefix}m:{hidden}"

    def of_tags(self, kind: str, id: str) -> str:  # noqa: A002 - the word for it
        """Return the key of the tags on something."""
        return f"{self._prefix}t:{self.hide(f'{kind} {id}')}"

    def of_once(self, once: str) -> str:
        """Return the key that says that something was counted."""
        return f"{self._prefix}o:{self.hide(once)}"

    def of_rate(self, key: str) -> str:
        """Return the key of what an API key may ask for."""
        return f"{self._prefix}r:{self.hide(key)}"

    def of_answer(self, name: str) -> str:
        """Return the key of an answer."""
        return f"{self._prefix}a:{self.hide(name)}"


def of_salt(prefix: str) -> str:
    """Return the key of the salt."""
    return f"{{{prefix}}}:salt"
