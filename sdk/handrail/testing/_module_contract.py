"""What every safety module keeps to, as tests: subclass ModuleContract and name the module."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import pytest

from handrail import Finding, FrozenMap, Item, Manifest, UnseenError
from handrail._hooks import HOOKS
from handrail.errors import HandrailError
from handrail.testing import _repeat
from handrail.testing._growth import SIZES, steep
from handrail.testing._look import Subject, subject
from handrail.testing._rules import place
from handrail.testing._survey import Survey, survey

SHOWN = 5
"""Places that a failure lists."""


class ModuleContract:
    """Tests that hold a module to its contract with the SDK.

    Subclass it at the top of a test file; pytest runs what it inherits. First of all a process
    of its own looks at everything, so that a module that hangs or crashes fails its test instead
    of stopping the run. That process imports the test file but knows no fixtures: what a
    module needs (a client that is a fake, say) goes into a factory.

    Attributes:
        module: The module or object, or a function or class that makes it.
        provides: Other modules, which compute what this one needs.
        settings: Its settings, where the defaults will not do.
        examples: Texts or items in which it must find an issue, by issue.
        harmless: Texts or items in which it must find nothing.
        limit_s: Seconds within which it must return from any look, however odd the item.
    """

    module: Any
    provides: Sequence[Any] = ()
    settings: Mapping[str, object] = FrozenMap()
    examples: Mapping[str, Sequence[str | Item]] = FrozenMap()
    harmless: Sequence[str | Item] = ()
    limit_s: float = 10.0

    def test_has_a_manifest(self) -> None:
        """Tools read what a module is before any of it runs."""
        stated = isinstance(getattr(_build(type(self)), "MANIFEST", None), Manifest)

        _refuse([] if stated else ["it has no MANIFEST = Manifest(name=…, version=…, …)"])

    def test_declares_issues(self) -> None:
        """Coverage shows which harms a module handles."""
        manifest = self._manifest()

        _refuse([] if manifest.findable or manifest.provides else ["issues is empty"])

    def test_states_its_languages(self) -> None:
        """A module says in which languages it was measured."""
        missing = "languages is empty; say '*' if language plays no role"

        _refuse([] if self._manifest().languages else [missing])

    def test_has_a_summary(self) -> None:
        """A listing says in one line what a module does."""
        said = self._manifest().summary

        _refuse([] if said.strip() and "\n" not in said else ["summary is not one sentence"])

    def test_is_taken_in(self) -> None:
        """The SDK takes the module in: hooks spelled and marked, settings by default, needs met."""
        try:
            self._subject()
        except HandrailError as error:
            pytest.fail(str(error), pytrace=False)

    def test_forgets_no_mark(self) -> None:
        """No function that nearly has a hook's name goes without its mark."""
        names = [n for n, _ in inspect.getmembers(_build(type(self)), inspect.isroutine)]
        near = {n: get_close_matches(n.lstrip("_"), HOOKS, 1, 0.8) for n in names}

        _refuse(
            f"{name} is no hook; spell it {hook[0]} and put @hookimpl over it, or rename it"
            for name, hook in near.items()
            if hook and name not in HOOKS
        )

    def test_returns_from_every_look(self) -> None:
        """No text, however odd or long, keeps the module from returning."""
        self._looked_at()
        seen = survey(type(self))
        elsewhere = "the contract cannot be built in a process of its own"

        _refuse([f"{elsewhere}: {seen.cannot}"] if seen.cannot else [])
        _refuse([f"it {seen.stuck}"] if seen.stuck else [])

    def test_survives_every_look(self) -> None:
        """No text, however odd or long, makes the module raise."""
        self._keeps("survives")

    def test_yields_findings_only(self) -> None:
        """What a hook gives back is findings, and not too many of them."""
        self._keeps("findings")

    def test_scores_from_0_to_1(self) -> None:
        """A score is a number from 0 to 1."""
        self._keeps("scores")

    def test_gives_reasons(self) -> None:
        """Each finding says why, for the moderator who reads it."""
        self._keeps("reasons")

    def test_finds_declared_issues_only(self) -> None:
        """A module finds what its manifest says, and nothing else."""
        self._keeps("issues")

    def test_points_into_the_text(self) -> None:
        """Spans are character ranges inside the item's text."""
        self._keeps("spans")

    def test_keeps_content_to_itself(self) -> None:
        """Findings, exceptions, logs and output say nothing of what an item contains."""
        self._keeps("content")

    def test_leaves_stdout_alone(self) -> None:
        """Standard output belongs to the host."""
        self._keeps("stdout")

    def test_leaves_the_item_alone(self) -> None:
        """Every module sees the item as it came."""
        self._keeps("item")

    def test_learns_from_every_look(self) -> None:
        """What it remembers between calls, it learns from any item, and counts what it declares."""
        self._keeps("learns")

    def test_time_grows_with_the_text(self) -> None:
        """Ten times the text takes about ten times as long."""
        _refuse(
            f"ten times the text took {taken[-1] / max(taken[-2], 1):.0f} times as long "
            f"({SIZES[len(taken) - 1]:,} characters of {where})"
            for where, taken in self._survived().grew.items()
            if steep(taken)
        )

    def test_answers_the_same_again(self) -> None:
        """The same item gets the same answer, in the same call, in the next, and elsewhere."""
        _refuse(_repeat.changes(self._looked_at(), self._survived().said))

    def test_answers_the_same_in_threads(self) -> None:
        """Many threads at once get the answers that one gets."""
        self._survived()

        _refuse(_repeat.races(self._looked_at()))

    def test_finds_its_examples(self) -> None:
        """The module finds what its author says it finds."""
        pairs = [(issue, e) for issue, each in self.examples.items() for e in each]
        _need(pairs, "examples")

        _refuse(
            f"{issue}, example {number}: not found"
            for number, (issue, example) in enumerate(pairs, 1)
            if issue not in {f.issue for f in self._found(example)}
        )

    def test_passes_what_is_harmless(self) -> None:
        """The module finds nothing where its author says there is nothing."""
        _need(self.harmless, "harmless")

        _refuse(
            f"harmless {number}: found {sorted({f.issue for f in found})}"
            for number, example in enumerate(self.harmless, 1)
            if (found := self._found(example))
        )

    def _manifest(self) -> Manifest:
        found = getattr(_build(type(self)), "MANIFEST", None)
        if not isinstance(found, Manifest):
            pytest.skip("see test_has_a_manifest")
        return found

    def _subject(self) -> Subject:
        return subject(_build(type(self)), self.provides, self.settings)

    def _looked_at(self) -> Subject:
        try:
            return self._subject()
        except HandrailError:
            pytest.skip("see test_is_taken_in")

    def _survived(self) -> Survey:
        """What the first process saw; where it did not come back, nobody tries again."""
        self._looked_at()
        seen = survey(type(self))
        if seen.cannot or seen.stuck:
            pytest.skip("see test_returns_from_every_look")
        return seen

    def _keeps(self, rule: str) -> None:
        _refuse(f"{where}: {how}" for where, how in self._survived().broken.get(rule, []))

    def _found(self, example: str | Item) -> tuple[Finding, ...]:
        self._survived()
        seen = self._looked_at()
        item = Item(id="example", text=example) if isinstance(example, str) else example
        looks = [seen.look(where, item) for where in seen.plans]
        for error in (look.error for look in looks):
            if error is not None and type(error) is not UnseenError:
                _refuse([f"it raises {type(error).__name__} ({place(error)})"])
        return tuple(f for look in looks for f in look.found if isinstance(f, Finding))


def _build(contract: type[ModuleContract]) -> object:
    """The module a contract names, made if it names what makes it."""
    named: object = contract.module
    if hasattr(named, "MANIFEST") and not isinstance(named, type):
        return named
    if not callable(named):
        return named
    maker: Callable[..., object] = named
    takes_self = inspect.isfunction(maker) and bool(inspect.signature(maker).parameters)
    return maker(contract()) if takes_self else maker()


def _refuse(wrong: Iterable[str]) -> None:
    """Fail with what is wrong, if anything is."""
    listed = list(dict.fromkeys(wrong))
    if not listed:
        return
    more = f"\n… and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
    pytest.fail("\n".join(listed[:SHOWN]) + more, pytrace=False)


def _need(given: Sequence[object], name: str) -> None:
    if not given:
        pytest.skip(f"the contract names no {name}")
