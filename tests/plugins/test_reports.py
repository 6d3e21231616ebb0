"""The reports module: how urgent a report is, and waves of them, through a Safety."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import handrail_reports
from handrail import Action, Count, MemorySink, MemoryState, Report, Stage, starting_policy
from handrail.testing import ModuleContract, make_actor, make_item, make_report, make_safety
from handrail_reports import DISMISSED, UPHELD, judged

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BULLYING, THREAT = "harassment.bullying", "violence.threat"
WAVE, UNKNOWN = "integrity.coordinated_inauthentic", "other.unknown"
LETTER = "This video breaks rule five of the community guidelines, remove it at once"


class TestContract(ModuleContract):
    """The reports module keeps its contract with the SDK."""

    module = handrail_reports
    examples = {UNKNOWN: ["anything at all"]}  # noqa: RUF012


@pytest.fixture(name="state")
def _state():
    """A State that counts what became of reports."""
    return MemoryState(clock=lambda: NOON)


@pytest.fixture(name="desk")
def _desk(state):
    """File reports with a Safety; the findings of each, by issue."""
    sink = MemorySink()
    with make_safety(handrail_reports, state=state, sink=sink) as safety:
        feature = safety.feature("comments")

        def file(item=None, **fields):
            fields.setdefault("created_at", NOON)
            if "item_id" in fields:
                filed = Report(id="named", **fields)
            else:
                filed = make_report(item or make_item(), **fields)
            feature.report(filed)
            safety.flush()
            assert () == tuple(f for f in sink.entries[-1].faults if f.source == "reports")
            return {f.issue: f for f in sink.entries[-1].findings}

        yield file


def urgency(finding):
    """How urgent a claim is, in hundredths."""
    return finding.evidence.counts["urgency"]


def wave(desk, item, people, **fields):
    """Everybody of *people* reports *item* a minute apart; what the last finds."""
    found = {}
    for n, person in enumerate(people):
        at = NOON + n * MINUTE / 2
        found = desk(item, reporter=person, created_at=at, **fields)
    return found


def strangers(count, **fields):
    """So many people of whom nothing is known."""
    return [make_actor(**fields) for _ in range(count)]


class TestClaim:
    """A report is a finding of the issue it names, by its urgency."""

    def test_names_the_issue_of_the_report(self, desk):
        """What the reporter says it is, the finding is about."""
        assert [BULLYING] == [*desk(issue=BULLYING)]

    @pytest.mark.parametrize(
        ("source", "issue"),
        [
            ("user", UNKNOWN),
            ("trusted_flagger", UNKNOWN),
            ("authority", "other.illegal_unclassified"),
        ],
    )
    def test_report_without_an_issue_says_so(self, desk, source, issue):
        """A report that names no issue is of the one that means there is none."""
        assert [issue] == [*desk(source=source)]

    def test_life_comes_before_manners(self, desk):
        """A threat is more urgent than an insult, whoever reports either."""
        assert urgency(desk(issue=THREAT)[THREAT]) > urgency(desk(issue=BULLYING)[BULLYING])

    def test_counts_who_reports(self, desk):
        """Evidence counts reports, people, and new accounts among them."""
        item = make_item()
        desk(item, reporter=make_actor(tenure_days=1), issue=BULLYING)
        found = desk(item, reporter=make_actor(), issue=BULLYING)[BULLYING]

        counts = found.evidence.counts
        assert (2, 2, 1, 0) == tuple(
            counts[k] for k in ("reports", "reporters", "new_reporters", "trusted")
        )

    def test_says_what_its_urgency_is_made_of(self, desk):
        """The parts in the evidence add up to it, but for rounding."""
        found = desk(make_item(attributes={"views": 5000}), issue=BULLYING)[BULLYING]
        parts = [v for k, v in found.evidence.counts.items() if k.startswith("by_")]

        assert pytest.approx(urgency(found), abs=2) == sum(parts)

    def test_more_people_make_it_more_urgent(self, desk):
        """Each person who says the same adds to its urgency."""
        item = make_item()
        scores = [urgency(desk(item, reporter=p, issue=BULLYING)[BULLYING]) for p in strangers(4)]

        assert sorted(set(scores)) == scores

    def test_same_person_counts_once(self, desk):
        """Who reports again adds nothing but time."""
        item, person = make_item(), make_actor()
        scores = {urgency(desk(item, reporter=person, issue=BULLYING)[BULLYING]) for _ in range(3)}

        assert 1 == len(scores)

    def test_reports_of_something_else_do_not_support_it(self, desk):
        """People who report spam do not say that somebody is threatened."""
        item = make_item()
        alone = urgency(desk(make_item(), issue=THREAT, reporter=make_actor())[THREAT])
        wave(desk, item, strangers(3), issue="integrity.spam")

        assert alone == urgency(desk(item, issue=THREAT, reporter=make_actor())[THREAT])

    def test_waiting_makes_it_more_urgent(self, desk):
        """What was reported hours ago and again now has waited."""
        item, person = make_item(), make_actor()
        first = desk(item, reporter=person, issue=BULLYING)
        later = desk(item, reporter=person, issue=BULLYING, created_at=NOON + DAY / 2)

        assert urgency(later[BULLYING]) > urgency(first[BULLYING])

    def test_reports_of_last_month_are_forgotten(self, desk):
        """Beyond the window reports do not belong together."""
        item = make_item()
        desk(item, reporter=make_actor(), issue=BULLYING)
        found = desk(item, reporter=make_actor(), issue=BULLYING, created_at=NOON + 30 * DAY)

        assert 1 == found[BULLYING].evidence.counts["reporters"]

    @pytest.mark.parametrize("views", [True, "many", -1, None, [5]])
    def test_views_that_are_no_number_are_none(self, desk, views):
        """A host's odd attribute is not read."""
        found = desk(make_item(attributes={"views": views}), issue=BULLYING)[BULLYING]

        assert "by_reach" not in found.evidence.counts

    def test_more_views_than_there_are_people(self, desk):
        """A number beyond reason counts as very many."""
        found = desk(make_item(attributes={"views": 10**400}), issue=BULLYING)[BULLYING]

        assert found.evidence.counts["by_reach"] > 0.2

    def test_item_that_is_only_named(self, desk):
        """A report that only has an item's id is triaged all the same."""
        assert THREAT in desk(item_id="i", issue=THREAT)

    def test_looks_at_reports_only(self):
        """It has nothing to say before anybody reports."""
        assert ["report"] == [s.value for s in Stage if hasattr(handrail_reports, s.value)]


class TestStanding:
    """What became of earlier reports says how far the next is believed."""

    def test_upheld_reports_make_the_next_more_urgent(self, desk, state):
        """Who was right before is believed sooner."""
        good = make_actor()
        state.add([Count(UPHELD, good.id)] * 20, NOON - DAY)

        trusted = desk(issue=BULLYING, reporter=good)[BULLYING]
        assert urgency(trusted) > urgency(desk(issue=BULLYING, reporter=make_actor())[BULLYING])
        assert 1 == trusted.evidence.counts["trusted"]

    def test_dismissed_reports_never_silence(self, desk, state):
        """Who was wrong a hundred times still has a threat looked at soon."""
        bad = make_actor()
        state.add([Count(DISMISSED, bad.id)] * 100, NOON - DAY)

        assert urgency(desk(issue=THREAT, reporter=bad)[THREAT]) > 85

    def test_old_outcomes_fade(self, desk, state):
        """What was right two years ago says next to nothing."""
        good, once = make_actor(), make_actor()
        state.add([Count(UPHELD, good.id)] * 20, NOON - DAY)
        state.add([Count(UPHELD, once.id)] * 20, NOON - 720 * DAY)

        scores = [urgency(desk(issue=BULLYING, reporter=p)[BULLYING]) for p in (make_actor(), once)]
        assert scores[0] == scores[1] < urgency(desk(issue=BULLYING, reporter=good)[BULLYING])

    def test_outcomes_of_last_year_count_a_little(self, desk, state):
        """What was right two half-lives ago says something, and less than what was yesterday."""
        fresh, older = make_actor(), make_actor()
        state.add([Count(UPHELD, fresh.id)] * 20, NOON - DAY)
        state.add([Count(UPHELD, older.id)] * 20, NOON - 180 * DAY)
        scores = [
            urgency(desk(issue=BULLYING, reporter=p)[BULLYING])
            for p in (make_actor(), older, fresh)
        ]

        assert sorted(set(scores)) == scores

    def test_trusted_flagger_is_believed_whatever_the_record(self, desk, state):
        """Reputation does not touch a trusted flagger."""
        flagger = make_actor()
        state.add([Count(DISMISSED, flagger.id)] * 100, NOON - DAY)
        scores = {
            urgency(desk(issue=BULLYING, source="trusted_flagger", reporter=p)[BULLYING])
            for p in (flagger, make_actor())
        }

        assert 1 == len(scores)

    def test_decision_becomes_a_count(self):
        """A decided report is one count for who filed it."""
        report = make_report(reporter=make_actor(id="ann"))

        assert (Count(UPHELD, "ann"),) == judged(report, upheld=True)
        assert (Count(DISMISSED, "ann"),) == judged(report, upheld=False)

    @pytest.mark.parametrize("fields", [{}, {"source": "authority", "reporter": make_actor()}])
    def test_only_users_have_a_reputation(self, fields):
        """Nothing is counted of authorities and of people unnamed."""
        assert () == judged(make_report(**fields), upheld=False)

    def test_processes_share_how_many_report(self, desk, state):
        """Reports counted elsewhere, in the state that all share, count as strangers'."""
        item = make_item()
        state.add([Count("reports", f"comments/{item.id}", f"p{n}") for n in range(3)], NOON)
        found = desk(item, reporter=make_actor(), issue=BULLYING)[BULLYING]

        assert 4 == found.evidence.counts["reporters"]


class TestWave:
    """People who report together are found, and what they report is still looked at."""

    def test_new_accounts_in_a_burst(self, desk):
        """Eight accounts made yesterday, within five minutes, are a wave."""
        found = wave(desk, make_item(), strangers(8, tenure_days=1), issue=BULLYING)[WAVE]

        assert found.evidence.counts["suspicion"] >= 60
        assert found.reason.startswith("about the reporters, not the author: 8 without standing")

    def test_same_letter(self, desk):
        """One letter sent in by six people is a wave."""
        found = wave(desk, make_item(), strangers(6), issue=BULLYING, text=LETTER)

        assert 6 == found[WAVE].evidence.counts["same_text"]

    def test_same_people_again(self, desk):
        """People who swarmed one item swarm another: they are allies."""
        people = strangers(7)
        assert WAVE not in wave(desk, make_item(), people, issue=BULLYING)
        found = wave(desk, make_item(), people, issue=BULLYING)

        assert 7 == found[WAVE].evidence.counts["allies"]

    def test_many_at_once_are_no_wave(self, desk):
        """Something bad is reported by many within minutes."""
        assert WAVE not in wave(desk, make_item(), strangers(40), issue=THREAT)

    def test_few_are_no_wave(self, desk):
        """Four people are too few to say."""
        found = wave(desk, make_item(), strangers(4, tenure_days=0), issue=BULLYING, text=LETTER)

        assert WAVE not in found

    def test_people_of_standing_are_no_wave(self, desk, state):
        """Regulars who report what they see all day are left alone."""
        people = strangers(8)
        state.add([Count(UPHELD, p.id) for p in people for _ in range(10)], NOON - DAY)
        wave(desk, make_item(), people, issue=BULLYING, text=LETTER)

        assert WAVE not in wave(desk, make_item(), people, issue=BULLYING, text=LETTER)

    def test_wave_counts_less_than_as_many_others(self, desk):
        """A wave makes a claim less urgent than as many people who seem independent."""
        item, other = make_item(), make_item()
        swarm = wave(desk, item, strangers(12, tenure_days=1), issue=BULLYING, text=LETTER)
        others = wave(desk, other, strangers(12), issue=BULLYING)

        assert urgency(swarm[BULLYING]) < urgency(others[BULLYING])

    def test_wave_does_not_hide_what_is_true(self, desk):
        """A wave of threats reports is as urgent as one such report at least."""
        alone = urgency(desk(make_item(), issue=THREAT, reporter=make_actor())[THREAT])
        swarm = wave(desk, make_item(), strangers(12, tenure_days=1), issue=THREAT, text=LETTER)

        assert WAVE in swarm
        assert urgency(swarm[THREAT]) >= alone

    def test_reason_shows_no_id_and_no_text(self, desk):
        """Findings say how many, never who or what they wrote."""
        people = strangers(8, tenure_days=1)
        found = wave(desk, make_item(), people, issue=BULLYING, text=LETTER)
        said = " ".join(f.reason for f in found.values())

        assert not any(p.id in said for p in people)
        assert "rule five" not in said


class TestLadders:
    """A report alone takes nothing down, and neither does a wave of them."""

    @pytest.mark.parametrize("surface", ["comments", "live", "messaging"])
    def test_starting_policies_leave_the_item_alone(self, state, surface):
        """Whatever is reported by however many, nothing but reviews and help is asked for."""
        sink = MemorySink()
        policies = [starting_policy(surface)]
        with make_safety(handrail_reports, state=state, sink=sink, policy=policies) as safety:
            item = make_item(attributes={"views": 10**6}, author=make_actor(age=12))
            for name in ("integrity.spam", "sexual.explicit", "child_safety.csam", THREAT):
                for n, person in enumerate(strangers(6, tenure_days=1)):
                    at = NOON + n * MINUTE
                    filed = make_report(
                        item, issue=name, reporter=person, text=LETTER, created_at=at
                    )
                    safety.feature(surface).report(filed)
            safety.flush()

        assert WAVE in {f.issue for d in sink.entries for f in d.findings}
        assert {Action.ALLOW} == {d.action for d in sink.entries}

    def test_scores_are_given_to_those_who_ask(self, state):
        """With the setting, urgency is the score."""
        sink, settings = MemorySink(), {"reports": {"scored": True}}
        with make_safety(handrail_reports, state=state, sink=sink, settings=settings) as safety:
            safety.feature("comments").report(make_report(issue=THREAT, created_at=NOON))
            safety.flush()
        (found,) = sink.entries[-1].findings

        assert pytest.approx(urgency(found) / 100, abs=0.01) == found.score


class TestBounds:
    """What is remembered is bounded, and tells nobody who reported."""

    def test_forgets_items_beyond_the_most(self, state):
        """Of more items than it may keep, the oldest goes."""
        settings = {"reports": {"items": 2}}
        with make_safety(handrail_reports, state=state, settings=settings) as safety:
            feature = safety.feature("comments")
            for _ in range(5):
                feature.report(make_report(reporter=make_actor(), created_at=NOON))
            memory = next(m.memory for m in safety.modules if m.manifest.name == "reports")

        assert 2 == len(memory._kept)

    def test_keeps_no_ids(self, state):
        """Nothing in memory is an id of the host's."""
        with make_safety(handrail_reports, state=state) as safety:
            report = make_report(reporter=make_actor(id="ann-17"), text=LETTER, created_at=NOON)
            safety.feature("comments").report(report)
            memory = next(m.memory for m in safety.modules if m.manifest.name == "reports")

        assert "ann-17" not in str([tuple(vars_of(f)) for k in memory._kept.values() for f in k])

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("prior", [0, 1]), ("prior", "2"), ("prior", [1, 2, 3]), ("prior", 2), ("window", "0d"),
            ("half_life", "soon"), ("people", 1), ("brigading", 2), ("views", 3), ("items", 0),
        ],
    )  # fmt: skip
    def test_wrong_setting_is_refused(self, name, value):
        """A setting that cannot be meant is refused at start-up, by name."""
        with pytest.raises(Exception, match=f"{name}|expected") as raised:
            make_safety(handrail_reports, settings={"reports": {name: value}})

        assert "ConfigError" == type(raised.value).__name__


def vars_of(filed):
    """The values of everything a report is remembered by."""
    return (getattr(filed, name) for name in filed.__slots__ if name != "__weakref__")
