"""``handrail check``: what it reads, what it prints, how it ends."""

from __future__ import annotations

import io
import json

import pytest

from handrail import Decision
from handrail_cli import show
from handrail_cli._read import LINE_LIMIT, read

ITEMS = '{"id": "a", "text": "hello"}\n{"id": "b", "text": "you grumpf"}\n'
FEATURE = ("--feature", "video_comments")

CHATTY = """
from handrail import Manifest, hookimpl
MANIFEST = Manifest(
    name="chatty", version="1.0", issues=["harassment.bullying"], surfaces=["*"], languages=["*"]
)
print("loaded")
@hookimpl
def pre_publish(item):
    print("looked")
    yield 5
"""


@pytest.fixture(name="check")
def _check(run, settings):
    def check(*arguments, stdin=ITEMS):
        return run("check", *FEATURE, *arguments, stdin=stdin)

    return check


@pytest.fixture(name="chatty")
def _chatty(check, settings, site):
    site.install("chatty_module", CHATTY, handrail="chatty = chatty_module")
    settings.write_text(settings.read_text().replace("[grumpf]", "[chatty]"))
    return check


def lines(result):
    """What a command printed, line by line."""
    return [json.loads(line) for line in result.stdout.splitlines()]


class TestRead:
    """Lines become items, or say why not."""

    @staticmethod
    def read(data, form="auto"):
        return list(read(io.BufferedReader(io.BytesIO(data)), form))

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b'{"id": "a", "text": "b"}', id="no-newline"),
            pytest.param(b'{"id": "a", "text": "b"}\r\n', id="windows"),
            pytest.param(b'\xef\xbb\xbf{"id": "a", "text": "b"}\n', id="byte-order-mark"),
            pytest.param(b'\n  \n{"id": "a", "text": "b"}\n\n', id="blank-lines"),
        ],
    )
    def test_one_item(self, data):
        """Line ends, a byte-order mark and blank lines are passed over."""
        (line,) = self.read(data)

        assert ("a", "b", None) == (line.item.id, line.item.text, line.error)

    def test_plain_lines_are_items_by_number(self):
        """A text's id is its line number."""
        assert [("1", "a"), ("3", "c {")] == [
            (line.item.id, line.item.text) for line in self.read(b"a\n\nc {\n")
        ]

    def test_line_numbers_count_blank_lines(self):
        """A line's number is the one an editor shows."""
        assert [1, 3] == [line.number for line in self.read(b"a\n\nb\n")]

    def test_one_object_makes_all_lines_json(self):
        """A broken first line does not turn JSON Lines into texts."""
        first, second = self.read(b'id: 3\n{"id": "a"}\n')

        assert (True, "a") == (first.error.startswith("not JSON"), second.item.id)

    def test_format_text_takes_braces_for_text(self):
        """Told so, a line that opens an object is a text."""
        assert "{}" == self.read(b"{}\n", "text")[0].item.text

    @pytest.mark.parametrize(
        ("line", "error"),
        [
            pytest.param(b"{", "not JSON: ", id="truncated"),
            pytest.param(b'{"id": "a", "text": NaN}', "NaN is not JSON", id="nan"),
            pytest.param(b'["a"]', "expected a JSON object, got list", id="list"),
            pytest.param(b"\xff{}", "not UTF-8 at byte 1", id="not-utf-8"),
            pytest.param(b'{"text": "a"}', "Item: the field 'id' is missing", id="no-id"),
            pytest.param(b'{"id": "a", "txt": "b"}', "Item: unknown field 'txt'", id="misspelt"),
            pytest.param(b'{"id": 7}', "Item.id: expected", id="id-no-string"),
            pytest.param(b'{"id": "a", "text": 7}', "Item.text: expected", id="text-no-string"),
            pytest.param(b'{"id": "a", "author": 7}', "", id="author-no-object"),
            pytest.param(b'{"id": "a", "links": 7}', "", id="links-no-list"),
            pytest.param(b'{"id": ' + b"[" * 100_000, "", id="deep"),
            pytest.param(b'{"id": ' + b"9" * 5000 + b"}", "", id="long-number"),
        ],
    )
    def test_bad_line_says_why(self, line, error):
        """What cannot be an item becomes an error, and the next line is read."""
        bad, good = self.read(line + b'\n{"id": "a"}\n', "jsonl")

        assert (None, True, "a") == (bad.item, bad.error.startswith(error), good.item.id)

    def test_error_never_repeats_the_line(self):
        """What somebody wrote is not in the error."""
        (line,) = self.read(b'{"id": "a", "text": ["canary"], "kind": "Canary"}', "jsonl")

        assert "canary" not in line.error.lower()

    def test_line_that_is_too_long_is_skipped(self):
        """A line over the limit costs only itself."""
        long, short = self.read(b"a" * (3 * LINE_LIMIT) + b"\nb\n", "text")

        assert (f"longer than {LINE_LIMIT} bytes", "b") == (long.error, short.item.text)

    def test_lone_surrogate_is_a_text(self):
        """JSON may say half a character; it is read as it stands."""
        (line,) = self.read(b'{"id": "a", "text": "\\ud800"}')

        assert "\ud800" == line.item.text


class TestJson:
    """``--json``: one line out for each line in."""

    def test_one_decision_a_line(self, check):
        """Each line is the decision about one item, in order."""
        assert [("a", "allow"), ("b", "nudge")] == [
            (d["item"], d["action"]) for d in lines(check("--json"))
        ]

    def test_decision_reads_back(self, check):
        """A line is the whole decision."""
        first, _ = lines(check("--json"))

        assert first == Decision.from_json(first).to_json()

    @pytest.mark.parametrize(
        "key",
        [
            *["id", "item", "feature", "stage", "action", "effects", "findings", "faults"],
            *["coverage", "policy", "degraded", "latency_us", "rules", "decided_by", "hold"],
        ],
    )
    def test_decision_has(self, check, key):
        """A line has every field, empty or not."""
        assert [True, True] == [key in line for line in lines(check("--json"))]

    def test_bad_line_is_said_in_its_place(self, check):
        """A line that cannot be read is told by number, and the rest goes on."""
        result = check("--json", stdin='{"id": "a"}\n\n{"id"\n{"id": "b"}\n')

        a, bad, b = lines(result)
        assert ("a", 3, "b") == (a["item"], bad["line"], b["item"])
        assert {"line", "error"} == set(bad)

    def test_lone_surrogate_survives(self, check):
        """What comes out is ASCII, whatever went in."""
        (line,) = lines(check("--json", stdin='{"id": "\\ud800"}'))

        assert "\ud800" == line["item"]

    def test_print_of_a_module_stays_out(self, chatty):
        """What a module prints, loaded or running, goes to standard error."""
        result = chatty("--json")

        assert ["a", "b"] == [d["item"] for d in lines(result)]
        assert ["loaded", "looked", "looked"] == result.stderr.split()

    def test_text_stays_inside(self, check):
        """A decision holds no text."""
        assert [False, False] == ["you grumpf" in str(d) for d in lines(check("--json"))]


class TestTable:
    """Without ``--json``: one table at the end."""

    def test_says_action_issue_and_reason(self, check):
        """A row says what was decided and why."""
        output = check().stdout

        assert "NUDGE" in output
        assert "harassment.bullying 0.60: a stand-in for an insult (grumpf)" in output

    def test_counts_the_actions(self, check):
        """The last lines say how many items met each action."""
        assert "2 lines: 1 ALLOW · 1 NUDGE" in check().stdout

    def test_lists_only_what_is_not_clean_of_many(self, check):
        """Of a long file only what was not a clean ALLOW is listed."""
        stdin = "".join(f'{{"id": "clean-{n}"}}\n' for n in range(100)) + ITEMS

        output = check(stdin=stdin).stdout

        assert ("clean-7" in output, "b" in output, "102 lines" in output) == (False, True, True)

    def test_bad_line_is_a_row(self, check):
        """A line that cannot be read is told by number."""
        output = check(stdin='{"id": "a"}\n{"id"\n').stdout

        assert "not JSON" in output
        assert "1 could not be read" in output

    def test_fault_says_where(self, chatty):
        """A fault stands with its cause and what was wrong."""
        assert "fault: chatty invalid (yielded int)" in chatty().stdout

    def test_bad_lines_stand_apart(self, check):
        """The table of lines that could not be read is not glued to the one before."""
        output = check(stdin='{"id": "a"}\n{"id"\n').stdout

        assert "\n\n line " in output

    def test_many_bad_lines_are_counted(self, check):
        """Of reasons why lines could not be read only some are listed, and the rest counted."""
        bad = "".join(f'{{"id": "a", "field{n:02}": 1}}\n' for n in range(40))
        output = check(stdin='{"id": "a"}\n' + bad).stdout

        assert (25, True) == (output.count("unknown field"), "and 15 more" in output)

    def test_bad_lines_that_are_alike_are_told_once(self, check):
        """A file of another shape is told in one row, not in one for each line."""
        output = check(stdin='{"id": "a"}\n' + "{\n" * 40).stdout

        assert 1 == output.count("not JSON")
        assert "(and so in 39 more)" in " ".join(output.split())

    def test_hides_texts(self, check):
        """Nothing that anybody wrote is shown by itself."""
        output = check().output

        assert ("NUDGE" in output, "you grumpf" in output) == (True, False)

    def test_shows_texts_when_asked(self, check):
        """With --show-text the text stands in the row."""
        assert "you grumpf" in check("--show-text").stdout

    def test_text_cannot_steer_the_terminal(self, check):
        """Escapes, bidi and zero-width characters of a text are replaced."""
        stdin = json.dumps({"id": "a", "text": "x\x1b[2Jy\u202ez\u200b"})

        output = check("--show-text", stdin=stdin).stdout

        assert "x�[2Jy�z�" in output

    def test_id_cannot_steer_the_terminal(self, check):
        """An id is shown as safely as a text."""
        assert "a�[2J" in check(stdin='{"id": "a\\u001b[2J"}').stdout

    def test_empty_input_has_no_lines(self, check):
        """Nothing in is nothing to decide."""
        result = check(stdin="")

        assert (0, "0 lines\n") == (result.exit_code, result.stdout)


class TestExitCode:
    """0 decided, 1 some lines could not be read, 2 nothing started."""

    @pytest.mark.parametrize("form", [[], ["--json"]])
    def test_block_is_0(self, check, form):
        """What was decided does not matter."""
        assert 0 == check(*form, stdin="GRUMPF\n").exit_code

    @pytest.mark.parametrize("form", [[], ["--json"]])
    def test_bad_line_is_1(self, check, form):
        """A line that could not be read is told by the exit code too."""
        assert 1 == check(*form, stdin='{"id": "a"}\n{\n').exit_code

    @pytest.mark.parametrize(
        "arguments",
        [
            pytest.param(["--feature", "nonesuch"], id="unknown-feature"),
            pytest.param(["nowhere.jsonl", *FEATURE], id="missing-file"),
            pytest.param([".", *FEATURE], id="directory"),
            pytest.param([*FEATURE, "--config", "nowhere.yaml"], id="missing-settings"),
            pytest.param([], id="no-feature"),
            pytest.param(["--surface", "nonesuch"], id="no-starting-policy"),
            pytest.param(["--surface", "Not A Name"], id="surface-no-name"),
            pytest.param(["--surface", "live", "--config", "handrail.yaml"], id="both"),
        ],
    )
    def test_no_start_is_2(self, run, settings, arguments):
        """Nothing starts without a feature, its settings and a file."""
        result = run("check", *arguments, stdin=ITEMS)

        assert (2, "") == (result.exit_code, result.stdout)

    def test_unreadable_settings_are_2(self, check, settings):
        """Settings that are no YAML stop the command, with their place."""
        settings.write_text("version: [1\n")

        result = check()

        assert (2, True) == (result.exit_code, "handrail.yaml:" in result.stderr)

    def test_no_settings_and_no_surface_is_2(self, run):
        """Without either, the command says what it needs."""
        result = run("check", stdin=ITEMS)

        assert (2, True) == (result.exit_code, "--surface" in result.stderr)


class TestInput:
    """Where items come from."""

    def test_file(self, check, here):
        """A file is read like standard input."""
        (here / "items.jsonl").write_text(ITEMS)

        assert ["a", "b"] == [d["item"] for d in lines(check("items.jsonl", "--json", stdin=""))]

    def test_jsonl_is_never_taken_for_text(self, check, here):
        """A file called .jsonl that holds texts is wrong, line by line."""
        (here / "items.jsonl").write_text("hello\n")

        assert ["error", "line"] == sorted(lines(check("items.jsonl", "--json"))[0])

    def test_surface_needs_no_settings(self, run, site):
        """A surface brings its starting policy and every installed module."""
        result = run("check", "--surface", "comments", "--json", stdin="hello\n", installed=True)

        assert ["starting-comments"] == [d["policy"]["name"] for d in lines(result)]

    def test_surface_says_that_settings_are_not_used(self, run, settings):
        """With --surface, settings that lie here are not silently left out."""
        result = run("check", "--surface", "comments", stdin="hello\n")

        assert "handrail.yaml is not used" in result.stderr

    def test_surface_without_a_starting_policy_says_what_to_do(self, run):
        """A surface that has no starting policy is answered with those that have, and a way on."""
        result = run("check", "--surface", "profiles", stdin="hello\n")

        assert "Known: comments, live, messaging" in result.stderr
        assert "--config FILE --feature NAME" in result.stderr


class TestShow:
    """What commands print with."""

    @pytest.mark.parametrize(
        ("text", "mask"),
        [
            pytest.param("Hi, you 2!", "••, ••• •!", id="words"),
            pytest.param("a$$ 😀", "••• •", id="symbols"),
            pytest.param("नमस्ते", "••••", id="combining"),
        ],
    )
    def test_mask_keeps_the_shape_alone(self, text, mask):
        """Letters, digits and symbols become dots."""
        assert mask == show.masked(text)
