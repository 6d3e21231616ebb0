"""``handrail demo`` and the sample it ships."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from handrail import Action, Item, Report
from handrail_cli import show
from handrail_cli._group import Commands
from handrail_demo import _run, _scenes, _story

NAMES = tuple(_run.FEATURES)
AT_RISK = "self_harm.at_risk"
UNLISTED = {
    "unlisted-01": "harassment.bullying",
    "unlisted-02": "harassment.bullying",
    "unlisted-03": "harassment.gendered",
    "unlisted-05": "hate.speech",
    "unlisted-07": "violence.threat",
    "unlisted-09": "integrity.spam",
    "unlisted-11": AT_RISK,
}
"""What the scene without listed words shows, by item."""


def rows(name):
    """The rows of one file of the sample, as JSON."""
    text = files("handrail_demo").joinpath(f"data/{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def minors(item):
    """Whether anybody who is said to be under 18 has part in an item."""
    people = (item.author, *item.participants, *item.recipients)
    return any(p.age and p.age.value < 18 for p in people if p)


@pytest.fixture(name="played", scope="module")
def _played():
    return _run.run(_run.MODULES)


class TestSample:
    """The sample is real, whole, and says where it is from."""

    def test_has_its_rows(self):
        """The files have the rows that the page says."""
        assert [150, 150, 100] == [len(_run.sample(name)) for name in NAMES]

    @pytest.mark.parametrize("name", _run.SAMPLES)
    def test_row_is_an_item_and_nothing_else(self, name):
        """Every field of a row is one of an item."""
        fields = {key for row in rows(name) for key in row}

        assert set() == fields - set(Item.__annotations__)

    @pytest.mark.parametrize("name", _run.SAMPLES)
    def test_ids_are_unique(self, name):
        """No row is there twice."""
        ids = [row["id"] for row in rows(name)]

        assert len(ids) == len(set(ids))

    @pytest.mark.parametrize("name", NAMES)
    def test_notice_names_the_set_of_each_row(self, name):
        """The beginning of an id leads to a row of the notice."""
        notice = files("handrail_demo").joinpath("NOTICE.md").read_text(encoding="utf-8")
        sets = {row["id"].partition("-")[0] for row in rows(name)}

        assert set() == {s for s in sets if f"| `{s}-` |" not in notice}

    def test_notice_counts_the_rows(self):
        """The notice says how many rows each set gave."""
        notice = files("handrail_demo").joinpath("NOTICE.md").read_text(encoding="utf-8")
        comments = [row["id"].partition("-")[0] for row in rows("comments")]

        for name in set(comments):
            assert f"| `{name}-` | {comments.count(name)} comments |" in notice

    @pytest.mark.parametrize("name", NAMES)
    def test_holds_no_address(self, name):
        """No text has an e-mail address in it."""
        found = [row["id"] for row in rows(name) if re.search(r"\w@\w+\.\w", str(row))]

        assert [] == found


class TestWave:
    """The wave is made up, and harmless."""

    def test_spam_is_the_smaller_part(self):
        """Most of the wave is what people say on any evening."""
        spam = [row for row in rows("wave") if row["author"]["id"].startswith("fresh-")]

        assert (300, 60) == (len(rows("wave")), len(spam))

    def test_spam_comes_from_fresh_accounts(self):
        """Who sends the spam has not been around."""
        days = [
            row["author"].get("tenure_days", 0)
            for row in rows("wave")
            if row["author"]["id"].startswith("fresh-")
        ]

        assert max(days) < 3

    def test_its_hosts_belong_to_nobody(self):
        """Every link leads to a host that cannot be registered."""
        hosts = re.findall(r"https?://([^/\s\"]+)", str(rows("wave")))

        assert {"example"} == {host.rpartition(".")[2] for host in hosts}

    @pytest.mark.parametrize("name", _run.SAMPLES)
    def test_is_printed(self, run, name):
        """--sample prints a file as it is."""
        assert _run.lines(name) == run("demo", "--sample", name).stdout


@pytest.fixture(name="scenes", scope="module")
def _played_scenes():
    return {scene.name: _scenes.play(scene) for scene in _scenes.SCENES}


def actions(played):
    """What became of each item of a scene, by id."""
    return {item.id: decision.action for item, decision in played.rows}


def issues(played):
    """What was found in each item of a scene, by id."""
    return {item.id: {f.issue for f in decision.findings} for item, decision in played.rows}


class TestScenes:
    """What the made-up scenes show."""

    @pytest.mark.parametrize("name", [scene.name for scene in _scenes.SCENES])
    def test_row_is_an_item_or_a_report(self, name):
        """Every field of a row is one of an item, or of a report."""
        for row in map(json.loads, _scenes.lines(name).splitlines()):
            kind = Report if "source" in row else Item

            assert set() == set(row) - set(kind.__annotations__)

    @pytest.mark.parametrize("name", [scene.name for scene in _scenes.SCENES])
    def test_nothing_fails(self, scenes, name):
        """No decision of a scene is degraded."""
        assert [] == [d.faults for _, d in scenes[name].rows if d.degraded]

    def test_what_no_list_has_is_found_by_a_trained_score(self, scenes):
        """Abuse, sexism, hate, a threat, spam and despair are found, all by the classifier."""
        rows = [(i.id, d) for i, d in scenes["unlisted"].rows if not show.clean(d)]
        found = {
            name: {m.issue for m in d.rules if m.action is not Action.ALLOW or m.issue == AT_RISK}
            for name, d in rows
        }
        modules = {f.module for _, d in scenes["unlisted"].rows for f in d.findings}

        assert {"classifier"} == modules
        assert UNLISTED == {name: issue for name, issue in UNLISTED.items() if issue in found[name]}

    def test_a_trained_score_alone_blocks_nothing(self, scenes):
        """What is held by mistake waits for a person, and what is harmless is let alone."""
        unlisted = actions(scenes["unlisted"])
        touched = {f"unlisted-{n:02}" for n in (1, 2, 3, 5, 6, 7, 9, 13)}

        assert touched == {name for name, what in unlisted.items() if what is not Action.ALLOW}
        assert Action.BLOCK not in unlisted.values()

    def test_what_somebody_is_up_to_is_told_from_what_uses_the_same_words(self, scenes):
        """An offer, a trick, a threat, a plea and a lure are acted on, and their twins are not."""
        touched = {i.id for i, d in scenes["intents"].rows if not show.clean(d)}

        assert {f"intents-{n:02}" for n in (1, 3, 5, 7, 9)} == touched

    def test_every_surface_has_a_telling_scene(self, scenes):
        """On each surface something is acted on, and why is said."""
        telling = {
            scene.surface
            for scene in _scenes.SCENES
            for _, d in scenes[scene.name].rows
            if d.action is not Action.ALLOW and all(f.reason for f in d.findings)
        }

        assert {"comments", "live", "messaging", "profiles", "transactions"} == telling

    def test_a_raid_is_stopped_from_its_third_line(self, scenes):
        """The raid's first two lines pass, all others do not; nobody else is touched."""
        raid = [(i.author.id.startswith("new"), d) for i, d in scenes["raid"].rows]
        pasted = [d.action for fresh, d in raid if fresh]

        assert {Action.BLOCK} == set(pasted[2:])
        assert {Action.ALLOW} == {d.action for fresh, d in raid if not fresh}

    def test_a_scam_is_held_when_it_asks_for_money(self, scenes):
        """The story alone is let through; the request to pay is looked at."""
        scam = actions(scenes["scam"])

        assert [Action.ALLOW, Action.HOLD] == [scam["scam-4"], scam["scam-6"]]

    def test_friends_are_left_alone(self, scenes):
        """People who know each other split a bill without being asked anything."""
        assert {Action.ALLOW} == set(actions(scenes["friends"]).values())

    def test_a_child_is_protected(self, scenes):
        """Several signs together go to trained people, and are kept."""
        *_, (_, decision) = scenes["stranger"].rows

        assert Action.HOLD is decision.action
        assert {"preserve", "report_to", "review"} <= {e.name for e in decision.effects}

    def test_an_impostor_is_found_and_the_team_is_not(self, scenes):
        """Two profiles are called nearly like the help team; its own is left alone."""
        found = issues(scenes["profiles"])
        impostors = {i for i, names in found.items() if "fraud.impersonation" in names}

        assert {"profile-2", "profile-3"} == impostors

    def test_a_child_is_one_who_says_so(self, scenes):
        """Twelve years of experience, and a son of twelve, are no child."""
        found = issues(scenes["profiles"])
        children = {i for i, names in found.items() if "child_safety.underage_account" in names}

        assert {"profile-5"} == children

    def test_a_child_is_not_asked_whether_it_is_alone(self, scenes):
        """An adult who asked a child's age and asks whether it is alone is looked at first."""
        asked = actions(scenes["stranger"])

        assert [Action.ALLOW, Action.HOLD] == [asked["stranger-3"], asked["stranger-5"]]

    def test_a_reported_threat_is_read_within_the_hour(self, scenes):
        """Who may be about to hurt somebody does not wait for a day."""
        (_, decision), *_ = scenes["reports"].rows
        review = next(e.value for e in decision.effects if e.name == "review")

        assert "1h" == review["imminent_harm"]

    @pytest.mark.parametrize("name", [scene.name for scene in _scenes.SCENES])
    def test_no_kind_of_decision_is_left_out(self, scenes, name):
        """Where more was decided than is listed, each rule that decided is there."""
        rows = [(i, d) for i, d in scenes[name].rows if not show.clean(d)]
        listed = _story.telling(rows)

        assert {d.decided_by for _, d in rows} == {d.decided_by for _, d in listed}
        assert listed == sorted(listed, key=rows.index)
        assert min(len(rows), _story.SHOWN) == len(listed)

    def test_a_wave_of_reports_is_about_the_reporters(self, scenes):
        """Who reports together is found, and no report of theirs takes anything down."""
        found = issues(scenes["reports"])
        wave = "integrity.coordinated_inauthentic"
        effects = {e.name for _, d in scenes["reports"].rows for e in d.effects}

        assert wave in found["report-13"]
        assert wave not in found["report-01"]
        assert {"review"} == effects


class TestPlayed:
    """What is decided about the sample."""

    def test_no_minor_stands_next_to_sexual_content(self, played):
        """Nothing sexual is found where anybody is under 18."""
        found = {
            finding.issue
            for part in played
            for item, decision in part.rows
            if minors(item)
            for finding in decision.findings
        }

        assert set() == {issue for issue in found if issue.startswith(("sexual.", "child_safety."))}

    def test_nearly_all_is_allowed(self, played):
        """The sample is mostly harmless, as in life."""
        total = sum(len(part.rows) for part in played)
        allowed = sum(part.actions[Action.ALLOW] for part in played)

        assert 0.85 < allowed / total < 0.99

    @pytest.mark.parametrize("number", range(3))
    def test_every_feature_has_something_to_show(self, played, number):
        """Each feature has a decision that is no ALLOW."""
        assert played[number].actions.total() > played[number].actions[Action.ALLOW]

    def test_every_module_finds_something(self, played):
        """Each module that comes with Handrail is seen at work."""
        modules = {f.module for part in played for _, d in part.rows for f in d.findings}

        assert set(_run.MODULES) == modules

    def test_nothing_fails(self, played):
        """No decision is degraded."""
        assert [] == [d.faults for part in played for _, d in part.rows if d.degraded]

    def test_percentiles_are_of_the_calls(self, played):
        """The middle call is no slower than the slowest hundredth."""
        assert [True] * 3 == [0 <= p50 <= p99 for p50, p99 in (p.latency_us for p in played)]


class TestCommand:
    """What is printed."""

    def test_prints_no_text(self, run, played):
        """Texts are masked."""
        output = " ".join(run("demo").stdout.split())
        texts = {i.id: " ".join(i.text.split()) for p in played for i, _ in p.rows}

        assert [] == [name for name, text in texts.items() if len(text) > 9 and text in output]

    def test_prints_texts_when_asked(self, run):
        """With --show-text nothing is masked."""
        assert "••" not in run("demo", "--show-text").stdout

    @pytest.mark.parametrize("name", [scene.name for scene in _scenes.SCENES])
    def test_prints_a_scene(self, run, name):
        """--sample prints a scene as it is."""
        assert _scenes.lines(name) == run("demo", "--sample", name).stdout

    @pytest.mark.parametrize("name", ["video_comments", "live_chat", "direct_messages"])
    def test_tells_every_feature(self, run, name):
        """Each feature has its part."""
        assert f"\n{name} on " in run("demo").stdout

    def test_explains_every_action(self):
        """Nobody has to know beforehand what an action does."""
        assert set(Action) == set(_story.MEANINGS)

    def test_fits_a_narrow_terminal(self, run):
        """At 80 columns no line is longer."""
        assert 80 >= max(map(len, run("demo", columns=80).stdout.splitlines()))

    def test_names_commands_that_exist(self):
        """What to try next can be tried."""
        tried = [command.rpartition("handrail ")[2].split()[0] for command, _ in _story.TRY_NEXT]

        assert set() == set(tried) - set(Commands().list_commands(None))

    def test_names_the_rule_that_decided(self, run):
        """A low score that is held all the same is explained by the rule that says so."""
        assert "→ by the rule adult-opens-chat-with-minor" in run("demo", columns=160).stdout

    def test_text_to_try_meets_more_than_an_allow(self, run):
        """The text that the demo proposes shows a module at work."""
        (text,) = [re.findall("echo '(.*)'", c)[0] for c, _ in _story.TRY_NEXT if "echo" in c]

        result = run("check", "--surface", "comments", "--json", stdin=text, installed=True)

        assert "allow" != json.loads(result.stdout)["action"]

    def test_json_is_one_object(self, run):
        """With --json each feature's sums are there to read."""
        found = json.loads(run("demo", "--json").stdout)

        assert [150, 150, 100] == [sum(f["actions"].values()) for f in found["features"]]

    def test_json_has_every_decision_that_is_not_clean(self, run, played):
        """The decisions in the JSON are those of the tables."""
        found = json.loads(run("demo", "--json").stdout)["features"]
        listed = [[d["item"] for d in feature["decisions"]] for feature in found]

        assert listed == [[i.id for i, d in p.rows if not show.clean(d)] for p in played]
