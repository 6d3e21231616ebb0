"""Cases beside a policy: an item and what was found in it, decided and compared."""

from __future__ import annotations

import pytest

from handrail_policyfiles import run_cases

POLICY = """\
policy: house
owner: safety
applies: {surfaces: [comments]}
issues:
  hate.speech: {limit: 0.5, hold: 0.9}
rules:
  - {id: election, issue: integrity.spam, at: 0.5, then: {label: vote},
     starts: 2026-12-01T00:00Z, ends: 2026-12-04T00:00Z}
  - {id: third, when: 'actor.strikes("harassment", "90d") >= 3.0', unknown: skip,
     then: {on: actor, deny: [comments], for: 7d}}
  - {id: sender, when: 'counter("sent") > 20.0', unknown: skip, then: nudge}
  - {id: nude, when: 'session.count("sexual.nudity", "10 segments") >= 2', unknown: skip,
     then: block}
  - {id: known, when: '"watched" in actor.tags', unknown: skip,
     then: {review: {queue: q, within: 1h}}}
  - {id: two, when: 'found("hate.speech", 0.4) >= 2', then: nudge}
  - {id: near, when: 'count("integrity.spam", "copies") > 20', then: {geo_block: [DE]}}
  - {id: few, issue: fraud.phishing, at: 0.5, then: nudge, rollout: {DE: 0.001, "*": 0}}
  - {id: later, issue: fraud.scam, at: 0.5, then: block, mode: shadow, expires: 2999-01-01}
holds: {within: 24h, otherwise: limit}
limits: {reach: 0.2}
faults:
  - {issues: [hate.*], causes: [timeout], then: hold}
"""
PASSING = {
    "an action": "findings: [{issue: hate.speech, score: 0.95}], expect: {action: hold}",
    "an effect": "findings: [{issue: hate.speech, score: 0.6}], expect: {effects: {reach: 0.2}}",
    "no effect": "expect: {action: allow, without: [reach, review]}",
    "the rule that decides": (
        "findings: [{issue: hate.speech, score: 0.6}], expect: {decided_by: 'hate.speech:limit'}"
    ),
    "a time": (
        "now: 2026-12-02T00:00Z, findings: [{issue: integrity.spam, score: 0.6}], "
        "expect: {effects: {label: vote}}"
    ),
    "before its time": (
        "now: 2026-11-02T00:00Z, findings: [{issue: integrity.spam, score: 0.6}], "
        "expect: {not_rules: [election]}"
    ),
    "strikes": (
        "item: {author: {}}, state: {strikes: {harassment.bullying: 3}}, "
        "expect: {effects: {on: actor, deny: [comments], for: 7d}}"
    ),
    "strikes of somebody": "state: {strikes: {harassment.bullying: 3}}, expect: {rules: [third]}",
    "a counter of somebody": "state: {counters: {sent: 21}}, expect: {rules: [sender]}",
    "tags of somebody": "state: {tags: {actor: [watched]}}, expect: {rules: [known]}",
    "no state": "item: {author: {}}, expect: {not_rules: [third]}",
    "a counter": "item: {author: {}}, state: {counters: {sent: 21}}, expect: {rules: [sender]}",
    "somebody of a share": (
        "item: {author: {region: DE}}, findings: [{issue: fraud.phishing, score: 0.6}], "
        "expect: {action: nudge}"
    ),
    "nobody where there is no share": (
        "item: {author: {region: FR}}, findings: [{issue: fraud.phishing, score: 0.6}], "
        "expect: {action: allow}"
    ),
    "a session": (
        "state: {segments: [[sexual.nudity], [], [sexual.nudity]]}, expect: {rules: [nude]}"
    ),
    "kept tags": (
        "item: {author: {}}, state: {tags: {actor: [watched]}}, "
        "expect: {effects: {review: {queue: q, within: 1h}}}"
    ),
    "two modules": (
        "findings: [{issue: hate.speech, score: 0.45, module: a}, "
        "{issue: hate.speech, score: 0.45, module: b}], expect: {rules: [two]}"
    ),
    "one module twice": (
        "findings: [{issue: hate.speech, score: 0.45, module: a}, "
        "{issue: hate.speech, score: 0.45, module: a}], expect: {not_rules: [two]}"
    ),
    "evidence": (
        "findings: [{issue: integrity.spam, score: 0.1, counts: {copies: 21}}], "
        "expect: {effects: {geo_block: [DE]}}"
    ),
    "a shadow": (
        "findings: [{issue: fraud.scam, score: 0.6}], expect: {action: allow, shadow: block}"
    ),
    "a fault": (
        "faults: [{source: text, cause: timeout, issues: [hate.speech]}], expect: {action: hold}"
    ),
    "another fault": (
        "faults: [{source: text, cause: error, issues: [hate.speech]}], expect: {action: allow}"
    ),
    "another surface": (
        "surface: live, findings: [{issue: hate.speech, score: 0.95}], expect: {action: allow}"
    ),
}
FAILING = {
    "an action": (
        "findings: [{issue: hate.speech, score: 0.6}], expect: {action: block}",
        "expected block, decided limit by hate.speech:limit",
    ),
    "an effect that is missing": (
        "expect: {effects: {reach: 0.2}}",
        "the effect reach is not there",
    ),
    "an effect that differs": (
        "findings: [{issue: hate.speech, score: 0.6}], expect: {effects: {reach: 0.3}}",
        "the effect reach is value 0.2, target item",
    ),
    "another target": (
        "findings: [{issue: hate.speech, score: 0.6}], expect: {effects: {reach: 0.2, on: actor}}",
        "the effect reach is value 0.2, target item",
    ),
    "another audience": (
        (
            "findings: [{issue: hate.speech, score: 0.6}], expect: {effects: "
            "{reach: 0.2, audience: {max_age: 17}}}"
        ),
        "the effect reach is value 0.2, target item",
    ),
    "another duration": (
        (
            "item: {author: {}}, state: {strikes: {harassment.bullying: 3}}, "
            "now: 2026-12-01T00:00Z, expect: {effects: {on: actor, deny: [comments], for: 8d}}"
        ),
        "the effect deny is value ['comments'], target actor, until 2026-12-08T00:00:00+00:00",
    ),
    "an effect too many": (
        "findings: [{issue: hate.speech, score: 0.6}], expect: {without: reach}",
        "the effect reach is there",
    ),
    "a rule that does not match": ("expect: {rules: [nude]}", "the rule nude does not match"),
    "a rule that matches": (
        "findings: [{issue: hate.speech, score: 0.6}], expect: {not_rules: ['hate.speech:limit']}",
        "the rule hate.speech:limit matches",
    ),
    "who decides": (
        "findings: [{issue: hate.speech, score: 0.6}], expect: {decided_by: nude}",
        "expected nude to decide, hate.speech:limit does",
    ),
    "no rule that decides": (
        "expect: {action: block, decided_by: nude}",
        "expected block, decided allow",
        "expected nude to decide, no rule does",
    ),
    "a rule that is not there": (
        "expect: {not_rules: [nud]}",
        "unknown rule 'nud'. Did you mean 'nude'?",
    ),
    "a decider that is not there": (
        "expect: {decided_by: nud}",
        "unknown rule 'nud'. Did you mean 'nude'?",
    ),
    "the shadow": ("expect: {shadow: block}", "expected block in shadow, decided allow"),
}


@pytest.fixture(name="result")
def _result(desk):
    """The result of one case."""

    def result(case):
        desk.write(POLICY)
        desk.write(f"cases:\n  - {{name: a, {case}}}\n", "house.cases.yaml")
        (made,) = run_cases(desk.read())
        return made

    return result


@pytest.mark.parametrize("kind", PASSING)
def test_passes(result, kind):
    """What is decided as expected passes."""
    assert () == result(PASSING[kind]).differences


@pytest.mark.parametrize("kind", FAILING)
def test_fails(result, kind):
    """What is decided otherwise is said in a phrase."""
    case, *expected = FAILING[kind]

    assert ((*expected,), False) == (result(case).differences, result(case).passed)


def test_place(result, desk):
    """A result says where its case stands."""
    assert f"{desk.directory}/house.cases.yaml:2:5" == result("expect: {}").place


def test_what_a_file_says_holds_for_its_cases(desk):
    """Surface, stage and time of a file hold for each case that says nothing else."""
    desk.write(POLICY)
    desk.write(
        "surface: live\ncases:\n"
        "  - {name: a, findings: [{issue: hate.speech, score: 1}], expect: {action: allow}}\n"
        "  - {name: b, surface: comments, findings: [{issue: hate.speech, score: 1}],"
        " expect: {action: hold}}\n",
        "house.cases.yaml",
    )

    assert [True, True] == [r.passed for r in run_cases(desk.read())]


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("expect: {acton: hold}", "expect.acton: unknown key 'acton'. Did you mean 'action'?"),
        ("", "expect is missing: what has to be decided"),
        ("findings: [{issue: hate.speech}], expect: {}", "findings.0: score is missing"),
        ("item: {txt: a}, expect: {}", "Item: unknown field 'txt'. Did you mean 'text'?"),
        ("report: {sorce: user}, expect: {}", "Report: unknown field 'sorce'. Did you mean"),
        ("stage: publish, expect: {}", "stage: unknown stage 'publish'"),
    ],
)
def test_a_case_that_cannot_be_read(desk, case, expected):
    """A mistake in a case is said with its place, as in a policy."""
    desk.write(POLICY)
    desk.write(f"cases:\n  - {{name: a, {case}}}\n", "house.cases.yaml")
    bundle = desk.read()

    with pytest.raises(Exception, match=r"house\.cases\.yaml:2:\d+: cases\.0") as caught:
        run_cases(bundle)
    assert expected in str(caught.value)
