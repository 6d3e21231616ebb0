"""``handrail policy new``, ``lint``, ``test`` and ``show``."""

from __future__ import annotations

import pytest

CASES = """\
cases:
  - name: an insult is asked about
    findings: [{issue: harassment.bullying, score: 0.6}]
    expect: {action: nudge}
"""


class TestNew:
    """The starting bundle is copied to begin with."""

    def test_what_is_copied_can_be_used(self, run, here):
        """The copies pass lint and their cases."""
        assert 0 == run("policy", "new", "p").exit_code
        assert 0 == run("policy", "lint", "p").exit_code
        assert 0 == run("policy", "test", "p").exit_code

    def test_nothing_is_written_over(self, run, here):
        """A directory that has such a policy is left alone."""
        run("policy", "new", "p")

        assert 1 == run("policy", "new", "p").exit_code

    def test_one_surface(self, answer, here):
        """One starting policy may be asked for."""
        code, told = answer("policy", "new", "p", "--surface", "live")

        assert 0 == code
        assert "p/live.yaml" in told["files"]
        assert "p/comments.yaml" not in told["files"]

    def test_an_unknown_one_is_named(self, run, here):
        """A starting policy that is not there is refused with the nearest name."""
        result = run("policy", "new", "p", "--surface", "comment")

        assert 2 == result.exit_code
        assert "comments" in result.stderr


class TestLint:
    """Everything wrong is said with its place; then what is doubtful."""

    def test_a_file_is_no_directory(self, run, house):
        """Whoever names the file is told to name its directory."""
        result = run("policy", "lint", house)

        assert 2 == result.exit_code
        assert "house.yaml: a file; name the directory that it is in." in result.stderr

    def test_a_sound_directory(self, answer, policies):
        """Nothing wrong is exit code 0, and the revision is named."""
        code, told = answer("policy", "lint", policies)

        assert (0, True, []) == (code, told["ok"], told["problems"])
        assert 12 == len(told["revision"])

    def test_each_error_has_its_place(self, answer, policies, house):
        """Two mistakes are two problems, by line."""
        text = house.read_text().replace("nudge:", "nugde:").replace("then: block", "then: blok")
        house.write_text(text)
        code, told = answer("policy", "lint", policies)

        assert 1 == code
        assert [6, 18] == [p["line"] for p in told["problems"]]
        assert told["revision"] is None

    def test_the_caret_stands_under_the_place(self, run, policies, house):
        """The line is shown, with a caret under the column."""
        house.write_text(house.read_text().replace("nudge:", "nugde:"))
        lines = run("policy", "lint", "policies").stdout.splitlines()
        at = next(n for n, line in enumerate(lines) if "harassment.bullying: {nugde" in line)

        assert lines[at].index("nugde") == lines[at + 1].index("^")
        assert lines[at - 1].startswith("policies/house.yaml:6:25: error: ")

    def test_warnings_come_after_errors_and_do_not_count(self, run, policies, house):
        """A rule that nobody owns is doubtful, and no reason to fail."""
        house.write_text(house.read_text().replace("owner: safety\n", ""))
        result = run("policy", "lint", policies)

        assert 0 == result.exit_code
        assert "warning" in result.stdout

    def test_postures_are_looked_at(self, answer, policies):
        """What an emergency may put in force is checked before it is needed."""
        (policies / "postures").mkdir()
        (policies / "postures/lockdown.yaml").write_text("policy: lockdown\nisues: {}\n")
        code, told = answer("policy", "lint", policies)

        assert 1 == code
        assert told["problems"][0]["file"].endswith("postures/lockdown.yaml")

    def test_features_of_settings_are_asked(self, answer, policies, config):
        """What a feature cannot carry out is an error at the feature; misspelt names warn."""
        config.write_text(
            config.read_text().replace("[DE]", "[DE], carries_out: [nudge, block, reach]")
        )
        (policies / "wall.yaml").write_text(
            "policy: wall\nowner: s\napplies: {surfaces: coments}\n"
        )
        code, told = answer("policy", "lint", policies)
        errors = [p for p in told["problems"] if p["severity"] == "error"]

        assert 1 == code
        assert {("handrail.yaml", 3, 3)} == {(e["file"], e["line"], e["column"]) for e in errors}
        assert ["hold"] == [e["message"].split("'")[3] for e in errors]
        assert "Did you mean 'comments'?" in told["problems"][-1]["message"]

    def test_modules_of_settings_are_asked(self, answer, policies, config):
        """Issues that no module looks for are named."""
        (policies / "wall.yaml").write_text(
            "policy: wall\nowner: s\nissues: {goods.*: {block: 0.9}, fraud.scam: {block: 0.9}}\n"
        )
        code, told = answer("policy", "lint", policies)

        assert (0, [], ["fraud.scam", "goods.*", "integrity.spam"]) == (
            code,
            told["problems"],
            told["unserved"],
        )

    def test_settings_that_cannot_be_used(self, run, policies, config):
        """Those that only lie here are a warning; those that were named are exit code 2."""
        config.write_text("version: 2\n")

        assert 0 == run("policy", "lint", policies).exit_code
        assert 2 == run("policy", "lint", policies, "--config", config).exit_code

    def test_no_such_directory(self, run, here):
        """A directory that is not there is exit code 2."""
        assert 2 == run("policy", "lint", "nowhere").exit_code


class TestCases:
    """The cases beside the policies are decided."""

    def test_all_as_expected(self, answer, policies):
        """Cases that come out as stated are counted."""
        (policies / "house.cases.yaml").write_text(CASES)
        code, told = answer("policy", "test", policies)

        assert (0, 1, []) == (code, told["passed"], told["failed"])

    def test_a_failure_says_what_came_out(self, run, policies):
        """A failed case is shown with what was expected and what was decided."""
        (policies / "house.cases.yaml").write_text(CASES.replace("nudge", "block"))
        result = run("policy", "test", policies)

        assert 1 == result.exit_code
        assert "expected block, decided nudge by harassment.bullying:nudge" in result.stdout
        assert "0 of 1 cases as expected" in result.stdout

    def test_no_cases_is_said(self, run, policies):
        """Without cases there is a hint how to write some."""
        result = run("policy", "test", policies)

        assert 0 == result.exit_code
        assert "NAME.cases.yaml" in result.stdout

    def test_policies_that_cannot_be_used(self, run, policies, house):
        """Cases are not decided by policies with errors."""
        house.write_text("policy: house\nisues: {}\n")
        result = run("policy", "test", policies)

        assert 2 == result.exit_code
        assert "house.yaml:2:1" in result.stderr


class TestShow:
    """The ladder that holds for somebody, as the engine works it out."""

    @pytest.fixture(name="steps")
    def _steps(self, answer, policies):
        def steps(*options):
            code, told = answer("policy", "show", policies, "--surface", "comments", *options)
            assert code == 0
            return [
                (step["at"], step["action"], step["by"])
                for step in told["features"][0]["ladders"]
                if step["issue"] == "harassment.bullying"
            ]

        return steps

    def test_the_plain_ladder(self, steps):
        """Of an unknown age, the policy's own thresholds hold."""
        assert [(0.5, "nudge", ["house"]), (0.8, "hold", ["house"])] == steps()

    def test_an_override_counts_where_its_condition_holds(self, steps):
        """For a minor, the stricter rung stands in the ladder, and says whose it is."""
        assert [(0.5, "nudge", ["house"]), (0.55, "hold", ["minors"])] == steps("--age", "15")

    def test_a_share_is_left_out_of_account(self, steps, house):
        """An override for 1 % of people is shown as if it counted."""
        house.write_text(
            house.read_text().replace("  - id: minors", "  - id: minors\n    rollout: 1")
        )

        assert (0.55, "hold", ["minors"]) in steps("--age", "15")

    @pytest.mark.parametrize(
        ("share", "expected"),
        [
            ("25", "for 25 %"),
            ("{'*': 0, KR: 100, DE: 5}", "for DE 5 %, KR 100 %, elsewhere 0 %"),
            ("100", ""),
        ],
    )
    def test_for_whom_a_rule_counts(self, answer, policies, house, share, expected):
        """A share is said in words, and a share of all is none."""
        text = house.read_text().replace("  - id: minors", f"  - id: minors\n    rollout: {share}")
        house.write_text(text)
        _, told = answer("policy", "show", policies, "--surface", "comments")

        assert expected == told["features"][0]["rules"][0]["state"]

    def test_a_rule_that_has_not_begun_is_not_there_yet(self, steps, house):
        """--at asks for another day."""
        house.write_text(
            house.read_text().replace(
                "rules:\n",
                "rules:\n  - {id: later, issue: harassment.bullying, at: 0.3, then: hold, "
                "starts: '2030-01-01T00:00Z'}\n",
            )
        )

        assert (0.3, "hold", ["later"]) not in steps()
        assert (0.3, "hold", ["later"]) in steps("--at", "2030-06-01")

    def test_conditions_are_listed(self, answer, policies):
        """Rules with conditions stand below, with their mode."""
        _, told = answer("policy", "show", policies, "--surface", "comments")
        rules = {rule["rule"]: rule for rule in told["features"][0]["rules"]}

        assert "shadow, until 2099-01-15" == rules["fresh-links"]["state"]
        assert 'text.mentions("last tickets")' == rules["shop"]["when"]

    def test_the_table_fits_80_columns(self, run, policies):
        """No line of the tables is wider than a terminal."""
        result = run("policy", "show", policies, "--surface", "comments", columns=80)

        assert 80 >= max(map(len, result.stdout.splitlines()))

    def test_a_feature_of_the_settings(self, answer, policies, config):
        """Settings give the features, all of them where none is named."""
        _, told = answer("policy", "show", policies)

        assert ["video_comments"] == [f["feature"] for f in told["features"]]

    def test_an_unknown_feature(self, run, policies, config):
        """A feature that the settings do not have is exit code 2."""
        assert 2 == run("policy", "show", policies, "--feature", "video_coments").exit_code

    def test_no_place_is_named(self, run, policies):
        """Without settings and surface, it says what to name."""
        result = run("policy", "show", policies)

        assert 2 == result.exit_code
        assert "--surface" in result.stderr
