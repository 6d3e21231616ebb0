"""The vendors' modules keep their contract with the SDK, each asking a real server on loopback."""

from __future__ import annotations

import os
from functools import cache
from importlib.metadata import entry_points

import pytest

from handrail import Item, Media, Safety
from handrail.testing import ModuleContract
from handrail_vendors import (
    azure_content_safety,
    bedrock_guardrail,
    http_classifier,
    openai_moderation,
)
from handrail_vendors.testing import LocalVendor

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)
KEY = "HANDRAIL_TEST_VENDOR_KEY"
HARMLESS = ("What a lovely song", "", Item("i", media=[Media(id="m", type="image/png", data=PNG)]))


@cache
def local(form, *words):
    """A server for the whole process: threads of the contract ask it side by side."""
    os.environ[KEY] = "a-key"
    return LocalVendor(form, dict(words)).url


@pytest.mark.once
class TestOpenai(ModuleContract):
    """``openai_moderation`` keeps its contract."""

    module = openai_moderation
    examples = {"harassment.bullying": ["you blorb"], "self_harm.at_risk": ["I snarf"]}  # noqa: RUF012
    harmless = HARMLESS

    @property
    def settings(self):
        """Where to ask."""
        url = local("openai", ("blorb", "harassment"), ("snarf", "self-harm/intent"))
        return {"url": f"{url}/v1/moderations", "key_env": KEY}


@pytest.mark.once
class TestAzure(ModuleContract):
    """``azure_content_safety`` keeps its contract."""

    module = azure_content_safety
    examples = {"hate.speech": ["you blorb"], "goods.drugs": ["fresh snarf"]}  # noqa: RUF012
    harmless = HARMLESS

    @property
    def settings(self):
        """Where to ask, and one blocklist."""
        url = local("azure", ("blorb", "Hate"), ("snarf", "drugs"))
        return {"endpoint": url, "key_env": KEY, "blocklists": {"drugs": "goods.drugs"}}


@pytest.mark.once
class TestBedrock(ModuleContract):
    """``bedrock_guardrail`` keeps its contract."""

    module = bedrock_guardrail
    examples = {"harassment.bullying": ["you blorb"]}  # noqa: RUF012
    harmless = HARMLESS

    @property
    def settings(self):
        """Where to ask, and who asks."""
        url = local("bedrock", ("blorb", "INSULTS"))
        where = {"endpoint": url, "region": "eu-central-1", "guardrail": "abc123"}
        return {**where, "access_key_env": KEY, "secret_key_env": KEY}


@pytest.mark.once
class TestHttp(ModuleContract):
    """``http_classifier`` keeps its contract."""

    module = http_classifier
    examples = {"integrity.spam": ["buy blorb"]}  # noqa: RUF012
    harmless = HARMLESS

    @property
    def settings(self):
        """Where to ask, and where the score stands."""
        url = local("plain", ("blorb", "spam"))
        return {"url": url, "scores": {"/scores/spam": "integrity.spam"}}


MODULES = (azure_content_safety, bedrock_guardrail, http_classifier, openai_moderation)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.MANIFEST.name)
class TestManifest:
    """Each module says what it does."""

    def test_entry_point_bears_its_name(self, module):
        """A module is found by an entry point called like its manifest."""
        name = module.MANIFEST.name

        assert module.__name__ == entry_points(group="handrail")[name].value

    def test_says_that_text_leaves_the_host(self, module):
        """The manifest names what is sent, and no person is among it."""
        sends = module.MANIFEST.sends

        assert "text" in sends <= {"text", "media"}

    def test_every_hook_is_remote(self, module):
        """A wait for a vendor never holds up the caller's thread."""
        hooks = (module.pre_publish, module.post_publish, module.report)

        assert [True] * 3 == [hook.__code__.co_flags & 0x200 > 0 for hook in hooks]


class TestInstalled:
    """Nobody's words leave the host because a package is installed."""

    def test_installed_leaves_them_out(self, monkeypatch):
        """``allow: installed`` loads no module that sends something, and says so."""
        monkeypatch.delenv("PYTEST_VERSION")

        with Safety(modules="installed") as safety:
            loaded = {m.name for m in safety.modules}
            (note,) = [p for p in safety.problems() if "off the host" in p.what]

        assert set() == loaded & {m.MANIFEST.name for m in MODULES}
        assert all(m.MANIFEST.name in note.what for m in MODULES)
