"""What the tests of the work stand on: a feature with a module that finds stand-ins."""

from __future__ import annotations

import pytest

from handrail import Feature, Finding, Manifest, Policy, Safety, hookimpl
from handrail_store import Handler

WORDS = {"GRUMPF": 1.0, "MUMBLE": 0.5}


class Grumpf:
    """Finds stand-ins: GRUMPF for an insult, MUMBLE for a mild one; after publishing only."""

    MANIFEST = Manifest(
        name="grumpf", version="1", issues={"harassment.bullying"}, surfaces={"*"}, languages={"*"}
    )

    @hookimpl
    def post_publish(self, item):
        """Find it after."""
        return self._find(item)

    @hookimpl
    def report(self, item):
        """Find it when told."""
        return self._find(item)

    def _find(self, item):
        for word, score in WORDS.items():
            if word in item.text:
                yield Finding("harassment.bullying", score, "a stand-in for an insult")


def given(**more):
    """The arguments of a Safety whose module finds stand-ins."""
    return {
        "features": [Feature(name="video_comments", surface="comments")],
        "modules": [Grumpf()],
        "policy": [
            Policy(
                name=stage,
                applies={"stages": [stage]},
                issues={"harassment.bullying": {"limit": 0.4, "block": 0.9}},
                limits={"reach": 0.2},
            )
            for stage in ("post_publish", "report")
        ],
        "trace_share": 0,
        "strict": False,
        **more,
    }


@pytest.fixture(name="safety")
def _safety(store):
    """A Safety on the store; the store is closed by its own fixture."""
    with Safety(**given(store=store)) as made:
        yield made


@pytest.fixture(name="comments")
def _comments(safety):
    return safety.feature("video_comments")


@pytest.fixture(name="handler")
def _handler(safety, store):
    return Handler(safety, store)


@pytest.fixture(name="given_async")
def _given_async(store):
    """The arguments of an AsyncSafety on the store."""
    return given(store=store)
