"""The documentation is complete: whatever people can write, call or read has its place."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import re
import sys
from importlib.metadata import entry_points
from pathlib import Path

import attrs
import click
import pytest

import handrail
from handrail.testing import FeatureContract, Host, ModuleContract, _marker

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "plugins/**/*.md", "contrib/**/*.md")
    for path in ROOT.glob(pattern)
)
LOADED = {point.name: point.load() for point in entry_points(group="handrail.commands")}
COMMANDS = {
    f"{name} {part}".strip(): command
    for name, loaded in LOADED.items()
    for part, command in getattr(loaded, "commands", {"": loaded}).items()
}
"""Every command, those of a group by both names."""

MODULES = {
    e.name: e.load().MANIFEST
    for e in entry_points(group="handrail")
    if (ROOT / "plugins" / e.value).is_dir()
}


def internal(name: str) -> object:
    """What the SDK keeps under a name that is its own, wherever it keeps it."""
    for info in pkgutil.iter_modules(handrail.__path__, "handrail."):
        if info.name.startswith("handrail._"):
            found = vars(importlib.import_module(info.name))
            if name in found:
                return found[name]
    raise LookupError(name)


HOOKS = [stage.value for stage in handrail.Stage]
INPUTS = internal("INPUTS")
SPECS = {name: internal(name) for name in HOOKS}


def known_keys(*path: str) -> set[str]:
    """The keys that settings know at a place: an unknown one is answered with them."""
    settings: dict[str, object] = {"nothing_like_it": 1}
    for key in reversed(path):
        settings = {key: settings}
    with pytest.raises(handrail.ConfigError) as caught:
        handrail.Safety.from_config({"version": 1, **settings})
    return set(re.search(r"Known: (.*)\.$", str(caught.value))[1].split(", "))


def read(page: str) -> str:
    """A page of the documentation."""
    return (DOCS / page).read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    """What stands under a heading, up to the next one of its level or higher."""
    found = re.search(
        rf"^(#+) {re.escape(title)}\n(.*?)(?=^#{{1,2}} |\Z)", read(page), re.MULTILINE | re.DOTALL
    )
    assert found, f"{page} has no heading {title!r}"
    return found[2]


def rows(text: str) -> set[str]:
    """The first cell of every row of the tables in a text, without marks."""
    cells = re.findall(r"^\| ([^|]+?) \|", text.replace(r"\|", "/"), re.MULTILINE)
    return {cell.strip("`") for cell in cells} - {"---"}


def words(text: str) -> set[str]:
    """What stands between backticks, outside blocks of code."""
    return set(
        re.findall(
            r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        )
    )


class TestHooks:
    """``hooks.md`` is the contract."""

    @pytest.mark.parametrize("name", HOOKS)
    def test_heading_is_the_signature(self, name):
        """Each hook has a heading that is its exact signature."""
        arguments = ", ".join(inspect.signature(SPECS[name]).parameters)

        assert section("reference/hooks.md", f"{name}({arguments})")

    @pytest.mark.parametrize("name", HOOKS)
    def test_every_argument_is_described(self, name):
        """Each argument has a line that begins with it, with its type and a sentence."""
        arguments = list(inspect.signature(SPECS[name]).parameters)
        text = section("reference/hooks.md", f"{name}({', '.join(arguments)})")

        assert arguments == re.findall(r"^- `(\w+)` \(.+?\): [A-Z].+\.$", text, re.MULTILINE)

    @pytest.mark.parametrize("name", HOOKS)
    def test_the_example_is_short(self, name):
        """Each hook has one example of at most ten lines, which implements it."""
        arguments = ", ".join(inspect.signature(SPECS[name]).parameters)
        text = section("reference/hooks.md", f"{name}({arguments})")
        (example,) = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)

        assert (True, True) == (len(example.splitlines()) <= 10, f"def {name}(" in example)

    def test_the_manifest_is_described(self):
        """Each field of a manifest has a row."""
        fields = {field.name for field in attrs.fields(handrail.Manifest)}

        assert fields == rows(section("reference/hooks.md", "Manifest")) - {"field"}

    def test_the_context_is_described(self):
        """Each public part of a context has a row."""
        public = {n for n in vars(handrail.Context) if not n.startswith("_")} - {"build"}
        text = section("reference/hooks.md", "Context")

        assert public | {"item"} <= {row.partition("(")[0] for row in rows(text)}

    def test_the_text_is_described(self):
        """Each text derivation has a row."""
        public = {name for name in vars(handrail.Text) if not name.startswith("_")}

        text = section("reference/hooks.md", "Context")

        assert public | {"raw"} <= {row.partition("(")[0] for row in rows(text)}


class TestApi:
    """``api.md`` has every public name."""

    @pytest.mark.parametrize("name", handrail.__all__)
    def test_name_has_a_heading(self, name):
        """Each public name has its heading, and a line below it."""
        assert re.search(rf"^### {name}\n\n\S", read("reference/api.md"), re.MULTILINE)

    def test_no_meaning_is_empty(self):
        """Every field and member is described."""
        assert [] == re.findall(r"^\|.*\|  \|$", read("reference/api.md"), re.MULTILINE)


class TestPolicies:
    """``policies.md`` has every part of a policy."""

    def test_every_class_has_a_heading(self):
        """Each class a policy is made of has its heading."""
        parts = ["Policy", "Applies", "Rule", "Then", "Override", "ExceptionRule", "FaultRule",
                 "Holds", "Mode", "Condition", "Unknown"]  # fmt: skip

        assert [] == [
            part for part in parts if f"\n## {part}\n" not in read("reference/policies.md")
        ]

    def test_every_input_is_listed(self):
        """Each input of conditions has a row."""
        functions = set(internal("_CALLS"))
        listed = rows(section("reference/policies.md", "Condition"))
        called = {row.partition("(")[0] for row in listed if "(" in row}

        assert (set(INPUTS), functions) == (
            {row for row in listed if ("." in row or row in INPUTS) and "(" not in row},
            called,
        )

    @pytest.mark.parametrize("name", INPUTS)
    def test_input_says_what_it_needs(self, name):
        """An input's row says whether it may be missing, and what the feature must provide."""
        known = INPUTS[name]
        (row,) = re.findall(
            rf"^\| `{re.escape(name)}` \|.*$",
            section("reference/policies.md", "Condition"),
            re.MULTILINE,
        )
        cells = [cell.strip().strip("`") for cell in row.split("|")[3:5]]

        assert ["yes" if known.optional else "", known.provision or ""] == cells

    def test_every_queue_is_listed(self):
        """Each flag that chooses a review queue has a row, in the order in which they count."""
        text = section("reference/policies.md", "Review queues")

        assert list(internal("_QUEUES")) == re.findall(
            r"^\| `(\w+)` \| `(\w+)` \|$", text, re.MULTILINE
        )

    def test_every_cause_is_listed(self):
        """Each cause of a fault has a row."""
        listed = rows(section("reference/policies.md", "FaultRule"))

        assert {cause.value for cause in handrail.Cause} <= listed

    def test_default_fault_rules_are_as_shown(self):
        """The rules that hold where a policy says nothing are the three of the table."""
        shown = [
            handrail.FaultRule(
                stages=["report"], then={"review": {"queue": "faults", "within": "24h"}}
            ),
            handrail.FaultRule(issues=["child_safety.*"], stages=["pre_publish"], then="hold"),
            handrail.FaultRule(then="allow"),
        ]

        assert shown == list(internal("DEFAULT_FAULTS"))

    def test_platform_effects_are_named(self):
        """The effects that no feature has to list are named."""
        text = section("reference/policies.md", "What a feature can do")

        assert words(text) >= internal("PLATFORM_EFFECTS")


class TestConfiguration:
    """``configuration.md`` has every key of ``handrail.yaml``."""

    def test_every_top_key_is_listed(self):
        """Each key of the file has a row."""
        text = read("reference/configuration.md").partition("\n## ")[0]

        assert known_keys() == rows(text) - {"key"}

    def test_every_key_of_a_feature_is_listed(self):
        """Each key of a feature has a row."""
        assert known_keys("features", "f") == rows(
            section("reference/configuration.md", "features")
        ) - {"key"}

    @pytest.mark.parametrize("title", ["modules", "policies", "notices", "sink", "telemetry"])
    def test_every_key_below_is_listed(self, title):
        """The keys below one of the file's each have a row."""
        assert known_keys(title) == rows(section("reference/configuration.md", title)) - {"key"}

    def test_every_key_of_the_cap_is_listed(self):
        """Each key of the blast-radius cap has a row."""
        listed = rows(section("reference/configuration.md", "The cap")) - {"key"}

        assert known_keys("policies", "cap") == listed

    def test_everything_at_once_has_every_key(self):
        """The whole example uses each key of the file and of a feature."""
        text = section("reference/configuration.md", "Everything at once")
        keys = known_keys() | known_keys("features", "f")

        assert set() == {key for key in keys if not re.search(rf"\b{key}:", text)}

    def test_what_can_be_provided_is_listed(self):
        """Each thing a feature can provide is named."""
        text = section("reference/configuration.md", "features")

        assert words(text) >= internal("PROVIDABLE")


class TestModules:
    """Each first-party module's settings are documented where people look."""

    @pytest.mark.parametrize("name", MODULES)
    def test_settings_stand_in_its_readme(self, name):
        """Each setting has a row in the module's own page."""
        text = (ROOT / f"plugins/handrail_{name}/README.md").read_text(encoding="utf-8")
        settings = {f.name for f in attrs.fields(MODULES[name].settings) if f.init}

        assert settings == rows(text.partition("## Settings")[2]) - {"name"}

    @pytest.mark.parametrize("name", MODULES)
    def test_defaults_in_its_readme_are_true(self, name):
        """A default that the page states as a plain value is the one in the code."""
        text = (ROOT / f"plugins/handrail_{name}/README.md").read_text(encoding="utf-8")
        table = text.partition("## Settings")[2]
        plain = {
            f.name: str(f.default).lower()
            for f in attrs.fields(MODULES[name].settings)
            if f.init and isinstance(f.default, (bool, int, float))
        }
        stated = dict(re.findall(r"^\| `(\w+)` \| `([\w.]+)` \|", table, re.MULTILINE))

        assert plain == {key: stated.get(key) for key in plain}

    @pytest.mark.parametrize("name", MODULES)
    def test_its_row_names_its_surfaces(self, name):
        """The table of modules says where each works."""
        text = (ROOT / "plugins/README.md").read_text(encoding="utf-8")
        (cell,) = re.findall(rf"^\| \[{name}\]\(.*?\) \| (.*?) \|", text, re.MULTILINE)
        surfaces = MODULES[name].surfaces

        assert cell == ("all" if "*" in surfaces else ", ".join(sorted(surfaces)))


class TestCommands:
    """``cli.md`` has every command and option."""

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_option_is_listed(self, name):
        """Each option and argument of a command has a row."""
        command = COMMANDS[name]
        context = click.Context(command)
        flags = {
            max(p.opts, key=len) if isinstance(p, click.Option) else p.make_metavar(context)
            for p in command.params
        }
        listed = rows(section("reference/cli.md", name)) - {"option"}

        assert {flag.strip("[]") for flag in flags} == {row.split()[0] for row in listed}

    @pytest.mark.parametrize("name", COMMANDS)
    def test_exit_codes_are_stated(self, name):
        """Each command says with what it ends."""
        assert "Exit code: 0" in section("reference/cli.md", name)


class TestTesting:
    """What a contract tests, and what it asks for, is on its page."""

    def test_every_test_of_a_module_is_listed(self):
        """Each test of ModuleContract is named."""
        tests = {name for name in vars(ModuleContract) if name.startswith("test_")}

        assert tests == {w for w in words(read("how-to/test-a-module.md")) if w in tests}

    def test_every_attribute_of_a_module_contract_is_listed(self):
        """Each attribute of ModuleContract has a row."""
        names = set(ModuleContract.__annotations__)

        assert names == rows(section("how-to/test-a-module.md", "What to fill in")) - {"attribute"}

    def test_every_method_of_a_host_is_listed(self):
        """Each method of Host is named."""
        methods = {name for name in vars(Host) if not name.startswith("_")}

        assert methods <= words(section("how-to/test-a-feature.md", "The adapter and the contract"))

    def test_a_feature_contract_takes_what_is_shown(self):
        """FeatureContract asks for a feature and a host."""
        assert {"feature", "host"} == set(FeatureContract.__annotations__)

    def test_every_argument_of_the_marker_is_listed(self):
        """Each argument of the marker is named."""
        names = {field.name for field in attrs.fields(_marker.Answer)}

        assert names <= words(section("how-to/test-a-feature.md", "In your other tests"))

    def test_every_public_name_is_mentioned(self):
        """Each name of handrail.testing is on a page."""
        text = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("how-to/*.md"))
        said = set(re.findall(r"\w+", text)) - {"look"}
        quiet = {"ScriptedSafety", "look", "make_async_safety", "make_decision"}

        assert quiet == {
            name for name in sys.modules["handrail.testing"].__all__ if name not in said
        }


class TestErrors:
    """``errors.md`` has every error."""

    def test_every_error_has_a_heading(self):
        """Each error class has its heading."""
        from handrail import errors

        found = {
            n for n, c in vars(errors).items() if inspect.isclass(c) and issubclass(c, Exception)
        }

        assert found == set(re.findall(r"^## (\w+)$", read("reference/errors.md"), re.MULTILINE))


class TestGenerated:
    """Pages made from code and data are as they would be made now."""

    def test_no_page_is_stale(self):
        """``python tests/docs/generate.py`` would change nothing."""
        spec = importlib.util.spec_from_file_location(
            "generate", Path(__file__).parent / "generate.py"
        )
        generate = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(generate)

        assert [] == generate.stale()

    def test_every_public_name_has_a_place(self):
        """The order of ``api.md`` names each public name once."""
        names = re.findall(r"^### (\w+)$", read("reference/api.md"), re.MULTILINE)

        assert sorted(handrail.__all__) == sorted(names)


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(
        r"^```.*?^```$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
class TestPage:
    """What holds for each page."""

    def test_links_resolve(self, path):
        """Each relative link leads to a file, and its anchor to a heading."""
        broken = []
        for target in re.findall(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)", prose(path)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            there = (path.parent / name).resolve() if name else path
            if not there.exists():
                broken.append(target)
            elif anchor:
                headings = re.findall(r"^#+ (.*)$", prose(there), re.MULTILINE)
                if anchor not in map(slug, headings):
                    broken.append(target)

        assert [] == broken

    def test_no_machine_is_named(self, path):
        """No page shows where it was written."""
        text = path.read_text(encoding="utf-8")

        assert [] == re.findall(r"/(?:home|root|tmp|work|Users|usr)/\S*", text)

    def test_sentences_stand_on_lines_of_their_own(self, path):
        """A line of prose does not end one sentence and begin the next with a capital twice."""
        lines = [
            line
            for line in prose(path).splitlines()
            if not line.startswith(("|", "-", "#", " ", "<"))
        ]
        long = [line for line in lines if len(re.findall(r"[a-z`)]\. [A-Z]", line)) > 2]

        assert [] == long

    def test_headings_are_lower_case_after_the_first_word(self, path):
        """A heading is a sentence's beginning, not a title."""
        headings = re.findall(r"^#+ (.*)$", prose(path), re.MULTILINE)
        names = {
            "API", "Ada", "BLOCK", "Django", "HOLD", "HTTP", "Handrail", "JavaScript", "LIMIT",
            "NOTICE", "NUDGE", "OpenTelemetry", "Python",
        }  # fmt: skip
        wrong = [
            heading
            for heading in headings
            for word in re.sub(r"`[^`]*`|\[|\]\(.*?\)", "", heading).split()[1:]
            if word[0].isupper() and word.strip(".,:;") not in names
        ]

        assert [] == wrong


def test_every_event_of_a_worker_is_listed():
    """What the store and the stream log has a row that says what to do."""
    source = "".join(
        path.read_text(encoding="utf-8")
        for name in ("handrail_store", "handrail_stream")
        for path in (ROOT / "contrib" / name).glob("*.py")
    )
    call = r"(?:\b_?log\(|\.(?:warning|error|info)\(|event = )"
    logged = re.findall(rf'{call}\s*"(handrail\.\w+)"(?: if \w+ else "(handrail\.\w+)")?', source)
    events = {f"`{name}`" for pair in logged for name in pair if name}
    said = read("reference/telemetry.md")

    assert len(events) > 10
    assert set() == {event for event in events if f"| {event} |" not in said}
