"""``handrail policy promote`` and ``confirm``."""

from __future__ import annotations

import pytest

from handrail import FileCaps, Mode
from handrail_policyfiles import Bundle


def changed(before, path):
    """The lines of a file that differ from those it had."""
    old, new = before.splitlines(), path.read_text().splitlines()
    return [line.strip() for line in new if line not in old]


def rule(policies, name):
    (policy,) = Bundle.read(policies).policies
    return next(each for each in (*policy.rules, *policy.overrides) if each.id == name)


class TestPromote:
    """Mode and share are changed where they stand."""

    def test_exactly_one_line_changes(self, run, policies, house):
        """To enforce a shadow changes one line, and keeps its comment."""
        before = house.read_text()
        result = run("policy", "promote", policies, "fresh-links")

        assert 0 == result.exit_code
        assert ["mode: enforce      # until we know"] == changed(before, house)
        assert len(before.splitlines()) == len(house.read_text().splitlines())
        assert rule(policies, "fresh-links").mode is Mode.ENFORCE

    def test_the_difference_is_printed(self, run, policies):
        """The change is shown as a diff."""
        result = run("policy", "promote", policies, "fresh-links")

        assert "-    mode: shadow      # until we know" in result.stdout.splitlines()
        assert "+    mode: enforce      # until we know" in result.stdout.splitlines()

    def test_a_share_becomes_a_line_of_its_own(self, run, policies, house):
        """A key that is not there is added below the id, and nothing else moves."""
        before = house.read_text()
        run("policy", "promote", policies, "fresh-links", "--rollout", "25")

        assert ["rollout: 25"] == changed(before, house)
        assert {"*": 25.0} == dict(rule(policies, "fresh-links").rollout.shares)
        assert rule(policies, "fresh-links").mode is Mode.SHADOW

    def test_a_rule_on_one_line(self, run, policies, house):
        """A rule within braces is changed within them, and a shadow is given an end."""
        before = house.read_text()
        result = run("policy", "promote", policies, "shop", "--to", "shadow")

        assert 0 == result.exit_code
        assert 1 == len(changed(before, house))
        assert rule(policies, "shop").mode is Mode.SHADOW
        assert rule(policies, "shop").expires is not None

    def test_an_override(self, run, policies):
        """An override is promoted like a rule."""
        assert 0 == run("policy", "promote", policies, "minors", "--rollout", "5").exit_code
        assert {"*": 5.0} == dict(rule(policies, "minors").rollout.shares)

    def test_a_policy(self, run, policies, house):
        """A whole policy is promoted by its name."""
        before = house.read_text()

        assert 0 == run("policy", "promote", policies, "house", "--rollout", "10").exit_code
        assert ["rollout: 10"] == changed(before, house)

    def test_windows_line_ends_stay(self, run, policies, house):
        """The added line ends as the others do."""
        house.write_bytes(house.read_bytes().replace(b"\n", b"\r\n"))
        run("policy", "promote", policies, "fresh-links", "--rollout", "25")

        assert house.read_bytes().count(b"\n") == house.read_bytes().count(b"\r\n")

    def test_what_is_so_already(self, run, policies, house):
        """Nothing is written where nothing changes."""
        before = house.read_text()
        result = run("policy", "promote", policies, "shop")

        assert 0 == result.exit_code
        assert "already" in result.stdout
        assert before == house.read_text()

    def test_a_dry_run_writes_nothing(self, answer, policies, house):
        """--dry-run tells the difference only."""
        before = house.read_text()
        code, told = answer("policy", "promote", policies, "fresh-links", "--dry-run")

        assert 0 == code
        assert "+    mode: enforce      # until we know" in told["diff"]
        assert before == house.read_text()

    def test_errors_refuse_it(self, run, policies, house):
        """Policies that cannot be used are not promoted."""
        house.write_text(house.read_text().replace("then: block", "then: blok"))
        before = house.read_text()
        result = run("policy", "promote", policies, "fresh-links")

        assert 1 == result.exit_code
        assert "blok" in result.stderr
        assert before == house.read_text()

    def test_an_unknown_rule(self, run, policies):
        """A rule that is not there is refused with the nearest name."""
        result = run("policy", "promote", policies, "fresh-link")

        assert 1 == result.exit_code
        assert "fresh-links" in result.stderr

    def test_two_rules_of_one_name(self, run, policies, house):
        """The policy's name tells apart what two policies call the same."""
        other = house.read_text().replace("policy: house", "policy: other")
        (policies / "other.yaml").write_text(other)

        assert 1 == run("policy", "promote", policies, "shop", "--rollout", "5").exit_code
        result = run("policy", "promote", policies, "other/shop", "--rollout", "5")
        assert 0 == result.exit_code
        assert "rollout" not in house.read_text()

    def test_an_edit_that_means_something_else(self, run, policies, house, monkeypatch):
        """What was read back is compared, so that no edit goes astray."""
        before = house.read_text()
        astray = before.replace("nudge: 0.5,", "nudge: 0.6,")
        monkeypatch.setattr("handrail_cli.policy._edit.changed", lambda *_: (before, astray))
        result = run("policy", "promote", policies, "fresh-links")

        assert 1 == result.exit_code
        assert before == house.read_text()

    def test_a_table_of_shares_is_left_to_people(self, run, policies, house):
        """A value over several lines is not changed in place."""
        house.write_text(
            house.read_text().replace(
                "    then: block\n", "    then: block\n    rollout:\n      DE: 5\n"
            )
        )

        assert 1 == run("policy", "promote", policies, "fresh-links", "--rollout", "9").exit_code


class TestNotices:
    """What is enforced can be told to authors."""

    NOTICES = "notices: {{languages: [{}]}}\n"

    def promote(self, run, config, languages, *options):
        config.write_text(config.read_text() + self.NOTICES.format(languages))
        return run("policy", "promote", "policies", "fresh-links", *options)

    def test_a_market_without_its_language(self, run, config, house):
        """A market whose language the notices do not speak refuses it."""
        before = house.read_text()
        result = self.promote(run, config, "en, fr")

        assert 1 == result.exit_code
        assert "DE" in result.stderr
        assert before == house.read_text()

    def test_a_market_with_its_language(self, run, config):
        """A market that is spoken to may get the rule."""
        assert 0 == self.promote(run, config, "en, de").exit_code

    def test_settings_without_notices_speak_english(self, run, config):
        """Without a catalogue, authors are told in English only."""
        assert 1 == run("policy", "promote", "policies", "fresh-links").exit_code

    def test_a_shadow_needs_none(self, run, config):
        """Nobody is told of what is in shadow."""
        assert 0 == self.promote(run, config, "en", "--rollout", "25").exit_code

    def test_another_market(self, run, policies):
        """A market may be named where no settings do."""
        result = run("policy", "promote", policies, "fresh-links", "--market", "KE")

        assert 0 == result.exit_code

    def test_an_unknown_market(self, run, policies):
        """What is no market is exit code 2."""
        assert 2 == run("policy", "promote", policies, "fresh-links", "--market", "XX").exit_code


class TestConfirm:
    """A demoted rule goes on once somebody has confirmed it."""

    @pytest.fixture(name="caps")
    def _caps(self, here, policies):
        caps = FileCaps(here / "caps.jsonl")
        (policy,) = Bundle.read(policies).policies
        caps.trip(policy.hashes["shop"], "shop")
        return caps

    def confirm(self, run, name, *more):
        return run(
            "policy", "confirm", name, "--by", "ada", "--policies", "policies",
            "--file", "caps.jsonl", *more,
        )  # fmt: skip

    def test_it_is_confirmed(self, run, caps):
        """The rule is demoted no more."""
        assert 0 == self.confirm(run, "shop").exit_code
        assert {} == caps.tripped()

    def test_json_says_which(self, run, caps):
        """The hash that was confirmed is told."""
        (mark,) = caps.tripped()

        assert mark in self.confirm(run, "shop", "--json").stdout

    def test_a_rule_that_is_not_demoted(self, run, caps):
        """Another rule is refused, and the demoted ones are named."""
        result = self.confirm(run, "fresh-links")

        assert 1 == result.exit_code
        assert "shop" in result.stderr

    def test_a_rule_that_says_something_else_now(self, run, caps, house):
        """A confirmation of what is not there any more is refused."""
        house.write_text(house.read_text().replace("last tickets", "cheap tickets"))

        assert 1 == self.confirm(run, "shop").exit_code
        assert caps.tripped()

    def test_no_such_file(self, run, policies):
        """A file of caps that is not there is exit code 2."""
        assert 2 == self.confirm(run, "shop").exit_code
