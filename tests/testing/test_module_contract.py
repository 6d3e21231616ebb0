"""ModuleContract fails wrong modules, rule by rule, and passes good ones."""

from __future__ import annotations

import pytest

SOURCE = """
import asyncio, logging, os, random, re, sys, time, warnings
import attrs
from handrail import Context, Evidence, Finding, Item, Links, Manifest, Report, hookimpl
from handrail.testing import ModuleContract, finding

SPAM = "integrity.spam"

def manifest(**fields):
    return Manifest(**{{
        "name": "wrong", "version": "1.0", "issues": {{SPAM}}, "surfaces": {{"comments"}},
        "languages": {{"*"}}, "summary": "Wrong on purpose.", **fields,
    }})

{body}

class TestIt(ModuleContract):
    {attributes}
"""


def contract(body: str, attributes: str = "module = Wrong") -> str:
    """A test file with one contract over what *body* defines."""
    return SOURCE.format(body=body, attributes=attributes)


def hook(lines: str, fields: str = "", define: str = "def") -> str:
    """A module with one hook that does *lines*."""
    return f"""
class Wrong:
    MANIFEST = manifest({fields})
    seen = 0

    @hookimpl
    {define} pre_publish(self, item, context):
        {lines}
"""


NO_MANIFEST = "class Wrong:\n    @hookimpl\n    def pre_publish(self, item): pass"
MISSPELLED = hook("pass").replace("pre_publish", "pre_publsh")
UNMARKED = hook("pass").replace("@hookimpl\n", "\n")
FORGOTTEN = hook("pass") + "\n    def post_publsh(self, item): pass\n"
NEEDY = hook("pass", "needs={'links': Links}")
SPAN = "yield Finding(SPAM, 1, 'here', evidence={'spans': [%s]})"
PEEKS = "if item.author is not None and item.author.region == 'DE': "
RACE = hook("""self.item = item
        time.sleep(0)
        return [Finding(SPAM, 1, f"{len(self.item.text)} characters")]""")

MANIFESTS = [
    pytest.param(NO_MANIFEST, {"has_a_manifest", "is_taken_in"}, id="no manifest"),
    pytest.param(hook("pass", "issues=()"), {"declares_issues"}, id="no issues"),
    pytest.param(hook("pass", "languages=()"), {"states_its_languages"}, id="no languages"),
    pytest.param(hook("pass", "summary=''"), {"has_a_summary"}, id="no summary"),
    pytest.param(hook("pass", "summary='a\\nb'"), {"has_a_summary"}, id="two lines"),
    pytest.param(MISSPELLED, {"is_taken_in", "forgets_no_mark"}, id="misspelled hook"),
    pytest.param(UNMARKED, {"is_taken_in"}, id="unmarked hook"),
    pytest.param(FORGOTTEN, {"forgets_no_mark"}, id="misspelled and unmarked hook"),
    pytest.param(NEEDY, {"is_taken_in"}, id="unmet need"),
]

LOOKS = [
    pytest.param("item.text[0]", {"survives_every_look"}, id="raises on an empty text"),
    pytest.param("item.text.encode()", {"survives_every_look"}, id="raises on a surrogate"),
    pytest.param("item.author.id", {"survives_every_look"}, id="raises without an author"),
    pytest.param("sys.exit()", {"survives_every_look"}, id="exits"),
    pytest.param("yield 'spam'", {"yields_findings_only"}, id="yields a string"),
    pytest.param("return 'spam'", {"yields_findings_only"}, id="returns a string"),
    pytest.param(
        "while not item.text: yield Finding(SPAM, 1, 'again')",
        {"yields_findings_only"},
        id="never stops",
    ),
    pytest.param("yield Finding(SPAM, 1.5, 'much')", {"scores_from_0_to_1"}, id="score above 1"),
    pytest.param("yield Finding(SPAM, -1, 'less')", {"scores_from_0_to_1"}, id="score below 0"),
    pytest.param(
        "yield Finding(SPAM, float('nan'), 'hm')", {"scores_from_0_to_1"}, id="score is NaN"
    ),
    pytest.param("yield Finding(SPAM, True, 'yes')", {"scores_from_0_to_1"}, id="score is True"),
    pytest.param("yield Finding(SPAM, 1, ' ')", {"gives_reasons"}, id="no reason"),
    pytest.param(
        "yield Finding('hate.speech', 1, 'no')", {"finds_declared_issues_only"}, id="undeclared"
    ),
    pytest.param(SPAN % "(0, len(item.text) + 1)", {"points_into_the_text"}, id="span too far"),
    pytest.param(SPAN % "(-1, 0)", {"points_into_the_text"}, id="span before the text"),
    pytest.param(
        "yield Finding(SPAM, 1, f'saw {item.text[:80]}')", {"keeps_content_to_itself"}, id="quotes"
    ),
    pytest.param(
        PEEKS + "yield Finding(SPAM, 1, f'by {item.author.id}')",
        {"keeps_content_to_itself"},
        id="names the author",
    ),
    pytest.param(
        "yield Finding(SPAM, 1, 'words', evidence={'counts': dict.fromkeys(item.text.split(), 1)})",
        {"keeps_content_to_itself"},
        id="counts words by name",
    ),
    pytest.param(
        PEEKS + "raise ValueError(item.text)",
        {"keeps_content_to_itself", "survives_every_look"},
        id="raises with the text",
    ),
    pytest.param(
        "logging.getLogger('a').debug('saw %r', item.text)",
        {"keeps_content_to_itself"},
        id="logs the text",
    ),
    pytest.param("warnings.warn(item.text)", {"keeps_content_to_itself"}, id="warns with the text"),
    pytest.param(
        "sys.stderr.write(repr(item.text))", {"keeps_content_to_itself"}, id="writes to stderr"
    ),
    pytest.param("print('looking')", {"leaves_stdout_alone"}, id="prints"),
    pytest.param("os.write(1, b'looking')", {"leaves_stdout_alone"}, id="writes to descriptor 1"),
    pytest.param(
        "object.__setattr__(item, 'text', 'ok')", {"leaves_the_item_alone"}, id="changes the item"
    ),
    pytest.param(
        "for _ in item.text if item.text[:9] == 'a' * 9 else (): item.text.count('z')",
        {"time_grows_with_the_text"},
        id="quadratic",
    ),
    pytest.param(
        "self.seen += 1\n        yield Finding(SPAM, 1 / self.seen, 'again')",
        {"answers_the_same_again"},
        id="counts its calls",
    ),
    pytest.param(
        "yield Finding(SPAM, 1, ' '.join({'one', 'two', 'three', 'four', 'five', 'six'}))",
        {"answers_the_same_again"},
        id="lets a set say the order",
    ),
]

STUCK = [
    pytest.param("re.fullmatch('(a|aa)+b', 'a' * 99)", id="hangs in a regular expression"),
    pytest.param("while True: pass", id="hangs in a loop"),
    pytest.param("time.sleep(3600)", id="sleeps"),
    pytest.param("while item.links: yield from ()", id="hangs as a generator"),
    pytest.param("os._exit(0)", id="ends the process"),
    pytest.param("os.abort()", id="crashes"),
]


class TestWrongModules:
    """One broken rule fails one test, or the few that state it."""

    @pytest.mark.parametrize(("body", "expected"), MANIFESTS)
    def test_manifest(self, failed, body, expected):
        """A module that says too little about itself fails."""
        assert expected == failed(contract(body), "-k", "not threads")

    @pytest.mark.parametrize(("lines", "expected"), LOOKS)
    def test_looks(self, failed, lines, expected):
        """A hook that breaks a rule fails that rule's test."""
        assert expected == failed(contract(hook(lines)), "-k", "not threads")

    @pytest.mark.parametrize("lines", STUCK)
    def test_stuck(self, failed, lines):
        """A hook that never returns fails one test, and stops no other."""
        source = contract(hook(lines), "module = Wrong\n    limit_s = 1.0")

        assert {"returns_from_every_look"} == failed(source)

    def test_race(self, failed):
        """A hook that keeps an item on its module fails in threads."""
        assert {"answers_the_same_in_threads"} == failed(contract(RACE))

    def test_remote(self, failed):
        """What an async hook does wrong is found as well."""
        body = hook("item.text[0]", define="async def")

        assert {"survives_every_look"} == failed(contract(body), "-k", "not threads")

    def test_async_generator(self, failed):
        """What an async generator does wrong is found as well."""
        body = hook("yield Finding(SPAM, 2, 'much')", define="async def")

        assert {"scores_from_0_to_1"} == failed(contract(body), "-k", "not threads")

    def test_each_stage(self, failed):
        """A hook that is wrong at the last stage only is found."""
        body = hook("pass").replace("pre_publish", "report").replace("pass", "print(1)")

        assert {"leaves_stdout_alone"} == failed(contract(body), "-k", "not threads")

    def test_each_surface(self, failed):
        """A hook that is wrong on the last of its surfaces only is found."""
        body = hook("context.surface == 'live' and print(1)", "surfaces={'comments', 'live'}")

        assert {"leaves_stdout_alone"} == failed(contract(body), "-k", "not threads")

    def test_examples(self, failed):
        """A module that misses an example of its author fails."""
        source = contract(hook("pass"), "module = Wrong\n    examples = {SPAM: ['buy now']}")

        assert {"finds_its_examples"} == failed(source, "-k", "not threads")

    @pytest.mark.parametrize(
        ("line", "rule"),
        [
            ("yield Finding(SPAM, 1, f'saw {item.text}')", "keeps_content_to_itself"),
            (
                "yield Finding(SPAM, 1, 'saw', evidence={'spans': [(0, 99)]})",
                "points_into_the_text",
            ),
        ],
    )
    def test_wrong_only_where_it_finds(self, failed, line, rule):
        """What a module does wrong about its own examples alone is found."""
        body = hook(f"if 'blorb' in item.text:\n            {line}")
        source = contract(body, "module = Wrong\n    examples = {SPAM: ['a blorb']}")

        assert {rule} == failed(source, "-k", "not threads")

    @pytest.mark.parametrize("texts", ["{}", "{SPAM: ['a blorb']}"])
    def test_learns_wrong_from_some_only(self, failed, texts):
        """A memory learns from each text, odd or its author's, and not from the first alone."""
        word = "blorb" if "blorb" in texts else "lovely evening"
        memory = f"""
class Learned:
    def learn(self, item, context):
        if {word!r} in item.text:
            raise ValueError
"""
        body = memory + hook(
            "return [Finding(SPAM, 1, 'it')] if 'blorb' in item.text else []", "memory=Learned"
        )
        source = contract(body, f"module = Wrong\n    examples = {texts}")

        assert {"learns_from_every_look"} == failed(source, "-k", "not threads")

    def test_harmless(self, failed):
        """A module that finds something in what is harmless fails."""
        body = hook("yield Finding(SPAM, 1, 'always')")
        source = contract(body, "module = Wrong\n    harmless = ['good morning']")

        assert {"passes_what_is_harmless"} == failed(source, "-k", "not threads")


class TestFailures:
    """A failure says where, what, and how to mend it."""

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            pytest.param(
                "item.text[0]",
                "an empty text, pre_publish on comments: it raises IndexError (*.py:*)",
                id="place of an exception",
            ),
            pytest.param("yield 1", "*it yields a int; only a Finding is a finding", id="type"),
        ],
    )
    def test_says_where(self, pytester, lines, said):
        """A failure names the text, the stage, the surface and the line."""
        pytester.makepyfile(contract(hook(lines)))
        result = pytester.runpytest_inprocess("-k", "survives or only")

        result.stdout.fnmatch_lines([said])

    def test_says_where_it_hangs(self, pytester):
        """Of a look that hangs in C, the text and the line are known."""
        pytester.makepyfile(
            contract(
                hook("re.fullmatch('(a|aa)+b', 'a' * 99)"), "module = Wrong\n    limit_s = 1.0"
            )
        )
        result = pytester.runpytest_inprocess("-k", "returns")

        result.stdout.fnmatch_lines(
            ['it did not return from an empty text, pre_publish*(File *.py", line * pre_publish)']
        )

    def test_says_why_it_cannot_be_built_elsewhere(self, failed):
        """A contract that only exists inside a function is refused, with the reason."""
        source = contract(hook("pass")) + "\nTestIt.__qualname__ = 'Nowhere'\n"

        assert {"returns_from_every_look"} == failed(source)


class TestGoodModules:
    """What keeps the rules passes, however it is named and built."""

    GOOD = hook("yield Finding(SPAM, 0.5, f'{len(item.text)} characters')")

    @pytest.mark.parametrize(
        "attributes",
        [
            pytest.param("module = Wrong", id="a class"),
            pytest.param("module = Wrong()", id="an object"),
            pytest.param("module = lambda: Wrong()", id="a function"),
            pytest.param("module = staticmethod(Wrong)", id="a static method"),
            pytest.param("def module(self): return Wrong()", id="a method"),
        ],
    )
    def test_ways_to_name_it(self, failed, attributes):
        """A module may be an object, or whatever makes one."""
        assert set() == failed(contract(self.GOOD, attributes))

    def test_provides(self, failed):
        """A need is met by the modules named in provides."""
        body = hook("context.derive('links', Links)", "needs={'links': Links}") + (
            "\ndef links(item, context) -> Links: return Links()\n"
            "class Provider:\n"
            "    MANIFEST = manifest(name='provider', provides={'links': links})\n"
            "    @hookimpl\n"
            "    def pre_publish(self, item): pass\n"
        )

        assert set() == failed(contract(body, "module = Wrong\n    provides = [Provider()]"))

    def test_settings(self, failed):
        """Settings given in the contract reach the module."""
        body = hook("pass", "settings=Settings").replace("pass", "assert settings.least == 3")
        body = body.replace("item, context", "settings")
        body = "@attrs.frozen\nclass Settings:\n    least: int = 1\n" + body

        assert set() == failed(contract(body, "module = Wrong\n    settings = {'least': 3}"))

    @pytest.mark.parametrize("cost", ["inline", "blocking", "remote"])
    def test_fakes(self, failed, cost):
        """The fakes keep the rules they do not exist to break."""
        assert set() == failed(contract("", f"module = lambda: finding(cost={cost!r})"))

    def test_examples(self, outcomes):
        """Examples that are found, and harmless ones that are not, pass."""
        body = hook("if 'buy' in item.text: yield Finding(SPAM, 1, 'an offer')")
        attributes = "module = Wrong\n    examples = {SPAM: ['buy']}\n    harmless = ['hello']"

        assert set() == outcomes(contract(body, attributes))["skipped"]

    def test_says_that_there_are_no_examples(self, outcomes):
        """A contract without examples says so instead of passing them."""
        skipped = outcomes(contract(self.GOOD))["skipped"]

        assert {"finds_its_examples", "passes_what_is_harmless"} == skipped
