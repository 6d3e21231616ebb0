"""Several processes are one service: a key has its rate once, and a replay is worked once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import httpx
import pytest

from handrail import InvalidValueError
from handrail_asgi import new_key
from handrail_asgi._again import Again
from handrail_asgi._once import DifferentError
from handrail_asgi._rates import Rates
from handrail_asgi._refused import RefusedError
from handrail_asgi._wire import Answer
from handrail_store import Store

SETTINGS = """
version: 1
features:
  video_comments: {surface: comments}
modules:
  allow: [comments, links, text]
policies: {starting: [comments]}
store: {url: "sqlite:///handrail.db"}
"""
SERVE = """
import sys
from handrail_asgi import _ledger
from handrail_cli import main

_ledger.WAIT_S = 60  # A busy machine is no ledger that is away.
sys.exit(main())
"""
SEEN = {"feature": "video_comments", "events": [{"name": "viewed", "item": "c-1", "views": 3}]}


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """A busy machine is no ledger that is away."""
    monkeypatch.setattr("handrail_asgi._ledger.WAIT_S", 60)
    monkeypatch.setattr("handrail_asgi._again.PATIENCE_S", 60)


@pytest.fixture(name="url")
def _url(tmp_path):
    return f"sqlite:///{tmp_path}/handrail.db"


@pytest.fixture(name="ledger")
def _ledger(url):
    store = Store(url)
    yield store.ledger
    store.close()


class TestTwoProcesses:
    """Two servers over one SQLite file, as several workers are started."""

    @pytest.fixture(
        name="both",
        params=["store", pytest.param("valkey", marks=pytest.mark.server("valkey"))],
    )
    def _both(self, request, tmp_path):
        """Their addresses, a key with a burst of 8, and the two processes; each ledger in turn."""
        ledger = request.getfixturevalue("valkey_url") if request.param == "valkey" else ""
        env = {**os.environ, "PYTHONUNBUFFERED": "1", "HANDRAIL_LEDGER": ledger}
        (tmp_path / "handrail.yaml").write_text(SETTINGS)
        handrail = [sys.executable, "-c", SERVE]
        add = [*handrail, "keys", "add", "a-test", "--feature", "*", "--rate", "0.001"]
        key = subprocess.check_output([*add, "--burst", "8"], cwd=tmp_path, text=True).strip()
        with ExitStack() as stack:
            urls, processes = [], []
            for _ in range(2):
                process = stack.enter_context(subprocess.Popen(
                    [*handrail, "serve", "--port", "0", "--json"], cwd=tmp_path,
                    stdout=subprocess.PIPE, text=True, env=env,
                ))  # fmt: skip
                stack.callback(process.kill)
                processes.append(process)
                urls.append(json.loads(process.stdout.readline())["url"])
            yield urls, {"authorization": f"Bearer {key}"}, processes

    def test_are_one_to_a_caller(self, both, ask, url):
        """Together they give what the key may ask for, and a replay at the other is no second."""
        urls, bearer, processes = both
        again = {**bearer, "idempotency-key": "k-1"}
        told = [httpx.post(f"{u}/v1/events", json=SEEN, headers=again, timeout=30) for u in urls]
        asked = [
            httpx.post(f"{urls[n % 2]}/v1/pre_publish", json=ask(), headers=bearer, timeout=30)
            for n in range(16)
        ]
        for process in processes:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in processes]
        with Store(url).engine.connect() as connection:
            views = connection.exec_driver_sql("select sum(count) from views").scalar()

        assert [(202, None), (202, "true")] == [
            (each.status_code, each.headers.get("idempotent-replayed")) for each in told
        ]
        assert ([0, 0], 3) == (codes, views)
        assert [200] * 6 + [429] * 10 == [answer.status_code for answer in asked]


class TestRates:
    """What is counted in a process, and together."""

    @pytest.fixture(name="now")
    def _now(self, monkeypatch):
        now = [100.0]
        monkeypatch.setattr("handrail_asgi._rates.monotonic", lambda: now[0])
        return now

    @staticmethod
    def _count(rates, key, *items):
        """Count one after the other; how many seconds to wait, None where it may be asked."""

        async def count():
            waits = []
            for number in items:
                try:
                    await rates.count(key, number)
                    waits.append(None)
                except RefusedError as refused:
                    waits.append(int(refused.headers["retry-after"]))
            return waits

        return asyncio.run(count())

    @pytest.fixture(name="key")
    def _key(self):
        return new_key("a", ["*"], rate=2, burst=4)[1]

    def test_tokens_come_back(self, now, key):
        """A key may ask again after the time it was told."""
        rates = Rates()
        first = self._count(rates, key, 4, 4)
        now[0] += first[1]

        assert ([None, 2], [None]) == (first, self._count(rates, key, 4))

    def test_a_batch_above_the_burst_is_paid_for_afterwards(self, now, key):
        """A batch larger than the burst passes a full bucket, once."""
        assert [None, 19] == self._count(Rates(), key, 40, 1)

    def test_a_ledger_is_shared(self, ledger, key):
        """Two that share a ledger give no more than one would."""
        rates = [Rates(ledger), Rates(ledger)]
        slow = new_key("a", ["*"], rate=0.001, burst=4)[1]
        given = [self._count(rates[n % 2], slow, 1)[0] for n in range(12)]

        assert 4 == given.count(None)

    def test_a_ledger_is_not_asked_each_time(self, ledger, now):
        """What was taken ahead is given without asking, and so is a refusal that holds."""
        drawn = []

        class Counting:
            def draw(self, *args, **more):
                drawn.append(args)
                return ledger.draw(*args, **more)

        rates, key = Rates(Counting()), new_key("a", ["*"], rate=100, burst=80)[1]
        self._count(rates, key, *[1] * 11)
        ahead = len(drawn)
        slow = new_key("a", ["*"], rate=0.001, burst=1)[1]
        refused = self._count(rates, slow, *[1] * 20)

        assert (1, 19, 2) == (ahead, len(refused) - refused.count(None), len(drawn) - ahead)

    def test_what_was_taken_ahead_does_not_last(self, ledger, now):
        """Tokens of a second ago are the ledger's to give, so that bursts do not add up."""
        key = new_key("a", ["*"], rate=100, burst=80)[1]
        rates = Rates(ledger)
        self._count(rates, key, 1)
        now[0] += 2
        self._count(rates, key, 1)

        assert 10 == rates._leads[key.id].tokens

    def test_what_was_taken_ahead_is_given_once(self, now):
        """While a batch waits for the ledger, nobody spends what it counts on."""
        given, go = [], threading.Event()

        class Slow:
            def draw(self, _, lacking, ahead, **__):
                given.append(lacking if given else lacking + ahead)
                go.wait(60)
                return given[-1], 0.0

        rates, key = Rates(Slow()), new_key("a", ["*"], rate=100, burst=80)[1]

        async def together():
            async def opened():
                go.set()

            go.set()
            await rates.count(key, 1)
            go.clear()
            await asyncio.gather(*(rates.count(key, n) for n in (30, *[1] * 10)), opened())

        asyncio.run(together())

        assert 0 <= rates._leads[key.id].tokens == sum(given) - 41

    def test_without_the_ledger_each_counts_alone(self, key, caplog, now, monkeypatch):
        """A ledger that fails is left alone for a while, and said once; keys go on."""
        monkeypatch.setattr("handrail_asgi._ledger.REST_S", 60)
        asked = []

        class Away:
            def draw(self, *_, **__):
                asked.append(1)
                raise OSError("grumpf")

        rates = Rates(Away())

        assert [None, None, 1] == self._count(rates, key, 1, 3, 1)
        assert (1, ["handrail.http_ledger_away error=OSError"]) == (len(asked), caplog.messages)


class Watched:
    """A ledger, and what was asked of it.

    Args:
        ledger: The ledger. broken: How often each method fails first.
    """

    def __init__(self, ledger, **broken):
        self._ledger, self._broken, self.done = ledger, broken, []

    def __getattr__(self, name):
        def ask(*args, **more):
            if self._broken.get(name, 0) > 0:
                self._broken[name] -= 1
                raise OSError("grumpf")
            answer = getattr(self._ledger, name)(*args, **more)
            self.done.append(name)
            return answer

        return ask

    async def until(self, name):
        """Wait until it was asked, and has answered."""
        end = time.monotonic() + 60
        while name not in self.done and time.monotonic() < end:  # noqa: ASYNC110 - threads ask.
            await asyncio.sleep(0.005)
        assert name in self.done


class TestAgain:
    """What comes with an Idempotency-Key."""

    @staticmethod
    async def _run(again, name=b"n", mark=b"m", answer=b"x"):
        async def work():
            if isinstance(answer, Exception):
                raise answer
            return Answer(202, answer)

        made, old = await again.run("key", name, mark, work)
        return made.body, old

    def _two(self, ledger):
        return Again(9, 60, ledger), Again(9, 60, ledger)

    def test_another_process_answers_the_same(self, ledger):
        """The first answer is everybody's."""

        async def ask():
            one, two = self._two(ledger)
            return [await self._run(one), await self._run(two, answer=b"y")]

        assert [(b"x", False), (b"x", True)] == asyncio.run(ask())

    def test_another_mark_is_different_everywhere(self, ledger):
        """Another body is a mistake at another process too."""

        async def ask():
            one, two = self._two(ledger)
            await self._run(one)
            with pytest.raises(DifferentError):
                await self._run(two, mark=b"other")

        asyncio.run(ask())

    def test_a_failure_is_nobody_s_answer(self, ledger):
        """What raised at one process is worked at the next."""

        async def ask():
            one, two = self._two(ledger)
            with pytest.raises(InvalidValueError):
                await self._run(one, answer=InvalidValueError("no"))
            return await self._run(two, answer=b"y")

        assert (b"y", False) == asyncio.run(ask())

    def test_waits_for_another_process(self, ledger):
        """Who comes while the first is worked gets its answer."""

        async def ask():
            one = Again(9, 60, ledger)
            begun, go = asyncio.Event(), asyncio.Event()

            async def slow():
                begun.set()
                await go.wait()
                return Answer(202, b"x")

            first = asyncio.create_task(one.run("key", b"n", b"m", slow))
            await begun.wait()
            looked = Watched(ledger)
            second = asyncio.create_task(self._run(Again(9, 60, looked), answer=b"y"))
            await looked.until("begin")
            go.set()
            await first
            return await second

        assert (b"x", True) == asyncio.run(ask())

    def test_work_that_takes_long_stays_its_own(self, ledger, monkeypatch):
        """While it is worked it is renewed, so that nobody works it a second time."""
        monkeypatch.setattr("handrail_asgi._turn.LEASE_S", 0.01)

        async def ask():
            watched = Watched(ledger)

            async def long():
                await watched.until("renew")
                return Answer(202, b"x")

            answer, _ = await Again(9, 60, watched).run("key", b"n", b"m", long)
            return answer.body, {"renew", "settle"} <= {*watched.done}

        # A renewal that was on its way may be answered last.
        assert (b"x", True) == asyncio.run(ask())

    def test_a_turn_that_comes_too_late_is_given_back(self, ledger, monkeypatch):
        """A process that went on by itself keeps nobody else from working."""
        monkeypatch.setattr("handrail_asgi._ledger.WAIT_S", 0)

        async def ask():
            go, watched = threading.Event(), Watched(ledger)

            class Slow:
                def begin(self, *args, **more):
                    go.wait(60)
                    return watched.begin(*args, **more)

                def release(self, *args):
                    watched.release(*args)

            alone = await self._run(Again(9, 60, Slow()))
            go.set()
            await watched.until("release")
            monkeypatch.setattr("handrail_asgi._ledger.WAIT_S", 60)
            return [alone, await self._run(Again(9, 60, ledger), answer=b"y")]

        assert [(b"x", False), (b"y", False)] == asyncio.run(ask())

    def test_an_answer_is_told_when_the_ledger_is_back(self, ledger, monkeypatch):
        """Where it goes away during the work, a replay elsewhere gets the answer all the same."""
        monkeypatch.setattr("handrail_asgi._ledger.REST_S", 0)
        monkeypatch.setattr("handrail_asgi._turn.AGAIN_S", 0.01)

        async def ask():
            watched = Watched(ledger, settle=2)
            first = await self._run(Again(9, 60, watched))
            await watched.until("settle")
            return [first, await self._run(Again(9, 60, ledger), answer=b"y")]

        assert [(b"x", False), (b"x", True)] == asyncio.run(ask())

    def test_does_not_wait_for_ever(self, ledger, monkeypatch):
        """A first that takes too long makes the second come again."""
        monkeypatch.setattr("handrail_asgi._again.PATIENCE_S", 0)

        async def ask():
            one, two = self._two(ledger)

            async def inner():
                with pytest.raises(RefusedError) as refused:
                    await self._run(two)
                refusal = refused.value
                return Answer(refusal.status, refusal.headers["retry-after"].encode())

            answer, _ = await one.run("key", b"n", b"m", inner)
            return answer.status, answer.body

        assert (503, b"5") == asyncio.run(ask())

    def test_without_the_ledger_this_process_remembers(self):
        """A ledger that is away costs what it is for, and no answer."""

        class Away:
            def begin(self, *_, **__):
                raise OSError("grumpf")

        async def ask():
            again = Again(9, 60, Away())
            return [await self._run(again), await self._run(again, answer=b"y")]

        assert [(b"x", False), (b"x", True)] == asyncio.run(ask())


def test_two_faces_over_one_store_tell_an_event_once(serve, url):
    """Two apps in one process, each with its own store on the same file, work a replay once."""
    with ExitStack() as stack:
        stores = [Store(url) for _ in range(2)]
        served = [stack.enter_context(serve(store=store)) for store in stores]
        text, key = new_key("a test", ["*"])
        for each in served:
            each.keys.add(key)
            each.face._gate._looked = -1e9
        told = []
        for each in served:
            with each.client(text) as client:
                answer = client.post("/v1/events", json=SEEN, headers={"idempotency-key": "k"})
                told.append((answer.status_code, answer.headers.get("idempotent-replayed")))
            each.face.safety._core.flush()
        with stores[0].read() as connection:
            views = connection.exec_driver_sql("select sum(count) from views").scalar()

    assert ([(202, None), (202, "true")], 3) == (told, views)
