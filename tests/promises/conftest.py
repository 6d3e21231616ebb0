"""What the promises are tested with: tiny modules, a Safety that is closed, a gate to hang at."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from handrail import Feature, Finding, Item, Manifest, Safety, hookimpl

PATIENCE_MS = 30_000
"""A budget no healthy module can miss, however busy the machine is."""


@pytest.fixture(name="gate")
def _gate():
    """An event that hanging modules wait for; it is set when the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture(name="item")
def _item():
    return Item(id="item-1", text="hello", language="en")


@pytest.fixture(name="module")
def _module():
    """Make a module of one function, such as ``module("spam", lambda item: [])``."""

    def module(name, hook, *, cost=None, timeout_ms=None, stage="pre_publish", **manifest):
        declared = {"issues": {"integrity.spam"}, "surfaces": {"*"}, "languages": {"*"}}
        marked = hookimpl(cost=cost, timeout_ms=timeout_ms)(hook)
        told = Manifest(name=name, version="1.0", **{**declared, **manifest})
        return SimpleNamespace(MANIFEST=told, **{stage: marked})

    return module


@pytest.fixture(name="finds")
def _finds(module):
    """Make a module that finds one thing."""

    def finds(name, score=0.9, *, issue="integrity.spam", cost=None, stage="pre_publish"):
        found = [Finding(issue, score, "as the test says")]
        if cost == "remote":

            async def hook(item):
                return found
        else:

            def hook(item):
                return found

        return module(name, hook, cost=cost, stage=stage, issues={issue})

    return finds


@pytest.fixture(name="make")
def _make():
    """Make a Safety with one feature, ``comments``; it is closed when the test is over."""
    made = []

    def make(*modules, kind=Safety, **options):
        options = {"budget_ms": PATIENCE_MS, "complete_share": 0.0, **options}
        features = options.pop("features", [Feature(name="comments", surface="comments")])
        safety = kind(features, modules=modules, **options)
        made.append(safety._core)
        return safety

    yield make
    for core in made:
        core.close()


@pytest.fixture(name="guard")
def _guard(make):
    """Make a guarded feature of such a Safety."""

    def guard(*modules, **options):
        return make(*modules, **options).feature("comments")

    return guard


@pytest.fixture(name="seen")
def _seen():
    """Turn a decision's coverage, or its faults, into something short to compare with."""

    def seen(decision, part="coverage"):
        if part == "coverage":
            return {row.module: (row.status, row.reason) for row in decision.coverage}
        return {(fault.source, fault.cause.value) for fault in decision.faults}

    return seen
