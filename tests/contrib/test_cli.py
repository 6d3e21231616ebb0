"""The group of commands, and the commands that list things."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys

import click
import pytest
from rich.text import Text

from handrail import issues
from handrail_cli import show
from handrail_cli._group import cli

HINTING = """
from handrail import Manifest, hookimpl
MANIFEST = Manifest(
    name="hinting", version="1.0", issues=[], hints=["harassment.bullying"], surfaces=["*"]
)
@hookimpl
def pre_publish(item):
    return None
"""

COMMAND = "import click\n\n@click.command()\ndef hum():\n    click.echo('hum')\n"


def python(*arguments, stdin=""):
    """Run a Python of its own, as a shell would: outside of tests."""
    return subprocess.run(
        [sys.executable, *arguments],
        check=False,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        env={k: v for k, v in os.environ.items() if k != "PYTEST_VERSION"},
    )


class TestMain:
    """``handrail``, as a program."""

    def test_module_is_the_program(self):
        """``python -m handrail_cli`` runs the command line."""
        done = python("-m", "handrail_cli", "issues", "fraud.scam", "--json")

        assert 0 == done.returncode

    @pytest.mark.parametrize("missing", ["click", "rich"])
    def test_missing_extra_is_named_in_one_line(self, missing):
        """Without click or rich the program names the extra that brings them."""
        code = f"import sys; sys.modules[{missing!r}] = None; import handrail_cli as c; c.main()"

        done = python("-c", code)

        line = "handrail: the command line needs the extra 'cli': pip install 'handrail[cli]'\n"
        assert (2, line) == (done.returncode, done.stderr)

    def test_another_missing_package_is_not_taken_for_the_extra(self):
        """A broken installation of something else shows what it lacks."""
        code = "import sys; sys.modules['structlog'] = None; import handrail_cli as c; c.main()"

        assert 1 == python("-c", code).returncode

    @pytest.mark.parametrize("arguments", [["issues"], ["issues", "--json"]])
    def test_closed_pipe_ends_quietly(self, arguments):
        """A reader that goes away ends a command without a traceback."""
        code = (
            "import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 1); "
            "import handrail_cli as c; c.main()"
        )

        done = python("-c", code, *arguments)

        assert (141, "") == (done.returncode, done.stderr)

    def test_c_locale_gets_ascii(self, settings):
        """Under LC_ALL=C nothing but ASCII is written, and our signs stay readable."""
        settings.write_text("version: 1\nfeatures: {wall: {surface: comments, ownr: me}}\n")
        # Tox tells its children an encoding, which would win.
        said = {k: v for k, v in os.environ.items() if k != "PYTHONIOENCODING"}
        done = subprocess.run(
            [sys.executable, "-m", "handrail_cli", "doctor"],
            check=False,
            capture_output=True,
            timeout=60,
            env={**said, "LC_ALL": "C", "COLUMNS": "80"},
        )

        assert b" error | settings" in done.stdout.decode("ascii").encode()

    def test_unknown_command_is_told_what_is_near(self, run):
        """Who mistypes a command reads which one it may have been."""
        near, far = run("wroker"), run("zzzzzz")

        assert (2, True) == (near.exit_code, "Did you mean worker?" in near.output)
        assert (2, False) == (far.exit_code, "Did you mean" in far.output)

    def test_columns_stand_below_each_other_in_ascii(self, monkeypatch):
        """An arrow of two signs leaves the next column where it is."""
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "ascii", write_through=True))
        table = show.grid("rule", "why")
        table.add_row("→ NUDGE", Text("a → b"))
        show.screen().print(table)
        head, _, row = written.getvalue().decode().splitlines()

        assert head.index("|") == row.index("|")
        assert "-> NUDGE | a -> b" in row

    def test_sign_that_the_encoding_lacks_is_written_plainly(self, here):
        """An arrow becomes ``->`` where there is none."""
        done = subprocess.run(
            [sys.executable, "-m", "handrail_cli", "doctor"],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "80"},
        )

        assert "-> Write a handrail.yaml" in done.stdout

    def test_log_stays_out_of_the_output(self, site):
        """Standard output holds what the command says, not what the SDK logs."""
        done = python("-m", "handrail_cli", "check", "--surface", "comments", "--json", stdin="a\n")

        assert ["1"] == [json.loads(line)["item"] for line in done.stdout.splitlines()]


def leaves(command, context, path=""):
    """Yield each command below one, by the words that lead to it."""
    if not isinstance(command, click.Group):
        yield path, command, context
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        below = click.Context(found, parent=context, info_name=name, terminal_width=80)
        yield from leaves(found, below, f"{path} {name}".strip())


class TestCommands:
    """Commands come by entry point."""

    @pytest.mark.parametrize("name", ["check", "demo", "doctor", "issues", "modules"])
    def test_help_lists_each(self, run, name):
        """The help names every command that Handrail brings."""
        assert f"\n  {name} " in run("--help").output

    @pytest.mark.parametrize("group", [(), ("cases",), ("db",), ("policy",), ("reports",)])
    def test_help_cuts_no_sentence(self, run, group):
        """What a command is for stands there whole, on two lines where one is too short."""
        cut = [line for line in run(*group, "--help").output.splitlines() if line.endswith("...")]

        assert [] == [line for line in cut if "[ARGS]" not in line]

    @pytest.mark.parametrize("name", ["check", "demo", "doctor", "issues", "modules"])
    def test_each_prints_json(self, run, name):
        """Every command has --json."""
        assert "--json" in run(name, "--help").output

    @pytest.mark.once
    def test_help_says_what_each_option_is_for_in_80_columns(self):
        """No option of any command goes without a sentence, and no help is wider than a screen."""
        wrong = []
        for path, command, context in leaves(cli, click.Context(cli, info_name="handrail")):
            options = [each for each in command.params if isinstance(each, click.Option)]
            wrong += [f"{path} {each.opts[0]}" for each in options if not each.help]
            if max(map(len, command.get_help(context).splitlines())) > 80:
                wrong.append(path)

        assert [] == wrong

    def test_another_package_adds_one(self, run, site):
        """A command of another package runs like ours."""
        site.install("humming", COMMAND, handrail__commands="hum = humming:hum")

        assert "hum\n" == run("hum").output

    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            pytest.param("1 / 0", "ZeroDivisionError while loading 'humming:hum'", id="raises"),
            pytest.param("import absent_9", "ModuleNotFoundError while loading", id="import"),
            pytest.param("hum = 3", "'humming:hum' is no click.Command", id="no-command"),
        ],
    )
    def test_broken_one_is_a_line_of_the_help(self, run, site, source, reason):
        """A command that cannot be loaded costs only itself."""
        site.install("humming", source, handrail__commands="hum = humming:hum")

        assert f"hum (broken: {reason}" in " ".join(run("--help").output.split())

    def test_broken_one_says_why_it_cannot_run(self, run, site):
        """Running a broken command prints one line and exits with 2."""
        site.install("humming", "1 / 0", handrail__commands="hum = humming:hum")

        result = run("hum", "--any", "thing")

        line = (
            "Error: The command 'hum' is broken: ZeroDivisionError while loading 'humming:hum'.\n"
        )
        assert (2, line) == (result.exit_code, result.stderr)

    def test_one_offered_twice_is_broken(self, run, site):
        """No package quietly takes the place of another's command."""
        site.install("humming", COMMAND, handrail__commands="check = humming:hum")

        assert "offered twice" in run("check").stderr

    def test_unknown_one_is_refused(self, run):
        """A command that nobody offers exits with 2."""
        assert 2 == run("nonesuch").exit_code


class TestIssues:
    """``handrail issues``."""

    @staticmethod
    def names(result):
        return [i["name"] for i in json.loads(result.stdout)["issues"]]

    def test_lists_the_whole_taxonomy(self, run):
        """Without a pattern every issue is listed."""
        assert 87 == len(self.names(run("issues", "--json")))

    @pytest.mark.parametrize(
        ("arguments", "first"),
        [
            pytest.param(["fraud.*"], "fraud.scam", id="pattern"),
            pytest.param(["doxxing"], "privacy.doxxing", id="word-of-the-name"),
            pytest.param(["Pile-On"], "harassment.bullying", id="word-of-the-title"),
            pytest.param(["--family", "hate"], "hate.speech", id="family"),
            pytest.param(["--flag", "non_punitive"], "self_harm.at_risk", id="flag"),
        ],
    )
    def test_filters(self, run, arguments, first):
        """A pattern, a family or a flag narrows the list."""
        assert first == self.names(run("issues", *arguments, "--json"))[0]

    def test_table_names_the_flags(self, run):
        """The table shows what an issue demands."""
        assert "non_punitive" in run("issues", "self_harm.at_risk").stdout

    def test_no_match_is_exit_code_1(self, run):
        """A pattern that matches nothing offers the nearest name."""
        result = run("issues", "harasment.bulying")

        assert (1, True) == (result.exit_code, "harassment.bullying" in result.stderr)

    @pytest.mark.parametrize("option", ["--family", "--flag"])
    def test_unknown_family_or_flag_is_exit_code_2(self, run, option):
        """A family or flag that does not exist is refused."""
        assert 2 == run("issues", option, "nonesuch").exit_code


class TestModules:
    """``handrail modules``."""

    def test_lists_what_the_settings_load(self, run, settings):
        """Settings decide which modules are listed."""
        found = json.loads(run("modules", "--json").stdout)

        assert ["grumpf"] == [m["name"] for m in found["modules"]]

    def test_table_says_what_a_module_finds(self, run, settings):
        """The table shows issues and costs."""
        output = run("modules").stdout

        assert "harassment.bullying" in output
        assert "inline at pre_publish" in output

    @pytest.mark.parametrize("columns", [60, 80, 120])
    def test_table_breaks_no_name(self, run, columns):
        """Names of issues stay whole, so that they can be copied, at any usual width."""
        every = json.loads(run("modules", "--json", installed=True).stdout)["modules"]
        shown = run("modules", installed=True, columns=columns).stdout

        found = [m["issues"] + m["hints"] for m in every]
        names = {name for names in found if len(names) < len(issues()) for name in names}
        assert set() == names - set(re.split(r"[\s,]+", shown))

    def test_table_lists_no_taxonomy(self, run):
        """A module that may find whatever it is told to says so in a few words."""
        shown = run("modules", installed=True).stdout

        assert "any issue that is named to it" in " ".join(shown.split())

    def test_table_says_what_is_only_hinted_at(self, run, site):
        """Hints stand apart from what a module covers."""
        site.install("hinting", HINTING, handrail="hinting = hinting")
        shown = run("modules", installed=True).stdout

        assert re.search(r"hints of +harassment\.bullying", shown)

    def test_lists_what_is_installed(self, run, site):
        """Without settings every installed module is listed."""
        site.install("mumbling", "", handrail="mumble = mumbling")

        found = json.loads(run("modules", "--json", installed=True).stdout.splitlines()[-1])

        assert "mumble" in [q["name"] for q in found["quarantined"]]

    def test_module_kept_out_is_exit_code_1(self, run, site):
        """A module that could not be taken in is named with its reason."""
        site.install("mumbling", "", handrail="mumble = mumbling")

        result = run("modules", installed=True)

        assert (1, True) == (result.exit_code, "quarantined mumble: " in result.stdout)


class TestDoctor:
    """``handrail doctor``."""

    def test_healthy_settings_are_exit_code_0(self, run, settings):
        """Settings of which there are only notes have nothing wrong."""
        result = run("doctor")

        assert (0, True) == (result.exit_code, "Nothing is wrong. 2 notes" in result.stdout)

    def test_settings_without_a_note_are_well(self, run, settings):
        """Where there is nothing to say at all, all is well."""
        stated = (
            "carries_out: [nudge, limit, hold, block, reach, support], "
            "provides: [text, author, actor.age, participants, recipients]"
        )
        told = settings.read_text().replace("comments}", f"comments, {stated}}}", 1)
        settings.write_text(told)

        assert "All is well." in run("doctor").stdout

    def test_problems_are_counted(self, run, settings, site):
        """Errors and warnings are counted by level."""
        site.install("humming", "1 / 0", handrail__commands="hum = humming:hum")

        assert "Found 1 warning and 2 notes." in run("doctor").stdout

    def test_lists_of_modules_lie_beside_the_settings(self, run, here):
        """A term list is looked for beside the settings file, wherever the command runs."""
        (here / "conf").mkdir()
        (here / "conf/ours.csv").write_text(
            "term,issue,score,language,allowed\ngrumpf,harassment.bullying,0.7,,\n"
        )
        (here / "conf/handrail.yaml").write_text(
            "version: 1\nmodules: {allow: [text], settings: {text: {lists: [ours.csv]}}}\n"
        )
        told = json.loads(run("doctor", "--config", "conf/handrail.yaml", "--json").stdout)

        assert not [p for p in told["problems"] if p["level"] == "error"]

    def test_each_mistake_of_policies_is_a_problem(self, run, settings, here):
        """Two mistakes in policy files are two problems, without their pictures."""
        (here / "policies").mkdir()
        (here / "policies/a.yaml").write_text(
            "policy: a\nrules:\n  - {id: one, when: links.cont > 2 && stag == 'x', then: block}\n"
        )
        settings.write_text("version: 1\npolicies: policies\n")
        told = json.loads(run("doctor", "--json").stdout)["problems"]

        assert ["policies/a.yaml:3:27", "policies/a.yaml:3:39"] == [
            p["what"].split(": ")[0] for p in told if p["level"] == "error"
        ]

    def test_unusable_settings_are_a_problem(self, run, settings):
        """Settings that cannot be read are told with their place."""
        settings.write_text("version: 1\nfeatures: {video_comments: {surfaces: comments}}\n")

        result = run("doctor", "--json")

        (problem,) = json.loads(result.stdout)["problems"]
        assert (1, "error") == (result.exit_code, problem["level"])

    def test_broken_command_is_a_problem(self, run, settings, site):
        """A command that cannot be loaded is told."""
        site.install("humming", "1 / 0", handrail__commands="hum = humming:hum")

        result = run("doctor")

        assert (1, True) == (result.exit_code, "command 'hum'" in result.stdout)

    def test_missing_settings_are_only_a_note(self, run):
        """Where no settings lie, what is installed is looked at and that is said."""
        problems = json.loads(run("doctor", "--json").stdout)["problems"]

        assert ["note"] == [p["level"] for p in problems if p["where"] == "handrail.yaml"]

    def test_named_settings_that_are_missing_are_exit_code_2(self, run):
        """A settings file that does not exist stops the command."""
        assert 2 == run("doctor", "--config", "nowhere.yaml").exit_code
