"""``handrail keys`` and ``handrail serve``: what they print, write and end with."""

from __future__ import annotations

import json
import socket

import pytest

from handrail_asgi import FileKeys
from handrail_asgi._key import matching


@pytest.fixture(name="keys")
def _keys(here):
    return FileKeys(here / "handrail-keys.jsonl")


class TestKeys:
    """``handrail keys``."""

    def test_add_prints_the_key_once(self, run, keys):
        """The key is printed, and what is kept of it is enough to know it again."""
        done = run("keys", "add", "comments", "--feature", "video_comments", "--rate", "5")
        (key,) = keys.read()

        assert (0, key, {"video_comments"}, 5) == (
            done.exit_code, matching(done.stdout.strip(), {key.id: key}), key.features, key.rate,
        )  # fmt: skip
        assert "cannot be shown again" in done.stderr

    def test_add_prints_json(self, run, keys):
        """Programs get the key and what it may do, without its digest."""
        options = ("--feature", "*", "--scope", "ask", "--days", "30", "--json")
        said = json.loads(run("keys", "add", "comments", *options).stdout)

        assert (["*"], ["ask"], "valid", False) == (
            said["features"], said["scopes"], said["state"], "digest" in said,
        )  # fmt: skip
        assert keys.read()[0].expires_at is not None

    def test_add_says_which_feature_the_settings_do_not_name(self, run, settings):
        """A misspelt feature is told with the key, and not by refusing what comes with it."""
        done = run("keys", "add", "a", "--feature", "video_coments", "--feature", "*")

        assert (0, 1) == (done.exit_code, done.stderr.count("unknown feature"))
        assert "'video_coments'. Did you mean 'video_comments'?" in done.stderr

    def test_add_makes_no_key_that_it_cannot_print(self, run, keys, here):
        """Settings that cannot be read are told before the key is made, not in its place."""
        (here / "handrail.yaml").write_text("version: 1\nfeatures: 3\n")
        done = run("keys", "add", "a", "--feature", "*")

        assert (2, ()) == (done.exit_code, keys.read())
        assert "features: expected keys and values" in done.stderr

    @pytest.mark.parametrize(
        "wrong",
        [("a", "--feature", ""), ("a\n", "--feature", "*"), ("a", "--feature", "*", "--rate", "0")],
    )
    def test_add_refuses_what_no_key_is(self, run, keys, wrong):
        """What no key can be is refused in one line, and nothing is kept."""
        done = run("keys", "add", *wrong)

        assert (2, ()) == (done.exit_code, keys.read())

    def test_list_shows_no_key(self, run, keys):
        """The list says what each may do; neither key nor digest is in it."""
        text = run("keys", "add", "comments", "--feature", "video_comments").stdout.strip()
        (key,) = keys.read()
        said = run("keys", "list").stdout + run("keys", "list", "--json").stdout

        assert (True, False, False) == (
            "valid" in said and key.id in said, text in said, key.digest in said,
        )  # fmt: skip

    def test_revoke_ends_a_key(self, run, keys):
        """A revoked key is listed as such."""
        made = json.loads(run("keys", "add", "a", "--feature", "*", "--json").stdout)
        done = run("keys", "revoke", made["id"])

        assert (0, "revoked") == (
            done.exit_code, json.loads(run("keys", "list", "--json").stdout)["keys"][0]["state"],
        )  # fmt: skip

    def test_revoke_knows_what_is_not_there(self, run):
        """A key that is not there cannot be revoked."""
        done = run("keys", "revoke", "0" * 12, "--json")

        assert (1, {"revoked": False}) == (done.exit_code, json.loads(done.stdout))

    def test_a_file_others_may_read_is_refused(self, run, keys):
        """Keys that others may read are not read."""
        run("keys", "add", "a", "--feature", "*")
        keys.path.chmod(0o644)
        done = run("keys", "list")

        assert (2, True) == (done.exit_code, "chmod 600" in done.stderr)


class TestServe:
    """``handrail serve``: what keeps it from starting. That it serves, test_server.py says."""

    def test_wrong_settings_are_told(self, run, here):
        """Settings that cannot be used are told with their place."""
        (here / "handrail.yaml").write_text("version: 1\nfeatures: {a: {surfce: comments}}\n")
        done = run("serve", "--port", "0")

        assert (2, True) == (done.exit_code, "handrail.yaml:2:" in done.stderr)

    def test_a_port_in_use_is_told(self, run, settings):
        """A port that somebody else has is told in a line."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = run("serve", "--port", str(port), installed=True)

        assert (2, True) == (done.exit_code, "in use" in done.stderr)
        assert f"cannot listen on 127.0.0.1:{port}: " in done.stderr

    def test_a_ledger_needs_a_key(self, run, settings):
        """What is kept on Redis is sealed with the store's key; without a store nothing starts."""
        done = run("serve", "--port", "0", "--ledger", "redis://127.0.0.1:1")

        assert (2, True) == (done.exit_code, "needs a store" in done.stderr)

    def test_missing_settings_are_told(self, run):
        """A file that is not there is a usage error."""
        done = run("serve", "--config", "nothing.yaml")

        assert 2 == done.exit_code
