"""Scenes: what one item alone does not show. Made up, told item by item.

Nobody wrote these lines and nobody in them exists; hosts end in ``.example``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import attrs

from handrail import Decision, Feature, HandrailError, Item, MemorySink, Policy, Report, Safety
from handrail_cli import show
from handrail_demo._run import PATIENT_MS, Played
from handrail_policyfiles import starting_policy


@attrs.frozen
class Scene:
    """A feature, what looks at it, and what happens there.

    Attributes:
        name: The file of its items. surface: Where it plays. told: What happens, in a sentence.
        modules: What looks, by entry point. settings: Of modules, by name.
    """

    name: str
    surface: str
    told: str
    modules: tuple[str, ...]
    settings: Mapping[str, Mapping[str, Any]] = attrs.field(factory=dict)


_CHAT = ("messaging", "contact", "links", "text")

SCENES = (
    Scene(
        "unlisted", "comments",
        "Thirteen comments that no list has a word of; a trained module scores how they read. "
        "Six harmless ones are spoken like them: four are let alone, and two are held by "
        "mistake, which is why such a score alone blocks nothing.",
        ("classifier", "comments", "contact", "links", "text"),
    ),
    Scene(
        "intents", "comments",
        "Five comments that say what their writer is up to, in words that are harmless one by one, "
        "and five that use the same words for something else.",
        ("intents", "links", "text"),
    ),
    Scene(
        "raid", "live",
        "Regulars say hello; then eighteen fresh accounts paste one line, spelt in four ways.",
        ("behavior", "contact", "links", "text"),
    ),
    Scene(
        "scam", "messaging",
        "A stranger writes, tells of an emergency, and asks for gift cards.",
        _CHAT,
    ),
    Scene(
        "friends", "messaging",
        "Two friends split a bill and exchange a number: nothing happens.",
        _CHAT,
    ),
    Scene(
        "stranger", "messaging",
        "An adult whom she does not know writes to a child of thirteen. "
        "Suppose that staff let the first message through.",
        _CHAT,
    ),
    Scene(
        "profiles", "profiles",
        "Nine profiles: a name like that of the help team, a child, and people who only look so.",
        ("profiles", "contact", "links", "text"),
        {"profiles": {"protected": {"Video Support": ["team"]}}},
    ),
    Scene(
        "gifts", "transactions",
        "A fan's gifts, a minor's gift, and payments that go round three new accounts.",
        ("transactions",),
        {"transactions": {"limits": {"EUR": 1000}}},
    ),
    Scene(
        "reports", "comments",
        "A neighbour reports a threat; twelve fresh accounts report one comment; a court orders. "
        "What is reported stays up until somebody has looked: ALLOW, and how soon.",
        ("reports", "text"),
    ),
)  # fmt: skip


def lines(name: str) -> str:
    """Return the items of a scene, or the reports, as they are, in JSON Lines."""
    path = files("handrail_demo").joinpath(f"data/scenes/{name}.jsonl")
    return path.read_text(encoding="utf-8")


def play(scene: Scene) -> Played:
    """Play *scene* through the starting policy of its surface."""
    feature = Feature(name=scene.name, surface=scene.surface)
    sink = MemorySink()
    try:
        with Safety(
            [feature], modules=list(scene.modules), policy=_policies(scene),
            settings=scene.settings, sink=sink, budget_ms=PATIENT_MS,
        ) as safety:  # fmt: skip
            show.quarantined(show.screen(error=True), safety.quarantined)
            return Played(feature, tuple(_decided(safety, scene, sink)))
    except HandrailError as error:
        raise show.Stop(str(error)) from None


def _policies(scene: Scene) -> list[Policy]:
    """The starting policy of the surface, and the one for reports, which is for all of them."""
    return [starting_policy(scene.surface), starting_policy("reports")]


def _decided(safety: Safety, scene: Scene, sink: MemorySink) -> Iterator[tuple[Item, Decision]]:
    guarded = safety.feature(scene.name)
    for row in map(json.loads, lines(scene.name).splitlines()):
        if "source" not in row:
            item = Item.from_json(row)
            yield item, guarded.pre_publish(item)
            continue
        report = Report.from_json(row)
        receipt = guarded.report(report)
        safety.flush()
        decided = next(e for e in sink.entries if isinstance(e, Decision) and e.id == receipt.id)
        yield Item(report.id, _said(report), kind="report"), decided


def _said(report: Report) -> str:
    """What was reported, and what the reporter says of it."""
    return f"{report.item.text if report.item else report.item_id} — reported: {report.text}"
