"""Keys come from the environment or a file, and nothing of key, text or answer comes out again."""

from __future__ import annotations

import json
import traceback

import pytest

from handrail import Action, Cause, InvalidValueError, Item, Policy
from handrail._inspect import read_settings
from handrail._values import Placed
from handrail.testing import make_safety
from handrail_vendors import (
    VendorError,
    openai_moderation,
)
from handrail_vendors.testing import Failing

RESULT = {
    "categories": {"harassment": True},
    "category_scores": {"harassment": 0.9},
}


def answer(**changes):
    """An answer whose first result differs from a good one."""
    return json.dumps({"results": [{**RESULT, **changes}]}).encode()


class TestSecrecy:
    """Errors say why, and nothing of the text, the key or the answer."""

    @pytest.mark.parametrize(
        "failing",
        [
            Failing(status=401, body=b"zqx-a-key is wrong"),
            Failing(status=400, body=b"you said zqx-words"),
            Failing(status=500, body=b"zqx-words"),
            Failing(body=b'{"zqx-words'),
            Failing(body=b'{"zqx-words": 1}'),
            Failing(body=answer(category_scores={"zqx-words": "zqx"})),
            Failing(body=b"x", missing=1),
            Failing(hangs=True),
        ],
    )
    def test_error_and_all_behind_it(self, openai, ask, failing):
        """Neither the error nor what it was made from holds a word of it."""
        openai.will_fail(*[failing] * 3)

        with pytest.raises(VendorError) as raised:
            ask("you zqx-words", timeout_ms=100)

        error, said = raised.value, []
        while error is not None:
            said += [*traceback.format_exception_only(error), repr(vars(error))]
            error = error.__cause__ or error.__context__
        assert "zqx" not in " ".join(said)

    def test_log_holds_nothing(self, openai, ask, caplog):
        """At its most talkative, the log names neither the address nor the key nor the text."""
        caplog.set_level(0)
        ask("you zqx-words blorb", url=f"{openai.url}/zqx-path")

        assert "zqx" not in caplog.text

    def test_fault_holds_the_type(self, openai):
        """A fault says which kind of failure it was: the type is all that is kept."""
        openai.will_fail(*[Failing(status=401, body=b"zqx")] * 3)

        settings = {"openai_moderation": {"url": openai.url}}
        policy = Policy(faults=[{"stages": ["pre_publish"], "then": "hold"}],
                        holds={"within": "24h", "otherwise": "limit"})  # fmt: skip
        with make_safety(
            openai_moderation, settings=settings, budget_ms=5_000, policy=policy
        ) as safety:
            decision = safety.feature("comments").pre_publish(Item("c1", "you blorb"))

        (fault,) = decision.faults
        assert (Action.HOLD, Cause.ERROR) == (decision.action, fault.cause)
        assert "VendorKeyError" in fault.error


class TestKeys:
    """A key comes from the environment or a file, and from nowhere else."""

    def test_key_is_sent(self, openai, ask, key):
        """The key stands in the header that is documented for it."""
        ask()

        assert f"Bearer {key}" == openai.received[0].headers["authorization"]

    def test_key_from_a_file(self, openai, ask, tmp_path):
        """A file wins over the environment; space around the key is left out."""
        (tmp_path / "key").write_text(" from-a-file\n")
        ask(key_file=str(tmp_path / "key"))

        assert "Bearer from-a-file" == openai.received[0].headers["authorization"]

    def test_changed_file_is_read_once_refused(self, openai, tmp_path):
        """A key that was rotated is found after the first refusal."""
        file = tmp_path / "key"
        file.write_text("old")
        settings = {"openai_moderation": {"url": openai.url, "key_file": str(file)}}
        with make_safety(openai_moderation, settings=settings, budget_ms=5_000) as safety:
            comments = safety.feature("comments")
            comments.pre_publish(Item("c1", "hello"))
            file.write_text("new")
            openai.will_fail(Failing(status=401))
            comments.pre_publish(Item("c2", "hello"))
            comments.pre_publish(Item("c3", "hello"))

        sent = [r.headers["authorization"] for r in openai.received]
        assert ["Bearer old", "Bearer old", "Bearer new"] == sent

    def test_file_is_seen_from_the_settings_file(self, tmp_path):
        """Wherever a service runs, the key lies beside its settings, and is read there again."""
        (tmp_path / "key").write_text("old")
        given = Placed({"key_file": "key"}, lambda *key: "handrail.yaml:1:1", tmp_path)
        made = read_settings(openai_moderation.Settings, given, "settings")
        (tmp_path / "key").write_text("new")
        made.key.forget()

        assert "new" == made.key.get()

    @pytest.mark.parametrize(
        "settings",
        [
            {"key_env": "ZQX_NOT_THERE"},
            {"key_env": "sk-zqx-the-key-itself"},
            {"key_env": ""},
            {"key_file": "/nowhere/zqx"},
            {"key_file": "/dev/null"},
        ],
    )
    def test_no_key_is_said_at_start_up(self, settings):
        """Without a key there is no start, and what was given is not repeated."""
        with pytest.raises(InvalidValueError, match="key") as refused:
            openai_moderation.Settings(**settings)
        assert "zqx" not in str(refused.value).lower()

    @pytest.mark.parametrize("name", ["sk-zqx-the-key-itself", "", "A=B", "A\0"])
    def test_no_name_of_a_variable(self, name):
        """What cannot be the name of a variable is called so: it may be the key itself."""
        with pytest.raises(InvalidValueError, match="expected the name of an environment variable"):
            openai_moderation.Settings(key_env=name)

    @pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "ключ", "x" * 5_000])
    def test_odd_key_is_refused(self, monkeypatch, key):
        """What cannot stand in a header is no key."""
        monkeypatch.setenv("OPENAI_API_KEY", key)

        with pytest.raises(InvalidValueError, match="key"):
            openai_moderation.Settings()

    def test_repr_shows_no_key(self, key, tmp_path):
        """Settings shown somewhere show neither the key nor where it is asked with."""
        shown = repr(openai_moderation.Settings(url="https://zqx.example/"))

        assert key not in shown
        assert "zqx" not in shown
