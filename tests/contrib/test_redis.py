"""The state on Redis or Valkey: its settings, and that nobody is told its secrets."""

from __future__ import annotations

import builtins
import sys

import pytest

from handrail import (
    ConfigError,
    InvalidValueError,
    MissingExtraError,
    Node,
    Safety,
    UnknownNameError,
)
from handrail_redis import RedisState, load

FEATURES = "version: 1\nfeatures: {wall: {surface: comments}}\nstrict: false\n"
NOBODY = "redis://:hunter2hunter2@127.0.0.1:1/0"


def config(tmp_path, state):
    """A settings file with a state."""
    path = tmp_path / "handrail.yaml"
    path.write_text(f"{FEATURES}{state}\n")
    return path


class TestSettings:
    """The key ``state`` of handrail.yaml."""

    def test_a_url_makes_a_shared_state(self, tmp_path):
        """The SDK finds the package by entry point, and shares counts."""
        path = config(tmp_path, f'state: {{redis: "{NOBODY}", prefix: p, timeout_ms: 5}}')
        with Safety.from_config(path) as safety:
            state = safety._core.planner.state

        assert (RedisState, 5.0) == (type(state), state.timeout_ms)

    def test_a_variable_may_hold_the_url(self, monkeypatch):
        """A file in a repository needs no password in it."""
        monkeypatch.setenv("OUR_REDIS", NOBODY)

        assert isinstance(load(Node({"redis_env": "OUR_REDIS"}), None), RedisState)

    @pytest.mark.parametrize(
        ("state", "where", "what"),
        [
            ("state: {}", "4:1", "expected redis"),
            ('state: {redis: "http://x"}', "4:9", "expected redis://"),
            ('state: {redis: "redis://x", prefix: "a b"}', "4:29", "64 letters"),
            ('state: {redis: "redis://x", timeout_ms: 0}', "4:29", "more than 0"),
            ('state: {redis: "redis://x", keep_days: 0}', "4:29", "more than nothing"),
            ('state: {redis: "redis://x", key_env: NO_SUCH_VARIABLE}', "4:29", "no such variable"),
            ("state: {redis_env: NO_SUCH_VARIABLE}", "4:9", "no such variable"),
            ('state: {redis: "redis://x:port"}', "4:9", "redis-py can read"),
            ('state: {redis: "redis://x", preffix: a}', "4:29", "Did you mean 'prefix'"),
        ],
    )
    def test_what_is_wrong_has_a_place(self, tmp_path, state, where, what):
        """Every mistake says file, line and column."""
        with pytest.raises(ConfigError, match=what) as raised:
            Safety.from_config(config(tmp_path, state))

        assert f"handrail.yaml:{where}: " in str(raised.value)

    def test_a_missing_extra_is_named_with_its_place(self, tmp_path, monkeypatch):
        """Without redis-py the error names the extra and the line that asked for it."""
        real = builtins.__import__

        def no_redis(name, *rest):
            if name.partition(".")[0] == "redis":
                raise ImportError(name)
            return real(name, *rest)

        monkeypatch.delitem(sys.modules, "redis", raising=False)
        monkeypatch.setattr(builtins, "__import__", no_redis)
        with pytest.raises(ConfigError, match=r"handrail\[redis\]") as raised:
            Safety.from_config(config(tmp_path, 'state: {redis: "redis://x"}'))

        assert "handrail.yaml:4:9: " in str(raised.value)
        with pytest.raises(MissingExtraError):
            RedisState("redis://x")

    def test_what_was_opened_before_is_closed(self, tmp_path):
        """A wrong state leaves no other part of the settings open."""
        path = config(tmp_path, 'state: {redis: "http://x"}\nsink: {jsonl: record.jsonl}')
        with pytest.raises(ConfigError):
            Safety.from_config(path)

        assert "" == (tmp_path / "record.jsonl").read_text()

    def test_a_dry_run_says_what_is_wrong(self, tmp_path):
        """Settings are looked at even where no state is opened."""
        with pytest.raises(ConfigError, match="expected redis://"):
            Safety.from_config(config(tmp_path, 'state: {redis: "http://x"}'), sink=None)

    def test_a_dry_run_opens_no_state(self, tmp_path):
        """Without the configured record, counts stay in the process, and nobody complains."""
        path = config(tmp_path, f'state: {{redis: "{NOBODY}"}}')
        with Safety.from_config(path, sink=None) as safety:
            assert safety._core.planner.sharing is None
            assert [] == [p for p in safety.problems() if p.where == "state"]


class TestSecrets:
    """Nobody is shown the address, which may hold a password."""

    def test_repr_has_no_address(self):
        """Neither the state nor what it is made of shows it."""
        state = RedisState(NOBODY, key=b"0123456789abcdef")
        shown = f"{state!r} {state._carrier._server!r} {state.near!r} {state._carrier!r}"

        assert [] == [part for part in ("hunter2", "127.0.0.1", "0123456789") if part in shown]

    def test_errors_have_no_address(self):
        """A URL that cannot be read is not repeated."""
        with pytest.raises(InvalidValueError) as raised:
            RedisState("redis://:hunter2@host:port")

        assert "hunter2" not in str(raised.value)


class TestArguments:
    """What cannot work is refused at the start."""

    @pytest.mark.parametrize(
        "wrong",
        [{"timeout_ms": 0}, {"timeout_ms": 70_000}, {"key": b"short"}, {"prefix": "{x}"}],
    )
    def test_wrong_arguments_are_refused(self, wrong):
        """Each is an InvalidValueError."""
        with pytest.raises(InvalidValueError):
            RedisState(NOBODY, **wrong)

    def test_an_unknown_kind_of_tagged_thing_is_refused(self):
        """Tags are kept on four kinds of things."""
        with pytest.raises(UnknownNameError, match="actor"):
            RedisState(NOBODY).tag("acter", "a", "flooder")
