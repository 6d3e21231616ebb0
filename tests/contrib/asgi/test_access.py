"""Who may ask: keys, their features, scopes and rates; tried with the wrong key."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from handrail import Effect
from handrail.testing import make_decision
from handrail_asgi import MemoryKeys, new_key
from handrail_asgi._gate import Gate
from handrail_asgi._refused import RefusedError

PAST = datetime(2020, 1, 1, tzinfo=UTC)


class Known:
    """A store with one decision, whose effect names somebody."""

    def decision(self, named):
        effect = Effect("deny", ["messaging"], "pair", subject="u-victim")
        found = make_decision("block", id="a" * 24, feature="live_chat", effects=[effect])
        return found if named == found.id else None


@pytest.fixture(name="served", scope="module")
def _served(serve):
    with serve(decisions=Known()) as served:
        yield served


@pytest.fixture(name="status")
def _status(served, ask):
    """The status of a question asked with a key."""

    def status(key, feature="video_comments"):
        with served.client(key) as client:
            return client.post("/v1/pre_publish", json=ask(feature)).status_code

    return status


class TestKeys:
    """A request needs a key that is valid now."""

    @pytest.mark.parametrize(
        "sent",
        ["", "Bearer", "Bearer hr_000000000000_" + "A" * 43, "Basic YTpi",
         "Bearer hr_é", "Bearer " + "x" * 5000],
    )  # fmt: skip
    def test_no_valid_key_is_401(self, served, ask, sent):
        """Without a valid key nothing is answered but how to authenticate."""
        with served.client() as client:
            headers = {"authorization": sent.encode()}
            answer = client.post("/v1/pre_publish", json=ask(), headers=headers)

        assert (401, 'Bearer realm="handrail"') == (
            answer.status_code, answer.headers["www-authenticate"],
        )  # fmt: skip

    def test_a_wrong_secret_is_401(self, served, status):
        """The id of a key with another secret opens nothing."""
        text = served.key()
        other = served.key()

        assert 401 == status(text[:15] + "_" + other.split("_", 2)[2])

    def test_an_expired_key_is_401(self, served, status):
        """A key ends with its time."""
        assert 401 == status(served.key(expires_at=PAST))

    def test_a_key_that_has_not_ended_is_taken(self, served, status):
        """Until then it is valid."""
        assert 200 == status(served.key(expires_at=datetime.now(UTC) + timedelta(hours=1)))

    def test_a_revoked_key_is_401(self, served, status):
        """A key that worked is refused once it is revoked."""
        text = served.key()
        before = status(text)
        served.keys.revoke(text.split("_")[1], datetime.now(UTC))
        served.face._gate._looked = -1e9

        assert (200, 401) == (before, status(text))


class TestFeaturesAndScopes:
    """A key is for some features and may do some things."""

    def test_another_feature_is_403(self, served, status):
        """A key asks for its features only."""
        key = served.key("video_comments")

        assert (200, 403) == (status(key), status(key, "live_chat"))

    def test_a_feature_that_is_none_looks_like_another(self, served, status):
        """A key cannot find out which features there are."""
        key = served.key("video_comments")

        assert 403 == status(key, "no_such_feature")

    def test_a_misspelt_feature_is_told_what_the_key_is_for(self, served, ask):
        """Who mistypes the feature of their key reads its name, and no other."""
        with served.client(served.key("video_comments")) as client:
            near = client.post("/v1/pre_publish", json=ask("video_coments")).json()["detail"]
            other = client.post("/v1/pre_publish", json=ask("live_chatt")).json()["detail"]

        assert near.endswith("Did you mean video_comments?")
        assert "Did you mean" not in other

    @pytest.mark.parametrize(
        ("path", "scope"),
        [("/v1/pre_publish", "ask"), ("/v1/pre_publish/batch", "ask"),
         ("/v1/post_publish", "publish"), ("/v1/events", "publish"), ("/v1/reports", "report")],
    )  # fmt: skip
    def test_another_scope_is_403(self, served, path, scope):
        """What a key may not do is refused whatever is sent."""
        others = {"ask", "publish", "report", "read"} - {scope}
        with served.client(served.key(scopes=others)) as client:
            answer = client.post(path, json={})

        assert (403, f"This key has not the scope '{scope}'.") == (
            answer.status_code, answer.json()["detail"],
        )  # fmt: skip


class TestDecisions:
    """``GET /v1/decisions/{id}``: of the key's features, without ids of people."""

    @pytest.fixture(name="look")
    def _look(self, served):
        def look(named, *features, **more):
            with served.client(served.key(*features, **more)) as client:
                return client.get(f"/v1/decisions/{named}")

        return look

    def test_what_was_answered_is_found(self, served, ask, look):
        """A decision is found as it was given."""
        with served.client() as client:
            given = client.post("/v1/pre_publish", json=ask(text="grumpf")).json()

        assert given == look(given["id"]).json()

    def test_what_the_store_knows_is_found(self, look):
        """An older decision comes from the store."""
        assert "live_chat" == look("a" * 24).json()["feature"]

    def test_people_stay_hidden(self, look):
        """Who an effect is about is not said to a key that may not know."""
        (effect,) = look("a" * 24).json()["effects"]

        assert ("deny", False) == (effect["name"], "subject" in effect)

    def test_people_are_named_to_who_may_know(self, look):
        """With the scope for it, they are."""
        (effect,) = look("a" * 24, scopes=["read", "identities"]).json()["effects"]

        assert "u-victim" == effect["subject"]

    def test_the_wrong_key_finds_nothing(self, served, ask, look):
        """A decision of another feature is not there, in the store or answered just now."""
        with served.client() as client:
            given = client.post("/v1/pre_publish", json=ask()).json()["id"]

        assert (404, 404, 404) == (
            look(given, "live_chat").status_code,
            look("a" * 24, "video_comments").status_code,
            look("b" * 24).status_code,
        )

    def test_reading_is_a_scope(self, look):
        """A key that may not read finds nothing out."""
        assert 403 == look("a" * 24, scopes=["ask"]).status_code

    def test_a_store_that_is_away_is_503(self, served, look, monkeypatch):
        """Where the store cannot be asked, the caller may come again."""
        monkeypatch.setattr(Known, "decision", None)
        answer = look("c" * 24)

        assert (503, "1") == (answer.status_code, answer.headers["retry-after"])


class TestRates:
    """A key asks so often."""

    def test_too_often_is_429(self, served, ask):
        """Beyond its burst a key is told when to come again."""
        with served.client(served.key(rate=0.01, burst=2)) as client:
            answers = [client.post("/v1/pre_publish", json=ask()) for _ in range(3)]

        assert [200, 200, 429] == [a.status_code for a in answers]
        assert 90 <= int(answers[-1].headers["retry-after"]) <= 100

    def test_a_batch_counts_its_items(self, served, ask):
        """Items of a batch count as if they had been sent one by one."""
        items = [ask()["item"] for _ in range(4)]
        batch = {"feature": "video_comments", "items": items}
        with served.client(served.key(rate=0.01, burst=4)) as client:
            answers = [
                client.post("/v1/pre_publish/batch", json=batch),
                client.post("/v1/pre_publish", json=ask()),
            ]

        assert [200, 429] == [a.status_code for a in answers]


class Broken(MemoryKeys):
    """Keys that can be read no more once they are broken."""

    broken = False

    def read(self):
        if self.broken:
            raise OSError("grumpf")
        return super().read()


class TestKeysThatCannotBeRead:
    """Where the keys are away, known ones are taken for a while."""

    @pytest.fixture(name="gate")
    def _gate(self, monkeypatch):
        now = [100.0]
        monkeypatch.setattr("handrail_asgi._gate.monotonic", lambda: now[0])
        keys = Broken()
        text, key = new_key("a", ["*"])
        keys.add(key)
        gate = Gate(keys)

        async def enter(after):
            now[0] += after
            return await gate.enter(f"Bearer {text}".encode())

        return gate, keys, enter

    def test_known_keys_are_taken_for_a_minute(self, gate):
        """A short absence of the keys is no outage, and it is said."""
        gate, keys, enter = gate
        asyncio.run(enter(0))
        keys.broken = True
        key = asyncio.run(enter(30))

        assert ("a", "The API keys cannot be read (OSError).") == (key.name, gate.reason)

    def test_then_nobody_is_let_in(self, gate):
        """After it no key is trusted: one of them may have been revoked."""
        _, keys, enter = gate
        asyncio.run(enter(0))
        keys.broken = True

        with pytest.raises(RefusedError) as refused:
            asyncio.run(enter(61))
        assert 503 == refused.value.status
