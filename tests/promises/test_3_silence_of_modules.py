"""Promise 3: silence is visible, of modules that are wrong, off or broken, and of the host itself.

What is misspelled is refused where it stands; what is left out or passed by is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import attrs
import pytest
from structlog.testing import capture_logs

from handrail import (
    ConfigError,
    Feature,
    FeatureError,
    HandrailError,
    Item,
    Manifest,
    ModuleError,
    Policy,
    Report,
    Safety,
    Status,
    UnknownNameError,
    hookimpl,
)


@pytest.fixture(name="said")
def _said():
    """What ``problems()`` says at a level, as one text."""

    def said(safety, *levels):
        found = [p for p in safety.problems() if not levels or p.level in levels]
        return "\n".join(f"{p.level}: {p.where}: {p.what}" for p in found)

    return said


@pytest.fixture(name="quiet")
def _quiet(module):
    """A module that reads the text and has nothing to say."""
    return module("quiet", lambda item: None)


def feature(**told):
    """The feature of these tests, with more told about it."""
    return [Feature(name="comments", surface="comments", **told)]


class TestMisspelled:
    """A name that means nothing is refused where it stands, with what was probably meant."""

    def test_hook(self, make, module):
        """A marked function that is no hook is refused."""
        with pytest.raises(ModuleError, match=r"'pre_publsh'. Did you mean 'pre_publish'"):
            make(module("typo", lambda item: None, stage="pre_publsh"))

    def test_unmarked_hook(self, make):
        """A hook without its mark is refused: it would never be called."""

        class Module:
            MANIFEST = Manifest(name="m", version="1", issues=(), surfaces={"*"})

            def pre_publish(self, item):
                """Forgotten."""

        with pytest.raises(ModuleError, match="pre_publish is not marked"):
            make(Module())

    def test_argument(self, make, module):
        """A hook that asks for an argument no hook has is refused."""
        with pytest.raises(ModuleError, match="contex"):
            make(module("typo", lambda item, contex: None))

    def test_settings_of_nobody(self, make, quiet):
        """Settings for a module that is not loaded are refused."""
        with pytest.raises(HandrailError, match="Did you mean 'quiet'"):
            make(quiet, settings={"quit": {"a": 1}})

    def test_unknown_setting(self, make, module):
        """A key that a module's settings do not have is refused."""

        @attrs.frozen(kw_only=True)
        class Settings:
            threshold: float = 0.5

        with pytest.raises(HandrailError, match="Did you mean 'threshold'"):
            make(
                module("m", lambda item, settings: None, settings=Settings),
                settings={"m": {"treshold": 0.1}},
            )

    def test_settings_for_a_module_without(self, make, quiet):
        """Settings for a module that has none are refused."""
        with pytest.raises(HandrailError, match="has no settings"):
            make(quiet, settings={"quiet": {"a": 1}})

    def test_mode_of_nobody(self, make, quiet):
        """A mode for a module that is not loaded is refused."""
        with pytest.raises(HandrailError, match="Did you mean 'quiet'"):
            make(quiet, modes={"quit": {"mode": "off"}})

    @pytest.mark.parametrize(
        "config",
        [
            pytest.param({"version": 1, "featurs": {}}, id="top"),
            pytest.param(
                {"version": 1, "features": {"c": {"surface": "comments", "market": []}}},
                id="feature",
            ),
            pytest.param({"version": 1, "modules": {"alow": []}}, id="modules"),
        ],
    )
    def test_config(self, config):
        """A key that the settings file does not know is refused."""
        with pytest.raises(ConfigError, match="Did you mean"):
            Safety.from_config(config)

    def test_feature(self, make, quiet):
        """A feature that is not declared is refused."""
        with pytest.raises(FeatureError, match="Did you mean 'comments'"):
            make(quiet).feature("coments")


@pytest.fixture(name="install")
def _install(tmp_path: Path, monkeypatch):
    """Install a module by entry point, as a distribution would."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name, source):
        (tmp_path / f"{name}_module.py").write_text(source)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[handrail]\n{name} = {name}_module\n")

    return install


class TestEntryPoints:
    """An installed module that cannot be taken in."""

    @pytest.fixture(name="broken")
    def _broken(self, install, quiet):
        """A Safety that was to load an installed module that is broken."""
        install("broken", "raise RuntimeError('some words')\n")
        with capture_logs() as entries, Safety(feature(), modules=[quiet, "broken"]) as safety:
            yield safety, entries

    def test_costs_itself_only(self, broken):
        """The others are loaded."""
        assert ["quiet"] == [m.name for m in broken[0].modules]

    def test_is_quarantined(self, broken):
        """It is in quarantine by name."""
        assert ["broken"] == [q.name for q in broken[0].quarantined]

    def test_is_logged(self, broken):
        """It is logged at start-up."""
        assert [("handrail.module_quarantined", "broken")] == [
            (e["event"], e["module"]) for e in broken[1] if "module" in e
        ]

    def test_is_a_problem(self, broken, said):
        """It stays among the problems, as an error."""
        assert "Module 'broken': quarantined" in said(broken[0], "error")

    def test_is_the_reason_where_it_is_required(self, install, quiet, make):
        """A feature that requires it is refused with the reason."""
        install("broken", "MANIFEST = None\n")
        told = feature(requires={"modules": ["broken"]})

        with pytest.raises(FeatureError, match=r"requires module 'broken' .*has no MANIFEST"):
            Safety(told, modules=[quiet, "broken"]).feature("comments")

    def test_name_of_nothing_installed(self):
        """A name that nothing is installed under is refused."""
        with pytest.raises(UnknownNameError, match="unknown module 'nowhere'"):
            Safety(feature(), modules=["nowhere"])

    def test_nothing_loads_by_itself_under_tests(self, make, said):
        """While tests run ``installed`` loads nothing, and that is said."""
        with Safety(feature(), modules="installed", strict=False) as safety:
            text = said(safety, "warning")

        assert "loads nothing while tests run" in text


class TestSwitchedOff:
    """A module that does not count, and ought to be noticed."""

    OFF: ClassVar = {
        "off": {"mode": "off"},
        "expired": {"mode": "shadow", "expires": "2020-01-01"},
    }

    @pytest.mark.parametrize("mode", OFF)
    def test_coverage(self, guard, quiet, finds, item, seen, mode):
        """Coverage has its row."""
        decision = guard(quiet, finds("spam"), modes={"spam": self.OFF[mode]}).pre_publish(item)

        assert (Status.SKIPPED, "disabled") == seen(decision)["spam"]

    @pytest.mark.parametrize(
        ("mode", "text"),
        [("off", "note: Module 'spam': is off."), ("expired", "its shadow expired on 2020-01-01")],
    )
    def test_problems(self, make, quiet, finds, said, mode, text):
        """It is among the problems."""
        assert text in said(make(quiet, finds("spam"), modes={"spam": self.OFF[mode]}))

    def test_expired_shadow_is_logged_at_start_up(self, make, quiet, finds):
        """A shadow that expired is said when the process starts."""
        with capture_logs() as entries:
            make(quiet, finds("spam"), modes={"spam": self.OFF["expired"]})

        assert ["Module 'spam'"] == [e["where"] for e in entries if "where" in e]


class TestBreaker:
    """A module left out because it kept failing."""

    @pytest.fixture(name="safety")
    def _safety(self, make, quiet, module):
        def fails(item):
            raise RuntimeError

        safety = make(quiet, module("broken", fails))
        for _ in range(10):
            safety.feature("comments").pre_publish(Item("1"))
        return safety

    def test_coverage(self, safety, item, seen):
        """Coverage says that it was left out, and why."""
        decision = safety.feature("comments").pre_publish(item)

        assert (Status.FAILED, "breaker_open") == seen(decision)["broken"]

    def test_decision(self, safety, item):
        """A decision without it is not complete."""
        assert not safety.feature("comments").pre_publish(item).complete

    def test_metric(self, safety, item):
        """The change is counted."""
        counted = safety.counts("handrail.breaker.changes")

        assert {("broken", "pre_publish", "open"): 1} == counted

    def test_problems(self, safety, said):
        """As long as it lasts it is a problem."""
        assert "Module 'broken': is left out at pre_publish" in said(safety, "warning")


class TestUnguarded:
    """Publishing without a decision, or against it."""

    @pytest.fixture(name="safety")
    def _safety(self, make, module, finds):
        """A Safety that blocks what is about spam, and holds nothing else back."""

        def hook(item):
            return finds("x").pre_publish(item) if item.text == "spam" else None

        late = module("late", lambda item: None, stage="post_publish")
        policy = Policy(issues={"integrity.spam": {"block": 0.5}})
        return make(module("spam", hook), late, policy=policy)

    def asked(self, safety, *items):
        """Ask about items first."""
        guarded = safety.feature("comments")
        return guarded, [guarded.pre_publish(item) for item in items]

    def test_obeying_is_guarded(self, safety, item):
        """An item that was allowed and published is not counted."""
        guarded, _ = self.asked(safety, item)
        guarded.post_publish(item)

        assert {} == safety.counts("handrail.unguarded")

    def test_without_a_decision(self, safety, item):
        """An item that nobody asked about is counted."""
        safety.feature("comments").post_publish(item)

        assert {("comments", "no decision"): 1} == safety.counts("handrail.unguarded")

    def test_an_edit_needs_a_decision_of_its_own(self, safety, item):
        """A revision that nobody asked about is counted."""
        guarded, _ = self.asked(safety, item)
        guarded.post_publish(attrs.evolve(item, revision=2))

        assert {("comments", "no decision"): 1} == safety.counts("handrail.unguarded")

    def test_against_a_block(self, safety):
        """An item published after a BLOCK is counted."""
        spam = Item("1", "spam")
        guarded, _ = self.asked(safety, spam)
        guarded.post_publish(spam)

        assert {("comments", "against the decision"): 1} == safety.counts("handrail.unguarded")

    @pytest.mark.parametrize(("published", "count"), [(True, 1), (False, 0), (None, 0)])
    def test_carried_out_against_a_block(self, safety, published, count):
        """A host that says it published what was blocked is counted."""
        guarded, (decision,) = self.asked(safety, Item("1", "spam"))
        guarded.carried_out(decision, published=published)

        assert count == sum(safety.counts("handrail.unguarded").values())

    def test_a_later_decision_counts(self, safety):
        """What was blocked, changed its text and was allowed is published with a decision."""
        guarded, _ = self.asked(safety, Item("1", "spam"), Item("1", "words"))
        guarded.post_publish(Item("1", "words"))

        assert {} == safety.counts("handrail.unguarded")

    def test_a_report_is_no_publishing(self, safety, item):
        """A report about an item nobody asked about is not counted."""
        safety.feature("comments").report(Report(id="r", item=item))

        assert {} == safety.counts("handrail.unguarded")

    def test_problems(self, safety, item, said):
        """It is a problem, as a warning: another process may have decided."""
        safety.feature("comments").post_publish(item)

        assert "1 item was published with no decision" in said(safety, "warning")


@hookimpl
def pre_publish(item):
    """Let this test module be a safety module without a manifest."""


def test_module_without_manifest(make):
    """A module that does not say what it is is refused."""
    with pytest.raises(ModuleError, match="has no MANIFEST"):
        make(type("Module", (), {"pre_publish": staticmethod(pre_publish)})())
