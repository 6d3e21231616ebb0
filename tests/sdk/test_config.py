"""Settings: YAML 1.2, every error with its place, and nothing a file does not need."""

from __future__ import annotations

import json
import re
import sys
from types import SimpleNamespace

import attrs
import pytest

from handrail import (
    ConfigError,
    HandrailError,
    Manifest,
    Mode,
    Policy,
    Safety,
    hookimpl,
)
from handrail._config import read

FULL = """\
version: 1
features:
  video_comments:
    surface: comments
    owner: team-comments
    markets: [NO, DE]
    audience: {min_age: 13, max_age: 99}
    functionalities: [posting, replies]
    requires:
      issues: {pre_publish: [hate.*], report: [hate.speech]}
      modules: [text]
    provides: [text, author]
    carries_out: [block, hold, limit, reach]
    substitutes: {geo_block: block}
    budget_ms: 012
policies:
  starting: [comments]
sink: {jsonl: records/record.jsonl, mask: false}
strict: false
budget_ms: 30
complete_share: 0.5
telemetry: {trace_share: 1}
"""


@attrs.frozen(kw_only=True)
class Settings:
    """Settings of a module."""

    level: int = attrs.field(default=1, validator=attrs.validators.instance_of(int))
    loud: bool = False


LOOKS = SimpleNamespace(
    MANIFEST=Manifest(
        name="looks", version="1", issues=["hate.speech"], surfaces=["*"], settings=Settings
    ),
    pre_publish=hookimpl(lambda item: None),
)


class TestRead:
    """A file becomes the arguments of Safety."""

    @pytest.fixture(name="given")
    def _given(self, write):
        given = read(write(FULL))
        yield given
        given["sink"].close()

    def test_feature(self, given):
        """Every key of a feature arrives."""
        (feature,) = given["features"]

        assert (
            "video_comments", "comments", "team-comments", ("NO", "DE"), (13, 99),
            ("posting", "replies"), {"pre_publish", "report"}, ("text",), {"text", "author"},
            {"block", "hold", "limit", "reach"}, {"geo_block": "block"}, 12,
        ) == (
            feature.name, feature.surface, feature.owner, feature.markets,
            (feature.audience.min_age, feature.audience.max_age), feature.functionalities,
            set(feature.requires.issues), feature.requires.modules, feature.provides,
            feature.carries_out, dict(feature.substitutes), feature.budget_ms,
        )  # fmt: skip

    def test_other_keys(self, given):
        """Numbers, switches and starting policies arrive."""
        assert (["starting-comments"], False, 30, 0.5, 1) == (
            [policy.name for policy in given["policy"]],
            given["strict"],
            given["budget_ms"],
            given["complete_share"],
            given["trace_share"],
        )

    def test_paths_are_beside_the_file(self, given, tmp_path):
        """A path is meant from the file's own folder, wherever the program was started."""
        assert (tmp_path / "records/record.jsonl").exists() and given["sink"].masked("i") == "i"  # noqa: PT018

    def test_only_the_version_is_needed(self, write):
        """A file may say nothing but its version; what it does not say is left to Safety."""
        assert {"features": ()} == read(write("version: 1"))

    def test_a_mapping_says_the_same(self):
        """The same settings as a mapping give the same features."""
        data = {"version": 1, "features": {"chat": {"surface": "live", "markets": ["NO"]}}}

        assert [("chat", ("NO",))] == [(f.name, f.markets) for f in read(data)["features"]]

    def test_json_is_yaml(self, write):
        """A JSON file, indented with tabs, is read too."""
        data = {"version": 1, "features": {"chat": {"surface": "live"}}, "strict": False}
        text = json.dumps(data, indent="\t")

        assert read(data) == read(write(text, "handrail.json"))

    def test_a_byte_order_mark_is_no_content(self, write):
        """A file of a Windows editor is read."""
        assert {"features": ()} == read(write(b"\xef\xbb\xbfversion: 1"))

    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            pytest.param("{mode: off}", Mode.OFF, id="off is a word"),
            pytest.param("{mode: shadow, expires: 2999-01-01}", Mode.SHADOW, id="shadow"),
            pytest.param("{}", Mode.ENFORCE, id="nothing said"),
        ],
    )
    def test_modes(self, write, mode, expected):
        """A module's mode is read with its end."""
        given = read(write(f"version: 1\nmodules:\n  modes:\n    looks: {mode}"))

        assert expected is given["modes"]["looks"].mode

    def test_installed_is_everything(self, write):
        """``allow: installed`` asks for every installed module."""
        assert "installed" == read(write("version: 1\nmodules: {allow: installed}"))["modules"]

    def test_makes_a_safety(self, write):
        """``from_config`` makes a Safety of it."""
        text = "version: 1\nfeatures: {chat: {surface: live}}\nstrict: false"
        with Safety.from_config(write(text)) as safety:
            name = safety.feature("chat").name

        assert "chat" == name


FEATURE = "version: 1\nfeatures:\n  chat:\n    surface: live\n"


class TestPlaces:
    """Errors say ``file:line:column: where: what``."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("", "1:1: settings: expected keys and values, got nothing", id="empty"),
            pytest.param("- 1", "1:1: settings: expected keys and values, got a list", id="list"),
            pytest.param("strict: true", "1:1: settings: expected version: 1", id="no version"),
            pytest.param("version: 2", "1:1: version: expected version: 1", id="version"),
            pytest.param("version: 1.0", "1:1: version: expected version: 1", id="float version"),
            pytest.param("version: true", "1:1: version: expected version: 1", id="true version"),
            pytest.param("version: 1\nfeatrues: {}",
                         "2:1: featrues: unknown key 'featrues'. Did you mean 'features'?",
                         id="top"),
            pytest.param("version: 1\nstrict: on",
                         "2:1: strict: expected true or false, got text", id="on"),
            pytest.param("version: 1\nbudget_ms: 0",
                         "2:1: budget_ms: expected more than 0", id="no time"),
            pytest.param("version: 1\nbudget_ms: true",
                         "2:1: budget_ms: expected a number from 0 to 60000", id="true as time"),
            pytest.param("version: 1\ntelemetry: {trace_share: 2}",
                         "2:13: telemetry.trace_share: expected a number from 0 to 1", id="share"),
            pytest.param("version: 1\ncomplete_share: -1",
                         "2:1: complete_share: expected a number from 0 to 1", id="negative share"),
            pytest.param("version: 1\nfeatures: {Chat: {surface: live}}",
                         "2:12: features.Chat: Feature.name: expected a lower_snake", id="name"),
            pytest.param("version: 1\nfeatures: {chat: {}}",
                         "2:12: features.chat: surface is missing", id="no surface"),
            pytest.param("version: 1\nfeatures: {chat: }",
                         "2:12: features.chat: expected keys and values, got nothing",
                         id="nothing"),
            pytest.param(FEATURE + "    markts: [DE]",
                         "5:5: features.chat.markts: unknown key 'markts'. Did you mean 'markets'",
                         id="key of a feature"),
            pytest.param(FEATURE + "    markets: DE",
                         "5:5: features.chat.markets: expected a list, got text", id="no list"),
            pytest.param(FEATURE + "    markets: [DE, XQ]",
                         "5:19: features.chat.markets.1: Feature 'chat': unknown market 'XQ'",
                         id="one of a list"),
            pytest.param(FEATURE + "    markets:\n      - DE\n      - 5",
                         "7:9: features.chat.markets.1: expected text, got a number", id="number"),
            pytest.param(FEATURE + "    audience: {min_age: -3}",
                         "5:16: features.chat.audience.min_age: audience: min_age: expected whole",
                         id="age"),
            pytest.param(FEATURE + "    audience: {age: 3}",
                         "5:16: features.chat.audience.age: unknown key 'age'", id="unknown age"),
            pytest.param(FEATURE + "    requires: {issues: {report: [hate.*, hat.speech]}}",
                         "5:42: features.chat.requires.issues.report.1: requires.issues: unknown",
                         id="deep in a list"),
            pytest.param(FEATURE + "    requires: {issues: {later: [hate.*]}}",
                         "5:25: features.chat.requires.issues.later: requires.issues: unknown",
                         id="stage"),
            pytest.param(FEATURE + "    carries_out: [block, hodl]",
                         "5:26: features.chat.carries_out.1: Feature 'chat': carries_out: unknown",
                         id="action"),
            pytest.param(FEATURE + "    substitutes: {reach: block, hold: blok}",
                         "5:33: features.chat.substitutes.hold: unknown action 'blok'",
                         id="substitute"),
            pytest.param(FEATURE + "    substitutes: {hold: limit}\n    carries_out: [block]",
                         "3:3: features.chat: Feature 'chat': substitutes: hold: limit is not",
                         id="two keys that contradict"),
            pytest.param("version: 1\nmodules: {alow: []}",
                         "2:11: modules.alow: unknown key 'alow'. Did you mean 'allow'", id="alow"),
            pytest.param("version: 1\nmodules: {allow: text}",
                         "2:11: modules.allow: expected a list of modules, or installed, got text",
                         id="a module instead of a list"),
            pytest.param("version: 1\nmodules: {allow: [zzz]}",
                         "2:19: modules.allow.0: unknown module 'zzz'", id="not installed"),
            pytest.param("version: 1\nmodules: {deny: [zzz]}",
                         "2:18: modules.deny.0: unknown module 'zzz'", id="denied in vain"),
            pytest.param("version: 1\nmodules: {modes: {looks: {mode: shadw}}}",
                         "2:27: modules.modes.looks.mode: mode: unknown value 'shadw'", id="mode"),
            pytest.param("version: 1\nmodules: {modes: {looks: {mode: shadow, expires: soon}}}",
                         "2:41: modules.modes.looks.expires: expected a date", id="date"),
            pytest.param("version: 1\nmodules: {modes: {looks: {mode: shadow}}}",
                         "2:19: modules.modes.looks: modes: a module in shadow says", id="endless"),
            pytest.param("version: 1\nmodules: {modes: {looks: {mod: off}}}",
                         "2:27: modules.modes.looks.mod: unknown key 'mod'", id="key of a mode"),
            pytest.param("version: 1\npolicies: here",
                         "2:1: policies: no such directory", id="directory"),
            pytest.param("version: 1\npolicies: {starting: [comment]}",
                         "2:23: policies.starting.0: unknown starting policy 'comment'. Did",
                         id="starting policy"),
            pytest.param("version: 1\nsink: {mask: true}",
                         "2:1: sink: jsonl is missing: the file to append to", id="no file"),
            pytest.param("version: 1\nsink: {jsonl: /dev/null/x}",
                         "2:8: sink.jsonl: cannot be written: ", id="no place for a file"),
        ],
    )  # fmt: skip
    def test_nearest_key(self, fails, text, expected):
        """The place is that of the nearest key, and the text says what is allowed there."""
        assert fails(text).startswith(expected)

    def test_mapping_has_the_path_of_keys(self):
        """Without a file, the keys say where."""
        data = {"version": 1, "features": {"chat": {"surface": "live", "markets": ["DE", "XQ"]}}}

        with pytest.raises(ConfigError, match=r"^features\.chat\.markets\.1: Feature 'chat'"):
            read(data)

    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            pytest.param("looks: {levle: 1}", "4:13: .*unknown field 'levle'.*'level'", id="key"),
            pytest.param("looks: {loud: true, level: hot}", "4:25: .*TypeError", id="type"),
            pytest.param(
                "lokos: {level: 1}", "4:5: .*unknown module 'lokos'.*'looks'", id="module"
            ),
        ],
    )
    def test_settings_of_a_module_have_places(self, write, settings, expected):
        """What only the module's own class can tell still says where it stands in the file."""
        path = write(f"version: 1\nmodules:\n  settings:\n    {settings}")

        with pytest.raises(ConfigError, match=re.escape(str(path)) + ":" + expected):
            Safety(**{**read(path), "modules": [LOOKS]})

    def test_modes_of_nobody_have_places(self, write):
        """A mode for a module that is not loaded says where it stands in the file."""
        path = write("version: 1\nmodules:\n  modes:\n    lokos: {mode: off}")

        with pytest.raises(ConfigError, match=r":4:5: .*unknown module 'lokos'"):
            Safety(**{**read(path), "modules": [LOOKS]})


class TestPolicies:
    """A directory of policies is read by whatever is installed to read it."""

    @pytest.fixture(name="loader")
    def _loader(self, tmp_path, monkeypatch):
        """Install a loader of policies."""

        def loader(source, name="files"):
            (tmp_path / f"loader_{name}.py").write_text(source)
            info = tmp_path / f"loader_{name}-1.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Name: loader-{name}\nVersion: 1\n")
            points = f"[handrail.loaders]\n{name} = loader_{name}:load\n"
            (info / "entry_points.txt").write_text(points)
            monkeypatch.syspath_prepend(tmp_path)

        yield loader
        for name in [n for n in sys.modules if n.startswith("loader_")]:
            del sys.modules[name]

    GOOD = (
        "from handrail import Policy\n"
        "def load(directory):\n"
        "    return [Policy(name=path.stem) for path in sorted(directory.iterdir())]\n"
    )

    @pytest.mark.parametrize("form", ["rules", "{directory: rules, starting: [live]}"])
    def test_directory_beside_the_file(self, write, loader, tmp_path, form):
        """The loader is given the directory as seen from the file."""
        loader(self.GOOD)
        (tmp_path / "rules").mkdir()
        (tmp_path / "rules/house.yaml").touch()
        names = [p.name for p in read(write(f"version: 1\npolicies: {form}"))["policy"]]

        assert ["house", "starting-live"][: len(names)] == names

    def test_missing_directory(self, fails, loader):
        """A directory that is not there is refused by its key."""
        loader(self.GOOD)

        assert "2:1: policies: no such directory" == fails("version: 1\npolicies: rules")

    def test_loader_that_cannot_be_loaded(self, fails, loader, tmp_path):
        """A broken loader is refused with the type of its error, never its text."""
        loader("raise ValueError('canary')")
        (tmp_path / "rules").mkdir()

        assert "2:1: policies: loader_files:load cannot be loaded: ValueError" == fails(
            "version: 1\npolicies: rules"
        )

    def test_two_loaders(self, fails, loader):
        """Where two distributions could read it, neither is taken by chance."""
        loader(self.GOOD)
        loader(self.GOOD, "other")

        said = fails("version: 1\npolicies: r")

        assert "distribution that reads policy files, found: files (loader_files:load), " in said

    def test_a_policy_of_a_mapping_is_no_file(self):
        """A mapping takes starting policies too."""
        (policy,) = read({"version": 1, "policies": {"starting": ["live"]}})["policy"]

        assert isinstance(policy, Policy)


def test_config_error_is_ours():
    """Whoever catches HandrailError catches a wrong settings file."""
    assert issubclass(ConfigError, HandrailError)
