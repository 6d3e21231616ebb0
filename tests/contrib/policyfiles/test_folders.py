"""The folders of a bundle: what an emergency put in force counts, what it might does not."""

from __future__ import annotations

EMERGENCY = "policy: wave\nowner: ada\nrules:\n  - {id: wave, when: links.count > 0, then: block}\n"


def test_an_emergency_is_read(desk, sound):
    """A policy in the folder emergency is one of the bundle."""
    desk.write(sound)
    desk.write(EMERGENCY, "emergency/wave.yaml")

    assert ["comments", "wave"] == [policy.name for policy in desk.read().policies]


def test_an_emergency_changes_the_revision(desk, sound):
    """What is in force for a while is part of the revision, and goes with it."""
    desk.write(sound)
    before = desk.read().revision
    path = desk.write(EMERGENCY, "emergency/wave.yaml")
    meanwhile = desk.read().revision
    path.unlink()

    assert before != meanwhile
    assert before == desk.read().revision


def test_an_emergency_is_archived(desk, sound, tmp_path):
    """A bundle that was archived in an emergency can be opened as it was."""
    desk.write(sound)
    desk.write(EMERGENCY, "emergency/wave.yaml")
    bundle = desk.read()
    bundle.archive(tmp_path / "archive")
    opened = type(bundle).open(tmp_path / "archive", bundle.revision)

    assert ["comments", "wave"] == [policy.name for policy in opened.policies]


def test_a_posture_does_not_count(desk, sound):
    """A policy in the folder postures waits until somebody switches to it."""
    desk.write(sound)
    before = desk.read().revision
    desk.write(EMERGENCY, "postures/lockdown.yaml")

    assert before == desk.read().revision


def test_any_other_folder_is_refused(desk, sound):
    """A policy that would be overlooked is an error."""
    desk.write(sound)
    desk.write(EMERGENCY, "more/wave.yaml")

    assert ["more/wave.yaml:1:1: is not read: move it up, there are no subfolders"] == (
        desk.problems()
    )


def test_hidden_folders_are_left_alone(desk, sound):
    """A volume that a cluster mounts, with links into hidden folders, is a bundle as any."""
    desk.write(sound, "..2026_11_22/comments.yaml")
    (desk.directory / "..data").symlink_to("..2026_11_22")
    (desk.directory / "comments.yaml").symlink_to("..data/comments.yaml")

    assert ["comments.yaml"] == [*desk.read().files]
