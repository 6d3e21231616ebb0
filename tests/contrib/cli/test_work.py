"""The commands of the durable store: worker, dead, enforcements, sweep and revert."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from datetime import timedelta

import pytest

from handrail import Item, Safety
from handrail_cli.work._queue import told
from handrail_cli.work._worker import _begun
from handrail_store import SchemaError

SETTINGS = """\
version: 1
features:
  video_comments: {{surface: comments}}
modules: {{allow: [links]}}
policies: policies
store: {{url: "sqlite:///handrail.db"{more}}}
strict: false
"""

POLICY = """\
policy: house
owner: safety
applies: {surfaces: [comments]}
rules:
  - {id: shop, issue: integrity.spam, when: 'text.mentions("last tickets")', then: block}
"""


@pytest.fixture(name="stored")
def _stored(here, settings):
    """Settings with a store, and a policy that blocks a sentence."""
    folder = here / "policies"
    folder.mkdir()
    (folder / "house.yaml").write_text(POLICY)

    def write(more=""):
        settings.write_text(SETTINGS.format(more=more))
        return settings

    return write


@pytest.fixture(name="publish")
def _publish(stored):
    """Hand in texts, as a host does."""

    def publish(*texts):
        with Safety.from_config(stored()) as safety:
            comments = safety.feature("video_comments")
            for number, text in enumerate(texts):
                assert "accepted" == comments.post_publish(Item(f"c{number}", text)).status

    return publish


def read(result):
    """What a command printed for programs."""
    assert 0 == result.exit_code, result.output
    return json.loads(result.stdout)


def test_the_queue_of_a_store(run, publish):
    """Accepted work waits until a worker has settled it; what a decision asks for then does."""
    publish("hello", "LAST tickets")
    before = read(run("queue", "--json"))
    run("worker", "--once")
    after = read(run("queue", "--json"))

    assert 2 == before["accepted"]["count"]
    assert before["accepted"]["oldest_s"] >= 0
    assert {"count": 0, "oldest_s": None} == after["accepted"]
    assert 1 == after["enforcements"]["count"]


@pytest.mark.server("valkey")
def test_the_queue_on_a_broker(run, publish, valkey_url):
    """What waits there stands beside it, with its age; a wrong name is exit code 2."""
    import redis

    publish("hello")
    with redis.Redis.from_url(valkey_url) as server:
        server.xadd("mine:work:0", {"body": b""}, id="1000-0")
    named = ("--broker", valkey_url, "--name", "mine")

    assert 1 == read(run("queue", *named, "--json"))["broker"]["count"]
    assert re.search(r"on the broker redis://127\S+ +1 +\d+d \d+h", run("queue", *named).stdout)
    assert 2 == run("queue", "--broker", valkey_url, "--name", "yours").exit_code


def test_ages_of_a_queue():
    """An age is told in its two largest units."""
    said = [told(timedelta(seconds=s)) for s in (0.42, 75, 3 * 3600 + 65, 90000)]

    assert ["0.4s", "1m 15s", "3h 1m", "1d 1h"] == said


def test_worker_works_once(run, publish):
    """What was accepted is settled, and the command ends."""
    publish("fine", "last tickets", "fine")

    assert 3 == read(run("worker", "--once", "--json"))["settled"]
    assert 0 == read(run("worker", "--once", "--json"))["settled"]


def test_worker_says_what_it_did(run, publish):
    """For people it is a sentence."""
    publish("fine")

    assert "1 settled, 0 put off, 0 dead letters." in run("worker", "--once").stdout


def test_worker_of_an_app_calls_its_function(run, publish, here, monkeypatch):
    """With --app the program's own function carries out."""
    monkeypatch.syspath_prepend(str(here))
    (here / "host_of_tests.py").write_text(
        "import pathlib\nfrom handrail import Safety\n"
        "safety = Safety.from_config('handrail.yaml')\n"
        "@safety.feature('video_comments').on_enforcement\n"
        "def carry_out(enforcement):\n"
        "    pathlib.Path('done').write_text(enforcement.action.name)\n"
    )
    publish("last tickets")
    told = run("worker", "--app", "host_of_tests:safety", "--once").stdout

    assert "BLOCK" == (here / "done").read_text()
    assert "enforcements and replies sent or tried: 1.\n" in told


def test_app_that_is_not_there_is_named(run):
    """Who mistypes the module of a program reads which one there is not."""
    result = run("worker", "--app", "host_of_testz:safety", "--once")

    assert (2, True) == (result.exit_code, "no module 'host_of_testz' here" in result.output)


def test_worker_says_which_feature_hears_nothing(run, publish):
    """Where nothing carries decisions out, that is said before anything waits for ever."""
    publish("fine")
    result = run("worker", "--once")

    assert "Nothing carries out what is decided about video_comments" in result.stderr
    assert "0 dead letters" in result.stdout


def test_worker_logs_what_fails(run, publish, here, monkeypatch):
    """What the store warns of stands on standard error, for whoever is on call."""
    monkeypatch.syspath_prepend(str(here))
    (here / "failing_host.py").write_text(
        "from handrail import Safety\n"
        "safety = Safety.from_config('handrail.yaml')\n"
        "safety.feature('video_comments').on_enforcement(lambda enforcement: False)\n"
    )
    publish("last tickets")
    said = run("worker", "--app", "failing_host:safety", "--once", "--json").stderr
    publish("last tickets", "last tickets")
    quiet = run("worker", "--once", "--json", "--log-level", "error").stderr

    assert "WARNING event='handrail.enforcement_retried' feature='video_comments'" in said
    assert "Nothing carries out" not in said
    assert "handrail." not in quiet


@pytest.mark.server("valkey")
def test_worker_on_a_broker_ends_with_what_is_beside_it(run, publish, valkey_url, monkeypatch):
    """Where nothing would be delivered any more the whole ends, and says why."""
    publish("fine")

    def fail(worker, **_):
        raise SchemaError("The database has schema later")

    monkeypatch.setattr("handrail_store.Worker.run", fail)
    result = run("worker", "--broker", valkey_url)

    assert (2, True) == (result.exit_code, "has schema later" in result.output)


def test_worker_on_a_broker_does_not_end_by_itself(run, publish):
    """--once is refused with --broker, rather than passed over."""
    publish("fine")
    result = run("worker", "--once", "--broker", "nats://127.0.0.1:1")

    assert (2, True) == (result.exit_code, "a broker never is" in result.output)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("nats://u:pass@h:4222", "nats://h:4222"),
        ("nats://h:4222", "nats://h:4222"),
        ("amqp://u:pa/ss@h:5672", "amqp"),
        ("nats://u:pa?ss@h:4222", "nats"),
        ("redis://u:pa#ss@h:6379", "redis"),
        ("nats://u:pa@a/ss@h:4222", "nats"),
        ("nats://u:pa[ss@h:4222", "nats"),
        ("u:pass@h:4222", "a broker"),
    ],
)
def test_broker_is_named_without_its_password(url, shown):
    """Whatever stands in a password unescaped, no part of it is shown."""
    assert [f"Taking work from {shown}; SIGTERM or Ctrl-C ends it."] == [*_begun(url, once=False)]


def test_worker_refuses_the_schema_of_a_later_version(run, publish, here):
    """It says what to do and touches nothing; what waits is worked by the version that knows it."""
    publish("fine")
    with contextlib.closing(sqlite3.connect(here / "handrail.db")) as file:
        (known,) = file.execute("SELECT version_num FROM handrail_version").fetchone()
        with file:
            file.execute("UPDATE handrail_version SET version_num = 'later'")
        result = run("worker", "--once")
        with file:
            file.execute("UPDATE handrail_version SET version_num = ?", [known])

    assert (2, True) == (result.exit_code, "install the later version" in result.output)
    assert 1 == read(run("worker", "--once", "--json"))["settled"]


def test_a_file_that_is_no_database_is_said(run, stored, here):
    """One line, where a stack of calls would help nobody."""
    stored()
    (here / "handrail.db").write_text("no database at all, and long enough to be looked at")
    result = run("dead", "list")

    assert (2, True) == (result.exit_code, "the file is no SQLite database" in result.output)
    assert "handrail.yaml" in result.output


@pytest.mark.parametrize("app", ["nowhere:safety", "json:nothing", "json:loads", "json"])
def test_app_that_is_none(run, app):
    """What --app names has to be a Safety."""
    result = run("worker", "--app", app, "--once")

    assert (2, True) == (result.exit_code, "--app" in result.output)


def test_settings_without_a_store(run, settings):
    """The message says what is missing."""
    settings.write_text("version: 1\nfeatures: {video_comments: {surface: comments}}\n")
    settings.write_text(settings.read_text() + "strict: false\n")

    assert "need the key store" in run("worker", "--once").output


def test_enforcements_are_listed(run, publish):
    """What was decided after publishing is seen, with its state."""
    publish("last tickets")
    run("worker", "--once")
    (row,) = read(run("enforcements", "list", "--json"))
    noted = read(run("enforcements", "ack", row["id"], "--json"))
    after = run("enforcements", "list", "--state", "carried_out").stdout

    assert ("block", "waiting", 1) == (row["action"], row["state"], noted["done"])
    assert ("carried_out" in after, "item c0" in after) == (True, True)


@pytest.mark.parametrize("command", ["ack", "retry"])
def test_enforcement_that_is_not_there_is_said(run, publish, command):
    """A script sees by the exit code that nothing was done, people read where to look."""
    publish("fine")
    result = run("enforcements", command, "nothing")

    assert (1, True) == (result.exit_code, "1 not: see handrail enforcements list" in result.stdout)


def test_failed_enforcements_are_retried(run, publish):
    """Only what failed is tried again."""
    publish("last tickets")
    run("worker", "--once")
    (row,) = read(run("enforcements", "list", "--json"))

    assert 0 == json.loads(run("enforcements", "retry", row["id"], "--json").stdout)["done"]


def bury(stored, reason="ValueError at x.py:1 in y"):
    """Have what waits become dead letters."""
    with Safety.from_config(stored()) as safety:
        outbox = safety.store.outbox
        for work in outbox.claim(10):
            outbox.bury(outbox.seal(work), work, reason)


def test_dead_letters_are_retried(run, publish, stored):
    """Dead letters are seen with their reason, and worked again."""
    publish("fine", "fine")
    bury(stored)
    rows = read(run("dead", "list", "--json"))
    read(run("dead", "retry", rows[0]["key"][:12], "--by", "operator", "--json"))
    settled = read(run("worker", "--once", "--json"))["settled"]

    assert ({"ValueError at x.py:1 in y"}, 1) == ({row["reason"] for row in rows}, settled)
    assert 1 == len(read(run("dead", "list", "--json")))


def test_dead_letters_are_dropped(run, publish, stored):
    """What nobody can mend is deleted."""
    publish("fine")
    bury(stored)

    assert "1 dropped." in run("dead", "drop", "--all").stdout
    assert "No dead letters." in run("dead", "list").stdout


def test_dead_letters_have_to_be_named(run, publish, stored):
    """Nothing is dropped by accident, and an unknown key is said."""
    publish("fine")
    bury(stored)

    assert 2 == run("dead", "drop").exit_code
    assert "zz: no dead letter has that key" in run("dead", "retry", "zz").output


def test_sweep_and_revert(run, publish, here, monkeypatch):
    """What the host yields is looked at under the policies of now, and taken back by its batch."""
    monkeypatch.syspath_prepend(str(here))
    (here / "contents_of_tests.py").write_text(
        "from handrail import Item\n"
        "def since(moment):\n"
        "    yield 'video_comments', Item('old', 'last tickets')\n"
        "    yield 'video_comments', Item('fine', 'fine')\n"
    )
    publish()
    swept = read(run("sweep", "--since", "30d", "--contents", "contents_of_tests:since", "--json"))
    (row,) = read(run("enforcements", "list", "--batch", swept["batch"], "--json"))
    undone = read(run("revert", swept["batch"], "--json"))["undone"]
    again = run("revert", swept["batch"])

    assert (0, True) == (again.exit_code, again.output.startswith("Nothing to take back:"))
    assert (2, 1, "swept", 1) == (swept["looked"], swept["told"], row["reason"], undone)


def test_sweep_of_an_unknown_time(run, publish):
    """A time that is none is said before anything happens."""
    publish()

    assert "expected 30d" in run("sweep", "--since", "yesterday").output


def test_batch_that_is_not_there(run, publish):
    """The message says so."""
    publish()

    assert (2, True) == (
        (result := run("revert", "0" * 32)).exit_code, "no batch" in result.output,
    )  # fmt: skip


def test_webhooks_need_a_key(run, publish, stored):
    """Without a key in the environment nothing starts: it could not be signed."""
    publish("fine")
    stored(', webhooks: {video_comments: "https://host.example/x"}')

    assert "HANDRAIL_WEBHOOK_KEY" in run("worker", "--once").output


def test_unsafe_webhook_is_refused(run, stored):
    """The place in the settings is named."""
    stored(', webhooks: {video_comments: "http://host.example/x"}')
    result = run("worker", "--once")

    assert ("handrail.yaml:6:" in result.output, True) == (True, "https://" in result.output)
