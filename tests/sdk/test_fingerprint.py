"""Hashes of policies: the same on every Python, another for whatever they do otherwise."""

from __future__ import annotations

import linecache
import re
import warnings
import weakref
from functools import lru_cache, partial

import pytest

from handrail import Condition, InvalidValueError, Policy, Rule
from handrail._fingerprint import fingerprint

WORDS = frozenset({"b", "a", "ü"})
FAR = re.compile(r"\bfar\b")


def long(text, *, least=3):
    """Say whether a text is long."""
    words: int = sum(1 for word in text.split() if word not in {"of", "the", "in"})
    if not (words > least and (first := text[:1]) != "\u2192"):
        return False
    try:
        return f"{first!r:>{least}}{first:}" != "  'x'"
    except ValueError:
        return None


def near(pattern, most):
    """A test that closes over what it is told."""
    return lambda text, count: pattern.search(text) is None and count < most


class Young:
    """A test with a state."""

    least = 3

    def __init__(self, most):
        self.most = most

    def __call__(self, days):
        """Say whether days are few."""
        return self.fits(days)

    def fits(self, days):
        """Say whether days are in between."""
        return self.least < days < self.most


# fmt: off
TESTS = {
    "plain": (lambda days: days < 3, "dec9e02b8743"),
    "first of two": ([lambda x: x > 1, lambda x: lambda y: y > x][0], "2f50eb8032f7"),
    "second of two": ([lambda x: x > 1, lambda x: lambda y: y > x][1], "926f4e184a65"),
    "inner": ([lambda x: x > 1, lambda x: lambda y: y > x][1](1), "8cf1f4d1c3da"),
    "constants": (
        lambda t: t in {"b", "a"} or t in ("c", -2.5, b"\x00", None, "\U0001fae9"), "ec09110b30f0",
    ),
    "closure": (near(FAR, 3), "9f0aef0705fa"),
    "function": (long, "d3fa10335e53"),
    "partial": (partial(long, least=5), "99b294f20819"),
    "builtin": (str.isupper, "054f6994b1bd"),
    "object": (Young(5), "c53e22f391f3"),
    "method": (Young(5).fits, "542486fee444"),
    "cached": (lru_cache(long), "70a2c2216d57"),
    "default": (lambda t, words=WORDS: t in words, "83f25d2ec877"),
}
"""Tests of conditions, and what each is hashed to on every Python."""
# fmt: on


KINDS = (
    "from functools import lru_cache\n@lru_cache\ndef f(x):\n    return x < 3",
    "class C:\n    def test(self, x):\n        return x < 3\nf = C().test",
    "class C:\n    @classmethod\n    def test(cls, x):\n        return x < 3\nf = C.test",
    "class C:\n    def __call__(self, x):\n        return x < 3\nf = C()",
    (
        "class C:\n    def __call__(self, x):\n        return self.low(x)\n"
        "    @staticmethod\n    def low(x):\n        return x < 3\nf = C()"
    ),
    "class B:\n    def __call__(self, x):\n        return x < 3\nclass C(B):\n    pass\nf = C()",
    (
        "import attrs\n@attrs.frozen\nclass C:\n    def __call__(self, x):\n        return x < 3\n"
        "f = C()"
    ),
    (
        "class C:\n    def __new__(cls, x):\n        return cls.low(x)\n"
        "    @classmethod\n    def low(cls, x):\n        return x < 3\nf = C"
    ),
)
"""Tests that are no plain functions, and what one of them does."""

_STATE = "class C:\n    {}\n    def test(self, x):\n        return x < self.most\n"

STATES = (
    _STATE.format("most = 3") + "f = C().test",
    _STATE.format("pass") + "c = C()\nc.most = 3\nf = c.test",
    _STATE.format("__slots__ = ('most',)") + "c = C()\nc.most = 3\nf = c.test",
    "import attrs\n@attrs.define\n"
    + _STATE.format("most: int")
    + "c = C(1)\nc.most = 3\nf = c.test",
)
"""Methods, and what the object has that they are of."""


def python(tmp_path, text):
    """The function ``f`` of a module with a text."""
    path = tmp_path / "written.py"
    path.write_text(text, encoding="utf-8")
    linecache.clearcache()
    names = {}
    exec(compile(text, str(path), "exec", dont_inherit=True), names)
    return names["f"]


@pytest.mark.parametrize("name", TESTS)
def test_same_on_every_python(name):
    """A test in Python has the hash that it has on all of them."""
    test, known = TESTS[name]

    assert known == fingerprint([test])


def test_policy_in_code():
    """The revision and the hashes of a policy in code are those of every Python."""
    young = Condition(["actor.tenure_days?"], lambda days: days is None or days < 3)
    policy = Policy(
        name="p", issues={"integrity.spam": {"limit": 0.5, "block": 0.9}}, limits={"reach": 0.5},
        rules=[Rule(id="young", issue="integrity.spam", at=0.4, when=young, then="block")],
    )  # fmt: skip

    assert ("6f3ae305157d", "efe1e7637ea4") == (policy.revision, policy.hashes["young"])


def test_running_it_changes_nothing():
    """What Python learns of a function while it runs is not in its hash."""
    test, known = TESTS["plain"]
    for days in range(100):
        test(days)

    assert known == fingerprint([test])


def test_what_an_object_remembers_changes_nothing():
    """What a condition's test learns in its calls makes it no other rule, wherever it is asked."""

    class Seen:
        def __init__(self):
            self.ids = []

        def __call__(self, item):
            self.ids.append(item)
            return len(self.ids) > 0

    when = Condition(["item.id"], Seen())
    before = fingerprint(Rule(id="r", issue="integrity.spam", then="block", when=when))
    when.test("c1")

    assert before == fingerprint(Rule(id="r", issue="integrity.spam", then="block", when=when))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f = lambda x: x < 3", "f = lambda x: x > 3"),
        ("f = lambda x: x < 3", "f = lambda x: x < 4"),
        ("f = lambda x: x < 3", "f = lambda x: x < 3.0"),
        ("f = lambda x: x in {'a'}", "f = lambda x: x in ('a',)"),
        ("f = lambda x: x.a()", "f = lambda x: x.b()"),
        ("def f(x):\n    return x", "def f(x):\n    return not x"),
        ("f = (lambda y: lambda x: x < y)(1)", "f = (lambda y: lambda x: x < y)(2)"),
        ("f = lambda x, y=1: x < y", "f = lambda x, y=2: x < y"),
        ("f = lambda x, *, y=1: x < y", "f = lambda x, *, y=2: x < y"),
        ("f = [lambda x: x, lambda x: not x][0]", "f = [lambda x: x, lambda x: not x][1]"),
        (
            "import re\nf = (lambda p: lambda x: p.search(x))(re.compile('a'))",
            "import re\nf = (lambda p: lambda x: p.search(x))(re.compile('b'))",
        ),
        ("import re\nf = re.compile('a').search", "import re\nf = re.compile('b').search"),
        (
            "from operator import itemgetter as i\nf = i(0)",
            "from operator import itemgetter as i\nf = i(1)",
        ),
        *((one, one.replace("x < 3", "x < 4")) for one in KINDS),
        *((one, one.replace("most = 3", "most = 4")) for one in STATES),
    ],
)
def test_what_it_does_is_in_it(tmp_path, one, other):
    """Whatever a test does otherwise is another hash."""
    assert fingerprint([python(tmp_path, one)]) != fingerprint([python(tmp_path, other)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("f = lambda x: x < 3", "\n\nf = lambda x: (\n    x < 3  # Young.\n)"),
        ("f = lambda x: 'ab' in x", "f = lambda x: 'a' \"b\" in x"),
        ("def f(x):\n    return x", "def f(x: int) -> int:\n    '''Say it.'''\n    return x"),
        ("f = lambda x: x < 3", "g = lambda x: x > 3; f = lambda x: x < 3"),
    ],
)
def test_layout_is_not_in_it(tmp_path, one, other):
    """Where and how it stands in its file, comments, docstrings and types change nothing."""
    assert fingerprint([python(tmp_path, one)]) == fingerprint([python(tmp_path, other)])


def test_source_that_is_newer_is_not_believed(tmp_path):
    """What was edited after it was loaded keeps the hash of what runs, not of the file."""
    test = python(tmp_path, "f = lambda x: x < 3")
    (tmp_path / "written.py").write_text("f = lambda x: x > 3")
    linecache.clearcache()

    assert fingerprint([test]) != fingerprint([python(tmp_path, "f = lambda x: x > 3")])


@pytest.mark.parametrize("terms", [100, 600, 900, 2_000])
def test_nested_as_deep_as_you_like(tmp_path, terms):
    """A test that is nested deeper than the stack is told apart from another, too."""
    deep = "f = lambda x: x" + " + x" * terms

    assert fingerprint([python(tmp_path, deep)]) != fingerprint([python(tmp_path, deep + " + 1")])


def test_what_is_warned_of_is_hashed_too(tmp_path):
    """An old warning in a module, which a host may make an error, changes no hash."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asked = python(tmp_path, 'f = lambda text: text == "\\d"\n')

    assert fingerprint(asked) == fingerprint(python(tmp_path, 'f = lambda text: text == "\\\\d"\n'))


def test_without_source(tmp_path):
    """Where there is no source, it is still told apart from another."""
    names = {}
    exec("f = lambda x: x < 3\ng = lambda x: x > 3", names)

    assert fingerprint([names["f"]]) != fingerprint([names["g"]])


@pytest.mark.parametrize("text", [*KINDS, *STATES])
def test_made_anew_is_the_same(tmp_path, text):
    """Whoever loads it again, as another process does, has the same hash, also once it ran."""
    ran = python(tmp_path, text)
    before = fingerprint([ran])
    ran(1)

    assert before == fingerprint([ran]) == fingerprint([python(tmp_path, text)])


def test_test_that_calls_itself(tmp_path):
    """A function within itself is named, and the hash has an end."""
    text = "def of(n):\n    def f(x):\n        return x < n or f(x - 1)\n    return f\nf = of({})"

    assert fingerprint(python(tmp_path, text.format(1))) != fingerprint(
        python(tmp_path, text.format(2))
    )


@pytest.mark.parametrize(
    "state", ["c.test", "[c]", "[]\nc.me.append(c.me)", "{}\nc.me['me'] = c.me", "Team()"]
)
def test_object_that_names_itself(tmp_path, state):
    """An object whose state leads back to it, or to itself, has a hash as well."""
    text = (
        "import attrs\n@attrs.define\nclass Team:\n    boss: object = None\n"
        "    def __attrs_post_init__(self):\n        self.boss = self\n"
        f"class C:\n    def test(self, x):\n        return x\nc = C()\nc.me = {state}\nf = c.test"
    )

    assert fingerprint(python(tmp_path, text)) == fingerprint(python(tmp_path, text))


def test_what_does_not_say_what_it_does_is_refused():
    """A changed one would keep the approvals of the first."""
    policy = Policy(
        name="p", rules=[Rule(id="r", issue="integrity.spam", then="block",
                              when=Condition(["item.id"], weakref.ref(WORDS)))],
    )  # fmt: skip
    with pytest.raises(InvalidValueError, match="write a function or a lambda around it"):
        _ = policy.revision
