"""The server: the only file that knows redis-py."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from handrail import InvalidValueError, MissingExtraError

from ._keys import Keys, of_salt
from ._scripts import ASK, SCRIPTS

if TYPE_CHECKING:
    import redis

GRACE_S = 0.05
"""How much longer than a call waits the connection does: what comes late is no use, but tells."""

_HASHES = {script: hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()
           for script in SCRIPTS}  # fmt: skip
_SCHEME = re.compile(r"(redis|rediss|unix|valkey|valkeys)://")
_PREFIX = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class Command(NamedTuple):
    """One script to run, its keys and its arguments: without the salt and its key."""

    script: str
    keys: Sequence[str]
    args: Sequence[str | int]


class Refused(Exception):  # noqa: N818 - an answer, not a failure of ours
    """The server does not do just now what it was asked: it is full, read-only, or loading."""


class Server:
    """A connection to Redis or Valkey, for one thread.

    Args:
        url: ``redis://``, ``rediss://``, ``valkey://``, ``valkeys://`` or ``unix://``.
        prefix: What keys begin with. key: What ids are hashed with; None has the server keep it.
        timeout_s: How long one exchange may take.

    Raises InvalidValueError, which never has the URL in it, and MissingExtraError.
    """

    def __init__(self, url: str, *, prefix: str, key: bytes | None, timeout_s: float) -> None:
        if not _SCHEME.match(url):
            raise InvalidValueError("url: expected redis://, rediss://, valkey:// or unix://")
        if not _PREFIX.fullmatch(prefix):
            raise InvalidValueError("prefix: expected up to 64 letters, digits and _ . : -")
        self._url = re.sub("^valkey", "redis", url)
        self._prefix, self._key, self._timeout_s = prefix, key, timeout_s
        self._client: redis.Redis | None = None
        self._salt = ""
        self._node: tuple[str, int] | None = None
        self.keys = Keys(prefix, key or b"")
        self._make()

    def _make(self) -> redis.Redis:
        try:
            import redis
            from redis.backoff import NoBackoff
            from redis.retry import Retry
        except ImportError:
            raise MissingExtraError("redis", "a state on Redis or Valkey") from None
        try:
            made = redis.Redis.from_url(
                self._url, socket_timeout=self._timeout_s + GRACE_S,
                socket_connect_timeout=1.0 + self._timeout_s, retry=Retry(NoBackoff(), 0),
                decode_responses=True, encoding_errors="surrogateescape", protocol=2,
            )  # fmt: skip
        except Exception:  # noqa: BLE001 - its text may have the URL in it
            raise InvalidValueError("url: not one that redis-py can read") from None
        if self._node is not None:
            host, port = self._node
            made.connection_pool.connection_kwargs.update(host=host, port=port)
        return made

    def connect(self) -> float:
        """Connect anew, and learn what ids are hashed with; raises what redis-py raises.

        Of a cluster that is the node where the prefix is; all its keys are on one.

        Returns how many seconds the server took for a PING.
        """
        from redis.exceptions import MovedError

        try:
            return self._connect()
        except MovedError as moved:
            self._node = moved.host, moved.port
        except Exception:
            if self._node is None:
                raise
            self._node = None  # It is gone; who the URL names may know where its keys are now.
        return self._connect()

    def _connect(self) -> float:
        self.close()
        client = self._make()
        try:
            self._prepare(client)
            started = monotonic()
            client.ping()
        except Exception:
            client.close()
            raise
        self._client = client
        return monotonic() - started

    def _prepare(self, client: redis.Redis) -> None:
        """Load the scripts, and learn what ids are hashed with."""
        pipe = client.pipeline(transaction=False)
        for script in SCRIPTS:
            pipe.script_load(script)
        place = of_salt(self._prefix)
        if self._key is not None:
            pipe.exists(place)  # A node of a cluster says so where the prefix is another's.
            pipe.execute()
            return
        pipe.set(place, secrets.token_hex(32), nx=True)
        pipe.get(place)
        self._salt = str(pipe.execute()[-1])
        self.keys = Keys(self._prefix, self._salt.encode())

    def ready(self) -> None:
        """Connect, unless that was done: before keys are named, the salt must be known."""
        if self._client is None:
            self.connect()

    def forget(self) -> None:
        """Drop the connection without a word: in a forked child it is the parent's."""
        self._client = None

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def run(self, commands: Sequence[Command]) -> list[Any]:
        """Run scripts in one exchange; return an answer or an exception for each.

        Raises ``SaltError`` where ids have to be hashed anew, and what redis-py raises where the
        connection fails.
        """
        from redis.exceptions import MovedError, NoScriptError

        if self._client is None:
            self.connect()
        answers = self._exchange(commands)
        if any(isinstance(answer, MovedError) for answer in answers):
            # The whole slot has moved: nothing of this was done.
            self.connect()
            answers = self._exchange(commands)
        if any(isinstance(answer, NoScriptError) for answer in answers):
            self._prepare(self._client or self._make())
            missed = [n for n, a in enumerate(answers) if isinstance(a, NoScriptError)]
            again = self._exchange([commands[n] for n in missed])
            for number, answer in zip(missed, again, strict=True):
                answers[number] = answer
        if any(str(answer) == "SALT" for answer in answers if isinstance(answer, Exception)):
            raise SaltError
        return [_told(answer) for answer in answers]

    def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        pipe: Any = None if self._client is None else self._client.pipeline(transaction=False)
        place = of_salt(self._prefix)
        for script, keys, args in commands:
            evaluate = pipe.evalsha_ro if script is ASK else pipe.evalsha
            evaluate(_HASHES[script], 1 + len(keys), place, *keys, self._salt, *args)
        answers: list[Any] = pipe.execute(raise_on_error=False)
        return answers

    def __repr__(self) -> str:
        return f"Server(prefix={self._prefix!r})"


class SaltError(Exception):
    """The server hashes ids with another salt by now; what was asked was not done."""


def _told(answer: Any) -> Any:
    """An answer, with what may be well in a while told from what never will."""
    if not isinstance(answer, Exception):
        return answer
    from redis import exceptions as known

    passing = (known.OutOfMemoryError, known.ReadOnlyError, known.BusyLoadingError,
               known.MasterDownError, known.ClusterDownError, known.TryAgainError,
               known.NoPermissionError, known.AuthenticationError, known.MovedError,
               known.AskError)  # fmt: skip
    if isinstance(answer, passing) or str(answer).startswith(("MISCONF", "NOREPLICAS", "OOM")):
        return Refused(type(answer).__name__)
    return answer
