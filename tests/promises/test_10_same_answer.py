"""Promise 10: Safety and AsyncSafety give the same answer, whatever the modules do."""

from __future__ import annotations

import asyncio
import threading
from time import monotonic_ns
from types import SimpleNamespace

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handrail import (
    AsyncSafety,
    Feature,
    Finding,
    Item,
    Manifest,
    MemorySink,
    Policy,
    Report,
    Safety,
    Stage,
    _async_guarded,
    _sync_guarded,
    hookimpl,
)

ISSUES = ("integrity.spam", "fraud.scam", "hate.speech", "child_safety.grooming")
FAR = 10**18
LADDER = {"nudge": 0.2, "limit": {"at": 0.4, "reach": 0.2}, "hold": 0.6, "block": 0.8}
HOLDS = {"within": "1h", "otherwise": "block"}
POLICIES = {
    "none": Policy(),
    "ladders": Policy(issues={"integrity.*": LADDER, "hate.*": LADDER}, holds=HOLDS),
    "blocks": Policy(issues={"*": {"block": 0.5}}),
    "causes": Policy(
        issues={"fraud.*": {"nudge": 0.1, "block": 0.9}},
        faults=[
            {"causes": ["timeout"], "then": "hold"},
            {"causes": ["breaker_open"], "then": "nudge"},
            {"issues": ["hate.*"], "causes": ["error"], "then": {"label": "be_careful"}},
            {"then": "limit"},
        ],
        holds=HOLDS,
        limits={"reach": 0.5},
    ),
    "shadow": Policy(issues={"integrity.*": {"block": 0.3}}, mode="shadow", expires="2999-01-01"),
}
SYNC = ("quiet", "finds", "raises", "exits", "garbage", "half", "derives", "text")
HANGS = ("hangs",)
STUBBORN = ("hangs", "stalls", "cancels")


@attrs.frozen
class Made:
    """One module of a random set."""

    cost: str
    does: str
    issue: str
    score: float
    breaker: str


@st.composite
def made(draw):
    cost = draw(st.sampled_from(["inline", "inline", "blocking", "remote"]))
    odd = {"inline": (), "blocking": HANGS, "remote": STUBBORN}[cost]
    return Made(
        cost,
        draw(st.sampled_from([*SYNC, *odd])),
        draw(st.sampled_from(ISSUES)),
        draw(st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9])),
        draw(st.sampled_from(["closed", "closed", "closed", "open", "stuck", "half-open"])),
    )


def act(made, item, context):
    """What a module does, up to hanging."""
    if made.does in ("raises", "half"):
        if made.does == "half":
            yield Finding(made.issue, made.score, "half")
        raise ValueError
    if made.does == "exits":
        raise SystemExit
    if made.does == "garbage":
        yield from (42, Finding(made.issue, made.score, "right"), Finding("no.issue", 2, ""))
    if made.does == "derives":
        yield Finding(made.issue, made.score, f"{context.derive('length', int)} characters")
    if made.does == "text":
        yield Finding(made.issue, context.text.capital_share, "capitals")
    if made.does == "finds":
        yield from (Finding(made.issue, made.score / n, f"{n}") for n in (1, 2))


def hook_of(made, gate):
    """The hook of a random module; those that hang do so until the gate opens."""
    if made.cost != "remote":

        def hook(item, context):
            if made.does == "hangs":
                gate.wait()
            return act(made, item, context)

        return hook

    async def far(item, context):
        if made.does == "stalls":
            gate.wait()
        if made.does == "cancels":
            asyncio.current_task().cancel()
            await asyncio.sleep(0)
        while made.does == "hangs" and not gate.is_set():
            try:
                await asyncio.sleep(0.001)
            except asyncio.CancelledError:
                continue
        return list(act(made, item, context))

    return far


def length(item, context) -> int:
    return len(item.text)


def broken(item, context) -> int:
    raise ValueError


def modules_of(mades, stage, gate, compute):
    """The modules of a random set, and the one that provides what they derive."""
    built = [module("provider", lambda item: None, stage, ISSUES[:1], provides={"length": compute})]
    for number, each in enumerate(mades):
        cost = None if each.cost == "remote" else each.cost
        hook = hookimpl(cost=cost)(hook_of(each, gate))
        needs = {"length": int} if each.does == "derives" else {}
        built.append(module(f"m{number}", hook, stage, [each.issue], needs=needs))
    return built


def module(name, hook, stage, issues, **manifest):
    told = Manifest(name=name, version="1.0", issues=issues, surfaces={"*"}, **manifest)
    marked = hook if hasattr(hook, "handrail_impl") else hookimpl(hook)
    return SimpleNamespace(MANIFEST=told, **{stage: marked})


class Clock:
    """Time that stands still until every healthy module has answered, then jumps.

    What hangs has begun by then, so it is a time-out and nothing else is, however slow the
    machine.
    """

    def __init__(self):
        self.now = monotonic_ns()

    def __call__(self):
        return self.now

    def waits(self, hanging, waits=_sync_guarded.waits):
        def wait(context, join, workers):
            for seconds in waits(context, join, workers):
                left = join.pending
                if left and all(t.name in hanging and t.started for t in left):
                    self.now += context._plan.budget_ns + 1
                else:
                    yield min(seconds, 0.01)

        return wait


def prepare(core, mades, stage, clock):
    """Put the breakers of a Safety's modules into the states that were drawn."""
    for number, each in enumerate(mades):
        health = core.planner.pulse.health[f"m{number}", Stage(stage)]
        health.open = each.breaker in ("open", "half-open")
        health.retry_at = 0 if each.breaker == "half-open" else clock.now + FAR
        health.unreturned = 9 if each.breaker == "stuck" else 0
    core.planner.pulse.feel()
    core.rearrange()


def said(decision):
    """All of an answer that does not tell one call from another."""
    return {
        "action": decision.action,
        "effects": [e.to_json() for e in decision.effects],
        "findings": [(f.module, f.issue, f.score, f.reason) for f in decision.findings],
        "faults": [(f.source, f.cause.value, f.error) for f in decision.faults],
        "rules": [(m.rule, m.action, m.score) for m in decision.rules],
        "decided_by": decision.decided_by,
        "coverage": [(c.module, c.status.value, c.reason) for c in decision.coverage],
        "shadow": decision.shadow and (decision.shadow.action, decision.shadow.differs),
        "complete": decision.complete,
        "degraded": decision.degraded,
        "recorded": decision.recorded,
        "notice": decision.notice,
    }


def answers(kind, mades, stage, calls, options):
    """Ask one facade about the same item so many times; return what was recorded."""
    clock, gate, sink = Clock(), threading.Event(), MemorySink()
    options = dict(options)
    modules = modules_of(mades, stage, gate, options.pop("compute"))
    hanging = {f"m{n}" for n, m in enumerate(mades) if m.does in ("hangs", "stalls")}
    item = Item(id="i", text="SOME Text", language="en")
    subject = Report(id="r", item=item) if stage == "report" else item
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("handrail._call.monotonic_ns", clock)
        patch.setattr("handrail._rest.monotonic_ns", clock)
        patch.setattr("handrail._core.monotonic_ns", clock)
        for facade in (_sync_guarded, _async_guarded):
            patch.setattr(facade, "waits", clock.waits(hanging))
        feature = Feature(name="comments", surface="comments", budget_ms=60_000)
        safety = kind([feature], modules=modules, sink=sink, **options)
        core, ask = safety._core, getattr(safety.feature("comments"), stage)
        prepare(core, mades, stage, clock)
        try:
            for _ in range(calls):
                asked = ask(subject)
                asyncio.run(asked) if kind is AsyncSafety else None
            core.flush()
        finally:
            gate.set()
            core.close()
    return [said(decision) for decision in sink.entries]


class TestSameAnswer:
    """Both facades run the same code; they only sleep differently."""

    @settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
    @given(
        mades=st.lists(made(), max_size=6),
        stage=st.sampled_from(["pre_publish", "pre_publish", "post_publish", "report"]),
        calls=st.sampled_from([1, 1, 3, 7]),
        policy=st.sampled_from(sorted(POLICIES)),
        share=st.sampled_from([0.0, 1.0]),
        compute=st.sampled_from([length, length, broken]),
    )
    def test_sync_and_async(self, mades, stage, calls, policy, share, compute):
        """For random modules, time-outs, faults, breakers and policies, nothing differs."""
        options = {"policy": POLICIES[policy], "complete_share": share, "compute": compute}

        assert answers(Safety, mades, stage, calls, options) == answers(
            AsyncSafety, mades, stage, calls, options
        )

    @pytest.mark.parametrize("kind", [Safety, AsyncSafety])
    def test_clock_leaves_the_healthy_alone(self, kind):
        """In the property above a module that hangs is a time-out, and nothing else is."""
        mades = [
            Made("blocking", "hangs", ISSUES[0], 0.9, "closed"),
            Made("remote", "finds", ISSUES[0], 0.9, "closed"),
            Made("remote", "stalls", ISSUES[0], 0.9, "closed"),
            Made("blocking", "finds", ISSUES[0], 0.9, "closed"),
        ]
        options = {"policy": POLICIES["none"], "complete_share": 1.0, "compute": length}
        (answer,) = answers(kind, mades, "pre_publish", 1, options)

        assert [("m0", "timeout", None), ("m2", "timeout", None)] == answer["faults"]

    @pytest.mark.parametrize("kind", [Safety, AsyncSafety])
    @pytest.mark.parametrize("subject", [None, "text", Report(id="r", item_id="i")])
    def test_wrong_subjects(self, guard, finds, kind, subject):
        """Both refuse what is no item in the same way."""
        asked = guard(finds("spam"), kind=kind).pre_publish(subject)
        decision = asyncio.run(asked) if kind is AsyncSafety else asked

        assert [("handrail", "invalid")] == [(f.source, f.cause) for f in decision.faults]
