"""The demo's scenes with a shared state: modules say the same when they are told the truth late."""

from __future__ import annotations

import attrs
import pytest

from handrail import Feature, MemorySink, MemoryState, Safety
from handrail_demo._run import PATIENT_MS
from handrail_demo._scenes import SCENES, _decided, _policies


class Late:
    """A shared state of which this process knows nothing until the trip is back."""

    source, timeout_ms, up, lost = "late", 60_000.0, True, 0

    def __init__(self):
        self.near, self.far, self.trips = MemoryState(), MemoryState(), 0

    def open(self):
        """Nothing to connect to."""

    def close(self):
        """Nothing to let go of."""

    def ask(self, trip):
        self.trips += 1
        trip.answer([read.of(self.far) for read in trip.reads])

    def add(self, counts, at, once=None):
        self.far.add(counts, at)

    def recent(self, *about):
        return self.far.recent(*about)

    def distinct(self, *about):
        return self.far.distinct(*about)

    def counter(self, *about):
        return self.far.counter(*about)

    def strikes(self, *about):
        return self.far.strikes(*about)

    def session(self, *about):
        return self.far.session(*about)

    def tags(self, *about):
        return self.far.tags(*about)


def said(scene, state):
    """What every item of a scene leads to."""
    sink = MemorySink()
    with Safety(
        [Feature(name=scene.name, surface=scene.surface)], modules=list(scene.modules),
        settings=scene.settings, policy=_policies(scene), budget_ms=PATIENT_MS, sink=sink,
        state=state, strict=False,
    ) as safety:  # fmt: skip
        decided = [*_decided(safety, scene, sink)]
    return [
        (
            item.id,
            decision.action,
            [attrs.astuple(f, recurse=False) for f in decision.findings],
            decision.faults,
        )
        for item, decision in decided
    ]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_ends_the_same(scene):
    """Hooks that run twice in a call, first told that nothing was counted, find what they would."""
    assert said(scene, None) == said(scene, Late())


def test_hooks_did_run_twice():
    """The raid reads what was counted, so that the comparison means something."""
    state = Late()
    said(next(scene for scene in SCENES if scene.name == "raid"), state)

    assert state.trips > 20
