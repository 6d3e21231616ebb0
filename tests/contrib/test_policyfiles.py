"""Settings name a directory of policy files, and a feature is guarded by them."""

from __future__ import annotations

import pytest

from handrail import Action, Item, PolicyError, Safety


@pytest.fixture(name="settings")
def _settings(tmp_path):
    """Write settings with one policy file beside them."""

    def settings(policy):
        (tmp_path / "policies").mkdir()
        (tmp_path / "policies/house.yaml").write_text(policy)
        path = tmp_path / "handrail.yaml"
        path.write_text(
            "version: 1\nfeatures: {comments: {surface: comments}}\npolicies: policies\n"
            "strict: false\n"
        )
        return path

    return settings


def test_a_directory_is_read(settings):
    """What a file says decides, and names its rule."""
    path = settings(
        "policy: house\nowner: s\nrules:\n  - {id: long, when: text.length > 5, then: block}\n"
    )
    with Safety.from_config(path, sink=None) as safety:
        comments = safety.feature("comments")
        decisions = [comments.pre_publish(Item(id=i, text=i)) for i in ("short", "longer")]

    assert [Action.ALLOW, Action.BLOCK] == [d.action for d in decisions]
    assert "long" == decisions[1].decided_by


def test_a_mistake_keeps_the_process_from_starting(settings):
    """A file that cannot be used raises before the first call, with its place."""
    with pytest.raises(PolicyError, match=r"house\.yaml:2:1: rulez: unknown key 'rulez'"):
        Safety.from_config(settings("policy: house\nrulez: []\n"), sink=None)
