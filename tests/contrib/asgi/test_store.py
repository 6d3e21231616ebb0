"""Beside the durable store: keys and decisions are there, and a receipt is a promise."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import attrs
import pytest
from sqlalchemy import select

from handrail import Decision, Feature, Policy
from handrail.testing import finding, make_safety
from handrail_asgi import StoreKeys, new_key
from handrail_store import Store, Worker
from handrail_store._schema import audit

NOW = datetime(2026, 12, 1, tzinfo=UTC)
FEATURES = [Feature(name="video_comments", surface="comments")]
SEAL = bytes(range(32))
SETTINGS = """
version: 1
features:
  video_comments: {surface: comments}
modules:
  allow: [grumpf]
policies: {starting: [comments]}
store: {url: "sqlite:///handrail.db"}
"""


@pytest.fixture(
    name="store",
    params=["sqlite", pytest.param("postgres", marks=pytest.mark.server("postgres"))],
)
def _store(request, tmp_path):
    """A store on each engine."""
    url = f"sqlite:///{tmp_path}/handrail.db"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    made = Store(url, key=SEAL, upgrade=True)
    yield made
    made.close()


class TestKeys:
    """Keys in the store."""

    def test_keeps_what_it_is_given(self, store):
        """A key is read back as it was made."""
        keys = StoreKeys(store)
        _, key = new_key("a", ["x", "y"], scopes=["ask"], rate=2.5, burst=7, expires_at=NOW)
        keys.add(key)

        assert (key,) == keys.read()

    def test_the_secret_is_not_in_the_database(self, store):
        """Of the secret only the digest is kept."""
        text, key = new_key("a", ["*"])
        StoreKeys(store).add(key)
        with store.read() as connection:
            rows = connection.exec_driver_sql("select * from api_keys").all()

        assert (False, True) == (text.split("_", 2)[2] in str(rows), key.digest in str(rows))

    def test_revokes_once(self, store):
        """A key is revoked at the first call; a key that is not there cannot be."""
        keys = StoreKeys(store)
        _, key = new_key("a", ["*"])
        keys.add(key)
        done = [keys.revoke(key.id, NOW), keys.revoke(key.id, NOW + timedelta(days=1))]

        assert ([True, True], NOW, False) == (
            done, keys.read()[0].revoked_at, keys.revoke("0" * 12, NOW),
        )  # fmt: skip

    def test_the_audit_log_says_so(self, store):
        """Making and revoking stand in the audit log, once each."""
        keys = StoreKeys(store)
        _, key = new_key("a", ["*"])
        keys.add(key)
        keys.revoke(key.id, NOW)
        keys.revoke(key.id, NOW)
        with store.read() as connection:
            said = connection.execute(select(audit.c.what)).scalars().all()

        assert ["key_made", "key_revoked"] == said


class TestServed:
    """A face over a Safety with a store."""

    @pytest.fixture(name="kept")
    def _kept(self, store, serve):
        with serve(store=store) as served, served.client() as client:
            yield served, client

    def test_what_was_published_is_accepted(self, kept, ask, store):
        """A receipt says that the item cannot be lost any more."""
        _, client = kept
        answer = client.post("/v1/post_publish", json=ask(id="c-out"))
        waiting = store.outbox.claim(10)

        assert (202, "accepted", ["c-out"]) == (
            answer.status_code, answer.json()["status"], [work.item for work in waiting],
        )  # fmt: skip

    def test_a_flood_is_refused(self, kept, store):
        """An account that reports without end is told to wait; nothing more is kept."""
        _, client = kept
        store.reports.misuse = attrs.evolve(store.reports.misuse, flood=1, most=1)
        answers = [
            client.post("/v1/reports", json={
                "feature": "video_comments",
                "report": {"id": f"r{n}", "item": {"id": f"c{n}"}, "reporter": {"id": "flooder"},
                           "issue": "integrity.spam"},
            })
            for n in range(2)
        ]  # fmt: skip

        assert [202, 429] == [each.status_code for each in answers]
        assert "3600" == answers[1].headers["retry-after"]

    def test_an_enforcement_is_acknowledged(self, kept, ask, store):
        """A service that was told by webhook says over HTTP that it has carried out what it got."""
        served, client = kept
        client.post("/v1/post_publish", json=ask(id="c-told", text="grumpf"))
        told = []
        webhook = SimpleNamespace(deliver=lambda enforcement: told.append(enforcement) or False)
        policy = Policy(issues={"integrity.spam": {"block": 0.5}})
        worker_s = Store(store.engine.url, key=SEAL)
        with make_safety(finding(), features=FEATURES, policy=policy, store=worker_s) as safety:
            Worker(safety, worker_s, channels={"*": webhook}).run(once=True)
        (enforcement,) = told
        event = {
            "name": "carried_out", "decision": enforcement.decision, "action": "block",
            "item": "c-told", "published": False,
        }  # fmt: skip
        before = [each.state for each in store.enforcements.all()]
        client.post("/v1/events", json={"feature": "video_comments", "events": [event]})
        served.face.safety._core.flush()

        assert (["delivered"], ["carried_out"]) == (
            before, [each.state for each in store.enforcements.all()],
        )  # fmt: skip

    def test_what_is_sent_again_waits_once(self, kept, ask, store, until):
        """A retry that this process has forgotten is accepted and does nothing."""
        served, client = kept
        body = ask(id="c-again")
        client.post("/v1/post_publish", json=body)
        served.face._handlers._once._known.clear()
        answer = client.post("/v1/post_publish", json=body)

        assert (202, 1) == (answer.status_code, len(store.outbox.claim(10)))

    def test_what_cannot_be_accepted_comes_again(self, kept, ask, store, monkeypatch):
        """Where the database is away the caller is told to send again, and then it is accepted."""
        _, client = kept

        def away(*_):
            raise OSError

        body = ask(id="c-later")
        with monkeypatch.context() as patched:
            patched.setattr(type(store.outbox), "accept", away)
            first = client.post("/v1/post_publish", json=body)
        second = client.post("/v1/post_publish", json=body)

        assert (503, "1", 202) == (
            first.status_code, first.headers["retry-after"], second.status_code,
        )  # fmt: skip

    def test_a_store_that_is_away_is_told(self, kept, store, monkeypatch):
        """Readiness says that the store is away, by the kind of error alone."""
        _, client = kept
        before = client.get("/readyz").status_code

        def away(_):
            raise OSError("grumpf")

        monkeypatch.setattr(type(store), "read", away)
        answer = client.get("/readyz")

        assert (200, 503) == (before, answer.status_code)
        assert ["The store cannot be read (OSError)."] == answer.json()["reasons"]

    def test_old_decisions_are_found(self, kept, ask, store, until):
        """A decision that this process has forgotten comes from the store."""
        served, client = kept
        given = Decision.from_json(client.post("/v1/pre_publish", json=ask(text="grumpf")).json())
        served.face.safety._core.flush()
        until(lambda: store.decision(given.id) is not None)
        served.face._handlers._recent._kept.clear()
        found = client.get(f"/v1/decisions/{given.id}").json()

        assert (given.id, "block") == (found["id"], found["action"])


class TestCommands:
    """``handrail keys`` where the settings have a store."""

    def test_keys_are_kept_in_the_store(self, run, settings, here):
        """What was made is listed and revoked there; no file of keys is made."""
        settings.write_text(SETTINGS)
        made = json.loads(run("keys", "add", "a", "--feature", "*", "--json").stdout)
        run("keys", "revoke", made["id"])
        listed = json.loads(run("keys", "list", "--json").stdout)["keys"]

        assert ([(made["id"], "revoked")], False) == (
            [(key["id"], key["state"]) for key in listed],
            (here / "handrail-keys.jsonl").exists(),
        )

    def test_a_file_that_is_named_is_taken(self, run, settings, here):
        """A file of keys that is named holds instead of the store."""
        settings.write_text(SETTINGS)
        run("keys", "add", "a", "--feature", "*", "--keys", "mine.jsonl")

        assert ([], True) == (
            json.loads(run("keys", "list", "--json").stdout)["keys"],
            (here / "mine.jsonl").exists(),
        )
