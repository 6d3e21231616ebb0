"""``handrail eval``: what it measures, what it prints and writes, how it ends."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from handrail_eval import part

RUDE = ("--label", "rude", "harassment.bullying")
FEATURE = ("--feature", "video_comments")

# A module that fails on some texts, was measured in one language, and finds what it finds.
FRAIL = """
from handrail import Finding, Manifest, hookimpl

MANIFEST = Manifest(
    name="frail", version="2.5", issues={"harassment.bullying"}, surfaces={"*"}, languages={"en"}
)


@hookimpl
def pre_publish(item):
    if "boom" in item.text:
        raise ValueError(item.text)
    if "grumpf" in item.text:
        yield Finding("harassment.bullying", 0.9, "a stand-in for an insult")
"""

# The same, but it would send texts away.
SENDER = FRAIL.replace('name="frail"', 'name="sender", sends={"text"}')

# It takes what is nice for hate.
NASTY = """
from handrail import Finding, Manifest, hookimpl

MANIFEST = Manifest(
    name="nasty",
    version="1.0",
    issues={"harassment.bullying", "hate.speech"},
    surfaces={"*"},
    languages={"*"},
)


@hookimpl
def pre_publish(item):
    yield Finding("hate.speech" if "nice" in item.text else "harassment.bullying", 0.8, "a whim")
"""

HATE = FRAIL.replace('name="frail"', 'name="hate"').replace("harassment.bullying", "hate.speech")


def row(number, text, rude, **more):
    """One row of a set."""
    return {"id": f"r{number}", "text": text, "rude": rude, "language": "en", **more}


ROWS = [
    *(row(i, "you grumpf", 1) for i in range(12)),
    *(row(i, "you are nice", 0) for i in range(12, 30)),
    row(30, "secret grumpf of mine", 0),
    row(31, "secretly mean", 1),
]

SLICED = [
    {**r, "language": "en" if i % 2 else "sv", "meta": {"kind": f"k{i % 3}"}}
    for i, r in enumerate(ROWS)
]
THREADS = [row(i, "you grumpf" if i % 2 else "hi", i % 2, thread=f"t{i // 4}") for i in range(80)]


@pytest.fixture(name="measure")
def _measure(here, settings, site, run):
    site.install("frail_module", FRAIL, handrail="frail = frail_module")
    site.install("sender_module", SENDER, handrail="sender = sender_module")
    site.install("nasty_module", NASTY, handrail="nasty = nasty_module")
    site.install("hate_module", HATE, handrail="hate = hate_module")

    def measure(*arguments, rows=ROWS, name="set", **how):
        path = here / f"{name}.jsonl"
        path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows))
        return run("eval", str(path), *arguments, **how)

    return measure


@pytest.fixture(name="measured")
def _measured(measure):
    def measured(*arguments, **how):
        """The one set of the JSON document."""
        document = json.loads(measure(*arguments, "--json", **how).stdout)
        (one,) = document["sets"]
        return one

    return measured


def values(module):
    """The figures of a module, without intervals."""
    return {n: f and f["value"] for n, f in module["figures"].items()}


class TestModules:
    """Modules by what they find."""

    FRAIL = ("--module", "frail", *RUDE)

    def test_figures(self, measured):
        """Twelve of thirteen found, one of nineteen found wrongly."""
        (task,) = measured(*self.FRAIL)["tasks"]
        (module,) = task["modules"]
        got = values(module)

        assert ("frail", 32, 13, 0.923077, 0.923077, 0.052632) == (
            module["module"], module["rows"], module["positives"],
            got["precision"], got["recall"], got["false_positive_rate"],
        )  # fmt: skip

    def test_figures_have_intervals(self, measured):
        """A figure stands between its bounds."""
        (task,) = measured(*self.FRAIL)["tasks"]
        figures = task["modules"][0]["figures"]

        assert [] == [n for n, f in figures.items() if not f["low"] <= f["value"] <= f["high"]]

    def test_only_findings_of_the_issues_count(self, measured):
        """Whoever takes something for hate has not taken it for an insult."""
        (task,) = measured("--module", "nasty", *RUDE)["tasks"]

        assert 0.052632 == values(task["modules"][0])["false_positive_rate"]

    def test_only_modules_of_the_issues_are_measured(self, measured):
        """A module that finds nothing of the kind is not asked."""
        (task,) = measured("--module", "frail", "--module", "hate", *RUDE)["tasks"]

        assert ["frail"] == [m["module"] for m in task["modules"]]

    def test_several_are_measured_together(self, measured):
        """Where several modules find an issue, the highest of their scores is measured too."""
        ask = ("--module", "frail", "--module", "nasty", "--label", "rude", "*")
        (task,) = measured(*ask)["tasks"]

        assert [("frail", 0.923077), ("nasty", 1.0), ("together", 1.0)] == [
            (m["module"], values(m)["recall"]) for m in task["modules"]
        ]

    def test_a_label_that_no_module_finds_is_said(self, measure):
        """A question that nobody answers does not vanish."""
        result = measure("--module", "frail", "--label", "rude", "goods.drugs")

        assert (1, True) == (
            result.exit_code, "rude: no module measured finds this (32 rows)" in result.stdout,
        )  # fmt: skip

    def test_by_default_none_that_sends_texts_away(self, measure):
        """No set leaves the host unless somebody names the module that sends it."""
        result = measure(*RUDE, "--json", installed=True)
        got = json.loads(result.stdout)["measured"]

        assert (True, False) == ("frail" in got, "sender" in got)

    def test_a_module_that_sends_is_measured_by_name(self, measured):
        """Who names it means it."""
        (task,) = measured("--module", "sender", *RUDE)["tasks"]

        assert ["sender"] == [m["module"] for m in task["modules"]]

    def test_modules_of_the_settings(self, measured):
        """With a feature its modules are measured."""
        (task,) = measured(*FEATURE, *RUDE)["tasks"]

        assert ["grumpf"] == [m["module"] for m in task["modules"]]

    def test_labels_by_name(self, measured):
        """A label that is called like an issue needs no mapping."""
        rows = [{**r, "labels": {"harassment.bullying": r["rude"]}} for r in ROWS]
        (task,) = measured("--module", "frail", rows=rows)["tasks"]

        assert "harassment.bullying" == task["label"]


class TestScores:
    """Somebody else's scores, which stand in the rows."""

    ROWS = tuple({**r, "meta": {"vendor": 0.9 * r["rude"]}} for r in ROWS)
    ASK = ("--module", "frail", *RUDE, "--score", "meta.vendor")

    def test_are_measured_on_the_same_rows(self, measured):
        """A score is a contender beside the modules."""
        (task,) = measured(*self.ASK, rows=self.ROWS)["tasks"]

        assert [("meta.vendor", 32, 1.0), ("frail", 32, 0.923077)] == [
            (m["module"], m["rows"], values(m)["recall"]) for m in task["modules"]
        ]

    @pytest.mark.parametrize("score", [None, "high", 1.5, -1])
    def test_a_row_without_one_is_counted(self, measured, score):
        """What is no score is said, and is no error."""
        found = measured(*self.ASK, rows=[*self.ROWS, row(40, "hm", 0, meta={"vendor": score})])

        assert ["no score from 0 to 1 in the row"] == [m["reason"] for m in found["not_covered"]]


class TestPolicy:
    """A policy by what it does."""

    BY = ("--by", "policy", *FEATURE, *RUDE)

    def test_whatever_is_not_allow_is_found(self, measured):
        """The action is the score."""
        (task,) = measured(*self.BY)["tasks"]
        (module,) = task["modules"]

        assert ("policy", 0.25, 0.923077) == (
            module["module"], module["threshold"], values(module)["recall"],
        )  # fmt: skip

    def test_actions_are_no_probabilities(self, measured):
        """A policy has no calibration."""
        (task,) = measured(*self.BY)["tasks"]

        assert not {"ece", "brier"} & set(task["modules"][0]["figures"])

    def test_the_starting_policy(self, measure):
        """Without settings a surface brings its starting policy, and its revision is said."""
        result = measure("--by", "policy", "--module", "frail", *RUDE, "--json")

        assert ["starting-comments"] == list(json.loads(result.stdout)["measured"])

    def test_a_surface_without_a_starting_policy(self, measure):
        """It is said which surfaces have one."""
        result = measure("--by", "policy", "--module", "frail", "--surface", "assistant", *RUDE)

        assert (2, True) == (result.exit_code, "Name one of them with --surface" in result.stderr)


class TestNotCovered:
    """What figures do not cover is counted and shown."""

    FRAIL = ("--module", "frail", *RUDE)

    def not_covered(self, measured, rows):
        """Why rows were not covered, and how many."""
        found = measured(*self.FRAIL, rows=[*ROWS, *rows])
        return {each["reason"]: each["rows"] for each in found["not_covered"]}

    def test_a_module_that_fails(self, measured):
        """A failure is counted with its cause."""
        assert {"failed: error": 2} == self.not_covered(measured, [row(40, "boom", 0)] * 2)

    def test_a_failure_finds_nothing(self, measured):
        """A row that a module failed on was missed, as it would be in production."""
        (task,) = measured(*self.FRAIL, rows=[*ROWS, row(40, "grumpf boom", 1)])["tasks"]

        assert (14, round(12 / 14, 6)) == (
            task["modules"][0]["positives"], values(task["modules"][0])["recall"],
        )  # fmt: skip

    def test_a_failure_ends_with_one(self, measure):
        """A run in which a module failed is not taken for a good one."""
        assert 1 == measure(*self.FRAIL, rows=[*ROWS, row(40, "boom", 0)]).exit_code

    def test_a_language_not_measured(self, measured):
        """A row in another language counts, and says so."""
        more = [row(40, "hej", 0, language="sv")]

        assert {"language not measured": 1} == self.not_covered(measured, more)

    def test_a_module_that_was_not_asked_is_not_said(self, measured):
        """What a module misses that could find none of it says nothing about the figures."""
        found = measured(
            "--module", "hate", *self.FRAIL, rows=[*ROWS, row(40, "hej", 0, language="sv")]
        )

        assert ["frail"] == [each["module"] for each in found["not_covered"]]

    def test_a_row_without_a_label(self, measured):
        """What nobody has labelled is not taken for harmless."""
        found = measured(*self.FRAIL, rows=[*ROWS, row(40, "hm", None)])

        assert ({"rude": 1}, 32) == (
            found["unlabelled"], found["tasks"][0]["modules"][0]["rows"],
        )  # fmt: skip

    def test_a_line_that_cannot_be_read(self, measured):
        """It is counted, with its reason and the first such line."""
        found = measured(*self.FRAIL, rows=[*ROWS, "{", "{"])

        assert [{"reason": "not JSON", "rows": 2, "first_line": 33}] == found["unread"]

    def test_fields_of_another_meaning(self, measured):
        """A row of which only the text could be used is measured, and counted."""
        found = measured(*self.FRAIL, rows=[*ROWS, row(40, "hm", 0, kind="Not A Kind")])

        assert ([(1, 33)], 33) == (
            [(each["rows"], each["first_line"]) for each in found["text_only"]], found["rows"],
        )  # fmt: skip

    def test_all_of_it_is_printed(self, measure):
        """The terminal says the same."""
        rows = [*ROWS, row(40, "boom", 0), row(41, "hej", 0, language="sv"), "{", row(42, "", 2)]
        out = measure(*self.FRAIL, rows=rows).stdout

        assert [] == [
            line
            for line in (
                "frail: failed: error (1 row)",
                "frail: language not measured (1 row)",
                "rude: not labelled (1 row)",
                "could not be read: not JSON (1 row, in line 35)",
            )
            if line not in out
        ]

    def test_fields_that_no_row_has(self, measure, measured):
        """A misspelt field for groups or slices is told: the figures would rest on less."""
        asked = (*self.FRAIL, "--group", "tread", "--slice", "meta.kind", "--slice", "meta.kid")
        out = measure(*asked, rows=SLICED).stdout

        assert ["group tread", "slice meta.kid"] == measured(*asked, rows=SLICED)["absent"]
        assert "group tread: no row has that field" in out
        assert "meta.kind: no row" not in out

    def test_label_that_no_row_has(self, measure):
        """A misspelt field of a label is told as that, and not as rows without a label."""
        out = measure("--module", "frail", "--label", "rood", "harassment.*").stdout

        assert "label rood: no row has that field\n" in out
        assert "labelled" not in out

    def test_label_that_is_no_yes_or_no(self, measure):
        """Where a label is a word, one reads how to say which word means yes."""
        worded = [{**r, "rude": "toxic" if r["rude"] else "fine"} for r in ROWS]
        out = measure("--module", "frail", *RUDE, rows=worded).stdout

        assert "rude: no row says yes or no there" in out
        assert "--label FIELD=VALUE ISSUES (32 rows)" in out

    def test_no_label_at_all(self, measure):
        """Whoever forgets to say what labels mean is told how."""
        result = measure("--module", "frail")

        assert (1, True) == (result.exit_code, "with --label FIELD ISSUES" in result.stdout)


class TestSlices:
    """Figures apart, by language and by field."""

    def test_languages_and_fields(self, measured):
        """Each value has its figures, and all rows are in one."""
        (task,) = measured("--module", "frail", *RUDE, "--slice", "meta.kind", rows=SLICED)["tasks"]
        rows = {(s["field"], s["value"]): s["rows"] for s in task["slices"]}

        assert {
            ("language", "en"): 16, ("language", "sv"): 16,
            ("meta.kind", "k0"): 11, ("meta.kind", "k1"): 11, ("meta.kind", "k2"): 10,
        } == rows  # fmt: skip

    def test_one_value_is_no_slice(self, measured):
        """What is the same for all rows is not shown twice."""
        assert [] == measured("--module", "frail", *RUDE)["tasks"][0]["slices"]

    def test_too_many_values_are_one(self, measured):
        """A field with a value for each row does not fill the memory or the screen."""
        rows = [row(i, "x", i % 2, user=f"u{i}") for i in range(300)]
        (task,) = measured("--module", "frail", *RUDE, "--slice", "user", rows=rows)["tasks"]

        assert (201, 100) == (
            len(task["slices"]),
            next(s["rows"] for s in task["slices"] if s["value"] == "(others)"),
        )


class TestPart:
    """Parts of the groups."""

    ASK = ("--module", "frail", *RUDE, "--group", "thread")

    def test_parts_are_the_whole(self, measured):
        """Each row is in one part, whole threads together."""
        rows = [measured(*self.ASK, "--part", f"{k}/3", rows=THREADS)["rows"] for k in (1, 2, 3)]
        wanted = [4 * [part(f"t{i}") for i in range(20)].count(k) for k in (1, 2, 3)]

        assert (80, wanted) == (sum(rows), rows)

    def test_other_parts_are_counted(self, measured):
        """It is said how many rows were left out."""
        found = measured(*self.ASK, "--part", "1/3", rows=THREADS)

        assert 80 == found["rows"] + found["in_another_part"]

    def test_a_set_may_be_whole(self, measured, here):
        """A set that nothing is trained on is measured as a whole."""
        (here / "shapes.yaml").write_text("version: 1\nsets: {set: {whole: true}}")
        ask = (*self.ASK, "--shape", "shapes.yaml", "--part", "1/3")

        assert 80 == measured(*ask, rows=THREADS)["rows"]

    @pytest.mark.parametrize("wrong", ["0/3", "4/3", "3", "a/b", "1/0"])
    def test_a_part_that_cannot_be(self, measure, wrong):
        """A part is one of several."""
        assert (2, True) == (
            (result := measure(*self.ASK, "--part", wrong)).exit_code,
            "expected K/N" in result.stderr,
        )


class TestPrivacy:
    """Texts are shown only to who asks for them."""

    ASK = ("--module", "frail", *RUDE)

    @pytest.mark.parametrize("more", [(), ("--json", "--examples", "3"), ("--examples", "3")])
    def test_no_text(self, measure, more):
        """Nothing that is printed has a text in it."""
        result = measure(*self.ASK, *more)

        assert "secret" not in result.stdout + result.stderr

    def test_no_text_is_written(self, measure, here):
        """Page and picture have none either, whatever is shown on the screen."""
        measure(*self.ASK, "--examples", "3", "--show-text", "--out", "q.md", "--picture", "q.svg")

        assert "secret" not in (here / "q.md").read_text() + (here / "q.svg").read_text()

    def test_the_worst_mistakes_on_request(self, measure):
        """With --show-text the worst mistakes can be read."""
        out = measure(*self.ASK, "--examples", "1", "--show-text").stdout

        assert (True, True) == ("secret grumpf of mine" in out, "secretly mean" in out)

    def test_examples_say_which_end_they_are_of(self, measure):
        """They are listed whatever the threshold is, so nothing is called missed."""
        out = measure(*self.ASK, "--examples", "1").stdout

        assert "positive, scored lowest by" in out
        assert "negative, scored highest by" in out

    def test_the_worst_mistakes_masked(self, measure):
        """Without it their shape is shown, and their id."""
        out = measure(*self.ASK, "--examples", "1").stdout

        assert (True, True) == ("r30" in out, "•••••• •••••• •• ••••" in out)


class TestWritten:
    """The page and the picture."""

    ASK = ("--module", "frail", *RUDE, "--date", "2026-01-02", "--out", "q.md")

    def test_same_run_same_bytes(self, measure, here):
        """Whoever repeats a measurement gets the same page and picture."""
        both = []
        for _ in range(2):
            measure(*self.ASK, "--picture", "q.svg")
            both.append(((here / "q.md").read_bytes(), (here / "q.svg").read_bytes()))

        assert both[0] == both[1]

    def test_the_page_says_how(self, measure, here):
        """Date, versions and seed stand on the page."""
        measure(*self.ASK, "--seed", "7")
        page = (here / "q.md").read_text()

        assert [] == [w for w in ("2026-01-02", "`frail` 2.5", "seed 7") if w not in page]

    def test_the_page_names_set_and_licence(self, measure, here):
        """Where the rows are from, and under which licence."""
        (here / "s.yaml").write_text("version: 1\ndefaults: {title: Made up, licence: CC0 1.0}")
        measure(*self.ASK, "--shape", "s.yaml")

        assert "| `set` | Made up | CC0 1.0 | 32 |" in (here / "q.md").read_text()

    def test_a_slice_cannot_break_a_table(self, measure, here):
        """A value with a bar in it is one cell."""
        rows = [{**r, "sort": "a|b" if i % 2 else "c"} for i, r in enumerate(ROWS)]
        measure(*self.ASK, "--slice", "sort", rows=rows)

        assert r"| sort a\|b |" in (here / "q.md").read_text()

    def test_the_picture_is_svg(self, measure, here):
        """Two diagrams for a label: curve and calibration."""
        measure(*self.ASK, "--picture", "q.svg", name="a<b&c")
        root = ET.parse(here / "q.svg").getroot()
        titles = [e.text for e in root.iter() if e.get("font-weight") == "bold"]

        assert ["a<b&c", "a<b&c"] == titles

    def test_the_page_shows_the_picture(self, measure, here):
        """The page finds its picture beside it."""
        measure(*self.ASK, "--picture", "q.svg")

        assert "](q.svg)" in (here / "q.md").read_text()


class TestEnds:
    """How it ends."""

    ASK = ("--module", "frail", *RUDE)

    def test_well(self, measure):
        """All was measured."""
        assert 0 == measure(*self.ASK).exit_code

    @pytest.mark.parametrize(
        ("arguments", "why"),
        [
            (("--module", "nope", *RUDE), "unknown module 'nope'"),
            ((*FEATURE, "--module", "frail", *RUDE), "'frail' is not loaded. Loaded: grumpf."),
            (("--feature", "nope", *RUDE), "nope"),
            (("--module", "frail", "--label", "rude", "hat"), "unknown issue 'hat'"),
            ((*ASK, "--config", "handrail.yaml"), "Name a feature of handrail.yaml"),
            ((*ASK, *FEATURE, "--surface", "live"), "leave --surface out"),
            ((*ASK, "--out", "nowhere/q.md"), "nowhere"),
        ],
    )
    def test_what_cannot_be(self, measure, arguments, why):
        """What cannot be is one line that says why."""
        result = measure(*arguments)

        assert (2, True) == (result.exit_code, why in result.stderr)

    def test_a_broken_file(self, here, run):
        """A set that breaks off is named."""
        (here / "cut.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00")
        result = run("eval", "cut.jsonl.gz")

        assert (2, True) == (result.exit_code, "cut.jsonl.gz: the gzip ends" in result.stderr)
