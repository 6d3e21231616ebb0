"""``handrail policy diff``: what a change would change."""

from __future__ import annotations

import shutil

import pytest

from handrail import Actor, Item
from handrail_cli.policy._changes import band


@pytest.fixture(name="new")
def _new(policies, here):
    """A copy of the policies to change."""
    return shutil.copytree(policies, here / "new")


@pytest.fixture(name="diff")
def _diff(answer, policies, new, comments, config):
    def diff(*options):
        return answer("policy", "diff", policies, new, "--on", comments, *options)

    return diff


def change(new, old, text):
    path = new / "house.yaml"
    path.write_text(path.read_text().replace(old, text))


def test_nothing_differs(diff):
    """The same policies are exit code 0."""
    code, told = diff()

    assert (0, []) == (code, told["changes"])
    assert {"video_comments": 4} == told["items"]


def test_a_changed_threshold(diff, new):
    """A change is counted by feature, issue, actions, region and age."""
    change(new, "nudge: 0.5,", "nudge: 0.7,")
    code, told = diff()

    assert 1 == code
    assert [
        {
            "feature": "video_comments", "issue": "harassment.bullying", "before": "nudge",
            "after": "allow", "effects": [], "region": "unknown", "age": "18+", "items": 1,
            "share": 0.25,
        }
    ] == told["changes"]  # fmt: skip


def test_a_changed_effect(diff, new):
    """Effects that come or go are told, though the action stays."""
    change(new, "reach: 0.2", "reach: 0.1")
    _, told = diff()

    assert [("limit", "limit", ["-reach 0.2", "+reach 0.1"])] == [
        (row["before"], row["after"], row["effects"]) for row in told["changes"]
    ]


def test_examples_are_masked(run, policies, new, comments, config):
    """Texts are shown as dots unless they are asked for."""
    change(new, "nudge: 0.5,", "nudge: 0.7,")
    arguments = ("policy", "diff", policies, new, "--on", comments)

    assert "grumpf" not in run(*arguments).stdout
    assert "••• ••••••" in run(*arguments).stdout
    assert "grumpf" in run(*arguments, "--show-text").stdout


def test_the_table_fits_80_columns(run, policies, new, comments, config):
    """No line is wider than a terminal."""
    change(new, "nudge: 0.5,", "nudge: 0.7,")
    result = run("policy", "diff", policies, new, "--on", comments, columns=80)

    assert 80 >= max(map(len, result.stdout.splitlines()))


def test_a_surface_without_settings(answer, policies, new, comments):
    """Without settings a kind of place stands for the feature."""
    change(new, "limit}", "block}")
    code, told = answer(
        "policy", "diff", policies, new, "--on", comments, "--surface", "comments", installed=True
    )

    assert (1, {"comments": 1}) == (code, told["changed"])


def test_a_file_that_is_not_there(run, policies, new, config):
    """No items are exit code 2."""
    assert 2 == run("policy", "diff", policies, new, "--on", "nowhere.jsonl").exit_code


@pytest.mark.parametrize(
    ("age", "name"),
    [
        (12, "under 13"),
        (13, "13-15"),
        (15, "13-15"),
        (16, "16-17"),
        (18, "18+"),
        (None, "unknown"),
    ],
)
def test_bands_of_ages(age, name):
    """A band ends below the birthday that ends it; an unknown age has its own."""
    assert name == band(Item("i", author=Actor("a", age=age)))
