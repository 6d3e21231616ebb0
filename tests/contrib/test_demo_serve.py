"""``handrail demo --serve``: what it prints works, and a killed worker is caught up with."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from servers.process import wait_until

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's"),
    pytest.mark.once,
]


class Demo:
    """A demo that serves, what it has said so far, and a way to ask it."""

    def __init__(self, folder, *options):
        command = [Path(sys.executable).parent / "handrail", "demo", "--serve", "--port", "0"]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(folder)}
        self._process = subprocess.Popen(
            [*command, *options], cwd=folder, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.lines = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        wait_until(lambda: self.said(r"worker \d+ works") > 0, "a worker")

    def _read(self):
        for line in self._process.stdout:
            self.lines.append(line)

    @property
    def text(self):
        """All it has said."""
        return "".join(self.lines)

    def said(self, pattern):
        """How often it has said something."""
        return len(re.findall(pattern, self.text))

    def post_publish(self, named):
        """Hand in a comment that a rule limits."""
        key = re.search(r"hr_[\w-]+", self.text)[0]
        url = re.search(r"http://127[\d.:]+", self.text)[0]
        item = {"id": named, "text": "Win: http://192.0.2.7/now"}
        request = urllib.request.Request(
            f"{url}/v1/post_publish",
            json.dumps({"feature": "video_comments", "item": item}).encode(),
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["status"]

    def kill_worker(self):
        """Kill the worker that works now."""
        os.kill(int(re.findall(r"worker (\d+) works", self.text)[-1]), signal.SIGKILL)

    def stop(self):
        """Stop it, as Ctrl-C does; return its exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        code = self._process.wait(60)
        self._reader.join()
        self._process.stdout.close()
        return code


@pytest.fixture(name="start")
def _start(tmp_path):
    demos = []

    def start(*options):
        demos.append(Demo(tmp_path, *options))
        return demos[-1]

    yield start
    for demo in demos:
        demo.stop()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_line_it_prints_is_answered(start):
    """The curl lines can be pasted: each is answered with what was asked for."""
    demo = start()
    lines = demo.text.partition("export KEY")[2].partition("\nworker")[0]
    done = subprocess.run(
        ["sh", "-ec", f"export KEY{lines}"], capture_output=True, text=True, check=True
    )
    assert 3 == lines.count("curl -w '\\n' http")
    answers = re.findall(r'"(?:stage|openapi)":"([^"]+)"', done.stdout)

    assert ["pre_publish", "post_publish", "report", "3.1.0"] == answers[:4]


def test_a_killed_worker_is_caught_up_with(start):
    """What was accepted while no worker works is worked by the next, each once."""
    demo = start()
    accepted = {demo.post_publish(f"c-{n}") for n in range(3)}
    demo.kill_worker()
    accepted |= {demo.post_publish(f"c-{n}") for n in range(3, 6)}
    wait_until(
        lambda: all(demo.said(rf"apply LIMIT reach on 'c-{n}'") for n in range(6)),
        "what was accepted",
    )

    assert ({"accepted"}, 2, 0) == (accepted, demo.said(r"worker \d+ works"), demo.stop())
    assert 1 == demo.said("what it had in hand comes back within a minute")


def test_what_waits_is_there_the_next_time(start, tmp_path):
    """A store that is named is used again, with the key beside it: what waited is worked then."""
    store = f"sqlite:///{tmp_path}/kept.db"
    first = start("--store", store)
    first.kill_worker()
    accepted = first.post_publish("c-1")
    assert ("accepted", 0) == (accepted, first.stop())
    first_end = first.said("1 accepted wait in the store")
    second = start("--store", store)
    wait_until(lambda: second.said("apply LIMIT reach on 'c-1'"), "what was accepted")

    assert (1, 0) == (first_end, second.stop())


@pytest.mark.server("nats")
@pytest.mark.server("postgres")
def test_the_same_on_a_broker_and_postgresql(start, nats_url, postgres_url):
    """Workers on NATS and a store on PostgreSQL do the same."""
    demo = start("--store", postgres_url, "--broker", nats_url)
    accepted = {demo.post_publish(f"c-{n}") for n in range(3)}
    wait_until(
        lambda: all(demo.said(rf"apply LIMIT reach on 'c-{n}'") for n in range(3)),
        "what was accepted",
    )

    assert ({"accepted"}, 0) == (accepted, demo.stop())


@pytest.mark.server("nats")
@pytest.mark.server("postgres")
def test_a_worker_killed_on_a_broker_is_caught_up_with(start, nats_url, postgres_url):
    """There too the next worker does what the one before had left, and each once."""
    demo = start("--store", postgres_url, "--broker", nats_url)
    accepted = {demo.post_publish(f"d-{n}") for n in range(3)}
    demo.kill_worker()
    accepted |= {demo.post_publish(f"d-{n}") for n in range(3, 6)}
    wait_until(
        lambda: all(demo.said(rf"apply LIMIT reach on 'd-{n}'") for n in range(6)),
        "what was accepted",
    )

    assert ({"accepted"}, 2, 0) == (accepted, demo.said(r"worker \d+ works"), demo.stop())


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--store", "mysql://a"), "store: url"), (("--broker", "ftp://a"), "a broker's URL")],
)
def test_what_cannot_start_is_told(tmp_path, options, said):
    """A store or a broker that nobody speaks is told in a line."""
    command = [Path(sys.executable).parent / "handrail", "demo", "--serve", "--port", "0"]
    done = subprocess.run(
        [*command, *options], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )

    assert (2, True) == (done.returncode, said in done.stderr)
