"""Bundles by their revision: a decision can be explained when its policies are long gone."""

from __future__ import annotations

import zlib

import pytest

from handrail import InvalidValueError, Safety
from handrail_policyfiles import Bundle
from handrail_store import keep_bundles, restore_bundle, revisions
from handrail_store._rows import add_rows
from handrail_store._schema import bundles

POLICY = "policy: house\nowner: safety\nissues:\n  integrity.spam: {block: 0.9}\n"

SETTINGS = """\
version: 1
features: {video_comments: {surface: comments}}
modules: {allow: [text]}
policies: {directory: policies, archive: archive}
store: {url: 'sqlite:///handrail.db'}
"""


@pytest.fixture(name="archive")
def _archive(tmp_path):
    """An archive with one bundle."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies/house.yaml").write_text(POLICY)
    Bundle.read(tmp_path / "policies").archive(tmp_path / "archive")
    return tmp_path / "archive"


def test_is_kept_once(store, archive):
    """What is there already is left alone."""
    new = keep_bundles(store, archive)

    assert (1, ()) == (len(new), keep_bundles(store, archive))
    assert list(new) == list(revisions(store))


def test_comes_back_as_it_was(store, archive, tmp_path):
    """What is written out is an archive again, whose files nobody has changed."""
    (revision,) = keep_bundles(store, archive)
    restore_bundle(store, revision, tmp_path / "back")

    assert revision == Bundle.open(tmp_path / "back", revision).revision


def test_one_that_is_not_kept_is_none(store, tmp_path):
    """What nobody kept cannot be had."""
    assert restore_bundle(store, "0" * 12, tmp_path) is None


def test_writes_nowhere_else(store, clock, tmp_path):
    """A bundle that somebody made up does not write outside of its folder."""
    packed = zlib.compress(b'{"../../x": ""}')
    row = {"revision": "0" * 12, "first_seen": clock.at, "packed": packed}
    with store.write() as connection:
        add_rows(connection, bundles, [row])
    with pytest.raises(InvalidValueError, match="outside"):
        restore_bundle(store, "0" * 12, tmp_path / "a/b")


def test_settings_with_an_archive_keep_theirs(archive):
    """A process that starts keeps the bundle that is in force."""
    path = archive.parent / "handrail.yaml"
    path.write_text(SETTINGS)
    with Safety.from_config(path) as safety:
        assert [archive.glob("*").__next__().name] == list(revisions(safety.store))


def test_a_reload_keeps_what_came_into_force(archive):
    """What is reloaded is kept as what was there at the start."""
    path = archive.parent / "handrail.yaml"
    path.write_text(SETTINGS)
    with Safety.from_config(path) as safety:
        (archive.parent / "policies/house.yaml").write_text(POLICY.replace("0.9", "0.8"))
        safety.reload()

        assert {each.name for each in archive.iterdir()} == {*revisions(safety.store)}
        assert 2 == len(list(revisions(safety.store)))


def test_a_reload_that_cannot_be_kept_is_in_force(archive, monkeypatch):
    """Where the store fails, the policies hold all the same."""
    path = archive.parent / "handrail.yaml"
    path.write_text(SETTINGS)
    with Safety.from_config(path) as safety:
        monkeypatch.setattr(safety.store, "archive", 0)
        before = safety.policies[0].revision
        (archive.parent / "policies/house.yaml").write_text(POLICY.replace("0.9", "0.8"))
        safety.reload()

        assert before != safety.policies[0].revision
