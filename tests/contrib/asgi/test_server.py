"""The server under people who are slow, rude or many, and when it is told to stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from handrail import Decision, read_record
from handrail.testing import hanging
from handrail_asgi import FileKeys, Limits, new_key
from handrail_asgi._server import listen

SETTINGS = """
version: 1
features:
  video_comments: {surface: comments}
modules:
  allow: [comments, links, text]
policies: {starting: [comments]}
sink: {jsonl: record.jsonl}
"""


GONE = """
import os
from handrail_cli import main

try:
    main()
except SystemExit as end:
    os._exit(end.code or 0)
os._exit(0)
"""
"""The command line, and an end at which nothing more is done."""


def read_all(connection):
    """Everything that is sent before the connection is closed."""
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def request(key, body, length=None):
    """A request as it goes over the wire; a *length* that is not its own makes it wait."""
    return (
        "POST /v1/pre_publish HTTP/1.1\r\nhost: a\r\nconnection: close\r\n"
        f"content-type: application/json\r\nauthorization: Bearer {key}\r\n"
        f"content-length: {length or len(body)}\r\n\r\n"
    ).encode() + body


class TestSlow:
    """Who sends slowly is not waited for."""

    @pytest.fixture(name="hasty")
    def _hasty(self, serve):
        with serve(limits=Limits(head_s=0.2, body_s=0.2, head_bytes=2000)) as served:
            yield served

    def test_a_head_that_does_not_end(self, hasty):
        """A connection that never finishes its head is closed."""
        with hasty.socket() as connection:
            connection.sendall(b"POST /v1/pre_publish HTTP/1.1\r\nhost: a\r\nx-a:")

            assert read_all(connection).startswith(b"HTTP/1.1 400")

    def test_a_connection_that_says_nothing(self, hasty):
        """A connection on which nothing comes is closed."""
        with hasty.socket() as connection:
            assert b"too slow" in read_all(connection)

    def test_a_second_head_that_does_not_end(self, hasty, until):
        """A kept connection gets no more patience than a new one."""
        with hasty.socket() as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n")
            until(lambda: b'{"status":"ok"}' in connection.recv(65536))
            connection.sendall(b"GET /healthz HTTP/1.1\r\n")

            assert read_all(connection).startswith(b"HTTP/1.1 400")

    def test_a_head_without_end(self, serve):
        """A head that grows too large is refused, however quickly it comes."""
        limits = Limits(head_s=1000, head_bytes=2000)
        with serve(limits=limits) as served, served.socket() as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nx-a: " + b"a" * 4000)

            assert read_all(connection).startswith(b"HTTP/1.1 400")

    def test_a_body_that_does_not_come(self, hasty):
        """A body that is promised and not sent is 408."""
        with hasty.socket() as connection:
            connection.sendall(request(hasty.key(), b"{", length=100))

            assert read_all(connection).startswith(b"HTTP/1.1 408")

    def test_a_body_that_would_be_too_large_is_not_waited_for(self, hasty):
        """A body that says that it is too large is refused before any of it has come."""
        with hasty.socket() as connection:
            connection.sendall(request(hasty.key(), b"", length=10**9))

            assert read_all(connection).startswith(b"HTTP/1.1 413")

    def test_others_are_served_meanwhile(self, hasty, ask):
        """While many are slow, others get their answers."""
        slow = [hasty.socket() for _ in range(50)]
        for each in slow:
            each.sendall(b"POST /v1/pre")
        with hasty.client() as client:
            status = client.post("/v1/pre_publish", json=ask()).status_code
        for each in slow:
            each.close()

        assert 200 == status


def test_a_caller_who_hangs_up_costs_nothing(served, ask, caplog, until):
    """A connection closed in the middle of a body leaves nothing behind."""
    with served.socket() as connection:
        connection.sendall(request(served.key(), b"{", length=1000))
        until(lambda: served.face._in_flight == 1)
    until(lambda: served.face._in_flight == 0)
    with served.client() as client:
        assert 200 == client.post("/v1/pre_publish", json=ask()).status_code
    assert "" == caplog.text


@pytest.mark.parametrize(
    "rude", [b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 5, b"\x00" * 100]
)
def test_what_is_no_http_is_closed(served, rude):
    """Whatever is sent, the connection ends, and the server goes on."""
    with served.socket() as connection:
        connection.sendall(rude)
        connection.shutdown(1)
        connection.settimeout(20)
        connection.recv(65536)
    with served.client() as client:
        assert 200 == client.get("/healthz").status_code


def test_answers_are_sent_at_once():
    """A listener says that it is TCP: else asyncio lets small answers wait for acknowledgements."""
    with listen("127.0.0.1", 0) as listener:
        assert socket.IPPROTO_TCP == listener.proto


def test_two_lengths_are_refused(served):
    """A request that two servers could end at two places is refused."""
    with served.socket() as connection:
        connection.sendall(
            b"POST /v1/pre_publish HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n"
            b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n"
        )

        assert connection.recv(65536).startswith(b"HTTP/1.1 400")


async def post(served, key, body):
    """Post one body over a connection of its own: status, headers and answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    writer.write(request(key, json.dumps(body).encode()))
    head = await reader.readuntil(b"\r\n\r\n")
    said = await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(head[9:12]), head.lower(), json.loads(said)


class TestMany:
    """A thousand at once."""

    def test_so_many_are_worked_and_the_rest_told_to_come_again(self, serve, ask):
        """Work at once is bounded; who is refused is told when to come again; nobody hangs."""
        module = hanging(cost="remote")

        async def storm(served, key):
            sent = [asyncio.create_task(post(served, key, ask())) for _ in range(1000)]
            done = asyncio.as_completed(sent)
            refused = [await next(done) for _ in range(900)]
            most = served.face._in_flight
            module.release.set()
            return most, refused, [await each for each in done]

        limits = Limits(in_flight=100)
        with module, serve(module, limits=limits, budget_ms=60_000) as served:
            most, refused, answered = asyncio.run(storm(served, served.key()))

        assert (100, {200}, {503}) == (most, {a[0] for a in answered}, {a[0] for a in refused})
        assert all(b"retry-after: 1\r\n" in head for _, head, _ in refused)

    def test_a_thousand_are_answered(self, serve, ask):
        """A thousand requests at once, within the limits, each get their own decision."""

        async def storm(served, key):
            asked = [ask() for _ in range(1000)]
            answers = await asyncio.gather(*(post(served, key, body) for body in asked))
            return [b["item"]["id"] for b in asked], [said["item"] for _, _, said in answers]

        with serve(limits=Limits(in_flight=1000)) as served:
            asked, answered = asyncio.run(storm(served, served.key()))

        assert asked == answered


class TestShutdown:
    """SIGTERM: nothing new, finish what was begun, write the record."""

    @pytest.fixture(name="start")
    def _start(self, tmp_path):
        """Start a server by a command: what ``handrail`` is called by."""
        (tmp_path / "handrail.yaml").write_text(SETTINGS)
        text, key = new_key("a test", ["*"])
        FileKeys(tmp_path / "handrail-keys.jsonl").add(key)
        started = []

        def start(*command):
            process = subprocess.Popen(
                [*command, "serve", "--port", "0"], cwd=tmp_path, stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONUNBUFFERED": "1"}, text=True,
            )  # fmt: skip
            started.append(process)
            process.url = process.stderr.readline().split()[-1]
            process.key = text
            process.record = tmp_path / "record.jsonl"
            return process

        yield start
        for process in started:
            process.kill()
            process.wait()
            process.stderr.close()

    @pytest.fixture(name="process")
    def _process(self, start):
        return start(Path(sys.executable).parent / "handrail")

    @pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
    def test_loses_nothing_that_was_accepted(self, process, ask):
        """Every decision that was answered stands in the record when the process has ended."""

        async def ask_on(client, answered):
            while True:
                try:
                    answer = await client.post("/v1/pre_publish", json=ask())
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    answered.add(answer.json()["id"])
                if len(answered) == 200:
                    process.send_signal(signal.SIGTERM)

        async def storm():
            answered = set()
            bearer = {"authorization": f"Bearer {process.key}"}
            async with httpx.AsyncClient(
                base_url=process.url, headers=bearer, timeout=30
            ) as client:
                await asyncio.gather(*(ask_on(client, answered) for _ in range(8)))
            return answered

        answered = asyncio.run(storm())
        code = process.wait(30)
        recorded = {e.id for e in read_record(process.record) if isinstance(e, Decision)}

        assert (0, True, set()) == (code, len(answered) >= 200, answered - recorded)

    @pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
    def test_writes_the_record_before_it_ends(self, start, ask):
        """What was answered is on the disk when the server is done: no later exit has to see to it.

        The process is gone the moment that the server is: nothing runs at the interpreter's exit.
        """
        process = start(sys.executable, "-c", GONE)
        bearer = {"authorization": f"Bearer {process.key}"}
        with httpx.Client(base_url=process.url, headers=bearer, timeout=30) as client:
            answered = {client.post("/v1/pre_publish", json=ask()).json()["id"] for _ in range(20)}
            process.send_signal(signal.SIGTERM)
        code = process.wait(30)
        recorded = {e.id for e in read_record(process.record) if isinstance(e, Decision)}

        assert (0, set()) == (code, answered - recorded)

    @pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
    def test_finishes_what_was_begun(self, process, ask, until):
        """A request whose body is still coming when SIGTERM comes is answered."""
        whole = request(process.key, json.dumps(ask()).encode())
        host, port = process.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            connection.sendall(whole[:-5])
            httpx.get(f"{process.url}/healthz")
            process.send_signal(signal.SIGTERM)
            until(lambda: refuses(process.url))
            connection.sendall(whole[-5:])

            assert read_all(connection).startswith(b"HTTP/1.1 200")
        assert 0 == process.wait(30)


def refuses(url):
    """Whether nothing new is taken."""
    try:
        httpx.get(f"{url}/healthz", timeout=1)
    except httpx.TransportError:
        return True
    return False
