"""The same question is worked once, however often it is sent."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from handrail.testing import hanging
from handrail_asgi._once import DifferentError, Once


def times(served, item):
    """How often the module has seen an item."""
    return sum(seen.id == item for seen in served.module.seen)


@pytest.fixture(name="post")
def _post(client):
    """Send a body: status, answer, and whether it is said to be an old one."""

    def post(path, body, **headers):
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        answer = client.post(path, json=body, headers=sent)
        return answer.status_code, answer.json(), "idempotent-replayed" in answer.headers

    return post


class TestItems:
    """An item's revision is worked once at each stage."""

    @pytest.mark.parametrize("stage", ["pre_publish", "post_publish"])
    def test_the_same_again_gets_the_same(self, served, post, ask, stage):
        """A retry gets the first answer, and no module looks again."""
        body = ask()
        one, two = post(f"/v1/{stage}", body), post(f"/v1/{stage}", body)

        assert (one[:2], True, 1) == (two[:2], two[2], times(served, body["item"]["id"]))

    def test_a_report_again_gets_the_same(self, post, ask):
        """A report that is sent again is not another report."""
        body = {"feature": "video_comments", "report": {"id": "r-7", **ask()}}
        del body["report"]["feature"]
        one, two = post("/v1/reports", body), post("/v1/reports", body)

        assert (202, one[1], True) == (one[0], two[1], two[2])

    def test_other_content_is_409(self, post, ask):
        """Other content under the same revision is a conflict, told by its place."""
        body = ask()
        post("/v1/pre_publish", body)
        body["item"]["text"] = "something else"
        status, said, _ = post("/v1/pre_publish", body)

        assert (409, "/item") == (status, said["errors"][0]["pointer"])

    def test_another_revision_is_another_question(self, served, post, ask):
        """An edit is looked at anew."""
        body = ask()
        post("/v1/pre_publish", body)
        body["item"] |= {"revision": 2, "text": "something else"}

        assert (200, 2) == (post("/v1/pre_publish", body)[0], times(served, body["item"]["id"]))

    def test_a_confirmation_is_another_question(self, post, ask):
        """An author who confirms a NUDGE is heard, under the same revision."""
        body = ask()
        nudge = post("/v1/pre_publish", body)[1]["id"]
        body["item"]["confirms"] = nudge

        assert (200, False) == post("/v1/pre_publish", body)[::2]

    def test_another_feature_is_another_question(self, post, ask):
        """The same id in another feature is another item."""
        body = ask()
        post("/v1/pre_publish", body)

        assert (200, False) == post("/v1/pre_publish", {**body, "feature": "live_chat"})[::2]

    def test_a_batch_knows_single_items(self, served, post, ask):
        """An item that was asked about alone is not worked again in a batch, nor twice in it."""
        body = ask()
        alone = post("/v1/pre_publish", body)[1]
        batch = {"feature": "video_comments", "items": [body["item"], body["item"]]}
        _, said, _ = post("/v1/pre_publish/batch", batch)

        assert ([alone, alone], 1) == (said["decisions"], times(served, body["item"]["id"]))

    def test_a_batch_that_contradicts_itself_is_409(self, served, post, ask):
        """Two contents under one revision in a batch are a conflict; none is worked."""
        item = ask()["item"]
        batch = {"feature": "video_comments", "items": [item, {**item, "text": "else"}]}
        status, said, _ = post("/v1/pre_publish/batch", batch)

        assert (409, "/items/1", 0) == (
            status, said["errors"][0]["pointer"], times(served, item["id"]),
        )  # fmt: skip


class TestIdempotencyKey:
    """``Idempotency-Key``."""

    def test_the_same_again_gets_the_same(self, post):
        """Events that are sent again are not told again."""
        body = {"feature": "video_comments", "events": [{"name": "viewed", "item": "c-1"}]}
        one = post("/v1/events", body, idempotency_key="k-1")
        two = post("/v1/events", body, idempotency_key="k-1")

        assert ((202, {"accepted": 1}, False), (202, {"accepted": 1}, True)) == (one, two)

    def test_another_body_is_409(self, post, ask):
        """A key that comes again with another body is a mistake of the caller's."""
        post("/v1/pre_publish", ask(), idempotency_key="k-2")

        assert 409 == post("/v1/pre_publish", ask(), idempotency_key="k-2")[0]

    def test_is_its_caller_s_own(self, served, post, ask):
        """Two API keys may use the same Idempotency-Key."""
        post("/v1/pre_publish", ask(), idempotency_key="k-3")
        bearer = f"Bearer {served.key()}"

        assert 200 == post("/v1/pre_publish", ask(), idempotency_key="k-3", authorization=bearer)[0]

    @pytest.mark.parametrize("key", ["", "x" * 256, "a b"])
    def test_has_a_length(self, post, ask, key):
        """An empty or endless key is refused."""
        assert 400 == post("/v1/pre_publish", ask(), idempotency_key=key)[0]


def test_a_retry_waits_for_the_first(serve, ask):
    """Two at once are one question: the second gets the answer that the first waits for."""
    module = hanging(cost="remote")
    body = ask()
    with (
        serve(module, budget_ms=20_000) as served, served.client() as client, module,
        ThreadPoolExecutor(2) as pool,
    ):  # fmt: skip
        sent = [pool.submit(client.post, "/v1/pre_publish", json=body) for _ in range(2)]
        while served.face._in_flight < 2 or not module.seen:
            pass
        module.release.set()
        one, two = (each.result() for each in sent)

    assert (one.json(), 1) == (two.json(), len(module.seen))


class TestOnce:
    """What remembers."""

    @staticmethod
    async def _run(once, name="a", mark=1, answer="x"):
        async def work():
            if isinstance(answer, Exception):
                raise answer
            return answer

        return await once.run(name, mark, work)

    def test_remembers_the_latest(self):
        """Only so many answers are kept."""

        async def ask():
            once = Once(2, 60)
            for name in "abc":
                await self._run(once, name)
            return len(once), (await self._run(once, "c"))[1], (await self._run(once, "a"))[1]

        assert (2, True, False) == asyncio.run(ask())

    def test_forgets_after_its_time(self, monkeypatch):
        """An answer is kept for so long; then even another content is a new question."""
        now = [0.0]
        monkeypatch.setattr("handrail_asgi._once.monotonic", lambda: now[0])

        async def ask():
            once = Once(9, 60)
            await self._run(once)
            now[0] = 61.0
            return await self._run(once, mark=2, answer="y")

        assert ("y", False) == asyncio.run(ask())

    def test_a_failure_is_not_remembered(self):
        """What raises is tried again, by who waited for it too."""

        async def ask():
            once = Once(9, 60)
            with pytest.raises(LookupError):
                await self._run(once, answer=LookupError())
            return await self._run(once, mark=2)

        assert ("x", False) == asyncio.run(ask())

    def test_who_waited_for_a_failure_works_itself(self):
        """A second caller whose first failed does the work."""

        async def ask():
            once, begun, go = Once(9, 60), asyncio.Event(), asyncio.Event()

            async def failing():
                begun.set()
                await go.wait()
                raise LookupError

            first = asyncio.create_task(once.run("a", 1, failing))
            await begun.wait()
            second = asyncio.create_task(self._run(once))
            await asyncio.sleep(0)
            go.set()
            with pytest.raises(LookupError):
                await first
            return await second

        assert ("x", False) == asyncio.run(ask())

    def test_another_mark_is_different(self):
        """Another content under a known name is told from it."""

        async def ask():
            once = Once(9, 60)
            await self._run(once)
            with pytest.raises(DifferentError):
                await self._run(once, mark=2)
            return once.differs("a", 1), once.differs("a", 2), once.differs("b", 2)

        assert (False, True, False) == asyncio.run(ask())
