"""Modules by entry point: one at a time, allowed or denied, quarantined when broken."""

from __future__ import annotations

import sys

import pytest

from handrail import ConfigError, UnknownNameError
from handrail._registry import Registry

SHADOW = {"mode": "shadow", "expires": "2999-01-01"}


@pytest.fixture(name="installed")
def _installed(tmp_path, monkeypatch):
    """Install distributions with entry points: ``installed(spam="code")``."""

    def installed(**sources):
        for name, source in sources.items():
            (tmp_path / f"installed_{name}.py").write_text(source)
            info = tmp_path / f"dist_{name}-1.0.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(
                f"Metadata-Version: 2.1\nName: dist-{name}\nVersion: 1.0\n"
            )
            point = name.removesuffix("_again")
            (info / "entry_points.txt").write_text(f"[handrail]\n{point} = installed_{name}\n")
        monkeypatch.syspath_prepend(tmp_path)

    yield installed
    for name in [name for name in sys.modules if name.startswith("installed_")]:
        del sys.modules[name]


GOOD = """
from handrail import Manifest, hookimpl
MANIFEST = Manifest(name="{name}", version="1.0", issues=["integrity.spam"], surfaces=["*"])
@hookimpl
def pre_publish(item):
    return None
"""


LACKING = """
import attrs
from handrail import Manifest, MissingExtraError, hookimpl

@attrs.frozen(kw_only=True)
class Settings:
    size: int = 1

    def __attrs_post_init__(self):
        raise MissingExtraError("large", "weighing")

MANIFEST = Manifest(
    name="one", version="1.0", issues=["integrity.spam"], surfaces=["*"], settings=Settings
)
@hookimpl
def pre_publish(item):
    return None
"""


class TestInstall:
    """Modules by entry point, one at a time."""

    def test_allow_list_loads_what_it_names(self, installed):
        """Only what is allowed is loaded, even if more is there."""
        installed(one=GOOD.format(name="one"), two=GOOD.format(name="two"))
        registry = Registry()
        registry.install(["one"])

        assert [("one", "dist-one 1.0")] == [(m.name, m.origin) for m in registry.loaded]

    def test_nothing_loads_itself_under_tests(self, installed):
        """While tests run, ``installed`` loads nothing and says so."""
        installed(one=GOOD.format(name="one"))
        registry = Registry()
        registry.install(None)

        assert ([], True) == (registry.loaded, registry.skipped_under_tests)

    @pytest.fixture(name="outside_tests")
    def _outside_tests(self, monkeypatch):
        monkeypatch.delenv("PYTEST_VERSION")

    @pytest.mark.usefixtures("outside_tests")
    def test_installed_is_everything(self, installed):
        """Outside tests, ``installed`` loads every installed module."""
        installed(one=GOOD.format(name="one"), two=GOOD.format(name="two"))
        registry = Registry()
        registry.install(None)

        assert {"one", "two"} <= {m.name for m in registry.loaded}

    @pytest.mark.usefixtures("outside_tests")
    def test_deny_list_wins(self, installed):
        """What is denied is not loaded, whoever allows it."""
        installed(one=GOOD.format(name="one"), two=GOOD.format(name="two"))
        everything, named = Registry(), Registry()
        everything.install(None, ["one"])
        named.install(["one", "two"], ["one"])

        assert [False, ["two"]] == [
            "one" in {m.name for m in everything.loaded},
            [m.name for m in named.loaded],
        ]

    @pytest.mark.usefixtures("outside_tests")
    def test_what_sends_something_takes_its_name(self, installed):
        """A module that sends something off the host is loaded only where it is named."""
        sending = GOOD.format(name="one").replace("surfaces=", "sends=['text'], surfaces=")
        assert sending != GOOD.format(name="one")
        installed(one=sending)
        everything, named = Registry(), Registry()
        everything.install(None)
        named.install(["one"])

        assert "one" in everything.unasked
        assert [False, True] == ["one" in {m.name for m in r.loaded} for r in (everything, named)]

    @pytest.mark.usefixtures("outside_tests")
    def test_what_lacks_its_extra_is_left_out(self, installed):
        """Of all that is installed, a module without its extra stays out, and is said to."""
        installed(one=LACKING, two=GOOD.format(name="two"))
        registry = Registry()
        registry.install(None)

        assert {"two"} <= {m.name for m in registry.loaded}
        assert "handrail[large]" in registry.lacking["one"]

    @pytest.mark.usefixtures("outside_tests")
    @pytest.mark.parametrize(("allow", "settings"), [(["one"], {}), (None, {"one": {"size": 2}})])
    def test_what_is_asked_for_is_refused(self, installed, allow, settings):
        """A module that is named, or has settings, is not left out silently."""
        installed(one=LACKING)

        with pytest.raises(ConfigError, match=r"handrail\[large\]"):
            Registry(settings).install(allow)

    def test_unknown_name_is_refused(self, installed):
        """A name that is not installed is refused with the nearest."""
        installed(spamming=GOOD.format(name="spamming"))

        with pytest.raises(UnknownNameError, match=r"modules: allow.*'spaming'.*'spamming'"):
            Registry().install(["spaming"])

    @pytest.mark.parametrize("allow", [None, [], ["spamming"]])
    def test_unknown_denial_is_refused(self, installed, allow):
        """A denial of what is not installed may be a misspelled one of what is."""
        installed(spamming=GOOD.format(name="spamming"))

        with pytest.raises(UnknownNameError, match=r"modules: deny.*'spaming'.*'spamming'"):
            Registry().install(allow, ["spaming"])

    def test_bare_denial_is_one_name(self, installed):
        """A bare string denies the module of that name."""
        installed(spamming=GOOD.format(name="spamming"))
        registry = Registry()
        registry.install(["spamming"], "spamming")

        assert [] == registry.loaded

    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            pytest.param("import no_such_thing", "No module named 'no_such_thing'", id="import"),
            pytest.param("x =", "SyntaxError", id="syntax"),
            pytest.param("raise SystemExit", "SystemExit", id="exit"),
            pytest.param("raise ValueError('canary')", "ValueError", id="error"),
            pytest.param("x = 1", "has no MANIFEST", id="no manifest"),
            pytest.param(
                GOOD.format(name="bad").replace("integrity.spam", "integrity.spma"),
                "unknown issue 'integrity.spma'",
                id="unknown issue",
            ),
            pytest.param(
                GOOD.format(name="bad").replace("@hookimpl", ""), "not marked", id="unmarked"
            ),
        ],
    )
    def test_broken_module_is_quarantined_alone(self, installed, source, reason):
        """A broken module is kept apart with its reason, and the others load."""
        installed(bad=source, good=GOOD.format(name="good"))
        registry = Registry()
        registry.install(["bad", "good"])
        (broken,) = registry.quarantined

        assert (["good"], "bad", True, False) == (
            [m.name for m in registry.loaded],
            broken.name,
            reason in broken.reason,
            "canary" in broken.reason,
        )

    def test_two_distributions_of_a_name_are_quarantined(self, installed):
        """Where two distributions use one name, neither is taken by chance."""
        installed(one=GOOD.format(name="one"), one_again=GOOD.format(name="one"))
        registry = Registry()
        registry.install(["one"])

        reason = (
            "installed_one and installed_one_again both go by this name. Uninstall one of them."
        )

        assert ([], reason) == (registry.loaded, registry.quarantined[0].reason)

    def test_wrong_settings_are_no_quarantine(self, installed):
        """Settings are the platform's mistake, so they raise instead of losing the module."""
        installed(one=GOOD.format(name="one"))

        with pytest.raises(ConfigError, match="has no settings"):
            Registry(settings={"one": {"level": 1}}).install(["one"])

    def test_settings_of_a_quarantined_module_are_kept(self, installed):
        """A module that is broken today may have settings: it is known, though not loaded."""
        installed(bad="x =")
        registry = Registry(settings={"bad": {"level": 1}}, modes={"bad": SHADOW})
        registry.install(["bad"])

        registry.check()
