"""Whatever a file holds, reading it ends in a bundle or in diagnostics with places."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from handrail_policyfiles import Bundle, BundleError, run_cases
from handrail_policyfiles._asks import ASKED
from handrail_policyfiles._cases import CASE
from handrail_policyfiles._starting import DIRECTORY
from handrail_policyfiles._tables import EXCEPTION, FAULT, HOLDS, OVERRIDE, POLICY, RULE

SOUND = (DIRECTORY / "comments.yaml").read_bytes()
CASES = (DIRECTORY / "comments.cases.yaml").read_bytes()
LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{last}, *{last}]\n"
    for last, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BITS = [
    b"{", b"}", b"[", b"- ", b": ", b"'", b'"', b"|", b">", b"&a ", b"*a", b"!x ", b"#", b"%", b"@",
    b"\t", b"\n", b"\n\n  ", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xc3", b"---\n", b"...\n",
    b"<<: ", b"NaN", b".inf", b"1e999", b"null", b"0x10", b"9" * 400, b"\xe2\x80\xa8",
    b"\xf0\x9f\x98\x80",
]  # fmt: skip
QUICK = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NAMES = sorted({*POLICY, *RULE, *OVERRIDE, *EXCEPTION, *FAULT, *HOLDS, *ASKED, *CASE})
WORDS = st.one_of(
    st.sampled_from(
        ["block", "hold", "hate.speech", "hate.*", "*", "24h", "law:in-grievance", "enforce",
         "shadow", "2027-01-01", "2026-12-01T00:00Z", "actor.age < 18", "true", "report", "DE"]
    ),
    st.text(max_size=20),
)  # fmt: skip
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), WORDS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=20,
)


def reads(desk, run=Bundle.read):
    """Read; return what is wrong and has no place in a file."""
    try:
        bundle = run(desk.directory)
        run_cases(bundle)
    except BundleError as error:
        return [each for each in error.problems if not placed(desk, each)] or not error.problems
    return []


def placed(desk, problem):
    """Whether a diagnostic says where it is, and what."""
    there = problem.file.startswith(str(desk.directory))
    return there and problem.line >= 1 and problem.column >= 1 and bool(problem.message)


@QUICK
@given(at=st.integers(0, len(SOUND)), size=st.integers(0, 40), bit=st.sampled_from(BITS))
def test_a_policy_with_a_slip(desk, at, size, bit):
    """A sound policy with something cut out and something put in never crashes."""
    desk.write(SOUND[:at] + bit + SOUND[at + size :])

    assert not reads(desk)


@QUICK
@given(at=st.integers(0, len(CASES)), size=st.integers(0, 40), bit=st.sampled_from(BITS))
def test_cases_with_a_slip(desk, sound, at, size, bit):
    """Cases with something cut out and something put in never crash."""
    desk.write(sound)
    desk.write(CASES[:at] + bit + CASES[at + size :], "comments.cases.yaml")

    assert not reads(desk)


@QUICK
@given(data=st.binary(max_size=200))
def test_bytes(desk, data):
    """Any bytes never crash, as a policy, a list or cases."""
    for name in ("comments.yaml", "comments.cases.yaml", "lists/names.txt"):
        desk.write(data, name)

    assert not reads(desk)


@QUICK
@given(value=st.dictionaries(st.sampled_from(sorted(POLICY)), VALUES, max_size=6))
@example({"policy": "p", "rules": [{"id": "one", "then": []}]})
@example({"policy": "p", "rules": {"id": "one"}})
@example({"policy": ["p"], "overrides": [{"id": None, "when": 5}]})
@example({"policy": "p", "exceptions": [{"issues": [5], "id": "e"}], "rollout": {}})
def test_right_words_in_wrong_places(desk, value):
    """Known keys with any values never crash."""
    desk.write(json.dumps({"policy": "p", **value}))

    assert not reads(desk)


@QUICK
@given(value=st.dictionaries(st.sampled_from(sorted(RULE)), VALUES, max_size=8))
def test_any_rule(desk, value):
    """A rule with any values never crashes."""
    base = {"id": "one", "issue": "hate.speech", "at": 0.5, "then": "block"}
    desk.write(json.dumps({"policy": "p", "owner": "s", "rules": [{**base, **value}]}))

    assert not reads(desk)


@QUICK
@given(value=st.dictionaries(st.sampled_from(sorted(CASE)), VALUES, max_size=8))
def test_any_case(desk, sound, value):
    """A case with any values never crashes."""
    desk.write(sound)
    desk.write(json.dumps({"cases": [{"name": "a", "expect": {}, **value}]}), "x.cases.yaml")

    assert not reads(desk)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LAUGHS, id="billion laughs"),
        pytest.param("policy: " + "{a: " * 10_000, id="very deep"),
        pytest.param("policy: p\n" + "rules:\n" + "  - {id: x}\n" * 20_000, id="very many"),
        pytest.param("policy: '" + "x" * 900_000 + "'\n", id="a very long name"),
        pytest.param("? [a, b]\n: c\n", id="a list as a key"),
        pytest.param("<<: {policy: p}\npolicy: p\n", id="a merge key"),
        pytest.param("--- a\n--- b\n", id="two documents"),
    ],
)
def test_bombs(desk, text):
    """What is made to break a reader is refused with its place."""
    assert desk.problems(text)
