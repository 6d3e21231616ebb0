"""Parts of settings that something else reads, found by entry point."""

from __future__ import annotations

import sys

import pytest

from handrail._config import read

GOOD = "def load(node):\n    return node.keys()\n"
LIMITED = (
    "from handrail import MissingExtraError\nraise MissingExtraError('voices', 'what others say')\n"
)


@pytest.fixture(name="offer")
def _offer(tmp_path, monkeypatch):
    """Install something that makes notices of settings."""

    def offer(source, name="voice"):
        (tmp_path / f"offer_{name}.py").write_text(source)
        info = tmp_path / f"offer_{name}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: offer-{name}\nVersion: 1\n")
        points = f"[handrail.notices]\n{name} = offer_{name}:load\n"
        (info / "entry_points.txt").write_text(points)
        monkeypatch.syspath_prepend(tmp_path)

    yield offer
    for name in [n for n in sys.modules if n.startswith("offer_")]:
        del sys.modules[name]


class TestOffered:
    """The key ``notices`` is read by whatever is installed for it."""

    def test_what_comes_along_gives_way(self, write, offer):
        """Whoever installs something of their own means it, and it is given the key."""
        offer(GOOD)

        given = read(write("version: 1\nnotices: {tone: warm}"))["notices"]

        assert ["tone"] == list(given)

    def test_what_comes_along_reads_it_else(self, write):
        """Without anything of a host's own there is a catalogue."""
        assert ("de",) == read(write("version: 1\nnotices: {languages: [de]}"))["notices"].languages

    def test_two_are_one_too_many(self, fails, offer):
        """Where two distributions could read it, neither is taken by chance."""
        offer(GOOD)
        offer(GOOD, "other")

        said = "2:1: notices: expected one distribution that reads notices, found: other (offer_o"
        assert fails("version: 1\nnotices: {}").startswith(said)

    def test_broken_one_is_named(self, fails, offer):
        """What cannot be loaded is refused with the type of its error, never its text."""
        offer("raise ValueError('canary')")

        said = "2:1: notices: offer_voice:load cannot be loaded: ValueError"
        assert said == fails("version: 1\nnotices: {}")

    def test_missing_extra_is_named(self, fails, offer):
        """What lacks an extra says which."""
        offer(LIMITED)

        assert "pip install 'handrail[voices]'" in fails("version: 1\nnotices: {}")


class TestStore:
    """The key ``store`` is read by whatever is installed for it."""

    def test_nothing_is_opened_for_a_dry_run(self, write):
        """A run without a record opens no store, whatever its settings say."""
        assert "store" not in read(write("version: 1\nstore: {url: canary}"), sink=False)
