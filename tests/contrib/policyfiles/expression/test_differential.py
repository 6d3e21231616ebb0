"""What is compiled to Python answers like the official runtime, on random conditions and values."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from handrail_policyfiles.expression._check import check
from handrail_policyfiles.expression._code import NotSimpleError
from handrail_policyfiles.expression._official import Program
from handrail_policyfiles.expression._python import build

RANDOM = settings(
    max_examples=400,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Pair:
    """A condition compiled in both ways."""

    def __init__(self, source):
        checked = check(source, {}, each=False)
        self.names = checked.root.inputs
        self.official = Program(checked, {}).test(self.names)
        try:
            self.ours, self.three_valued = build(checked.root, {}, self.names)
        except NotSimpleError:
            # It may overflow, so it is left to the runtime.
            assume(False)


@RANDOM
@given(data=st.data())
def test_the_answers_are_equal(data, conditions, values):
    """True, false and unknown are the same in Python as in the official runtime."""
    pair = Pair(data.draw(conditions))
    given_values = [data.draw(values[name]) for name in pair.names]

    assert pair.official(*given_values) is pair.ours(*given_values)


@RANDOM
@given(data=st.data())
def test_what_is_two_valued_never_is_unknown(data, conditions, values):
    """A condition that is said to have an answer always has one."""
    pair = Pair(data.draw(conditions))
    given_values = [data.draw(values[name]) for name in pair.names]

    assert pair.three_valued or pair.ours(*given_values) is not None


@RANDOM
@given(data=st.data())
def test_more_knowledge_never_turns_an_answer(data, conditions, values):
    """What is answered while a value is missing is the answer for every value it could have."""
    pair = Pair(data.draw(conditions))
    known = [data.draw(values[name]) for name in pair.names]
    hidden = [
        None if name.startswith("actor.") and data.draw(st.booleans()) else value
        for name, value in zip(pair.names, known, strict=True)
    ]
    answered = pair.ours(*hidden)

    assert answered is None or answered is pair.ours(*known)
