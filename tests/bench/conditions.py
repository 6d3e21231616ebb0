"""What conditions cost: the 200 rules of an Osprey-style set in our files, one condition, reload.

The rule set is that of four families that repeat: keyword, velocity, profile, combo. The closures
evaluate every condition, regular expressions included; ours have the words as shared facts, which
the timed call works out itself. Both list every rule that matches, and must agree.
"""

from __future__ import annotations

import json
import re
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random

from harness import Row, paired, single
from policies import planned

from handrail import Actor, Feature, Item, MemoryState, Rule, Stage
from handrail._context import Context
from handrail._plan import Plan
from handrail._table import Table
from handrail_policyfiles import Bundle
from handrail_policyfiles.expression import compile_condition

WORDS = ["nitro", "pills", "airdrop", "phrase", "giveaway", "casino", "crypto", "followers"]
COUNTRIES = ["BR", "FR", "US", "IN", "DE", "ID", "JP", "KR"]
CHAT = ["the", "a", "so", "we", "you", "they", "was", "is", "on", "in", "go", "see", "lol", "game"]
Closure = Callable[[Item], bool]


def keyword(n: int) -> tuple[str, Closure]:
    """Two words in a text, or a numbered one, by a young account."""
    one, two, days = WORDS[n // 4 % 8], WORDS[(n // 4 + 1 + n // 32 % 7) % 8], 4 + n % 9
    pattern = re.compile(rf"\b{one}\b.*\b{two}\b|\b{two}\b.*\b{one}\b|\b{one}{n}\b", re.IGNORECASE)
    said = f'text.mentions("{one}") && text.mentions("{two}") || text.mentions("{one}{n}")'

    def closure(item: Item) -> bool:
        return pattern.search(item.text) is not None and item.author.tenure_days < days

    return f"actor.tenure_days < {days}.0 && ({said})", closure


def velocity(n: int) -> tuple[str, Closure]:
    """Many links and posts by a young account."""
    days, posts = 4 + n % 9, 20 + n % 30

    def closure(item: Item) -> bool:
        young = item.author.tenure_days < days
        return young and len(item.links) > 2 and item.attributes["posts"] > posts

    return (
        f"actor.tenure_days < {days}.0 && links.count > 2 && counter('posts') > {posts}.0",
        closure,
    )


def profile(n: int) -> tuple[str, Closure]:
    """A country, unverified, a long text, few followers."""
    country, length, few = COUNTRIES[n // 4 % 8], 40 + n % 60, 5 + n % 40

    def closure(item: Item) -> bool:
        return (
            item.author.region == country
            and "verified" not in item.author.tags
            and len(item.text) > length
            and item.attributes["followers"] < few
        )

    return (
        f"actor.region == '{country}' && !('verified' in actor.tags) && text.length > {length} "
        f"&& counter('followers') < {few}.0"
    ), closure


def combo(n: int) -> tuple[str, Closure]:
    """A word or many links, and many posts."""
    word, links, posts = WORDS[n // 4 % 8], 4 + n % 5, 10 + n % 30
    pattern = re.compile(rf"\b{word}\b")

    def closure(item: Item) -> bool:
        lowered = item.text.lower()
        found = pattern.search(lowered) is not None or len(item.links) > links
        return found and item.attributes["posts"] > posts

    said = f'text.mentions("{word}") || links.count > {links}'
    return f"({said}) && counter('posts') > {posts}.0", closure


FAMILIES = (keyword, velocity, profile, combo)


def event(random: Random) -> Item:
    """A chat message as the measured set has them: 8 to 44 words, one in five with spam words."""
    words = random.choices(CHAT, k=random.randint(8, 44))
    for _ in range(random.randint(1, 4) if random.random() < 0.2 else 0):
        words.insert(random.randrange(len(words)), random.choice(WORDS))
    tags = ["verified"] if random.random() < 0.3 else []
    return Item(
        f"i{random.random()}",
        " ".join(words),
        links=[f"https://a.example/{n}" for n in range(random.choice([0, 0, 0, 0, 1, 1, 3, 7]))],
        author=Actor(
            f"a{random.random()}", tenure_days=random.randint(0, 900),
            region=random.choice(COUNTRIES), tags=tags,
        ),
        attributes={"posts": random.randint(0, 40), "followers": random.randint(0, 500)},
    )  # fmt: skip


def counters(items: list[Item]) -> MemoryState:
    """What is known of the items' authors."""
    state = MemoryState(most=2 * len(items) + 1)
    for item in items:
        for name in ("posts", "followers"):
            state.set_counter(name, item.author.id, item.attributes[name])
    return state


def contexts(items: list[Item], plan: Plan) -> list[Context]:
    """A call for each item."""
    return [Context(plan, item, 1, 1) for item in items]


def osprey(count: int, goal: str) -> Row:
    """Measure *count* rules of the four families over 200 events."""
    pairs = [FAMILIES[n % 4](n) for n in range(count)]
    conditions = [compile_condition(said) for said, _ in pairs]
    rules = [
        Rule(id=f"r{n}", when=when, unknown="skip", then={"label": f"flag_{n // 10}"})
        for n, when in enumerate(conditions)
    ]
    random = Random(7)
    items = [event(random) for _ in range(200)]
    plan = planned(rules, "live", counters(items))
    table = plan.table
    closures = [(f"r{n}", closure) for n, (_, closure) in enumerate(pairs)]
    for item, context in zip(items, contexts(items, plan), strict=True):
        got = sorted(match.rule for match in table.decide(context, (), ()).rules)
        if got != sorted(name for name, closure in closures if closure(item)):
            raise SystemExit(f"{count} conditions: the table and the closures disagree")

    fresh: list[Context] = []

    def renew() -> None:
        # The folded text is kept by the call that asked for it: each round begins anew.
        fresh[:] = contexts(items, plan)

    def ours(times: int) -> None:
        for n in range(times):
            table.decide(fresh[n], (), ())

    def hand(times: int) -> None:
        for n in range(times):
            item = items[n]
            [name for name, closure in closures if closure(item)]

    renew()
    return paired(
        f"deciding over {count} conditions of an Osprey-style set, text folded in the call", ours,
        "closures by hand, all tested", hand, times=200, goal=goal, after=renew,
    )  # fmt: skip


def one(what: str, said: str) -> Row:
    """Measure one condition beside a lambda."""
    when = compile_condition(said)

    def ours(times: int) -> None:
        test = when.test
        for _ in range(times):
            test(2.0, 5)

    def by_hand(days: float, links: int) -> bool:
        return days < 3 and links > 2

    def hand(times: int) -> None:
        for _ in range(times):
            by_hand(2.0, 5)

    return paired(what, ours, "a function by hand", hand, times=2000)


def bundle(count: int) -> list[Row]:
    """Measure reading a bundle of *count* rules, and what each keeps in memory."""
    with tempfile.TemporaryDirectory() as folder:
        lines = ["policy: big", "owner: bench", "rules:"]
        for n in range(count):
            said, _ = FAMILIES[n % 4](n)
            lines += [
                f"  - id: r{n}", f"    when: {json.dumps(said)}", "    unknown: skip",
                f"    then: {{label: flag_{n // 10}}}",
            ]  # fmt: skip
        Path(folder, "big.yaml").write_text("\n".join(lines), encoding="utf-8")
        feature = Feature(name="bench", surface="live")

        def read(times: int) -> None:
            for _ in range(times):
                Table(Bundle.read(folder).policies, feature, Stage.PRE_PUBLISH)

        row = single(f"reading and compiling a bundle of {count:,} rules", read, times=1, rounds=3)
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        table = Table(Bundle.read(folder).policies, feature, Stage.PRE_PUBLISH)
        kept = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        each = kept / len(table.rows) / 1024
    return [row, Row(what="memory of each rule", unit="KiB", value=each, low=each, high=each)]


def rows() -> list[Row]:
    """All of it."""
    simple = "actor.tenure_days < 3.0 && links.count > 2"
    official = 'actor.tenure_days < 3.0 && links.count > 2 && "a".matches("a+")'
    return [
        osprey(200, "≤ 1"),
        osprey(1000, ""),
        one("one simple condition, compiled to Python", simple),
        one("one condition left to the official CEL runtime", official),
        *bundle(2000),
    ]
