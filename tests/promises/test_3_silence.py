"""Promise 3: silence is visible.

What nobody looks at, nobody sends or nobody measured is said at start-up, in coverage, in the
metrics and in ``problems()``.
"""

from __future__ import annotations

from typing import ClassVar

import pytest
from structlog.testing import capture_logs

from handrail import (
    Actor,
    Feature,
    FeatureError,
    Finding,
    Item,
    Media,
    Policy,
    Status,
)
from handrail._check import ENOUGH
from handrail._fields import SAMPLED

CALLS = ENOUGH * SAMPLED + SAMPLED


@pytest.fixture(name="said")
def _said():
    """What ``problems()`` says at a level, as one text."""

    def said(safety, *levels):
        found = [p for p in safety.problems() if not levels or p.level in levels]
        return "\n".join(f"{p.level}: {p.where}: {p.what}" for p in found)

    return said


@pytest.fixture(name="quiet")
def _quiet(module):
    """A module that reads the text and has nothing to say."""
    return module("quiet", lambda item: None)


def feature(**told):
    """The feature of these tests, with more told about it."""
    return [Feature(name="comments", surface="comments", **told)]


def refused(make, *modules, **options) -> str:
    """The text with which a feature is refused at start-up."""
    with pytest.raises(FeatureError) as caught:
        make(*modules, **options).feature("comments")
    return str(caught.value)


class TestNobodyLooks:
    """No module serves the surface."""

    def test_start_up(self, make, module):
        """A feature whose surface no module serves is refused, with the surface in the text."""
        elsewhere = module("elsewhere", lambda item: None, surfaces={"live"})

        assert "no loaded module serves the surface 'comments'" in refused(make, elsewhere)

    def test_start_up_without_any_module(self, make):
        """A Safety without modules guards nothing, and says so at once."""
        assert "no loaded module serves" in refused(make)

    def test_log(self, make):
        """With strict off it is logged instead."""
        with capture_logs() as entries:
            make(strict=False).feature("comments")

        assert "handrail.problem_found" in [e["event"] for e in entries]

    def test_problems(self, make, said):
        """It stays among the problems."""
        assert "no loaded module serves" in said(make(strict=False), "error")

    @pytest.mark.parametrize("part", ["degraded", "faults"])
    def test_decision(self, guard, item, part):
        """No decision claims that somebody looked."""
        assert getattr(guard(strict=False).pre_publish(item), part)

    def test_coverage(self, guard, item, seen):
        """Coverage says that nobody read the text."""
        covered = seen(guard(strict=False).pre_publish(item))

        assert {"(text)": (Status.SKIPPED, "no module reads it")} == covered

    def test_metrics(self, make, item):
        """Each such call is counted as a fault of what is missing."""
        safety = make(strict=False)
        safety.feature("comments").pre_publish(item)

        assert {("handrail", "pre_publish", "missing"): 1} == safety.counts("handrail.faults")

    def test_a_module_in_shadow_is_nobody(self, make, quiet):
        """A module that only looks for comparison guards nothing."""
        modes = {"quiet": {"mode": "shadow", "expires": "2999-01-01"}}

        assert "no loaded module serves" in refused(make, quiet, modes=modes)

    def test_module_for_elsewhere_is_in_coverage(self, guard, quiet, module, item, seen):
        """A loaded module that does not serve the surface has its row."""
        elsewhere = module("elsewhere", lambda item: None, surfaces={"live"})
        covered = seen(guard(quiet, elsewhere).pre_publish(item))

        assert (Status.SKIPPED, "not for this surface") == covered["elsewhere"]


class TestRequired:
    """What a feature requires and nobody covers."""

    BULLYING = feature(requires={"issues": ["harassment.bullying"]})

    def test_start_up(self, make, quiet):
        """A required issue that no module covers is refused by name."""
        text = refused(make, quiet, features=self.BULLYING)

        assert "requires harassment.bullying at pre_publish" in text

    def test_another_stage_covers_nothing(self, make, quiet, module):
        """A module that looks at reports does not cover what is required before publishing."""
        late = module("late", lambda item: None, stage="report", issues={"harassment.bullying"})

        assert "requires harassment.bullying" in refused(make, quiet, late, features=self.BULLYING)

    def test_another_surface_covers_nothing(self, make, quiet, module):
        """A module for another surface covers nothing here."""
        far = module("far", lambda item: None, surfaces={"live"}, issues={"harassment.bullying"})

        assert "requires harassment.bullying" in refused(make, quiet, far, features=self.BULLYING)

    def test_hint_covers_nothing(self, make, module):
        """A module that finds signs of an issue without covering it is named, and not counted."""
        hinting = module("hinting", lambda item: None, hints={"harassment.bullying"})
        text = refused(make, hinting, features=self.BULLYING)

        assert "which no loaded module covers" in text
        assert "hinting gives hints of it only" in text

    def test_hint_is_missing_from_every_decision(self, guard, module, item):
        """With strict off, an issue that is only hinted at stands as ``missing``."""
        hinting = module("hinting", lambda item: None, hints={"harassment.bullying"})
        decision = guard(hinting, features=self.BULLYING, strict=False).pre_publish(item)

        assert ["harassment.bullying"] == [f.place for f in decision.faults]

    def test_hint_is_a_finding(self, guard, module, item):
        """What a module finds of an issue it hints at counts like any finding."""
        found = Finding("harassment.bullying", 0.3, "a sign")
        hinting = module("hinting", lambda item: [found], hints={"harassment.bullying"})

        assert [0.3] == [f.score for f in guard(hinting).pre_publish(item).findings]

    def test_language_of_the_market(self, make, module):
        """A module not measured in a language of the market does not cover it."""
        german = module(
            "german", lambda item: None, issues={"harassment.bullying"}, languages={"de"}
        )
        told = {"requires": {"issues": ["harassment.bullying"]}, "markets": ["BR"]}

        assert "german is not measured in a language of BR (pt" in refused(
            make, german, features=feature(**told)
        )

    def test_missing_module(self, make, quiet):
        """A required module that is not there is refused by name."""
        told = feature(requires={"modules": ["hashes"]})

        assert "requires module 'hashes'" in refused(make, quiet, features=told)

    def test_every_decision_has_the_fault(self, guard, quiet, item):
        """With strict off, the fault ``missing`` stands on every decision."""
        guarded = guard(quiet, features=self.BULLYING, strict=False)
        faults = {
            (f.source, f.cause, f.place) for _ in range(3) for f in guarded.pre_publish(item).faults
        }

        assert {("handrail", "missing", "harassment.bullying")} == faults

    def test_each_missing_issue_has_its_fault(self, guard, quiet, item):
        """Two missing issues are two faults."""
        told = feature(requires={"issues": ["harassment.bullying", "hate.speech"]})
        decision = guard(quiet, features=told, strict=False).pre_publish(item)

        assert ["harassment.bullying", "hate.speech"] == [f.place for f in decision.faults]

    def test_stays_a_problem(self, make, quiet, said):
        """With strict off, it stays among the problems."""
        safety = make(quiet, features=self.BULLYING, strict=False)

        assert "requires harassment.bullying" in said(safety, "error")

    def test_covered_is_no_problem(self, make, module, said):
        """A feature that has all it requires has no error."""
        covers = module("covers", lambda item: None, issues={"harassment.bullying"})

        assert "" == said(make(covers, features=self.BULLYING, policy=Policy()), "error", "warning")


class TestLanguages:
    """A language outside what a module was measured in."""

    @pytest.fixture(name="safety")
    def _safety(self, make, module):
        safety = make(module("english", lambda item: None, languages={"en"}))
        guarded = safety.feature("comments")
        for number in range(CALLS):
            guarded.pre_publish(Item(str(number), "habari", language="sw"))
        return safety

    @pytest.mark.parametrize(
        ("language", "reason"),
        [
            pytest.param("en-GB", None, id="a region of a measured language is measured"),
            pytest.param("sw", "language not measured", id="another language is not"),
            pytest.param(None, "language not measured", id="nor is an unknown one"),
        ],
    )
    def test_coverage(self, guard, module, seen, language, reason):
        """Coverage says whether a module ran beyond what it was measured in."""
        guarded = guard(module("english", lambda item: None, languages={"en"}))
        covered = seen(guarded.pre_publish(Item("1", "x", language=language)))

        assert {"english": (Status.RAN, reason)} == covered

    def test_metric(self, safety):
        """Sampled calls in such a language are counted by module."""
        counted = safety.counts("handrail.unmeasured")[("english", "pre_publish")]

        assert CALLS // SAMPLED - 1 <= counted <= CALLS // SAMPLED + 1

    def test_problems(self, safety, said):
        """Where most items are in such a language, it is a problem."""
        assert "in no language 'english' was measured in" in said(safety, "warning")

    def test_module_measured_in_none(self, make, module, said):
        """A module that names no language is noted."""
        safety = make(module("vague", lambda item: None, languages=()))

        assert "languages is empty" in said(safety, "note")


class TestNeverSent:
    """A field that the host says it sends, and never does."""

    def ask(self, safety, calls, **fields):
        """Call so many times with such items."""
        guarded = safety.feature("comments")
        for number in range(calls):
            guarded.pre_publish(Item(str(number), "words", language="en", **fields))
        return safety

    @pytest.mark.parametrize("part", ["actor.age", "links", "session", "participants", "region"])
    def test_problems(self, make, quiet, said, part):
        """After enough calls a part that never came is a problem."""
        safety = make(quiet, features=feature(provides=["text", "author", part]))
        self.ask(safety, CALLS, author=Actor("a"))

        assert f"provides {part!r}, but none of" in said(safety, "warning")

    def test_what_came_is_none(self, make, quiet, said):
        """A part that came even once is no problem."""
        safety = make(quiet, features=feature(provides=["text", "author", "actor.age"]))
        self.ask(safety, CALLS, author=Actor("a", age=30))

        assert "but none of" not in said(safety)

    def test_too_few_calls_say_nothing(self, make, quiet, said):
        """A handful of calls proves nothing."""
        safety = make(quiet, features=feature(provides=["text", "author"]))
        self.ask(safety, 20)

        assert "but none of" not in said(safety)


class TestUnread:
    """A part of the item that no module reads."""

    PARTS: ClassVar = {
        "media": {"media": [Media(id="m", type="image/png")]},
        "links": {"links": ["https://example.org"]},
        "amount": {"amount": {"value": 3, "currency": "EUR"}},
    }

    @pytest.mark.parametrize("part", PARTS)
    def test_start_up(self, make, quiet, part):
        """A feature that provides it is told when it opens."""
        with capture_logs() as entries:
            made = make(quiet, features=feature(provides=["text", part]), policy=Policy())
            made.feature("comments")

        text = f"provides {part!r}, which no loaded module reads."
        assert [text] == [e["what"] for e in entries if "what" in e]

    @pytest.mark.parametrize("part", PARTS)
    def test_coverage(self, guard, quiet, seen, part):
        """An item that has it has a row for it."""
        covered = seen(guard(quiet).pre_publish(Item("1", "x", **self.PARTS[part])))

        assert (Status.SKIPPED, "no module reads it") == covered[f"({part})"]

    def test_coverage_of_an_item_without(self, guard, quiet, seen, item):
        """An item that has none has no such row."""
        assert ["quiet"] == list(seen(guard(quiet).pre_publish(item)))

    @pytest.mark.parametrize("part", PARTS)
    def test_metric(self, make, quiet, part):
        """Sampled items that have it are counted."""
        safety = make(quiet)
        for number in range(2 * SAMPLED):
            safety.feature("comments").pre_publish(Item(str(number), **self.PARTS[part]))

        assert {("comments", "pre_publish", part): 2} == safety.counts("handrail.unserved")

    def test_problems(self, make, quiet, said):
        """A feature that sends it without having said so has a problem."""
        safety = make(quiet)
        for number in range(2 * SAMPLED):
            safety.feature("comments").pre_publish(Item(str(number), **self.PARTS["media"]))

        assert "sends 'media', which no loaded module reads" in said(safety, "warning")

    def test_read_only_in_shadow_is_unread(self, guard, quiet, module, seen):
        """What only a module in shadow reads is not guarded."""
        eye = module("eye", lambda item: None, reads={"media"})
        modes = {"eye": {"mode": "shadow", "expires": "2999-01-01"}}
        decision = guard(quiet, eye, modes=modes).pre_publish(Item("1", **self.PARTS["media"]))

        assert "(media)" in seen(decision)
