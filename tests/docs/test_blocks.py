"""Every block of the documentation runs, and what it shows is what came out.

What the words behind a fence mean:

- ``python``: runs; the blocks of a page share a namespace. What it prints stands in a ``text``
  block right after it.
- ``python NAME.py``, ``yaml NAME.yaml``, and so on: a file in the page's folder, which another
  block of the page uses.
- ``console``: each ``$`` line is run in that folder, and the lines below it are its output.
- ``…`` in an output stands for whatever may be there.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
import structlog
from sybil import Document
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("README.md", "docs/**/*.md", "plugins/*/README.md", "contrib/*/README.md")
    for path in ROOT.glob(pattern)
    if "examples" not in path.parts  # An environment of tox installs those and runs their tests.
)

UNTESTED = {"README.md": 1}
"""Blocks marked ``python notest``, by page: the README's test of a module that lies elsewhere."""

NOT_RUN = {"pip", "python -m", "python3 -m", "tox"}
"""Commands that a page may show and that are not run here; tox has environments for them."""

LEXER = RawFencedCodeBlockLexer(re.compile(r"(?P<info>[^\n]*)$\n", re.MULTILINE))


@attrs.frozen
class Block:
    """A fenced block: its language, the rest of its info line, and where its text begins."""

    language: str
    rest: str
    source: str
    line: int
    after: int
    before: int


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    document = Document(text, page)
    found = []
    for region in LEXER(document):
        language, _, rest = region.lexemes["info"].strip().partition(" ")
        line = text.count("\n", 0, region.start) + 2
        source = str(region.lexemes["source"])
        found.append(Block(language, rest.strip(), source, line, region.end, region.start))
    return found


def shown_after(page: str, block: Block, following: Block | None) -> str | None:
    """The output that a page shows for a block, if it shows any."""
    if following is None or following.language != "text" or following.rest:
        return None
    between = (ROOT / page).read_text(encoding="utf-8")[block.after : following.before]
    return following.source if not between.strip() else None


def fits(shown: str, real: str) -> bool:
    """Whether *real* output is what is *shown*; ``…`` stands for anything."""
    wanted = "\n".join(line.rstrip() for line in shown.strip("\n").split("\n"))
    got = "\n".join(line.rstrip() for line in real.strip("\n").split("\n"))
    pattern = ".*".join(map(re.escape, wanted.split("…")))
    return re.fullmatch(pattern, got, re.DOTALL) is not None


class Page:
    """A page being run: its namespace, its folder, and the exit code of its last command."""

    def __init__(self, page: str, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.names: dict[str, object] = {"__name__": "__page__"}
        self.code = 0

    def run(self) -> None:
        """Run the page's blocks in order."""
        every = blocks(self.page)
        for block, following in zip(every, [*every[1:], None], strict=True):
            if block.rest == "notest":
                continue
            if "." in block.rest:
                self.keep(block)
            elif block.language == "python":
                self.execute(block, shown_after(self.page, block, following))
            elif block.language == "console":
                self.command(block)

    def keep(self, block: Block) -> None:
        """Write the file that a block shows, to be imported or run by another block."""
        path = self.folder / block.rest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.source, encoding="utf-8")
        importlib.invalidate_caches()

    def execute(self, block: Block, shown: str | None) -> None:
        """Run a Python block and compare what it printed."""
        code = compile("\n" * (block.line - 1) + block.source, self.page, "exec")
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(code, self.names)
        assert fits(shown or "", out.getvalue()), (
            f"{self.page}:{block.line} prints\n{out.getvalue()}"
        )

    def command(self, block: Block) -> None:
        """Run the commands of a console block and compare what each wrote."""
        for part in re.split(r"^\$ ", block.source, flags=re.MULTILINE)[1:]:
            line, _, shown = part.partition("\n")
            real = self.shell(line)
            assert real is None or fits(shown, real), (
                f"{self.page}:{block.line}: {line} writes\n{real}"
            )

    def shell(self, line: str) -> str | None:
        """Run one command; None if it is one that is not run here."""
        if line == "echo $?":
            return str(self.code)
        if match := re.fullmatch(r"pip install -e (\S+)", line):
            return install(self.folder / match[1], self.folder)
        if any(line.startswith(f"{each} ") for each in NOT_RUN):
            return None
        kept_out = {"CI", "BUILD_NUMBER", "PYTEST_VERSION", "PYTEST_CURRENT_TEST", "PYTEST_ADDOPTS"}
        env = {name: value for name, value in os.environ.items() if name not in kept_out}
        env |= {
            "COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join([str(self.folder), os.environ.get("PYTHONPATH", "")]),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}",
        }  # fmt: skip
        done = subprocess.run(
            line, shell=True, cwd=self.folder, env=env, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, check=False, timeout=120,
        )  # fmt: skip
        self.code = done.returncode
        return done.stdout


def install(project: Path, site: Path) -> None:
    """Do what an editable install does, without a network: metadata, and a path to the code."""
    data = tomllib.loads((project / "pyproject.toml").read_text())["project"]
    info = site / f"{data['name'].replace('-', '_')}-{data['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {data['name']}\nVersion: {data['version']}\n"
    )
    groups = data.get("entry-points", {})
    (info / "entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
            for group, points in groups.items()
        )
    )
    for module in project.glob("*.py"):
        if not module.name.startswith("test_"):
            (site / module.name).write_text(module.read_text())


@pytest.fixture(name="folder")
def _folder(tmp_path, monkeypatch) -> Iterator[Path]:
    """The page's folder: working directory, and first on the path."""
    known = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield tmp_path
    structlog.reset_defaults()
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)])
def test_page_runs(page, folder):
    """Every block of the page runs, and its output is the one shown."""
    Page(page, folder).run()


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)])
def test_files_are_used(page):
    """A file that a page shows is imported or run by another of its blocks."""
    every = blocks(page)
    files = [b for b in every if b.rest.endswith(".py")]
    unused = [
        b.rest
        for b in files
        if not any(
            re.search(rf"\b({Path(b.rest).stem}|pytest.* {Path(b.rest).parent.name})\b", o.source)
            for o in every
            if o is not b
        )
    ]

    assert [] == unused


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)])
def test_code_fits_the_page(page):
    """No line of Python is longer than in the sources."""
    python = [b for b in blocks(page) if b.language == "python"]

    assert [] == [line for b in python for line in b.source.splitlines() if len(line) > 100]


def test_few_blocks_are_not_run():
    """Blocks that are not run are counted by name, so that none is added quietly."""
    counted = {page: sum(b.rest == "notest" for b in blocks(page)) for page in PAGES}

    assert UNTESTED == {page: count for page, count in counted.items() if count}


def test_commands_are_known():
    """A command that is not run here is one of the few that cannot be."""
    lines = [
        line.removeprefix("$ ")
        for page in PAGES
        for block in blocks(page)
        if block.language == "console"
        for line in block.source.splitlines()
        if line.startswith("$ ")
    ]
    programs = {shlex.split(line)[0] for line in lines}

    assert programs <= {"cat", "echo", "handrail", "pip", "pytest", "python", "python3", "tox"}


class TestRunner:
    """The runner itself notices what is wrong."""

    @pytest.fixture(name="page")
    def _page(self, folder, monkeypatch):
        monkeypatch.setattr(sys.modules[__name__], "ROOT", folder)
        path = folder / "page.md"

        def run(text: str) -> None:
            path.write_text(text)
            Page("page.md", folder).run()

        return run

    def test_an_exception_fails(self, page):
        """A block that raises fails its page."""
        with pytest.raises(ZeroDivisionError):
            page("```python\n1 / 0\n```\n")

    def test_another_output_fails(self, page):
        """A block that prints something else than shown fails its page."""
        with pytest.raises(AssertionError, match="prints"):
            page("```python\nprint(1)\n```\n\n```text\n2\n```\n")

    def test_an_output_not_shown_fails(self, page):
        """What a block prints has to be shown."""
        with pytest.raises(AssertionError, match="prints"):
            page("```python\nprint(1)\n```\n")

    def test_a_command_that_writes_something_else_fails(self, page):
        """A command's output is compared."""
        with pytest.raises(AssertionError, match="writes"):
            page("```console\n$ echo two\none\n```\n")

    def test_blocks_share_a_namespace(self, page):
        """A later block sees the names of an earlier one."""
        page("```python\na = 1\n```\n\n```python\nprint(a)\n```\n\n```text\n1\n```\n")
