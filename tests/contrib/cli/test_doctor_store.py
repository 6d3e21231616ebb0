"""``handrail doctor`` on the durable store that the settings name."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from handrail import Item
from handrail_store import Store
from handrail_store._replies import reply_row
from handrail_store._schema import replies

SETTINGS = """\
version: 1
features:
  video_comments: {{surface: comments}}
modules: {{allow: [links]}}
policies: {{starting: [comments]}}
strict: false
store: {store}
"""

FILE = '{url: "sqlite:///handrail.db"}'


@pytest.fixture(name="told")
def _told(here, run, monkeypatch):
    """A function: what the doctor says of a store, as (level, what, fix), and its exit code."""
    for name in ("HANDRAIL_STORE_KEY", "HANDRAIL_WEBHOOK_KEY"):
        monkeypatch.delenv(name, raising=False)

    def told(store=FILE):
        (here / "handrail.yaml").write_text(SETTINGS.format(store=store))
        result = run("doctor", "--json")
        problems = json.loads(result.stdout)["problems"]
        said = [(p["level"], p["what"], p["fix"]) for p in problems if "store" in p["where"]]
        return said, result.exit_code

    return told


def test_file_that_is_not_there_is_a_note_and_is_not_made(told, here):
    """A first start makes it; who stands in the wrong directory reads where it was looked for."""
    ((level, what, _),), code = told()

    assert ("note", 0, True) == (level, code, f"{here}/handrail.db is not there yet" in what)
    assert [] == list(here.glob("handrail.db*"))


def test_store_in_order_is_not_mentioned(told, here):
    """Nothing is said of a database that answers, with its schema and nothing left over."""
    Store(f"sqlite:///{here}/handrail.db").close()

    assert ([], 0) == told()


def test_wrong_key_of_the_settings_is_an_error_with_its_place(told):
    """Keys of ``store`` are read as a start would read them."""
    ((level, what, _),), code = told("{ulr: x}")

    assert ("error", 1) == (level, code)
    assert "handrail.yaml:7:9: store.ulr: unknown key 'ulr'" in what


def test_database_that_is_away_is_an_error_without_its_password(told, monkeypatch):
    """A server that nobody reaches is named, and how one gets in is not."""
    monkeypatch.setenv("HANDRAIL_STORE_KEY", "ab" * 32)
    ((level, what, _),), _ = told('{url: "postgresql://ann:hush@127.0.0.1:1/site"}')

    assert ("error", True, False) == (level, "cannot be used" in what, "hush" in what)


def test_shared_database_without_a_key_is_an_error(told):
    """What every start refuses is found before one."""
    said, _ = told('{url: "postgresql://ann@127.0.0.1:1/site"}')

    assert any("HANDRAIL_STORE_KEY is not set" in what for _, what, _ in said)


def test_webhooks_without_a_key_are_a_warning(told):
    """A worker with webhooks does not start without the key that signs them."""
    said, code = told('{url: "sqlite:///handrail.db", webhooks: {video_comments: "https://a.b/c"}}')

    assert 1 == code
    assert any("HANDRAIL_WEBHOOK_KEY is not set" in what for level, what, _ in said)


def test_work_that_waits_for_long_is_a_warning(told, here):
    """Who finds nothing published looked at reads how much waits, and since when."""
    then = datetime.now(UTC) - timedelta(minutes=12, seconds=5)
    store = Store(f"sqlite:///{here}/handrail.db", clock=lambda: then)
    store.outbox.accept("video_comments", Item("c1", "hello"))
    store.close()
    ((level, what, _),), _ = told()

    assert ("warning", "1 accepted wait, the oldest for 12 minutes.") == (level, what)


def test_key_of_another_store_is_an_error(told, here):
    """A file that was restored beside the key of another opens nothing of what came last."""
    with closing(Store(f"sqlite:///{here}/handrail.db")) as store:
        store.outbox.accept("video_comments", Item("c1", "hello"))
    (here / "handrail.db.key").write_text("00" * 32)
    ((level, what, _),), code = told()

    assert (1, "error") == (code, level)
    assert "What came last is sealed with a key that is not given here." == what


def test_replies_that_nobody_sends_are_a_warning(told, here):
    """Somebody who reported was promised an answer, and nothing sends it."""
    then = datetime.now(UTC) - timedelta(minutes=6)
    with closing(Store(f"sqlite:///{here}/handrail.db", clock=lambda: then)) as store:
        row = reply_row("receipt", {}, then, {"feature": "video_comments", "reporter": "bo"})
        with store.write() as connection:
            connection.execute(insert(replies).values(row))
    ((level, what, _),), _ = told()

    assert ("warning", "1 replies to who reported were not sent for 5 minutes.") == (level, what)
