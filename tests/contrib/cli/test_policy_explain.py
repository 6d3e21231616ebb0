"""``handrail policy explain``: what decided, what nearly did, what would have to change."""

from __future__ import annotations

import json

import pytest

from handrail import Actor, Item, Safety
from handrail_cli.policy._clauses import split
from handrail_policyfiles import Bundle


@pytest.fixture(name="insult")
def _insult(here):
    path = here / "item.json"
    author = {"id": "ada", "age": 15, "tenure_days": 1.0}
    item = {"id": "c1", "text": "you grumpf", "author": author, "links": ["a.example"]}
    path.write_text(json.dumps(item))
    return path


@pytest.fixture(name="recorded")
def _recorded(here, policies, config):
    """A decision as a record has it, and the item beside it."""
    item = Item("c1", "you grumpf", author=Actor("ada", age=15, tenure_days=1.0))
    with Safety.from_config(config, budget_ms=5000) as safety:
        decision = safety.feature("video_comments").pre_publish(item)
    (here / "item.json").write_text(json.dumps(item.to_json()))
    path = here / "decision.json"
    path.write_text(json.dumps(decision.to_json()))
    return path


class TestItem:
    """An item is decided with the modules, and explained."""

    @pytest.fixture(name="told")
    def _told(self, answer, config, insult, policies):
        code, told = answer("policy", "explain", insult, "--policies", policies)
        assert 0 == code
        return told

    def test_the_rule_that_decided(self, told):
        """The decider is named, with score, threshold, and what its condition saw."""
        assert "minors/harassment.bullying:hold" == told["decided_by"]
        assert [
            "harassment.bullying 0.60 >= 0.55",
            "actor.age < 18: yes (actor.age 15)",
        ] == told["rules"][0]["because"]

    def test_what_else_matched(self, told):
        """The other rules that matched are listed."""
        assert "harassment.bullying:nudge" in [rule["rule"] for rule in told["rules"]]

    def test_what_nearly_matched(self, told):
        """A rule of which one clause is missing is named, with that clause and its value."""
        (near,) = told["near"]

        assert ("fresh-links", "links.count > 1: no (links.count 1)") == (
            near["rule"],
            near["lacks"],
        )

    def test_what_only_its_mode_keeps_out(self, answer, config, policies, here):
        """A rule in shadow that holds in full is named as well."""
        author = {"id": "ada", "tenure_days": 1.0}
        links = ["a.example", "b.example"]
        (here / "x.json").write_text(json.dumps({"id": "c", "author": author, "links": links}))
        _, told = answer("policy", "explain", here / "x.json", "--policies", policies)
        lacks = {near["rule"]: near["lacks"] for near in told["near"]}

        assert "nothing but its mode" == lacks["fresh-links"]

    def test_what_would_have_to_change(self, told):
        """The nearest score that leads to less is named."""
        assert [("below", 0.55, "nudge")] == [
            ("below", other["at"], other["action"]) for other in told["milder"]
        ]

    def test_nothing_of_the_text_is_shown(self, run, config, insult, policies):
        """An explanation never holds what somebody wrote, nor who."""
        result = run("policy", "explain", insult, "--policies", policies)

        assert 0 == result.exit_code
        assert "grumpf" not in result.stdout
        assert "ada" not in result.stdout

    def test_the_table_fits_80_columns(self, run, config, insult, policies):
        """No line is wider than a terminal."""
        result = run("policy", "explain", insult, "--policies", policies, columns=80)

        assert 80 >= max(map(len, result.stdout.splitlines()))

    def test_a_file_that_is_not_there(self, run, policies, here):
        """It is said that there is none, not that it is no JSON."""
        result = run("policy", "explain", here / "none.json", "--policies", policies)

        assert 2 == result.exit_code
        assert "none.json: No such file or directory." in result.stderr


class TestDecision:
    """A recorded decision is explained with the policies it was made with."""

    def test_with_its_item(self, answer, recorded, policies, here):
        """With the item beside it, conditions are tested again."""
        code, told = answer(
            "policy", "explain", recorded, "--policies", policies, "--item", here / "item.json"
        )

        assert (0, True) == (code, told["again"])
        assert "actor.age < 18: yes (actor.age 15)" in told["rules"][0]["because"]

    def test_without_its_item(self, answer, recorded, policies):
        """Without the item, it says that conditions cannot be tested again."""
        code, told = answer("policy", "explain", recorded, "--policies", policies)

        assert (0, False) == (code, told["again"])
        assert "when actor.age < 18" in told["rules"][0]["because"]

    def test_one_of_the_store_by_its_id(self, answer, run, config, policies):
        """The id that a case or an author names is enough, where the settings have the store."""
        config.write_text(f"{config.read_text()}store: {{url: 'sqlite:///handrail.db'}}\n")
        with Safety.from_config(config, budget_ms=5000) as safety:
            made = safety.feature("video_comments").pre_publish(Item("c1", "you grumpf"))
            safety.store.close()
        code, told = answer("policy", "explain", made.id, "--policies", policies)

        assert (0, made.decided_by) == (code, told["decided_by"])
        assert 2 == run("policy", "explain", "0123", "--policies", policies).exit_code

    def test_changed_policies_do_not_explain_it(self, run, recorded, policies, house):
        """Policies of another revision are refused rather than passed off as its own."""
        house.write_text(house.read_text().replace("0.55", "0.65"))
        result = run("policy", "explain", recorded, "--policies", policies)

        assert 2 == result.exit_code
        assert "--archive" in result.stderr

    def test_the_archive_has_its_own_bundle(self, answer, recorded, policies, house, here):
        """The bundle of its revision is found in the archive, whatever is in force now."""
        kept = Bundle.read(policies)
        kept.archive(here / "archive")
        house.write_text(house.read_text().replace("0.55", "0.65"))
        code, told = answer(
            "policy", "explain", recorded, "--policies", policies, "--archive", here / "archive"
        )

        assert (0, kept.revision) == (code, told["bundle"])


@pytest.mark.parametrize("text", ["[]", "no JSON", '{"id": ""}'])
def test_what_is_neither_is_refused(run, here, policies, text):
    """A file that holds neither a decision nor an item is exit code 2."""
    (here / "x.json").write_text(text)

    assert 2 == run("policy", "explain", "x.json", "--policies", "policies").exit_code


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a && b", ["a", "b"]),
        ("(a && b) && c", ["(a && b)", "c"]),
        ('text.mentions("x && y") && a', ['text.mentions("x && y")', "a"]),
        ("a || b && c", ["a || b && c"]),
        ("a", ["a"]),
    ],
)
def test_a_condition_is_split_where_it_may_be(text, parts):
    """Only parts that all have to hold stand alone."""
    assert parts == split(text)
