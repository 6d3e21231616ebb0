"""What is refused, with the words and the place of the refusal."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from handrail_policyfiles.expression import ExpressionError, compile_condition

GOLDEN = Path(__file__).with_name("refusals.txt").read_text(encoding="utf-8").splitlines()

CASES = list(zip(GOLDEN[::2], GOLDEN[1::2], strict=True))


@pytest.mark.parametrize(("source", "said"), CASES, ids=[source for source, _ in CASES])
def test_says_what_is_wrong(refusal, source, said):
    """An error has the place, what is wrong, what to do, and a caret under it."""
    caret, _, message = said.partition("^ ")

    assert f"{message}\n  {source}\n  {caret}^" == refusal(source, {"court": frozenset()})


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("actor.age < 18 &&\n  actor.aeg > 3", (2, 9)),
        ("// who\n\nactor.aeg > 3", (3, 7)),
        ("actor.region == 'é𝔽' && actor.aeg > 3", (1, 31)),
    ],
)
def test_counts_lines_and_characters(source, place):
    """Lines and columns count from 1, in characters."""
    with pytest.raises(ExpressionError) as caught:
        compile_condition(source)

    assert place == (caught.value.line, caught.value.column)


def test_survives_pickle():
    """An error crosses a process border with its place."""
    with pytest.raises(ExpressionError) as caught:
        compile_condition("actor.aeg < 3")
    again = pickle.loads(pickle.dumps(caught.value))

    assert (str(caught.value), 7) == (str(again), again.column)
