"""What processes of an HTTP face write down together, on Redis or Valkey: rates and answers."""

from __future__ import annotations

import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from handrail import InvalidValueError

from ._keys import Keys
from ._scripts import BEGIN, DRAW, RELEASE, RENEW, SETTLE
from ._server import Command, SaltError, Server

SLACK_MS = 60_000
"""How much longer than it counts something is kept: clocks differ."""


class Sealing(Protocol):
    """What seals answers: a ``handrail_store.Store`` does."""

    def seal(self, content: bytes, about: str) -> bytes:
        """Encrypt *content*; it can be opened only as being *about* the same."""
        ...

    def unseal(self, sealed: bytes, about: str) -> bytes:
        """Decrypt; raises for what was not sealed so."""
        ...


class Kept(NamedTuple):
    """What stands under a name.

    Attributes:
        mark: What was asked. status: Of the answer; None while somebody works it out.
        body: The answer.
    """

    mark: str
    status: int | None
    body: bytes


def _utc() -> datetime:
    return datetime.now(UTC)


class RedisLedger:
    """Rates of API keys, and answers to an ``Idempotency-Key``, on Redis or Valkey.

    Give it to ``handrail_asgi.Handrail(ledger=…)``, in every process with the same prefix. Each
    call is one trip. Where the server is slow or gone it raises, and the face goes on by itself in
    each process, says so once in its log, and asks again a second later. Safe to use from any
    thread.

    Args:
        url: ``redis://``, ``rediss://``, ``valkey://``, ``valkeys://`` or ``unix://``.
        sealed_by: What seals answers: the store, or anything that seals and unseals as it does.
        prefix: What its keys on the server begin with: up to 64 letters, digits and ``_ . : -``.
        timeout_ms: How long one trip may take, above 0, at most 60,000.
        key: What ids are hashed with; by default it is made once and kept on the server.
        clock: Tells the time, with a zone.

    Raises InvalidValueError for an argument that cannot work, MissingExtraError without the extra
    ``redis``, and whatever redis-py raises where the server does not do what it is asked.
    """

    def __init__(  # noqa: PLR0913 - all but one by keyword
        self, url: str, *, sealed_by: Sealing, prefix: str = "handrail", timeout_ms: float = 200.0,
        key: bytes | None = None, clock: Callable[[], datetime] = _utc,
    ) -> None:  # fmt: skip
        if not 0 < timeout_ms <= 60_000:
            raise InvalidValueError("timeout_ms: expected more than 0, at most 60000")
        if key is not None and len(key) < 16:
            raise InvalidValueError("key: expected 16 bytes or more")
        self._sealed_by, self._clock, self._prefix = sealed_by, clock, prefix
        self._make: Callable[[], Server] = lambda: Server(
            url, prefix=prefix, key=key, timeout_s=timeout_ms / 1000
        )
        # One that is never connected, so that what cannot work is said here.
        self._servers = [self._make()]
        self._free, self._lock = [*self._servers], threading.Lock()

    def draw(
        self, key: str, needed: float, more: float, *, rate: float, burst: int
    ) -> tuple[float, float]:
        """Take from what a key may ask for, as ``handrail_asgi.Ledger`` says."""
        args = [repr(float(each)) for each in (self._now(), needed, more, rate, burst)]
        taken, wait = self._ask(DRAW, lambda keys: keys.of_rate(key), args)
        return float(taken), float(wait)

    def begin(self, name: str, mark: str, *, seconds: float) -> Kept | None:
        """Begin to work out an answer, for so many seconds at most; None says that it is yours.

        Else what stands there is returned: an answer, or that somebody is working it out.
        """
        args = [repr(self._now()), mark, repr(self._now() + seconds), _ms(seconds)]
        told = self._ask(BEGIN, lambda keys: keys.of_answer(name), args)
        if not told:
            return None
        known, status, body = told
        answer = self._sealed_by.unseal(b64decode(body), name) if body else b""
        return Kept(known, int(status) if status else None, answer)

    def renew(self, name: str, mark: str, *, seconds: float) -> None:
        """Go on working an answer out, for so many seconds more."""
        args = [mark, repr(self._now() + seconds), _ms(seconds)]
        self._ask(RENEW, lambda keys: keys.of_answer(name), args)

    def settle(self, name: str, mark: str, *, status: int, body: bytes, seconds: float) -> None:
        """Keep an answer for so many seconds, for whoever asks the same again.

        Nothing is kept where somebody else has answered since, or something else is asked.
        """
        sealed = b64encode(self._sealed_by.seal(body, name)).decode()
        args = [mark, repr(self._now() + seconds), _ms(seconds), str(status), sealed]
        self._ask(SETTLE, lambda keys: keys.of_answer(name), args)

    def release(self, name: str, mark: str) -> None:
        """Let go of what came to nothing, so that somebody may ask again."""
        self._ask(RELEASE, lambda keys: keys.of_answer(name), [mark])

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            for server in self._servers:
                server.close()

    def _now(self) -> float:
        return self._clock().timestamp()

    def _ask(self, script: str, key: Callable[[Keys], str], args: list[str]) -> Any:
        """Run one script in one trip; once more where ids are hashed anew by now."""
        with self._lent() as server:
            answer = self._run(server, script, key, args)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _run(self, server: Server, script: str, key: Callable[[Keys], str], args: list[str]) -> Any:
        server.ready()
        try:
            (answer,) = server.run([Command(script, [key(server.keys)], args)])
        except SaltError:
            server.connect()
            (answer,) = server.run([Command(script, [key(server.keys)], args)])
        except BaseException:
            server.close()
            raise
        return answer

    @contextmanager
    def _lent(self) -> Iterator[Server]:
        """A connection that nobody else uses: there are as many as calls at a time, at most."""
        with self._lock:
            if not self._free:
                self._servers.append(self._make())
                self._free.append(self._servers[-1])
            server = self._free.pop()
        try:
            yield server
        finally:
            with self._lock:
                self._free.append(server)

    def __repr__(self) -> str:
        return f"RedisLedger(prefix={self._prefix!r})"


def _ms(seconds: float) -> str:
    return str(int(seconds * 1000) + SLACK_MS)
