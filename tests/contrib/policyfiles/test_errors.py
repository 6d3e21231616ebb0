"""Whatever is wrong in a policy file is said with its place, what is allowed, the nearest name."""

from __future__ import annotations

import sys

import pytest

from handrail import MissingExtraError

HEAD = "policy: house\nlimits: {reach: 0.2}\nholds: {within: 24h, otherwise: limit}\n"
RULE = HEAD + "rules:\n  - {id: one, issue: integrity.spam, at: 0.5, then: block, %s}\n"

KEYS = {
    "a misspelled key": (
        "policy: house\nrulez: []\n",
        "comments.yaml:2:1: rulez: unknown key 'rulez'. Did you mean 'rules'?",
    ),
    "a missing key": (
        "owner: safety\n",
        "comments.yaml:1:1: policy is missing: its name, unique within the bundle",
    ),
    "a key given twice": (
        "policy: house\npolicy: home\n",
        "comments.yaml:2:1: the key 'policy' is already at 1:1",
    ),
    "an alias": (
        "policy: &name house\nowner: *name\n",
        "comments.yaml:1:9: anchors and aliases are not read; write it out",
    ),
    "a tag": (
        "policy: !!str house\n",
        "comments.yaml:1:9: tags are not read; leave it out, or put a text with ! in quotes",
    ),
    "no YAML": (
        "policy: [house\n",
        "comments.yaml:2:1: ',' or ']' was expected; is a list closed?",
    ),
    "a list": (
        "- policy\n",
        (
            "comments.yaml:1:1: a policy is keys and values: policy: NAME, then issues, rules "
            "and the like"
        ),
    ),
    "settings": (
        "version: 1\nfeatures: {wall: {surface: comments}}\n",
        "comments.yaml:1:1: settings, and no policy: keep them outside the directory of policies",
    ),
    "nothing": (
        "# Later.\n",
        (
            "comments.yaml:1:1: nothing is in this file: say policy: NAME and its rules, or "
            "remove the file"
        ),
    ),
    "an issue": (
        "policy: house\nissues:\n  hate.speach: {block: 0.9}\n",
        (
            "comments.yaml:3:3: issues.hate.speach: unknown issue 'hate.speach'. "
            "Did you mean 'hate.speech'?"
        ),
    ),
    "an action": (
        "policy: house\nissues:\n  hate.speech: {blok: 0.9}\n",
        "comments.yaml:3:17: issues.hate.speech.blok: unknown action 'blok'. Did you mean 'block'?",
    ),
    "a score": (
        "policy: house\nissues:\n  hate.speech: {block: 90}\n",
        "comments.yaml:3:17: issues.hate.speech.block: expected a score from 0 to 1",
    ),
    "a rung that could never decide": (
        HEAD + "issues:\n  hate.speech: {hold: 0.9, block: 0.5}\n",
        (
            "comments.yaml:5:3: issues.hate.speech: block at 0.5 comes before hold at 0.9, "
            "which could never decide"
        ),
    ),
    "a punishment for a person at risk": (
        "policy: house\nissues:\n  self_harm.at_risk: {block: 0.5}\n",
        (
            "comments.yaml:3:3: issues.self_harm.at_risk: self_harm.at_risk is non_punitive: "
            "it accepts reach, review, support only"
        ),
    ),
    "a hold without an end": (
        "policy: house\nissues:\n  hate.speech: {hold: 0.5}\n",
        (
            "comments.yaml:3:17: issues.hate.speech.hold: it may hold, so holds must say "
            "within and otherwise"
        ),
    ),
    "a hold in a rule without an end": (
        "policy: house\nrules:\n  - {id: one, issue: hate.speech, at: 0.5, then: hold}\n",
        "comments.yaml:3:44: rules.0.then: it may hold, so holds must say within and otherwise",
    ),
    "a shadow without an end": (
        "policy: house\nmode: shadow\n",
        (
            "comments.yaml:2:1: mode: a shadow policy says when it expires, such as expires: "
            "2027-01-15"
        ),
    ),
    "an endless hold": (
        "policy: house\nholds: {within: 24h, otherwise: hold}\n",
        "comments.yaml:2:22: holds.otherwise: a hold that ends in a hold has no end",
    ),
    "a fault rule without an answer": (
        "policy: house\nfaults:\n  - {stages: [report]}\n",
        (
            "comments.yaml:3:5: faults.0: then is missing: as in a rule; a fault only ever raises "
            "the action"
        ),
    ),
    "a cause": (
        "policy: house\nfaults:\n  - {causes: [timeot], then: block}\n",
        "comments.yaml:3:15: faults.0.causes.0: unknown cause 'timeot'. Did you mean 'timeout'?",
    ),
}

RULES = {
    "a rollout of 101": ("rollout: 101", "rollout: expected a percent from 0 to 100"),
    "a rollout by nowhere": (
        "rollout: {Germany: 5}",
        "rollout.Germany: expected a region such as DE or US-CA, or '*'",
    ),
    "a rollout in no country": (
        "rollout: {UK: 5}",
        "rollout.UK: 'UK' is no country: expected a country of ISO 3166 such as DE, GB",
    ),
    "a mode": ("mode: shadowed", "mode: unknown mode 'shadowed'. Did you mean 'shadow'?"),
    "a shadow without an end": ("mode: shadow", "mode: a shadow rule says when it expires"),
    "a date": ("review_by: soon", "review_by: expected a date such as 2027-01-15"),
    "a time without a zone": (
        "starts: 2026-12-01T00:00",
        "starts: expected a time with a zone, such as 2026-12-01T00:00+01:00",
    ),
    "an end before the start": (
        "starts: 2026-12-01T00:00Z, ends: 2026-11-01T00:00Z",
        "ends: it ends before it starts, so it could never match",
    ),
    "a stage": ("stages: [publish]", "stages.0: unknown stage 'publish'. Did you mean"),
    "no notice without a law": (
        "notice: none",
        "notice: notice: none needs a source with the law that forbids one",
    ),
    "a clause without an id": (
        "clause: {url: x}",
        "clause: id is missing: the clause of the terms",
    ),
    "a clause that is a text": (
        "clause: HB-1",
        "clause: expected keys and values (id, url), got text",
    ),
    "text that is a number": ("owner: 5", "owner: expected text, got a number"),
}

THENS = {
    "a strike in words": (
        "{strike: one}",
        "then.strike: effect 'strike': expected weights above 0 by issue, or one of them",
    ),
    "an effect": ("{reech: 0.2}", "then.reech: unknown key 'reech'. Did you mean 'reach'?"),
    "a share": ("{reach: 2}", "then.reach: effect 'reach': expected a share from 0 to 1"),
    "a region": (
        "{geo_block: [UK]}",
        "then.geo_block: effect 'geo_block': unknown region 'UK'. Expected GB",
    ),
    "an age by default": (
        "{min_viewer_age: {default: 18}}",
        (
            "then.min_viewer_age: effect 'min_viewer_age': unknown region 'default'. Expected a "
            "country of ISO 3166-1, such as DE or US, or '*' for all others"
        ),
    ),
    "a target": (
        "{reach: 0.2, on: pair}",
        "then: no effect here can act on 'pair'; those that can: ",
    ),
    "an audience of nothing": (
        "{action: block, for: 7d}",
        "then: audience and for say something about effects, and here is none",
    ),
    "a duration": (
        "{preserve: forever}",
        (
            "then.preserve: expected a positive number and one of ms, s, m, h, d, w, such as "
            "24h, or a legal deadline such as law:…"
        ),
    ),
    "a deadline": (
        "{review: {queue: legal, within: law:eu-terrorist-removal}}",
        (
            "then.review.within: unknown deadline 'eu-terrorist-removal'. Did you mean "
            "'eu-terrorist-removal-order'?"
        ),
    ),
    "a deadline that is no law today": (
        "{review: {queue: legal, within: law:de-unlawful}}",
        "then.review.within: deadline 'de-unlawful' is not the law on",
    ),
    "an empty list": ("[]", "then: an empty list asks for nothing"),
}

STYLES = {
    "plain": "when: links.cont > 2",
    "single quotes": "when: 'links.cont > 2'",
    "double quotes": 'when: "links.cont > 2"',
    "literal block": "when: |\n      links.cont > 2",
    "folded block": "when: >-\n      1 < 2\n      && links.cont > 2",
    "block with a remark": "when: | # links.cont\n\n      links.cont > 2",
    "on the next line": "when:\n      links.cont > 2",
    "after an accent": 'when: \'"é" != "ß" && links.cont > 2\'',
}


class TestGolden:
    """Each kind of mistake has its text."""

    @pytest.mark.parametrize("kind", KEYS)
    def test_in_a_file(self, desk, kind):
        """A mistake in a file is said once, with its place and what to do."""
        text, expected = KEYS[kind]

        assert [expected] == desk.problems(text)

    @pytest.mark.parametrize("kind", RULES)
    def test_in_a_rule(self, desk, kind):
        """A mistake in a rule stands at its own key."""
        given, expected = RULES[kind]
        text = RULE % given
        column = text.splitlines()[-1].index(given.split(", ")[-1]) + 1
        (said,) = desk.problems(text)

        assert f"rules.0.{expected}" in said
        assert said.startswith("comments.yaml:5:")
        assert column <= int(said.split(":")[2])

    @pytest.mark.parametrize("kind", THENS)
    def test_in_what_it_asks_for(self, desk, kind):
        """A mistake in what a rule asks for stands at its own key."""
        given, expected = THENS[kind]
        text = HEAD + f"rules:\n  - {{id: one, issue: integrity.spam, at: 0.5, then: {given}}}\n"
        (said,) = desk.problems(text)

        assert f"rules.0.{expected}" in said
        assert said.startswith("comments.yaml:5:")


class TestConditions:
    """A condition is blamed at its own line and column, with a caret."""

    @pytest.mark.parametrize("style", STYLES)
    def test_points_into_the_line(self, desk, style):
        """Whatever style YAML wrote it in, the caret stands under the word."""
        text = HEAD + "rules:\n  - id: one\n    then: block\n    " + STYLES[style] + "\n"
        (said,) = desk.problems(text)
        first, line, caret = said.splitlines()
        _, row, column, _ = first.split(":", 3)
        source = text.splitlines()[int(row) - 1]

        assert source[int(column) - 1 :].startswith(("links", ".cont", "cont"))
        assert line.strip() == source.strip()
        assert line[caret.index("^") :] == source[int(column) - 1 :]

    def test_says_the_nearest_name(self, desk):
        """A misspelled name is answered with the nearest one."""
        (said,) = desk.problems(HEAD + "rules:\n  - {id: one, when: links.cont > 2, then: block}\n")

        assert "count" in said

    def test_unknown_is_demanded(self, desk):
        """A value that may be missing is named, at the condition."""
        (said,) = desk.problems(
            HEAD + "rules:\n  - {id: one, when: actor.tenure_days < 3.0, then: block}\n"
        )

        assert said.startswith("comments.yaml:5:")
        assert "rules.0.when: " in said
        assert "actor.tenure_days" in said
        assert "say unknown: match, skip or fault" in said

    def test_looked_at_where_another_key_is_wrong(self, desk):
        """One mistake in a rule hides no other."""
        said = desk.problems(
            HEAD + "rules:\n  - {id: one, when: links.cont > 2, then: blok, mode: on}\n"
        )

        assert 3 == len(said)


class TestTogether:
    """All that is wrong in a bundle is said at once."""

    def test_what_the_whole_policy_lacks(self, desk):
        """A mistake in a rule hides nothing that its policy lacks, of which there may be two."""
        said = desk.problems(
            "policy: house\nmode: shadow\nissues: {hate.speech: {hold: 0.5}}\n"
            "rules:\n  - {id: one, issue: hate.speech, at: 2, then: block}\n"
        )

        assert ["comments.yaml:2:1", "comments.yaml:3:24", "comments.yaml:5:35"] == [
            each.split(": ")[0] for each in said
        ]

    def test_what_cannot_be_read_is_not_called_missing(self, desk):
        """Of holds that are there, and wrong, only that is said."""
        (said,) = desk.problems(
            "policy: house\nissues: {hate.speech: {hold: 0.5}}\n"
            "holds: {within: 24, otherwise: limit}\n"
        )

        assert "holds.within: " in said

    def test_rules_with_one_id_that_cannot_be_built(self, desk):
        """Two rules with one id are told where both have another mistake."""
        said = desk.problems(
            HEAD + "rules:\n  - {id: one, issue: hate.speech, at: 2, then: block}\n"
            "  - {id: one, issue: hate.speech, at: 3, then: block}\n"
        )

        assert ["rules.0.at", "rules.1.id", "rules.1.at"] == [e.split(": ")[1] for e in said]

    def test_each_clause_of_a_condition(self, desk):
        """Two misspelt names in one condition are two problems, each at its own column."""
        said = desk.problems(
            HEAD + "rules:\n  - {id: one, when: links.cont > 2 && actor.aeg < 3, then: block}\n"
        )

        assert ["comments.yaml:5:27", "comments.yaml:5:45"] == [e.split(": ")[0] for e in said]

    def test_unknown_is_demanded_beside_another_mistake(self, desk):
        """A rule with a misspelt issue is told at once that a value may be missing."""
        said = desk.problems(
            HEAD + "rules:\n  - {id: one, when: actor.age < 18, issue: hate.speach, then: block}\n"
        )

        assert ["rules.0.when", "rules.0.issue"] == [each.split(": ")[1] for each in said]

    def test_across_rules_and_files(self, desk):
        """A mistake in one rule or file hides none in another."""
        desk.write("policy: other\nmode: on\n", "other.yaml")
        desk.write("b\xe4d".encode("latin-1"), "lists/words.txt")
        said = desk.problems(
            HEAD
            + "rules:\n"
            + "  - {id: one, issue: hate.speech, at: 2, then: block}\n"
            + "  - {id: two, issue: hate.speech, at: 0.5, then: blok}\n"
        )

        assert ["comments.yaml:5", "comments.yaml:6", "lists/words.txt:1", "other.yaml:2"] == [
            ":".join(each.split(":")[:2]) for each in said
        ]

    def test_two_rules_with_one_id(self, desk):
        """The second is refused with the place of the first."""
        said = desk.problems(
            HEAD
            + "overrides:\n  - {id: one, when: stage == 'report', issues: {hate.*: {block: 0.1}}}\n"
            + "rules:\n  - {id: one, issue: hate.speech, at: 0.5, then: block}\n"
        )

        assert [
            f"comments.yaml:7:6: rules.0.id: two rules are called 'one': "
            f"{desk.directory}/comments.yaml:5:6".replace(f"{desk.directory}/", "")
        ] == said

    def test_two_policies_with_one_name(self, desk):
        """The second is refused with the place of the first."""
        desk.write(HEAD, "a.yaml")
        desk.write("# again\n" + HEAD, "b.yaml")

        assert [
            "b.yaml:2:1: policy: two policies are called 'house': a.yaml:1:1"
        ] == desk.problems()

    def test_an_exception_over_a_mandatory_report(self, desk):
        """It is refused at the one issue that must be reported."""
        (said,) = desk.problems(
            HEAD
            + "exceptions:\n  - id: art\n    when: stage == 'report'\n"
            + "    issues: [sexual.nudity, child_safety.csam]\n    at_most: limit\n"
            + "    owner: legal\n    review_by: 2027-01-01\n"
        )

        assert (
            "comments.yaml:7:29: exceptions.0.issues.1: child_safety.csam must be reported; "
            "nothing excepts it"
        ) == said

    def test_very_many_are_counted(self, desk):
        """Beyond a hundred the error says how many more there are."""
        desk.write("policy: house\n" + "".join(f"key{n}: 1\n" for n in range(150)))
        with pytest.raises(Exception, match="… and 50 more") as caught:
            desk.read()

        assert 150 == len(caught.value.problems)


class TestExtra:
    """What is not installed is no mistake of the files."""

    def test_is_named(self, desk, sound, monkeypatch):
        """A missing package is answered with the extra that brings it, and nothing else."""
        desk.write(sound)
        monkeypatch.setitem(sys.modules, "yamlcore", None)

        with pytest.raises(MissingExtraError, match=r"pip install 'handrail\[yaml\]'"):
            desk.read()


class TestFiles:
    """What would be overlooked is refused."""

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("more.yml", "more.yml:1:1: is not read: call it .yaml"),
            ("de/more.yaml", "de/more.yaml:1:1: is not read: move it up, there are no subfolders"),
            ("lists/Words.txt", "lists/Words.txt:1:1: call a list lower_snake.txt"),
        ],
    )
    def test_misplaced(self, desk, sound, name, expected):
        """A file that nobody would read is said."""
        desk.write(sound)
        desk.write("policy: more\n", name)
        (said,) = desk.problems()

        assert said.startswith(expected)

    def test_no_policy(self, desk):
        """A directory without a policy is refused."""
        (said,) = desk.problems()

        assert said.endswith("no policy here: expected files such as comments.yaml")

    def test_no_directory(self, desk):
        """A directory that is not there is refused."""
        desk.directory.rmdir()
        (said,) = desk.problems()

        assert said.endswith("no such directory")

    def test_a_huge_file(self, desk):
        """A hundred megabytes are refused without being read."""
        with desk.write("").open("wb") as file:
            file.truncate(100_000_000)
        (said,) = desk.problems()

        assert said.endswith("policy files of more than 20000000 bytes")

    def test_a_large_file(self, desk):
        """A file of more than a megabyte is refused."""
        desk.write(b"# " + b"x" * 1_000_001)
        (said,) = desk.problems()

        assert said.startswith("comments.yaml:1:1: more than 1000000 bytes")

    def test_very_many_files(self, desk):
        """More than 500 files are refused."""
        for number in range(501):
            desk.write("", f"p{number}.yaml")
        (said,) = desk.problems()

        assert said.endswith("more than 500 policy files")

    def test_depth(self, desk):
        """Nesting beyond what a policy needs is refused."""
        (said,) = desk.problems("policy: " + "[" * 40)

        assert "nested more than 32 levels deep" in said

    def test_norway_is_a_country(self, desk):
        """A bare NO is text, as YAML 1.2 has it."""
        desk.write(
            "policy: house\nowner: s\nrules:\n"
            "  - {id: one, issue: hate.speech, at: 0.5, then: {geo_block: [NO]}}\n"
        )
        (policy,) = desk.read().policies

        assert ("NO",) == policy.rules[0].then.effects[0].value

    def test_a_file_that_is_gone(self, desk, sound, monkeypatch):
        """A file that cannot be read any more is said, not raised as it comes."""
        desk.write(sound)
        monkeypatch.setattr("handrail_policyfiles._bundle.hashlib.file_digest", _gone)

        assert ["comments.yaml:1:1: cannot be read: gone"] == desk.problems()


def _gone(file, digest):
    raise FileNotFoundError(2, "gone")
