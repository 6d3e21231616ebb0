"""Files that a module's settings were read from: a change is taken in by a running process."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import attrs
import pytest
from structlog.testing import capture_logs

from handrail import (
    Feature,
    Finding,
    InvalidValueError,
    Item,
    Manifest,
    Policy,
    Safety,
    hookimpl,
)
from handrail._config import read
from handrail._inspect import read_settings
from handrail._values import Placed
from handrail.settings import Seen, read_file

SPAM = "integrity.spam"
WALL = Feature(name="wall", surface="comments")
READ = []
"""The files that were read, in order."""
THREADS = []
"""The threads that read them."""


def _read(path):
    READ.append(path)
    THREADS.append(threading.current_thread().name)
    content, seen = read_file(path, 100)
    words = content.decode().split()
    if "broken" in words:
        raise InvalidValueError(f"words: {path}:{words.index('broken') + 1}: broken")
    return words, seen


@attrs.frozen(kw_only=True)
class Settings:
    """Words from a file."""

    words: tuple = attrs.field(default="", converter=lambda p: _read(p) if p else ((), None))
    score: float = 0.5

    @property
    def files(self):
        """The one file, if there is one."""
        return (self.words[1],) if self.words[1] else ()


@hookimpl
def pre_publish(item, settings):
    """Find the words."""
    if item.text in settings.words[0]:
        yield Finding(SPAM, settings.score, "listed")


MODULE = SimpleNamespace(
    MANIFEST=Manifest(name="listed", version="1", issues={SPAM}, surfaces={"*"}, settings=Settings),
    pre_publish=pre_publish,
)


@pytest.fixture(name="path")
def _path(tmp_path):
    """A file of words."""
    path = tmp_path / "words.txt"
    path.write_text("alpha")
    READ.clear()
    THREADS.clear()
    return path


@pytest.fixture(name="safety")
def _safety(path):
    """A Safety whose one module reads that file."""
    settings = {"listed": {"words": str(path), "score": 0.6}}
    with Safety([WALL], modules=[MODULE], settings=settings, policy=Policy(name="p")) as safety:
        yield safety


def tick(safety):
    """Do the housekeeping, and wait for what it started."""
    safety._core.tick()
    for thread in threading.enumerate():
        if thread.name == "handrail-files":
            thread.join(30)


def finds(safety, text):
    """Whether the module finds a word."""
    return bool(safety.feature("wall").pre_publish(Item("1", text)).findings)


class TestChange:
    """A changed file is in force after the next look."""

    def test_file_that_is_written_is_taken_in(self, safety, path):
        """What the file says now holds, and what it said before does not."""
        wall = safety.feature("wall")
        path.write_text("beta gamma")
        tick(safety)

        assert [[], [SPAM]] == [
            [f.issue for f in wall.pre_publish(Item("1", text)).findings]
            for text in ("alpha", "gamma")
        ]

    def test_other_settings_stay(self, safety, path):
        """A setting beside the file is what it was."""
        path.write_text("beta")
        tick(safety)
        decision = safety.feature("wall").pre_publish(Item("1", "beta"))

        assert 0.6 == decision.findings[0].score

    def test_file_is_not_read_on_the_callers_thread(self, safety, path):
        """Housekeeping only starts the reading."""
        path.write_text("beta")
        tick(safety)

        assert ["MainThread", "handrail-files"] == THREADS

    def test_nothing_new_is_not_read(self, safety, path):
        """Where nothing changed, nothing is read again."""
        tick(safety)

        assert [str(path)] == READ

    def test_change_is_said(self, safety, path):
        """A log event names the module."""
        path.write_text("beta")
        with capture_logs() as entries:
            tick(safety)

        assert ["listed"] == [
            e["module"] for e in entries if e["event"] == "handrail.settings_loaded"
        ]


class TestRefused:
    """What cannot be read changes nothing."""

    @pytest.fixture(name="entries")
    def _entries(self, safety, path):
        """What is logged while a broken file is looked at twice."""
        path.write_text("beta broken")
        with capture_logs() as entries:
            tick(safety)
            tick(safety)
        return entries

    def test_old_list_stays(self, safety, entries):
        """What was read before still holds."""
        assert finds(safety, "alpha")

    def test_place_is_said_once(self, path, entries):
        """The log event names file and line, and is not repeated while the file stays so."""
        said = [e["what"] for e in entries if e["event"] == "handrail.settings_refused"]

        assert [f"settings of 'listed'.words: {path}:2: broken"] == said

    def test_problem_stands(self, safety, entries):
        """It stays among the problems."""
        assert any("words.txt:2" in p.what and p.level == "error" for p in safety.problems())

    def test_mended_file_is_taken_in(self, safety, path, entries):
        """Once the file is mended it holds, and the problem is gone."""
        path.write_text("delta")
        tick(safety)

        assert (True, False) == (
            finds(safety, "delta"),
            any("refused" in p.what for p in safety.problems()),
        )

    def test_file_that_is_gone_is_refused(self, safety, path):
        """A file that was taken away leaves what it said in force."""
        path.unlink()
        tick(safety)

        assert finds(safety, "alpha")


class TestStart:
    """What is wrong at the start is said at once."""

    def test_wrong_file_is_read_once(self, path):
        """An error that names its setting needs no second look at the others."""
        path.write_text("broken")
        settings = {"listed": {"words": str(path), "score": 0.6}}
        with pytest.raises(Exception, match=r"'listed'\.words: .*words\.txt:1: broken"):
            Safety([WALL], modules=[MODULE], settings=settings)

        assert [str(path)] == READ


class TestReadFile:
    """A file is read within bounds."""

    def test_content_and_state(self, path):
        """The bytes come with what the file was like."""
        assert (b"alpha", Seen.now(path)) == read_file(path, 5)

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("nowhere.txt", "cannot be read: FileNotFoundError"),
            ("words.txt", "at most 4 bytes"),
            ("a\x00b", "cannot be read: ValueError"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, path, name, said):
        """The error begins with the file and a line."""
        with pytest.raises(InvalidValueError, match=rf":1: .*{said}"):
            read_file(path.with_name(name), 4)

    def test_relative_path_says_where_it_was_looked_for(self, tmp_path, monkeypatch):
        """A service that runs in another directory than its files tells which."""
        monkeypatch.chdir(tmp_path)
        with pytest.raises(InvalidValueError, match="looked for in ") as refused:
            read_file("lists/ours.csv", 4)

        assert str(tmp_path) in str(refused.value)

    def test_relative_path_is_seen_from_the_settings_file(self, tmp_path, monkeypatch):
        """Wherever a service runs, what its settings name lies, and is watched, beside them."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "conf").mkdir()
        (tmp_path / "conf/ours.txt").write_text("one")
        given = Placed(
            {"words": "ours.txt"}, lambda *key: "conf/handrail.yaml:1:1", tmp_path / "conf"
        )
        made = read_settings(Settings, given, "settings")

        assert ["one"] == made.words[0]
        assert str(tmp_path / "conf/ours.txt") == made.files[0].path

    def test_settings_of_a_file_know_where_it_lies(self, tmp_path):
        """What a settings file says of a module is seen from the folder of that file."""
        file = tmp_path / "handrail.yaml"
        file.write_text("version: 1\nmodules: {settings: {ours: {words: ours.txt}}}\n")

        assert tmp_path == read(file)["settings"]["ours"].folder

    def test_missing_file_is_a_state(self, tmp_path):
        """A file that is not there has a state too, unlike any that is."""
        assert (-1, -1) == (Seen.now(tmp_path / "no").changed_ns, Seen.now(tmp_path / "no").size)
