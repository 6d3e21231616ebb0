"""The house keeps its shape: folders, entry points, contents of the wheel, weight of the import."""

from __future__ import annotations

import ast
import configparser
import importlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution, entry_points, version
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOTS = ("sdk", "plugins", "contrib")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/__init__.py"))
CONTRIB = sorted(path.parent.name for path in ROOT.glob("contrib/*/__init__.py"))
SHIPPED = sorted(path for root in ROOTS for path in (ROOT / root).rglob("*.py"))
EVERYTHING = "from handrail import *"
FOUR = "import attrs, opentelemetry.metrics, opentelemetry.trace, pluggy, structlog"


def short(package: str) -> str:
    """The name people use: ``handrail_links`` is ``links``."""
    return package.removeprefix("handrail_")


def offenders(paths: list[Path], wrong) -> list[str]:
    """Each place whose syntax node is *wrong*, as file:line."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text()))
        if wrong(node)
    ]


def modules_after(*statements: str) -> set[str]:
    """Every module a fresh interpreter has loaded after the last statement, not before it."""
    *before, last = statements
    answer = "print(json.dumps(sorted(set(sys.modules) - old)))"
    code = "\n".join(["import json, sys", *before, "old = set(sys.modules)", last, answer])
    out = subprocess.check_output([sys.executable, "-c", code], text=True)
    return set(json.loads(out))


def top(names: set[str]) -> set[str]:
    """The packages that are not the standard library's."""
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names


def pages() -> Iterator[Path]:
    """Everything people read: pages, and the sources, whose errors name extras."""
    yield from ROOT.glob("*.md")
    for folder in ("docs", *ROOTS):
        yield from (ROOT / folder).rglob("*.md")
    yield from SHIPPED


class TestPluginFolder:
    """Each folder in ``plugins/`` has the same shape."""

    @pytest.fixture(name="package", params=PLUGINS)
    def _package(self, request):
        return request.param

    @pytest.mark.parametrize("name", ["README.md", "py.typed"])
    def test_ships_what_it_needs(self, package, name):
        """A plugin carries its model card and its types into site-packages."""
        assert files(package).joinpath(name).is_file()

    def test_manifest_has_the_short_name(self, package):
        """A plugin's manifest is called like its folder."""
        assert short(package) == importlib.import_module(package).MANIFEST.name

    def test_entry_point_has_the_short_name(self, package):
        """A plugin is found by an entry point called like its folder."""
        assert package == entry_points(group="handrail")[short(package)].value

    def test_has_a_row_in_the_table(self, package):
        """A reader of plugins/README.md finds every plugin."""
        assert f"({package}/README.md)" in (ROOT / "plugins/README.md").read_text()

    def test_has_tests(self, package):
        """A plugin's tests mirror its folder."""
        assert list((ROOT / "tests/plugins").glob(f"test_{short(package)}*"))


class TestContribFolder:
    """Each folder in ``contrib/`` is documented, typed and tested."""

    @pytest.fixture(name="package", params=CONTRIB)
    def _package(self, request):
        return request.param

    @pytest.mark.parametrize("name", ["README.md", "py.typed"])
    def test_ships_what_it_needs(self, package, name):
        """A contrib package carries its page and its types into site-packages."""
        assert files(package).joinpath(name).is_file()

    def test_has_a_row_in_the_table(self, package):
        """A reader of contrib/README.md finds every contrib package."""
        assert f"({package}/README.md)" in (ROOT / "contrib/README.md").read_text()

    def test_has_tests(self, package):
        """A contrib package's tests mirror its folder."""
        tests = ROOT / "tests/contrib"
        assert [*tests.glob(f"test_{short(package)}*"), *tests.glob(f"{short(package)}/test_*")]


def test_contrib_keeps_its_private_names_to_itself():
    """One contrib package takes from another what that one gives: no module or name with ``_``."""

    def private(path, node):
        if not isinstance(node, ast.ImportFrom | ast.Import):
            return False
        module = getattr(node, "module", None) or ""
        named = [f"{module}.{alias.name}" if module else alias.name for alias in node.names]
        others = [
            n for n in named if n.partition(".")[0] in CONTRIB and n.partition(".")[0] != path
        ]
        return any(part.startswith("_") for n in others for part in n.split("."))

    assert [] == [
        place
        for path in SHIPPED
        for place in offenders([path], lambda node, path=path: private(_package_of(path), node))
    ]


def _package_of(path):
    return path.relative_to(ROOT).parts[1]


class TestDistribution:
    """What ``pip install handrail`` puts on a machine."""

    def test_nothing_generic_lands_in_site_packages(self):
        """Every top-level name is ours, so no ``sdk`` or ``tests`` shadows anybody's."""
        tops = {path.parts[0] for path in distribution("handrail").files}

        assert set() == {t for t in tops if not t.startswith("handrail")} - {".."}

    def test_the_wheel_is_the_tree(self):
        """Every file beside the code is packed, and nothing else is."""
        tree = {
            path.relative_to(ROOT / root).as_posix()
            for root in ROOTS
            for path in (ROOT / root).glob("*/**/*")
            if path.is_file() and path.suffix != ".pyc"
        }
        packed = {
            path.as_posix()
            for path in distribution("handrail").files
            if not path.parts[0].endswith(".dist-info") and path.parts[0] != ".."
        }

        assert tree == {name for name in packed if not name.endswith(".pyc")}

    def test_version_has_one_home(self):
        """``handrail.__version__`` is read from what is installed."""
        assert version("handrail") == importlib.import_module("handrail").__version__

    def test_no_source_repeats_the_version(self):
        """The version is written in pyproject.toml and nowhere else in the SDK."""
        said = [
            path.name
            for path in ROOT.glob("sdk/**/*.py")
            if version("handrail") in path.read_text()
        ]

        assert [] == said

    @pytest.mark.parametrize(
        "point",
        distribution("handrail").entry_points,
        ids=lambda point: f"{point.group}:{point.name}",
    )
    def test_entry_point_loads(self, point):
        """What an entry point names is there."""
        assert point.load() is not None

    def test_licence_files_exist(self):
        """Every licence and notice the metadata promises is in the tree."""
        promised = PROJECT["project"]["license-files"]

        assert [] == [name for name in promised if not (ROOT / name).is_file()]

    def test_every_notice_is_a_licence_file(self):
        """Whoever adds data with a NOTICE cannot forget to ship it as one."""
        notices = {
            path.relative_to(ROOT).as_posix()
            for root in ROOTS
            for path in (ROOT / root).rglob("NOTICE.md")
        }

        assert set() == notices - set(PROJECT["project"]["license-files"])

    def test_extras_named_anywhere_exist(self):
        """No page and no error text sends anyone to an extra that is not there."""
        named = {
            extra
            for path in pages()
            for names in re.findall(r"(?:handrail|\.)\[([a-z, ]+)\]", path.read_text())
            for extra in re.split(r", *", names)
        }

        assert set() == named - set(distribution("handrail").metadata.get_all("Provides-Extra"))

    def test_all_is_every_extra(self):
        """``handrail[all]`` leaves nothing out but what needs a look at its licence."""
        extras = PROJECT["project"]["optional-dependencies"]
        (everything,) = extras["all"]

        assert set(extras) - {"all", "nsfw"} == set(re.findall(r"\w+", everything)) - {"handrail"}


class TestImport:
    """Handrail, with every public name, costs its four dependencies and nothing else."""

    def test_brings_only_itself(self):
        """After the four dependencies, the only new package is handrail."""
        assert {"handrail"} == top(modules_after(FOUR, EVERYTHING))

    def test_needs_no_more_than_the_four(self):
        """A fresh interpreter loads what the four dependencies load, and handrail."""
        allowed = top(modules_after(FOUR)) | {"handrail"}

        assert set() == top(modules_after(EVERYTHING)) - allowed

    def test_leaves_structlog_for_the_first_log_line(self):
        """A host that never logs never pays for structlog."""
        assert "structlog" not in top(modules_after(EVERYTHING))


class TestSources:
    """Facts about the code that no linter states."""

    def test_no_assert_ships(self):
        """A check survives ``python -O``."""
        assert [] == offenders(SHIPPED, lambda node: isinstance(node, ast.Assert))

    def test_no_bare_except_ships(self):
        """What is caught is named, so that nothing is caught by mistake."""
        assert [] == offenders(
            SHIPPED, lambda node: isinstance(node, ast.ExceptHandler) and node.type is None
        )

    def test_every_test_states_its_fact(self):
        """Each test has a docstring."""
        tests = [*ROOT.glob("tests/**/test_*.py"), *ROOT.glob("docs/examples/**/test*.py")]

        assert [] == offenders(
            tests,
            lambda node: (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and node.name.startswith("test_")
                and ast.get_docstring(node) is None
            ),
        )


class TestHelpers:
    """The tools look at everything there is."""

    def test_the_contracts_know_every_package(self):
        """A new folder cannot escape the import contracts."""
        assert ["handrail", *sorted(PLUGINS + CONTRIB)] == PROJECT["tool"]["importlinter"][
            "root_packages"
        ]

    def test_the_contracts_place_every_package(self):
        """Each plugin and contrib package stands in a layer."""
        contracts = PROJECT["tool"]["importlinter"]["contracts"]
        layers = " | ".join(layer for c in contracts[:2] for layer in c["layers"]).split(" | ")

        assert {"handrail", *PLUGINS, *CONTRIB} == set(layers)

    def test_the_pythons_we_claim_are_the_pythons_we_test(self):
        """Each classifier has its tox environment."""
        tox = configparser.ConfigParser(interpolation=None)
        tox.read(ROOT / "tox.ini")
        claimed = re.findall(r"Python :: 3\.(\d+)", "\n".join(PROJECT["project"]["classifiers"]))

        assert claimed == re.findall(r"py3(\d+)", tox["tox"]["env_list"])
