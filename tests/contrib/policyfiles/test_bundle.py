"""A bundle has one revision, which is of what its files say; it is kept under it for years."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail import Feature, Finding, Item, PolicyError, Preview
from handrail_policyfiles import Bundle, _bundle

MANY = """\
policy: many
owner: safety
rules:
%s
"""
RULES = [
    "  - {id: one, issue: integrity.spam, at: 0.5, then: block}",
    "  - {id: two, issue: integrity.spam, at: 0.3, then: {reach: 0.1}}",
    "  - {id: three, issue: integrity.spam, when: links.count > 2, then: nudge}",
    "  - {id: four, issue: hate.speech, at: 0.7, then: {geo_block: [DE, FR]}}",
]
CHANGES = {
    "a threshold": ("hold: 0.75", "hold: 0.76"),
    "an action": ("then: block", "then: nudge"),
    "a condition": ("count > 2", "count > 3"),
    "a hold": ("24h", "23h"),
    "an owner": ("owner: safety", "owner: legal"),
    "a name": ("policy: comments", "policy: remarks"),
}
SAME = {
    "a comment": ("owner: safety", "owner: safety  # since today"),
    "layout": ("limits: {reach: 0.2}", "limits:\n    reach: 0.20"),
    "quotes": ("owner: safety", 'owner: "safety"'),
    "one name or a list": ("surfaces: [comments]", "surfaces: comments"),
    "order of keys": ("{nudge: 0.55, hold: 0.75}", "{hold: 0.75, nudge: 0.55}"),
}


class TestRevision:
    """The revision says what the bundle means."""

    def test_every_policy_carries_it(self, desk, sound):
        """A policy knows the bundle it came in."""
        desk.write(sound)
        bundle = desk.read()

        assert [bundle.revision] == [policy.bundle for policy in bundle.policies]

    @pytest.mark.parametrize("kind", CHANGES)
    def test_another_meaning(self, desk, sound, kind):
        """What changes a decision, or who answers for it, changes the revision."""
        desk.write(sound)
        before = desk.read().revision
        assert CHANGES[kind][0] in sound
        desk.write(sound.replace(*CHANGES[kind]))

        assert before != desk.read().revision

    @pytest.mark.parametrize("kind", SAME)
    def test_the_same_meaning(self, desk, sound, kind):
        """What changes no meaning leaves the revision alone."""
        desk.write(sound)
        before = desk.read().revision
        assert SAME[kind][0] in sound
        desk.write(sound.replace(*SAME[kind]))

        assert before == desk.read().revision

    def test_a_list(self, desk, sound):
        """The entries of a list count, their order does not."""
        desk.write(sound)
        desk.write("b\na\n", "lists/names.txt")
        before = desk.read().revision
        desk.write("# two\na\n\n b \n", "lists/names.txt")
        same = desk.read().revision
        desk.write("a\n", "lists/names.txt")

        assert (True, False) == (before == same, before == desk.read().revision)

    def test_another_list_of_the_same_length(self, desk, sound):
        """Other entries are another revision."""
        desk.write(sound)
        desk.write("a\n", "lists/names.txt")
        before = desk.read().revision
        desk.write("b\n", "lists/names.txt")

        assert before != desk.read().revision

    def test_the_order_of_names(self, desk, sound):
        """Names in a list mean the same in any order."""
        revisions = set()
        for stages in ("[report, pre_publish]", "[pre_publish, report]"):
            desk.write(sound.replace("[comments]", f"[comments], stages: {stages}"))
            revisions.add(desk.read().revision)

        assert 1 == len(revisions)

    def test_is_the_same_in_every_process(self, desk, sound):
        """How a process orders its sets does not show."""
        desk.write(sound)
        desk.write("".join(f"{n}\n" for n in range(50)), "lists/names.txt")
        read = f"Bundle.read({str(desk.directory)!r})"
        code = f"from handrail_policyfiles import Bundle; print({read}.revision)"
        told = {
            subprocess.run(
                [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True, text=True, check=True,
            ).stdout
            for seed in ("1", "2")
        }  # fmt: skip

        assert {f"{desk.read().revision}\n"} == told

    def test_a_law(self, desk):
        """Another deadline is another revision, though no file changed."""
        desk.write(
            "policy: house\nowner: s\nrules:\n  - id: order\n    when: stage == 'report'\n"
            "    then: {review: {queue: legal, within: law:in-grievance}}\n"
        )
        before, after = (desk.read(day=date(2026, 2, d)) for d in (19, 20))

        assert ["15d", "7d"] == [
            dict(b.policies[0].rules[0].then.effects[0].value)["legal"] for b in (before, after)
        ]
        assert before.revision != after.revision

    def test_cases_do_not_count(self, desk, sound):
        """A case changes no decision, and so no revision."""
        desk.write(sound)
        before = desk.read().revision
        desk.write("cases: []\n", "comments.cases.yaml")

        assert before == desk.read().revision


class TestOrder:
    """The order of files and rules changes nothing."""

    @settings(
        deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(rules=st.permutations(RULES), names=st.permutations(["a", "b"]), score=st.floats(0, 1))
    def test_changes_no_decision_and_no_revision(self, desk, sound, rules, names, score):
        """However rules and files are ordered, revision and decision are the same."""
        desk.write(MANY % "\n".join(RULES), "a.yaml")
        desk.write(sound, "b.yaml")
        before = desk.read()
        desk.write(MANY % "\n".join(rules), f"{names[0]}.yaml")
        desk.write(sound, f"{names[1]}.yaml")
        after = desk.read()
        item = Item("1", links=["a", "b", "c"])
        found = [Finding("integrity.spam", score, "x"), Finding("hate.speech", score, "x")]
        one, two = (
            Preview(b.policies, Feature(name="f", surface="comments")).decide(item, found)
            for b in (before, after)
        )

        assert before.revision == after.revision
        assert (one.action, one.effects, one.rules) == (two.action, two.effects, two.rules)


class TestArchive:
    """A bundle is kept by its revision, and opened again years later."""

    def test_is_opened_again(self, desk, sound, tmp_path):
        """What was archived is read as it was, whatever became of the files."""
        desk.write(sound)
        desk.write("a\n", "lists/names.txt")
        before = desk.read()
        before.archive(tmp_path / "kept")
        desk.write(sound.replace("0.75", "0.8"))
        again = Bundle.open(tmp_path / "kept", before.revision)

        assert before.revision == again.revision == again.policies[0].bundle
        assert before.policies[0].revision == again.policies[0].revision
        assert {"names": frozenset("a")} == again.lists

    def test_keeps_the_laws_of_its_day(self, desk, tmp_path):
        """A deadline that has changed since is the old one in the archive."""
        desk.write(
            "policy: house\nowner: s\nrules:\n  - id: order\n    when: stage == 'report'\n"
            "    then: {review: {queue: legal, within: law:in-grievance}}\n"
        )
        before = desk.read(day=date(2026, 1, 1))
        before.archive(tmp_path / "kept")
        again = Bundle.open(tmp_path / "kept", before.revision)

        assert "15d" == dict(again.policies[0].rules[0].then.effects[0].value)["legal"]

    def test_keeps_its_revision(self, desk, sound, tmp_path, monkeypatch):
        """A later version that hashes otherwise still opens it by the revision it had."""
        desk.write(sound)
        before = desk.read()
        before.archive(tmp_path / "kept")
        monkeypatch.setattr(_bundle, "_revision", lambda drafts, lists: "f" * 12)
        again = Bundle.open(tmp_path / "kept", before.revision)

        assert before.revision == again.revision == again.policies[0].bundle

    def test_twice_is_once(self, desk, sound, tmp_path):
        """Archiving again leaves what is there."""
        desk.write(sound)
        places = {desk.read().archive(tmp_path / "kept") for _ in range(2)}

        assert {tmp_path / "kept" / desk.read().revision} == places
        assert list(places) == list((tmp_path / "kept").iterdir())

    def test_changed_since_it_was_read(self, desk, sound, tmp_path):
        """Files that are no longer what was read are not archived under its revision."""
        desk.write(sound)
        bundle = desk.read()
        desk.write(sound + "# later\n")

        with pytest.raises(PolicyError, match="changed since it was read; read it again"):
            bundle.archive(tmp_path / "kept")
        assert [] == list((tmp_path / "kept").iterdir())

    def test_changed_in_the_archive(self, desk, sound, tmp_path):
        """An archive that somebody edited is refused."""
        desk.write(sound)
        bundle = desk.read()
        (bundle.archive(tmp_path / "kept") / "comments.yaml").write_text(sound + "# later\n")

        with pytest.raises(PolicyError, match="its files were changed after they were archived"):
            Bundle.open(tmp_path / "kept", bundle.revision)

    @pytest.mark.parametrize("revision", ["0123456789ab", "../policies", ""])
    def test_unknown_revision(self, desk, sound, tmp_path, revision):
        """A revision that is not there is refused, with those that are."""
        desk.write(sound)
        bundle = desk.read()
        bundle.archive(tmp_path / "kept")

        with pytest.raises(PolicyError, match=f"unknown revision .*{bundle.revision}"):
            Bundle.open(tmp_path / "kept", revision)
