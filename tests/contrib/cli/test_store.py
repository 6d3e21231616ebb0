"""``handrail db`` and ``handrail audit``: the durable store from the command line."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from handrail import Safety

SETTINGS = """\
version: 1
features:
  video_comments: {surface: comments}
modules: {allow: [text]}
policies: {starting: [comments]}
store: {url: 'sqlite:///handrail.db'}
"""

HOLD = ("db", "hold", "actor", "ana", "--by", "legal", "--reason", "case 7")


@pytest.fixture(name="filled")
def _filled(here):
    """Settings with a store, in which a comment of Ana's was decided."""
    from handrail import Actor, Item

    path = here / "handrail.yaml"
    path.write_text(SETTINGS)
    with Safety.from_config(path) as safety:
        safety.feature("video_comments").pre_publish(Item("c1", "hello", author=Actor(id="ana")))
    return here


def said(result):
    """The lines of JSON that were printed."""
    assert not result.exception or isinstance(result.exception, SystemExit), result.exception
    return [json.loads(line) for line in result.output.splitlines()]


class TestSchema:
    """``db upgrade`` and ``db check``."""

    def test_upgrade_makes_a_schema(self, here, run):
        """A new file is brought up to date, and then is."""
        url = f"sqlite:///{here}/x.db"
        before = run("db", "check", "--url", url, "--json")
        made = run("db", "upgrade", "--url", url, "--json")
        after = run("db", "check", "--url", url)

        assert (1, 0, 0) == (before.exit_code, made.exit_code, after.exit_code)
        assert [False] == [row["current"] for row in said(before)]
        assert said(made)[0]["had"] is None

    @pytest.mark.parametrize("command", [("db", "check"), ("audit", "verify"), ("audit", "show")])
    def test_looking_makes_no_file(self, here, run, command):
        """Where there is no database none is made, and the message says where it was looked for."""
        result = run(*command, "--url", f"sqlite:///{here}/x.db")

        assert result.exit_code in (1, 2)
        assert f"There is no file {here}/x.db" in result.output.replace("\n", "")
        assert [] == list(here.glob("x.db*"))

    def test_name_that_no_file_can_have(self, here, run):
        """What the system refuses to look for cannot be used: one line, exit code 2."""
        result = run("db", "check", "--url", f"sqlite:///{here}/{'a' * 300}.db")

        assert (2, True) == (result.exit_code, "cannot be used" in result.output.replace("\n", " "))

    def test_check_says_what_to_do(self, here, run):
        """A database without a schema needs an upgrade."""
        (here / "x.db").touch()
        result = run("db", "check", "--url", f"sqlite:///{here}/x.db")

        assert "run handrail db upgrade" in result.output

    def test_a_file_that_is_no_database_is_named(self, here, run):
        """The message says which file, and what is wrong with it."""
        (here / "junk.db").write_text("no database at all, and long enough to be looked at")
        said = run("db", "check", "--url", f"sqlite:///{here}/junk.db")

        assert (2, True) == (said.exit_code, f"sqlite:///{here}/junk.db cannot be" in said.output)
        assert "the file is no SQLite database" in said.output

    def test_a_server_that_is_away_is_named_without_the_password(self, run):
        """The message says which server, and never how one gets in."""
        url = "postgresql://ann:hush@127.0.0.1:1/site?options=-csearch_path%3Dhandrail"
        said = run("audit", "verify", "--url", url)

        assert (2, True) == (said.exit_code, "ann:***@127.0.0.1:1/site cannot" in said.output)
        assert ("hush" in said.output, "see that it runs" in said.output) == (False, True)

    @pytest.mark.parametrize(
        ("broken", "kind"),
        [
            pytest.param(
                "CREATE TRIGGER no BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'hush'); END",
                "IntegrityError", id="refuses-a-row",
            ),
            pytest.param("DROP TABLE audit", "OperationalError", id="lacks-a-table"),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize(
        "command",
        [
            ("db", "export", "ana", "--by", "dpo"),
            ("reporters", "warn", "bo", "--feature", "video_comments", "--by", "rita"),
        ],
        ids=["by-its-place", "by-its-safety"],
    )
    def test_a_database_that_is_wrong_is_not_away(self, filled, run, broken, kind, command):
        """What it refuses is told as that, and not as a server that does not run."""
        with closing(sqlite3.connect("handrail.db")) as connection, connection:
            at = "2026-03-01 12:00:00.000000"
            connection.execute(
                "INSERT INTO reporters (id, as_of, day) VALUES ('bo', ?, ?)", (at, at)
            )
            connection.execute(broken)
        said = run(*command)

        assert (2, True) == (said.exit_code, f"cannot be used ({kind}, " in said.output)
        assert "see what handrail db check says" in said.output
        assert [] == re.findall("see that it runs|hush", said.output)

    def test_a_file_that_is_none_is_named(self, here, run):
        """What is no database at all is told as that."""
        (here / "x.db").write_text("nothing of the kind, and long enough to be read as a header")
        result = run("db", "export", "ana", "--by", "dpo", "--url", f"sqlite:///{here}/x.db")

        assert "SQLITE_NOTADB): the file is no SQLite database." in result.output

    def test_a_later_schema_is_refused(self, filled, run):
        """What a later version made is not touched, and said."""
        with closing(sqlite3.connect("handrail.db")) as connection, connection:
            connection.execute("UPDATE handrail_version SET version_num = '9999'")
        checked, upgraded = run("db", "check"), run("db", "upgrade")

        assert (1, 2) == (checked.exit_code, upgraded.exit_code)
        assert "install the later version" in checked.output
        assert "install the later version" in upgraded.output

    def test_a_url_is_not_repeated(self, run):
        """It may hold a password."""
        result = run("db", "check", "--url", "postgresql://u:canary@127.0.0.1:1/x")

        assert (2, False) == (result.exit_code, "canary" in result.output)

    def test_settings_without_a_store_are_named(self, here, run):
        """Where there is none, it is said in which file."""
        (here / "handrail.yaml").write_text("version: 1\n")
        result = run("db", "check")

        assert (2, True) == (result.exit_code, "handrail.yaml:1:1: " in result.output)


class TestPerson:
    """``db export``, ``db erase``, ``db hold``."""

    def test_export_is_lines(self, filled, run):
        """What is known of somebody, a line for each row."""
        rows = said(run("db", "export", "ana", "--by", "dpo"))

        assert ["items", "decisions"] == [row["table"] for row in rows]

    @pytest.fixture(name="grave")
    def _grave(self, filled):
        """What was decided of Ana's is about a child."""
        with closing(sqlite3.connect("handrail.db")) as connection, connection:
            connection.execute("UPDATE decisions SET issue = 'child_safety.grooming'")

    def test_export_says_how_much_is_withheld(self, grave, run):
        """Beside the lines, and not among them, stands that there is more, and why."""
        result = run("db", "export", "ana", "--by", "dpo")

        assert ["items"] == [json.loads(line)["table"] for line in result.stdout.splitlines()]
        assert "1 row is withheld: about children, " in result.stderr

    def test_export_of_the_whole(self, grave, run):
        """Nothing is withheld where that is asked for, and the audit log says so."""
        result = run("db", "export", "ana", "--by", "dpo", "--whole")
        (told,) = said(run("audit", "show", "--json"))

        assert ["items", "decisions"] == [row["table"] for row in said(result)]
        assert ("exported", True) == (told["what"], told["body"]["whole"])

    def test_erase_leaves_nothing_to_export(self, filled, run):
        """Who is erased is not known."""
        assert 0 == run("db", "erase", "ana", "--by", "dpo", "--yes").exit_code
        assert "" == run("db", "export", "ana", "--by", "dpo").stdout

    def test_erase_asks_first(self, filled, run):
        """Who does not say yes has erased nobody."""
        assert 1 == run("db", "erase", "ana", "--by", "dpo", stdin="n\n").exit_code
        assert 2 == len(said(run("db", "export", "ana", "--by", "dpo")))

    def test_hold_wins(self, filled, run):
        """Who is held is not erased, until released."""
        erasing = ("db", "erase", "ana", "--by", "dpo", "--yes")
        codes = [run(*HOLD).exit_code, run(*erasing).exit_code]
        listed = said(run("db", "holds", "--json"))
        codes += [run("db", "release", "actor", "ana", "--by", "legal").exit_code for _ in "ab"]
        codes.append(run(*erasing).exit_code)

        assert [0, 1, 0, 1, 0] == codes
        assert [("ana", "case 7", None)] == [(h["id"], h["reason"], h["until"]) for h in listed]

    def test_export_of_a_stranger_says_that_nothing_is_known(self, filled, run):
        """Who mistypes an id does not take an empty file for an answer."""
        result = run("db", "export", "anna", "--by", "dpo")

        assert (0, "") == (result.exit_code, result.stdout)
        assert "Nothing is known of this person.\n" == result.stderr

    def test_hold_ends_with_the_day_that_is_named(self, filled, run):
        """The day that is named is the last of the hold, and one reads that."""
        told = run(*HOLD, "--until", "2099-12-31").output

        assert "This actor is held until 2099-12-31 23:59 UTC.\n" == told
        assert "2099-12-31 23:59 UTC" in run("db", "holds").output
        assert "2099-12-31T23:59:59+00:00" == said(run("db", "holds", "--json"))[0]["until"]

    def test_hold_until_today_holds_still(self, filled, run):
        """Today is not over: what is held until today is held now."""
        today = f"{datetime.now(UTC):%Y-%m-%d}"

        assert 0 == run(*HOLD, "--until", today).exit_code
        assert 1 == run("db", "erase", "ana", "--by", "dpo", "--yes").exit_code

    def test_hold_that_is_over_is_refused(self, filled, run):
        """Nobody is told that something is held which is not."""
        assert (2, []) == (
            run(*HOLD, "--until", "2020-01-01").exit_code,
            said(run("db", "holds", "--json")),
        )

    def test_purge_says_how_much(self, filled, run):
        """What is young stays."""
        assert 0 == sum(said(run("db", "purge", "--json"))[0].values())
        assert "Nothing is over its time." in run("db", "purge").output


def test_a_demoted_rule_is_confirmed_in_the_store(filled, run):
    """Where the cap's memory is in the store, that is where a person confirms."""
    (filled / "policies").mkdir()
    (filled / "policies/house.yaml").write_text(
        "policy: house\nowner: safety\nissues:\n  integrity.spam: {block: 0.9}\n"
    )
    with Safety.from_config(filled / "handrail.yaml") as safety:
        safety.store.caps.trip("a" * 12, "flood")
    confirming = ("policy", "confirm", "flood", "--by", "lead", "--policies", "policies")
    codes = [run(*confirming).exit_code for _ in "ab"]

    assert [0, 1] == codes
    assert {"rule_tripped", "rule_confirmed"} == {
        row["what"] for row in said(run("audit", "show", "--json"))
    }


class TestAudit:
    """``audit verify`` and ``audit show``."""

    @pytest.fixture(name="audited")
    def _audited(self, filled, run):
        """A log with two rows."""
        for _ in range(2):
            run("db", "export", "ana", "--by", "dpo")

    def test_holds(self, audited, run):
        """A log that nobody touched holds, and has a head to note."""
        (found,) = said(run("audit", "verify", "--json"))
        again = run("audit", "verify", "--head", found["head"])

        assert (2, 0) == (found["links"], again.exit_code)
        assert found["head"] in again.output

    def test_tampering_ends_with_one(self, audited, run):
        """A changed row is named."""
        run("audit", "verify")
        with closing(sqlite3.connect("handrail.db")) as connection, connection:
            connection.execute("UPDATE audit SET by = 'me' WHERE number = 1")
        result = run("audit", "verify")

        assert (1, True) == (result.exit_code, "link 1: its row" in result.output)

    def test_a_head_that_is_not_there_ends_with_one(self, audited, run):
        """Rows that are gone from the end are found by what was noted."""
        assert 1 == run("audit", "verify", "--head", "0" * 63 + "1").exit_code
        assert 2 == run("audit", "verify", "--head", "nonsense").exit_code

    def test_show_is_the_last_first(self, audited, run):
        """Who did what, without whom it was done to."""
        rows = said(run("audit", "show", "--most", "1", "--json"))

        assert [("exported", "dpo")] == [(row["what"], row["by"]) for row in rows]
        assert "ana" not in run("audit", "show").output
