"""API keys: shown once, kept as a digest, ended by time or by hand."""

from __future__ import annotations

import json
import os
import stat
import threading
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail import ConfigError, InvalidValueError
from handrail_asgi import FileKeys, Key, Scope, new_key
from handrail_asgi._key import matching

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(name="keys")
def _keys(tmp_path):
    return FileKeys(tmp_path / "keys.jsonl")


class TestKey:
    """What a key is, and what is kept of it."""

    def test_the_key_is_not_kept(self):
        """Nothing that is kept, printed or logged has the secret in it."""
        text, key = new_key("comments", ["video_comments"])
        secret = text.split("_", 2)[2]

        assert secret not in json.dumps(key.to_json()) + repr(key)

    def test_the_secret_has_32_random_bytes(self):
        """The last part of a key is 32 bytes in base64."""
        assert {43} == {len(new_key("a", ["*"])[0].split("_", 2)[2]) for _ in range(100)}

    def test_no_repr_shows_the_digest(self):
        """A key's repr is without its digest."""
        _, key = new_key("comments", ["video_comments"])

        assert key.digest not in repr(key)

    def test_matches_itself_alone(self):
        """A key is found by its own text, and by no text that differs in one character."""
        text, key = new_key("comments", ["*"])
        _, other = new_key("live", ["*"])
        keys = {key.id: key, other.id: other}
        wrong = [
            text[:n] + ("A" if text[n] != "A" else "B") + text[n + 1 :] for n in range(len(text))
        ]

        assert (key, {None}) == (matching(text, keys), {matching(w, keys) for w in wrong})

    @given(st.text())
    def test_any_text_is_no_key(self, text):
        """Whatever is sent, it is no key by chance and raises nothing."""
        _, key = new_key("comments", ["*"])

        assert matching(text, {key.id: key}) is None

    def test_round_trips(self):
        """A key's JSON form is read back without loss."""
        _, key = new_key("a b", ["x", "y"], scopes=["ask"], rate=2.5, burst=7, expires_at=NOW)

        assert key == Key.from_json(json.loads(json.dumps(key.to_json())))

    @pytest.mark.parametrize(
        ("field", "ended"),
        [
            ({}, False),
            ({"expires_at": NOW + timedelta(seconds=1)}, False),
            ({"expires_at": NOW}, True),
            ({"revoked_at": NOW - timedelta(days=1)}, True),
        ],
    )
    def test_ends_on_time(self, field, ended):
        """A key ends with its time, or when it is revoked."""
        _, key = new_key("comments", ["*"])

        assert ended == attrs.evolve(key, **field).ended(NOW)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"features": []}, {"name": ""}, {"name": "a\nb"}, {"scopes": ["everything"]},
            {"rate": 0}, {"rate": float("nan")}, {"burst": 0}, {"expires_at": "2026-12-01T00:00"},
        ],
    )  # fmt: skip
    def test_refuses_what_no_key_is(self, wrong):
        """What cannot be is refused when it is made."""
        with pytest.raises(InvalidValueError):
            new_key(**{"name": "a", "features": ["*"], **wrong})

    def test_identities_are_not_usual(self):
        """A key that says nothing of scopes sees no ids of people."""
        assert Scope.IDENTITIES not in new_key("a", ["*"])[1].scopes


class TestFileKeys:
    """Keys in a file."""

    def test_keeps_what_it_is_given(self, keys):
        """A key that was added is read, by another reader too."""
        _, key = new_key("comments", ["video_comments"])
        keys.add(key)

        assert (key,) == FileKeys(keys.path).read()

    def test_no_file_is_no_keys(self, keys):
        """Where there is no file, there are no keys."""
        assert () == keys.read()

    @pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
    def test_is_for_its_owner_alone(self, keys):
        """The file is made with mode 0600."""
        keys.add(new_key("a", ["*"])[1])

        assert 0o600 == stat.S_IMODE(keys.path.stat().st_mode)

    @pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
    def test_refuses_what_others_may_read(self, keys):
        """A file that others may read is refused, with what to do."""
        keys.add(new_key("a", ["*"])[1])
        keys.path.chmod(0o644)

        with pytest.raises(ConfigError, match=r"mode 0644.*chmod 600"):
            keys.read()

    def test_revokes(self, keys):
        """A revoked key has ended; a second revocation changes nothing."""
        _, key = new_key("a", ["*"])
        keys.add(key)
        done = [keys.revoke(key.id, NOW), keys.revoke(key.id, NOW + timedelta(days=1))]

        assert ([True, True], NOW) == (done, keys.read()[0].revoked_at)

    def test_knows_whom_it_cannot_revoke(self, keys):
        """A key that is not there cannot be revoked."""
        assert not keys.revoke("0" * 12, NOW)

    def test_a_line_cut_off_costs_itself(self, keys):
        """What a crash cut off is passed over; what is added afterwards is whole."""
        (_, one), (_, two) = new_key("one", ["*"]), new_key("two", ["*"])
        keys.add(one)
        with keys.path.open("ab") as file:
            file.write(b'{"key": {"id": "0123')
        before = keys.read()
        keys.add(two)

        assert ((one,), (one, two)) == (before, keys.read())

    def test_says_which_line_is_wrong(self, keys):
        """A line that is no key is told by its place, not by what it says."""
        keys.add(new_key("a", ["*"])[1])
        with keys.path.open("ab") as file:
            file.write(b'{"key": {"id": "grumpf"}}\n')

        with pytest.raises(ConfigError, match=rf"^{keys.path}:2:1: ") as caught:
            keys.read()
        assert "grumpf" not in str(caught.value)

    def test_writers_lose_nothing_of_each_other(self, keys):
        """Keys added from many threads at once are all there."""
        made = [new_key(f"key {n}", ["*"])[1] for n in range(40)]
        threads = [threading.Thread(target=keys.add, args=(key,)) for key in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert {key.id for key in made} == {key.id for key in keys.read()}
