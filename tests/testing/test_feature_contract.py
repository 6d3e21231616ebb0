"""FeatureContract fails wrong hosts, one per rule, and passes good ones."""

from __future__ import annotations

import pytest

SOURCE = """
import asyncio
from datetime import UTC, datetime
import attrs
from handrail import Action, Effect, Feature
from handrail.testing import FeatureContract, Host, ScriptedSafety

class Shop:
    '''A product: a wall of comments that obeys, and remembers what it was asked to do.'''

    def __init__(self, safety):
        self.safety = safety.feature("wall")
        self.wall, self.waiting, self.questions = {}, {}, {}
        self.notices, self.effects = {}, {}

    def post(self, item):
        self.obey(item, self.safety.pre_publish(item))

    def obey(self, item, decision):
        self.notices[item.id] = decision.notice
        self.carry_out(item, decision)
        match decision.action:
            case Action.ALLOW | Action.LIMIT: self.publish(item)
            case Action.NUDGE: self.ask(item, decision)
            case Action.HOLD: self.hold(item, decision)
            case Action.BLOCK: self.refuse(item, decision)

    def carry_out(self, item, decision):
        known = {"reach", "label", "support", "review", "preserve"}
        self.effects[item.id] = {e.name: e.value for e in decision.effects if e.name in known}

    def publish(self, item): self.wall[item.id] = item
    def ask(self, item, decision): self.questions[item.id] = decision.id
    def hold(self, item, decision): self.waiting[item.id] = (item, decision.hold)
    def refuse(self, item, decision): pass

    def say_yes(self, item):
        self.post(attrs.evolve(item, confirms=self.questions.pop(item.id)))

    def tick(self, now):
        for item, hold in list(self.waiting.values()):
            if now >= hold.until:
                del self.waiting[item.id]
                if hold.otherwise is not Action.BLOCK: self.publish(item)

class ShopHost(Host):
    shop = Shop
    def __init__(self, safety): self.shop = type(self).shop(safety)
    def submit(self, item): self.shop.post(item)
    def visible(self, item): return item.id in self.shop.wall
    def pending(self, item): return item.id in self.shop.waiting
    def asked(self, item): return item.id in self.shop.questions
    def confirm(self, item): self.shop.say_yes(item)
    def told(self, item): return self.shop.notices.get(item.id)
    def later(self, now): self.shop.tick(now)
    def effects(self, item): return self.shop.effects[item.id]

WALL = Feature(name="wall", surface="comments", carries_out={
    "nudge", "limit", "hold", "block", "reach", "label", "support", "review", "preserve"})
"""

CONTRACT = """
{body}

class TestIt(FeatureContract):
    feature = {feature}
    host = {host}
"""

WRONG = """
class Wrong(Shop):
    {lines}

class WrongHost(ShopHost):
    shop = Wrong
"""


def contract(lines: str = "pass", *, feature: str = "WALL") -> str:
    """A test file with a contract over a shop that does *lines* differently."""
    body = WRONG.format(lines=lines)
    return SOURCE + CONTRACT.format(body=body, feature=feature, host="WrongHost")


def rules(failed: set[str]) -> set[str]:
    """The rules behind failed tests: one of many effects stands for all."""
    return {name.partition("[")[0] for name in failed}


PUBLISHES = "def {}(self, item, decision): self.publish(item)"
DROPS = """def carry_out(self, item, decision):
        super().carry_out(item, decision)
        if {}: self.effects[item.id] = {{}}"""
SETS = """def carry_out(self, item, decision):
        super().carry_out(item, decision)
        {}"""
EVERY_EFFECT = {
    "allow_carries_out",
    "limit_carries_out",
    "hold_carries_out",
    "block_carries_out",
    "carries_out_all_effects_at_once",
    "survives_an_unknown_effect",
}

HOSTS = [
    pytest.param(
        "def post(self, item):\n        self.publish(item)\n        super().post(item)",
        {
            "nudge_asks",
            "nudge_confirmed_can_still_be_refused",
            "hold_waits",
            "hold_lasts_until_its_end",
            "hold_ends",
            "block_hides",
            "block_is_for_good",
            "obeys_a_degraded_refusal",
            "survives_silence",
        },
        id="publishes first, asks later",
    ),
    pytest.param(
        "def post(self, item):\n        self.safety.pre_publish(item)\n        super().post(item)",
        {"asks_before_it_publishes", "nudge_takes_a_confirmation"}
        | {"nudge_confirmed_can_still_be_refused"},
        id="asks twice",
    ),
    pytest.param(
        "def post(self, item): super().post(attrs.evolve(item, text=item.text[:5]))",
        {"asks_before_it_publishes"},
        id="asks about another text",
    ),
    pytest.param(
        PUBLISHES.format("ask"),
        {"nudge_asks", "nudge_takes_a_confirmation", "nudge_confirmed_can_still_be_refused"},
        id="publishes on NUDGE",
    ),
    pytest.param(
        "def say_yes(self, item): self.publish(item)",
        {"nudge_takes_a_confirmation", "nudge_confirmed_can_still_be_refused"},
        id="publishes a confirmed item unasked",
    ),
    pytest.param(
        "def say_yes(self, item): self.post(item)",
        {"nudge_takes_a_confirmation"},
        id="loses the confirmation",
    ),
    pytest.param(
        "def say_yes(self, item): pass", {"nudge_takes_a_confirmation"}, id="forgets to send again"
    ),
    pytest.param(
        PUBLISHES.format("hold"),
        {"hold_waits", "hold_lasts_until_its_end", "hold_ends"},
        id="publishes on HOLD",
    ),
    pytest.param(
        "def hold(self, item, decision): pass",
        {"hold_waits", "hold_lasts_until_its_end", "hold_ends"},
        id="loses what is held",
    ),
    pytest.param("def tick(self, now): pass", {"hold_ends"}, id="holds for ever"),
    pytest.param(
        "def tick(self, now): super().tick(datetime.max.replace(tzinfo=UTC))",
        {"hold_lasts_until_its_end"},
        id="ends a hold too soon",
    ),
    pytest.param(
        "def tick(self, now):\n        for item, _ in self.waiting.values(): self.publish(item)\n"
        "        super().tick(now)",
        {"hold_lasts_until_its_end", "hold_ends"},
        id="publishes every hold in the end",
    ),
    pytest.param(
        "def tick(self, now):\n"
        "        self.waiting = {k: v for k, v in self.waiting.items() if now < v[1].until}",
        {"hold_ends"},
        id="refuses every hold in the end",
    ),
    pytest.param(
        PUBLISHES.format("refuse"),
        {
            "nudge_confirmed_can_still_be_refused",
            "block_hides",
            "block_is_for_good",
            "obeys_a_degraded_refusal",
            "survives_silence",
        },
        id="ignores BLOCK",
    ),
    pytest.param(
        "def refuse(self, item, decision):\n"
        "        self.waiting[item.id] = (item, attrs.make_class('H', {'until': attrs.field("
        "default=datetime.now(UTC)), 'otherwise': attrs.field(default=Action.ALLOW)})())",
        {"block_is_for_good"},
        id="takes BLOCK for HOLD",
    ),
    pytest.param(
        "def refuse(self, item, decision): len(decision.notice)",
        {"survives_silence"},
        id="cannot do without a notice",
    ),
    pytest.param(
        "def obey(self, item, decision):\n"
        "        self.last = getattr(self, 'last', decision)\n"
        "        super().obey(item, self.last)",
        {"keeps_items_apart", "nudge_takes_a_confirmation"},
        id="goes on with an old decision",
    ),
    pytest.param(
        "def obey(self, item, decision):\n"
        "        degraded = attrs.evolve(decision, action=Action.ALLOW)\n"
        "        super().obey(item, degraded if decision.degraded else decision)",
        {"obeys_a_degraded_refusal"},
        id="opens when degraded",
    ),
    pytest.param(
        "def obey(self, item, decision):\n"
        "        if not decision.degraded: super().obey(item, decision)",
        {"obeys_a_degraded_decision"},
        id="closes when degraded",
    ),
    pytest.param(
        "def obey(self, item, decision):\n"
        "        super().obey(item, decision)\n        self.notices.clear()",
        {"nudge_asks", "hold_waits", "block_hides"},
        id="tells nobody",
    ),
    pytest.param(
        "def obey(self, item, decision):\n"
        "        super().obey(item, decision)\n        self.notices[item.id] = 'Violation!'",
        {"nudge_asks", "hold_waits", "block_hides"},
        id="tells something else",
    ),
    pytest.param(DROPS.format("True"), EVERY_EFFECT, id="drops the effects"),
    pytest.param(
        DROPS.format("decision.action is Action.ALLOW"),
        {"allow_carries_out", "carries_out_all_effects_at_once", "survives_an_unknown_effect"},
        id="drops the effects of ALLOW",
    ),
    pytest.param(
        DROPS.format("decision.action is Action.LIMIT"),
        {"limit_carries_out"},
        id="drops the effects of LIMIT",
    ),
    pytest.param(
        DROPS.format("decision.action is Action.HOLD"),
        {"hold_carries_out"},
        id="drops the effects of HOLD",
    ),
    pytest.param(
        DROPS.format("decision.action is Action.BLOCK"),
        {"block_carries_out"},
        id="drops the effects of BLOCK",
    ),
    pytest.param(
        SETS.format("self.effects[item.id] = dict(list(self.effects[item.id].items())[:1])"),
        {"carries_out_all_effects_at_once", "survives_an_unknown_effect"},
        id="carries out one effect at most",
    ),
    pytest.param(
        SETS.format("'reach' in self.effects[item.id] and self.effects[item.id].update(reach=0.9)"),
        {"allow_carries_out", "limit_carries_out"}
        | {"carries_out_all_effects_at_once", "survives_an_unknown_effect"},
        id="carries out another value",
    ),
    pytest.param(
        SETS.format("[{'reach': 1, 'label': 1, 'support': 1, 'review': 1, 'preserve': 1}[e.name]"
                    " for e in decision.effects]"),
        {"survives_an_unknown_effect"},
        id="fails on an unknown effect",
    ),
]  # fmt: skip


class TestWrongHosts:
    """Each way to miss a decision fails the tests that state it."""

    @pytest.mark.parametrize(("lines", "expected"), HOSTS)
    def test_rule(self, failed, lines, expected):
        """A host that breaks a rule fails that rule's tests, and no other."""
        assert expected == rules(failed(contract(lines)))

    def test_says_nothing_about_itself(self, failed):
        """A feature that does not state what it carries out fails."""
        feature = "attrs.evolve(WALL, carries_out=None)"

        assert {"states_what_it_carries_out"} == rules(failed(contract(feature=feature)))

    def test_fails_only_for_what_it_lists(self, failed):
        """What a feature does not list, its host need not do."""
        feature = "attrs.evolve(WALL, carries_out={'block'})"

        assert set() == failed(contract(PUBLISHES.format("hold"), feature=feature))

    def test_unwritten_method(self, pytester):
        """A Host without a method that the feature needs is told which one."""
        pytester.makepyfile(contract() + "\n    class host(ShopHost): pending = Host.pending\n")
        result = pytester.runpytest_inprocess("-k", "hold_waits")

        result.stdout.fnmatch_lines(["*write pending() in your Host*"])

    def test_failure_says_what_to_do(self, pytester):
        """A failure is one sentence: the decision, and what became of it instead."""
        pytester.makepyfile(contract(PUBLISHES.format("refuse")))
        result = pytester.runpytest_inprocess("-k", "block_hides")

        result.stdout.fnmatch_lines(["BLOCK: people can see the item"])


ASYNC = """
class AsyncShop(Shop):
    def __init__(self, safety):
        super().__init__(safety)
        self.safety = safety.as_async().feature("wall")

    def post(self, item): asyncio.run(self.handle(item))
    async def handle(self, item): self.obey(item, await self.safety.pre_publish(item))

class OtherHost(ShopHost):
    shop = AsyncShop
"""

QUEUE = """
class Worker(Shop):
    def __init__(self, safety):
        super().__init__(safety)
        self.queue = []

    def post(self, item): self.queue.append(item)

    def work(self):
        while self.queue: super().post(self.queue.pop())

class OtherHost(ShopHost):
    shop = Worker
    def submit(self, item):
        self.shop.post(item)
        self.shop.work()
    def confirm(self, item):
        self.shop.say_yes(item)
        self.shop.work()
"""

EFFECTS = """
class Keeper(Shop):
    def carry_out(self, item, decision):
        self.effects[item.id] = [e for e in decision.effects if e.name in WALL.carries_out]

class OtherHost(ShopHost):
    shop = Keeper
"""

PLAIN = """
published = set()

def post(item, wall):
    if wall.pre_publish(item).action is Action.ALLOW:
        published.add(item.id)

class OtherHost(Host):
    def submit(self, item): post(item, self.safety.feature("wall"))
    def visible(self, item): return item.id in published
    def told(self, item): return "This could not be posted."

WALL = attrs.evolve(WALL, carries_out={"block"})
"""


class TestGoodHosts:
    """What obeys passes, however it is built."""

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param("OtherHost = ShopHost", id="an object"),
            pytest.param(ASYNC, id="an async product"),
            pytest.param(QUEUE, id="a queue"),
            pytest.param(EFFECTS, id="one that keeps effects"),
            pytest.param(PLAIN, id="a function that only blocks"),
            pytest.param("OtherHost = lambda safety: ShopHost(safety)", id="made by a function"),
        ],
    )
    def test_passes(self, failed, body):
        """A host that carries out what its feature lists passes."""
        assert set() == failed(
            SOURCE + CONTRACT.format(body=body, feature="WALL", host="OtherHost")
        )

    def test_runs_once_per_effect(self, outcomes):
        """Each effect that the feature lists has a test of its own."""
        passed = outcomes(contract(), "-k", "limit_carries_out")["passed"]

        assert {
            f"limit_carries_out[{name}]"
            for name in ("label", "preserve", "reach", "review", "support")
        } == passed

    def test_skips_what_the_feature_cannot_do(self, outcomes):
        """An action that the feature does not list is skipped, visibly."""
        feature = "attrs.evolve(WALL, carries_out={'block'})"
        skipped = outcomes(contract(feature=feature), "-k", "hold_waits")["skipped"]

        assert {"hold_waits"} == skipped
