"""What the tests of commands stand on: packages installed for one test, and settings with one."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from handrail_cli._group import cli

# A module that finds stand-ins: 'grumpf' is a mild insult, 'GRUMPF' a grave one.
MODULE = '''
from handrail import Finding, Manifest, hookimpl

MANIFEST = Manifest(
    name="grumpf", version="1.0", issues={"harassment.bullying"}, surfaces={"*"}, languages={"*"}
)


@hookimpl
def pre_publish(item):
    """Find stand-ins for insults."""
    if "grumpf" in item.text.lower():
        score = 1.0 if "GRUMPF" in item.text else 0.6
        yield Finding("harassment.bullying", score, "a stand-in for an insult")
'''

SETTINGS = """
version: 1
features:
  video_comments: {surface: comments}
modules:
  allow: [grumpf]
policies: {starting: [comments]}
"""


class Site:
    """A folder that packages are installed into for one test."""

    def __init__(self, folder, monkeypatch):
        self._folder = folder
        monkeypatch.syspath_prepend(str(folder))

    def install(self, name, source, **points):
        """Install a package of one file, with an entry point in each group it is given for."""
        (self._folder / f"{name}.py").write_text(source)
        info = self._folder / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        groups = {group.replace("__", "."): point for group, point in points.items()}
        lines = (f"[{group}]\n{point}\n" for group, point in groups.items())
        (info / "entry_points.txt").write_text("\n".join(lines))
        sys.modules.pop(name, None)


@pytest.fixture(name="site")
def _site(tmp_path_factory, monkeypatch):
    return Site(tmp_path_factory.mktemp("site"), monkeypatch)


@pytest.fixture(name="here")
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(name="settings")
def _settings(here, site):
    site.install("grumpf_module", MODULE, handrail="grumpf = grumpf_module")
    path = here / "handrail.yaml"
    path.write_text(SETTINGS)
    return path


@pytest.fixture(name="run")
def _run(here):
    def run(*arguments, stdin=None, installed=False, columns=200):
        """Run a command line; *installed* modules load as they do outside of tests."""
        environment = {"COLUMNS": str(columns), "PYTEST_VERSION": None if installed else "9"}
        with capture_logs():
            return CliRunner(env=environment).invoke(cli, arguments, input=stdin)

    return run
