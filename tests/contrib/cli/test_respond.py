"""``handrail respond``: a dry run, a rule that ends by itself, a second signature, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from handrail import Mode
from handrail_cli.respond import _after, _log, _response
from handrail_policyfiles import Bundle

POSTURE = """\
policy: lockdown
owner: safety
issues:
  integrity.spam: {hold: 0.3}
overrides:
  - id: fresh
    when: actor.tenure_days < 7.0
    unknown: match
    issues: {harassment.bullying: {block: 0.5}}
rules:
  - {id: no-links, issue: integrity.spam, when: links.count > 0, then: hold}
holds: {within: 24h, otherwise: block}
"""


@pytest.fixture(name="wave")
def _wave(here):
    """A hundred established people, and fresh ones who send spam."""
    rows = [
        {"id": f"good-{n}", "text": "hello", "author": {"id": f"p{n}", "tenure_days": 400}}
        for n in range(100)
    ]
    rows += [
        {
            "id": f"bad-{n}",
            "text": "Win FREE   coins, now",
            "links": ["http://win.coins.example/x"],
            "author": {"id": f"f{n}", "tenure_days": 0.5},
        }
        for n in range(20)
    ]
    path = here / "wave.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(name="respond")
def _respond(answer, policies, config, wave):
    """Respond to an exemplar; return exit code and what was printed."""

    def respond(kind, value, *more, action="block", ttl="6h"):
        return answer(
            "respond", kind, value, "--policies", policies, "--action", action, "--for", ttl,
            "--reason", "a wave", "--by", "ada", "--on", wave, "--yes", *more,
        )  # fmt: skip

    return respond


@pytest.fixture(name="refused")
def _refused(run, policies, config, wave):
    """Respond where it is refused; return the result."""

    def refused(kind, value, *more):
        return run(
            "respond", kind, value, "--policies", policies, "--action", "block", "--for", "6h",
            "--reason", "a wave", "--by", "ada", "--on", wave, *more,
        )  # fmt: skip

    return refused


def files(policies):
    return sorted(path.name for path in policies.glob("emergency/*.yaml"))


def steps(policies):
    lines = (policies / "emergency/log.jsonl").read_text().splitlines()
    return [json.loads(line)["event"] for line in lines]


def emergency(policies):
    """The rule that was put in force."""
    (policy,) = [p for p in Bundle.read(policies).policies if p.name.startswith("e2")]
    (rule,) = policy.rules
    return rule


class TestExemplar:
    """A term or a link becomes a rule, once it was tried on what comes in."""

    @pytest.mark.parametrize(("kind", "value"), [("term", "free coins"), ("link", "coins.example")])
    def test_the_dry_run_counts(self, respond, policies, kind, value):
        """It says how many items it hits, and how many established people."""
        code, told = respond(kind, value)

        assert 0 == code
        assert (120, 20, 100, 0) == tuple(
            told["dry_run"][key] for key in ("items", "hits", "established", "established_hit")
        )

    def test_the_rule_is_owned_and_ends(self, respond, policies):
        """The rule has an end, an owner, a cap, and the batch as its name."""
        _, told = respond("term", "free coins")
        rule = emergency(policies)

        assert (told["batch"], "ada", 5.0, Mode.ENFORCE) == (
            rule.id, rule.owner, rule.cap, rule.mode,
        )  # fmt: skip
        assert timedelta(hours=5) < rule.ends - datetime.now(UTC) < timedelta(hours=7)

    @pytest.mark.parametrize("action", ["block", "hold", "limit"])
    def test_every_action_can_be_used(self, respond, run, policies, action):
        """What is written passes lint."""
        respond("term", "free coins", action=action)

        assert 0 == run("policy", "lint", policies).exit_code

    def test_reason_and_batch_stand_in_the_file(self, respond, policies):
        """Whoever opens the file sees why it is there."""
        _, told = respond("term", "free coins")
        text = (policies / f"emergency/{told['batch']}.yaml").read_text()

        assert f"# batch: {told['batch']}\n" in text
        assert "# reason: a wave\n" in text

    def test_a_quote_in_the_value(self, respond, policies):
        """A value is text, whatever signs are in it."""
        assert 0 == respond("term", 'free "coins" \\')[0]

    def test_established_people_are_spared(self, refused, policies):
        """What would act on too many established people is refused, and nothing is written."""
        result = refused("term", "hello", "--yes")

        assert 1 == result.exit_code
        assert "100.0 %" in result.stderr
        assert [] == files(policies)
        assert ["tried", "refused"] == steps(policies)

    def test_a_higher_cap(self, respond, policies):
        """Whoever raises the cap knows it."""
        assert 0 == respond("term", "hello", "--cap", "100")[0]

    def test_no_is_no(self, refused, policies):
        """Without --yes it asks, and no leaves everything as it was."""
        assert 1 == refused("term", "free coins").exit_code
        assert [] == files(policies)

    def test_examples_are_masked(self, refused):
        """The hits are shown as dots."""
        result = refused("term", "free coins", "--yes")

        assert "FREE" not in result.stdout
        assert "bad-0" in result.stdout

    @pytest.mark.parametrize(
        ("kind", "value"), [("term", "!!"), ("link", "nothing"), ("link", "http://[")]
    )
    def test_a_value_that_finds_nothing(self, refused, kind, value):
        """A term without a word, and a link without a host, are refused."""
        assert 1 == refused(kind, value, "--yes").exit_code

    def test_a_host_of_other_letters(self, respond, wave):
        """A host as people read it is compared in ASCII, as the hosts of links are."""
        with wave.open("a") as file:
            file.write('{"id": "a", "text": "", "links": ["https://xn--bcher-kva.example/x"]}\n')

        assert 1 == respond("link", "Bücher.example")[1]["dry_run"]["hits"]

    def test_a_feature_that_cannot_carry_it_out(self, refused, config, policies):
        """What a feature could not do would be refused by every process: it is refused here."""
        config.write_text(
            config.read_text().replace(
                "{surface: comments, markets: [DE]}",
                "{surface: comments, carries_out: [nudge, limit, hold, reach]}",
            )
        )
        result = refused("term", "free coins", "--yes")

        assert 1 == result.exit_code
        assert "carry out 'block'" in result.stderr
        assert [] == files(policies)

    def test_no_hit_is_said(self, refused):
        """A dry run that hits nothing is worth a second look."""
        assert "It hits none of them" in refused("term", "nobody wrote this", "--yes").stdout

    @pytest.mark.parametrize("ttl", ["0h", "soon", "-1h"])
    def test_a_time_that_is_none(self, run, policies, config, wave, ttl):
        """A time to live that is none is exit code 2."""
        result = run(
            "respond", "term", "free coins", "--policies", policies, "--action", "block",
            f"--for={ttl}", "--reason", "x", "--by", "ada", "--on", wave, "--yes",
        )  # fmt: skip

        assert 2 == result.exit_code
        assert [] == files(policies)

    def test_only_a_surface(self, respond, policies):
        """With --surface it holds there only."""
        respond("term", "free coins", "--surface", "live")
        (policy,) = [p for p in Bundle.read(policies).policies if p.name.startswith("e2")]

        assert ("live",) == policy.applies.surfaces


class TestSignature:
    """Beyond a day, a response needs a second person."""

    def test_it_ends_after_a_day_unsigned(self, respond, policies):
        """What was asked for three days ends after one."""
        respond("term", "free coins", ttl="3d")

        assert emergency(policies).ends - datetime.now(UTC) < timedelta(hours=25)

    def test_signed_it_lives_on(self, respond, answer, policies):
        """A second person gives it the rest of its time."""
        _, told = respond("term", "free coins", ttl="3d")
        code, _ = answer("respond", "sign", told["batch"], "--by", "bo", "--policies", policies)

        assert 0 == code
        assert emergency(policies).ends - datetime.now(UTC) > timedelta(hours=70)

    @pytest.mark.parametrize("name", ["ada", " ADA "])
    def test_nobody_signs_for_themselves(self, respond, run, policies, name):
        """Whoever asked for it cannot be the second."""
        _, told = respond("term", "free coins", ttl="3d")
        result = run("respond", "sign", told["batch"], "--by", name, "--policies", policies)

        assert 1 == result.exit_code

    def test_what_has_ended_is_not_revived(self, respond, run, policies, monkeypatch):
        """A signature that comes too late is refused."""
        _, told = respond("term", "free coins", ttl="3d")
        later = datetime.now(UTC) + timedelta(days=2)
        monkeypatch.setattr("handrail_cli.respond._after.now", lambda: later)
        result = run("respond", "sign", told["batch"], "--by", "bo", "--policies", policies)

        assert 1 == result.exit_code


class TestRevert:
    """A response is taken out again."""

    def test_the_rule_is_gone(self, respond, answer, policies):
        """The file is removed, and the bundle is what it was."""
        before = Bundle.read(policies).revision
        _, told = respond("term", "free coins")
        code, _ = answer("respond", "revert", told["batch"], "--by", "bo", "--policies", policies)

        assert (0, []) == (code, files(policies))
        assert before == Bundle.read(policies).revision

    def test_every_step_is_written_down(self, respond, answer, policies):
        """The log has what was tried, applied, signed and reverted, with the batch."""
        _, told = respond("term", "free coins", ttl="3d")
        answer("respond", "sign", told["batch"], "--by", "bo", "--policies", policies)
        answer("respond", "revert", told["batch"], "--by", "bo", "--policies", policies)

        assert ["tried", "applied", "signed", "reverted"] == steps(policies)

    def test_twice(self, respond, run, policies):
        """What was taken out cannot be taken out again."""
        _, told = respond("term", "free coins")
        arguments = ("respond", "revert", told["batch"], "--by", "bo", "--policies", policies)

        assert 0 == run(*arguments).exit_code
        assert 1 == run(*arguments).exit_code

    def test_signed_at_the_same_time(self, respond, run, policies, monkeypatch):
        """Whoever signs while another takes it back does not put it in force again."""
        _, told = respond("term", "free coins", ttl="3d")
        write, others = _after.put, []

        def late(path, text):
            if not others:
                log = _log.Log.read(policies)
                log.revert(log.live(told["batch"]), "cy")
                others.append("cy")
            write(path, text)

        monkeypatch.setattr(_after, "put", late)
        result = run("respond", "sign", told["batch"], "--by", "bo", "--policies", policies)

        assert (1, True) == (result.exit_code, "was reverted by cy" in result.output)
        assert [] == files(policies)

    def test_a_crash_leaves_what_can_be_taken_out(self, respond, run, answer, policies):
        """What was written down as taken back, and is in force still, says so and is taken out."""
        _, told = respond("term", "free coins")
        _log.Log.read(policies).add("reverted", told["batch"], by="bo")
        _, listed = answer("respond", "list", "--policies", policies)
        again = run("respond", "revert", told["batch"], "--by", "bo", "--policies", policies)

        assert "reverted by bo, and not out: revert it again" == listed["responses"][0]["state"]
        assert (0, []) == (again.exit_code, files(policies))

    def test_an_unknown_batch(self, run, policies):
        """A batch that is not there is refused."""
        result = run("respond", "revert", "e1", "--by", "bo", "--policies", policies)

        assert 1 == result.exit_code


class TestList:
    """Responses are listed with how they stand."""

    def states(self, answer, policies):
        _, told = answer("respond", "list", "--policies", policies)
        return [(r["value"], r["state"]) for r in told["responses"]]

    def test_how_each_stands(self, respond, answer, policies):
        """In force, waiting for a signature, reverted."""
        respond("term", "free coins")
        respond("link", "coins.example", ttl="3d")
        _, told = respond("term", "win free")
        answer("respond", "revert", told["batch"], "--by", "bo", "--policies", policies)

        assert [
            ("win free", "reverted by bo"),
            ("coins.example", "waits for a signature"),
            ("free coins", "in force"),
        ] == self.states(answer, policies)

    def test_until_when_is_said_of_what_lives(self, respond, run, answer, policies):
        """A response that was taken back has no end any more."""
        _, told = respond("term", "free coins")
        before = run("respond", "list", "--policies", policies).stdout
        answer("respond", "revert", told["batch"], "--by", "bo", "--policies", policies)

        assert "until 20" in before
        assert "until" not in run("respond", "list", "--policies", policies).stdout

    def test_what_has_ended(self, respond, answer, policies, monkeypatch):
        """A response whose time is over is said to have ended."""
        respond("term", "free coins")
        later = datetime.now(UTC) + timedelta(days=2)
        monkeypatch.setattr("handrail_cli.respond._log.now", lambda: later)

        assert [("free coins", "ended")] == self.states(answer, policies)

    def test_values_are_masked(self, respond, run, policies):
        """What was responded to is shown as dots unless it is asked for."""
        respond("term", "free coins")

        assert "free coins" not in run("respond", "list", "--policies", policies).stdout
        shown = run("respond", "list", "--policies", policies, "--show-text").stdout
        assert "free coins" in shown

    def test_none(self, run, policies):
        """Without any it says so."""
        assert "No response" in run("respond", "list", "--policies", policies).stdout

    def test_a_log_that_cannot_be_read(self, run, policies):
        """A broken line is named, and nothing is guessed."""
        (policies / "emergency").mkdir()
        (policies / _log.LOG).write_text("{}\n")
        result = run("respond", "list", "--policies", policies)

        assert 2 == result.exit_code
        assert "log.jsonl:1" in result.stderr

    @pytest.fixture(name="cut")
    def _cut(self, respond, policies):
        """A log whose last line a crash has cut off."""
        respond("term", "free coins")
        with (policies / _log.LOG).open("a") as file:
            file.write('{"event": "appl')

    @pytest.mark.usefixtures("cut")
    def test_a_line_cut_off_is_passed_over(self, answer, policies):
        """What a crash cut off hides nothing else."""
        assert [("free coins", "in force")] == self.states(answer, policies)

    @pytest.mark.usefixtures("cut")
    def test_a_line_cut_off_is_named(self, run, policies):
        """Whoever reads the log is told which line was passed over."""
        assert "log.jsonl:3: cut off" in run("respond", "list", "--policies", policies).stderr

    @pytest.mark.usefixtures("cut")
    def test_a_step_after_a_line_cut_off(self, respond, answer, policies):
        """The next step stands on a line of its own."""
        respond("term", "win free")

        assert 2 == len(self.states(answer, policies))


class TestPosture:
    """A posture that the team approved before is switched on and off."""

    @pytest.fixture(name="posture")
    def _posture(self, answer, policies, config):
        (policies / "postures").mkdir()
        (policies / "postures/lockdown.yaml").write_text(POSTURE)

        def posture(name, *more):
            return answer(
                "respond", "posture", name, "--policies", policies, "--reason", "a raid",
                "--by", "ada", "--yes", *more,
            )  # fmt: skip

        return posture

    def test_all_of_it_ends(self, posture, policies):
        """Rules get an end, and ladders and overrides hold until then only."""
        _, told = posture("lockdown", "--for", "2h")
        (made,) = [p for p in Bundle.read(policies).policies if p.name == told["batch"]]
        ends = datetime.fromisoformat(told["ends"])

        assert [ends] == [rule.ends for rule in made.rules]
        assert {} == made.issues
        assert all(f"{ends:%H:%M:%SZ}" in each.when.source for each in made.overrides)
        assert ["fresh", "ladders"] == sorted(each.id for each in made.overrides)

    def test_another_takes_its_place(self, posture, policies):
        """There is one posture at a time."""
        posture("lockdown", "--for", "2h")
        posture("lockdown", "--for", "4h")

        assert 1 == len(files(policies))

    def test_normal_takes_it_back(self, posture, policies):
        """Normal is no posture."""
        before = Bundle.read(policies).revision
        posture("lockdown", "--for", "2h")

        assert 0 == posture("normal")[0]
        assert before == Bundle.read(policies).revision

    def test_it_is_tried_first(self, posture, run, policies, wave):
        """With items, it says how many it would act on."""
        result = run(
            "respond", "posture", "lockdown", "--policies", policies, "--reason", "a raid",
            "--by", "ada", "--for", "2h", "--yes", "--on", wave,
        )  # fmt: skip

        assert "20 of 120 items hit" in result.stdout

    def test_an_unknown_posture(self, run, posture, policies):
        """A posture that nobody wrote is exit code 2."""
        result = run(
            "respond", "posture", "panic", "--policies", policies, "--reason", "x", "--by", "ada"
        )

        assert 2 == result.exit_code
        assert "normal, lockdown" in result.stderr

    def test_a_posture_only_makes_stricter(self, run, posture, policies):
        """Exceptions and fault rules, which could not end, are refused."""
        path = policies / "postures/lockdown.yaml"
        path.write_text(f"{POSTURE}faults:\n  - {{then: hold}}\n")
        result = run(
            "respond", "posture", "lockdown", "--policies", policies, "--reason", "x",
            "--by", "ada", "--for", "2h", "--yes",
        )  # fmt: skip

        assert 1 == result.exit_code
        assert [] == files(policies)


def test_ids_are_not_guessed_twice():
    """Two responses of one second have names of their own."""
    now = datetime(2026, 12, 1, tzinfo=UTC)

    assert _response.new_id(now) != _response.new_id(now)
    assert _response.new_id(now).startswith("e20261201-")
