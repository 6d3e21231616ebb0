"""A vendor on this machine: a real server on loopback that answers in the documented form.

It finds words instead of harm, so that a feature and its policies can be tried without a key,
and it fails as it is told to.
"""

from __future__ import annotations

import json
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import attrs

from handrail import FrozenMap

from ._answers import Found, azure, bedrock, openai, plain

Form = Literal["openai", "azure", "bedrock", "plain"]
"""Which vendor's form the answers have; ``plain`` is ``{"scores": {CATEGORY: SCORE}}``."""

_FORMS: Mapping[str, Callable[[Mapping[str, object], Found], object]] = {
    "openai": openai, "azure": azure, "bedrock": bedrock, "plain": plain,
}  # fmt: skip


@attrs.frozen(kw_only=True)
class Received:
    """A request that came.

    Attributes:
        path: With its query. headers: By name in lower case. body: The bytes.
    """

    path: str
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)

    @property
    def json(self) -> Mapping[str, object]:
        """The body, read."""
        value: Mapping[str, object] = json.loads(self.body)
        return value


@attrs.frozen(kw_only=True)
class Failing:
    """An answer that is not as it should be.

    Attributes:
        status: Of HTTP. headers: To send. body: To send; None is the usual answer.
        missing: By how many bytes the body ends too early.
        hangs: Whether nothing comes at all until the server is closed.
        drips: Whether the body comes one byte at a time, a hundred in a second.
    """

    status: int = 200
    headers: Mapping[str, str] = attrs.field(factory=FrozenMap)
    body: bytes | None = b""
    missing: int = 0
    hangs: bool = False
    drips: bool = False


class LocalVendor:
    """A server that answers as a vendor would; a context manager.

    Args:
        form: Whose form the answers have.
        words: The category that a text with a word is said to be of, by word.
        score: How sure it is of what it finds.
        tls: Certificate and key, as paths, to be asked by https.

    Attributes:
        received: The requests that came, in order. closed: Set once it is over.
    """

    def __init__(
        self,
        form: Form,
        words: Mapping[str, str],
        *,
        score: float = 0.9,
        tls: tuple[str, str] | None = None,
    ) -> None:
        self.received: list[Received] = []
        self._answer, self._words, self._score = _FORMS[form], dict(words), score
        self._failing: deque[Failing] = deque()
        self.closed = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "http" if tls is None else "https"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def will_fail(self, *answers: Failing) -> None:
        """Give these answers to the next requests, one each, before all is well again."""
        self._failing.extend(answers)

    def answer(self, request: Received) -> Failing:
        """What to say to a request."""
        self.received.append(request)
        told = self._failing.popleft() if self._failing else Failing(body=None)
        if told.hangs:
            self.closed.wait()
        if told.body is not None:
            return told
        said = self._answer(request.json, self._find)
        return attrs.evolve(told, body=json.dumps(said).encode())

    def _find(self, text: str) -> dict[str, float]:
        found = dict.fromkeys(self._words.values(), 0.0)
        for word, category in self._words.items():
            if word in text:
                found[category] = self._score
        return found

    def close(self) -> None:
        """Stop listening."""
        self.closed.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> LocalVendor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


def _handler(vendor: LocalVendor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            told = vendor.answer(Received(path=self.path, headers=headers, body=body))
            said = told.body or b""
            lines = {"Content-Type": "application/json", "Content-Length": str(len(said))}
            head = "".join(f"{n}: {v}\r\n" for n, v in {**lines, **told.headers}.items())
            sent = said[: len(said) - told.missing]
            # One write: two would wait for each other on a kept connection.
            start = f"HTTP/1.1 {told.status} -\r\n{head}\r\n".encode()
            self.wfile.write(start if told.drips else start + sent)
            for byte in sent if told.drips else b"":
                vendor.closed.wait(0.01)
                self.wfile.write(bytes([byte]))
            self.close_connection = bool(told.missing)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name
            """Keep quiet."""

    return Handler
