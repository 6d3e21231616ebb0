"""The three hooks: names and arguments that modules everywhere rely on."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from handrail import _hooks, hookimpl

ARGUMENTS = {
    "pre_publish": ["item", "context", "settings", "memory"],
    "post_publish": ["item", "context", "settings", "memory"],
    "report": ["item", "report", "context", "settings", "memory"],
}
SOURCE = Path(inspect.getfile(_hooks)).read_text(encoding="utf-8")


class TestHookspecs:
    """The contract."""

    def test_names_are_frozen(self):
        """These three and no others are hooks, in the order of an item's life."""
        assert tuple(ARGUMENTS) == _hooks.HOOKS

    def test_every_spec_is_a_hook(self):
        """A marked spec cannot be forgotten in the list of hooks."""
        marked = {name for name, value in vars(_hooks).items() if hasattr(value, "handrail_spec")}

        assert set(ARGUMENTS) == marked

    @pytest.mark.parametrize("name", ARGUMENTS)
    def test_arguments_are_frozen(self, name):
        """An argument may be added one day, but none is renamed or goes."""
        assert ARGUMENTS[name] == list(inspect.signature(getattr(_hooks, name)).parameters)

    @pytest.mark.parametrize("name", ARGUMENTS)
    def test_says_what_it_is_for(self, name):
        """Each hook has a docstring that whoever writes a module reads."""
        assert inspect.getdoc(getattr(_hooks, name)).startswith("Look at *item*")

    def test_is_read_in_a_minute(self):
        """The contract has at most a hundred lines."""
        assert len(SOURCE.splitlines()) <= 100

    def test_imports_nothing_of_ours_at_run_time(self):
        """The contract stands on pluggy alone."""
        runtime = [
            node.module
            for node in ast.parse(SOURCE).body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("handrail")
        ]

        assert [] == runtime


class TestHookimpl:
    """The mark over a hook."""

    def test_leaves_the_function_as_it_is(self):
        """A marked function can still be called in a test."""

        @hookimpl
        def pre_publish(item):
            return [item]

        assert ["x"] == pre_publish("x")

    def test_is_of_one_module(self):
        """A function marked for a second module is a copy: the first mark stays as it was."""

        def look(item, extra=(), *, limit=3):
            return [item, limit]

        first = hookimpl(cost="blocking")(look)
        second = hookimpl(first)

        assert ("blocking", None, ["x", 3]) == (
            first.handrail_cost, second.handrail_cost, second("x"),
        )  # fmt: skip

    def test_keeps_cost_and_limit(self):
        """What the mark says is found on the function."""

        @hookimpl(cost="blocking", timeout_ms=5)
        def pre_publish(item):
            return None

        assert ("blocking", 5) == (pre_publish.handrail_cost, pre_publish.handrail_timeout_ms)
