"""What the demo tells: decisions and why, sums by action and by issue, timing, what to try next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.text import Text

from handrail import Action, Decision, Item
from handrail_cli import show
from handrail_demo._run import Played
from handrail_demo._scenes import Scene

MEANINGS = {
    Action.ALLOW: "publishes it",
    Action.NUDGE: "asks the author, who may send it all the same",
    Action.LIMIT: "publishes it with effects, such as less reach",
    Action.HOLD: "waits for staff until its time is up",
    Action.BLOCK: "does not publish it",
}
"""What becomes of an item, by action."""

SHOWN = 8
"""Decisions of a scene that are listed."""

_SCENES = "\nNine scenes, made up: what lists, or one item alone, do not show"

TRY_NEXT = (
    ("handrail demo --show-text", "the same, with the texts to read"),
    ("echo 'Win: http://192.0.2.7/now' | handrail check --surface comments", "your own texts"),
    ("handrail issues harassment", "what can be found, and what it is called"),
    ("handrail modules", "what looks for it"),
    ("handrail policy new policies", "the policies as files, to change, test and roll out"),
    ("handrail doctor", "what is wrong, unguarded or unmeasured"),
)
"""Commands that lead on from here, and what each shows."""


def document(played: Sequence[Played], scenes: Sequence[tuple[Scene, Played]]) -> dict[str, object]:
    """Return what happened as one JSON object, with every decision that was no clean ALLOW."""
    told = [{"told": scene.told, **_feature(p)} for scene, p in scenes]
    return {"features": [_feature(p) for p in played], "scenes": told}


def _feature(played: Played) -> dict[str, object]:
    middle, slow = played.latency_us
    return {
        "name": played.feature.name,
        "surface": played.feature.surface,
        "items": len(played.rows),
        "actions": {a.name.lower(): played.actions[a] for a in Action},
        "issues": {
            i: {"found": n, "acted_on": played.acted_on[i]} for i, n in sorted(played.found.items())
        },
        "latency_us": {"p50": round(middle, 1), "p99": round(slow, 1)},
        "decisions": [d.to_json() for _, d in played.rows if not show.clean(d)],
    }


def tell(
    played: Sequence[Played],
    scenes: Sequence[tuple[Scene, Played]],
    *,
    text: Callable[[str], str],
) -> None:
    """Print the story; *text* shows an item's text, masked or not."""
    screen = show.screen()
    screen.print(_opening(played))
    if text is show.masked:
        screen.print("Dots stand for what people wrote; --show-text shows it.")
    for part in played:
        _decisions(screen, part, text)
    _by_action(screen, played)
    _by_issue(screen, played)
    screen.print(Text(_SCENES, "bold"))
    for scene, part in scenes:
        _scene(screen, scene, part)
    _try_next(screen)


def _scene(screen: Console, scene: Scene, played: Played) -> None:
    """A scene: of its decisions that were no clean ALLOW one of each kind, then the first."""
    rows = [(item, d) for item, d in played.rows if not show.clean(d)]
    told = f"\n{scene.told}\n{len(rows)} of {len(played.rows)} were not a clean ALLOW.\n"
    screen.print(Text.assemble("\n", (scene.name, "bold"), f" on {scene.surface}", told))
    if rows:
        screen.print(show.decisions(telling(rows), text=show.printable))
    if len(rows) > SHOWN:
        screen.print(Text(f"and {len(rows) - SHOWN} more like these", "dim"))


def telling(rows: Sequence[tuple[Item, Decision]]) -> list[tuple[Item, Decision]]:
    """SHOWN of *rows* in their order, such that no kind of decision is left out for another."""
    kinds = [(d.action, d.decided_by, frozenset(f.issue for f in d.findings)) for _, d in rows]
    first = [n for n, kind in enumerate(kinds) if kinds.index(kind) == n]
    others = [n for n in range(len(rows)) if n not in first]
    return [rows[n] for n in sorted([*first, *others][:SHOWN])]


def _opening(played: Sequence[Played]) -> Text:
    total = sum(len(p.rows) for p in played)
    return Text.assemble(
        f"\nBefore each of {total} real texts was published, its feature asked `pre_publish`. "
        "Modules said what they found; the starting policy of the feature decided.\n\n",
        Text("\n").join(
            Text.assemble("  ", show.action(a), " " * (7 - len(a.name)), MEANINGS[a])
            for a in Action
        ),
        "\n\nClean ALLOWs are counted below, not listed.",
    )


def _decisions(screen: Console, played: Played, text: Callable[[str], str]) -> None:
    rows = [(item, d) for item, d in played.rows if not show.clean(d)]
    name, surface = played.feature.name, played.feature.surface
    told = f" on {surface}: {len(rows)} of {len(played.rows)} were not a clean ALLOW\n"
    screen.print(Text.assemble("\n", (name, "bold"), told))
    if rows:
        screen.print(show.decisions(rows, text=text))
    notes = [*show.notes(Counter(gap for _, d in played.rows for gap in show.gaps(d)))]
    if notes:
        screen.print(Text("\n").join([Text(), *notes]))


def _by_action(screen: Console, played: Sequence[Played]) -> None:
    names = [a.name for a in Action]
    numbers = ["items", *names, "p50", "p99"]
    table = show.grid("feature", *numbers, right=numbers, whole=["feature"])
    for part in played:
        counts = [
            Text(str(n), show.STYLES[a]) if (n := part.actions[a]) else Text("·", "dim")
            for a in Action
        ]
        times = [f"{us:.0f}" for us in part.latency_us]
        table.add_row(part.feature.name, str(len(part.rows)), *counts, *times)
    screen.print(Text("\nBy action, and microseconds that a call took here\n", "bold"))
    screen.print(table)


def _by_issue(screen: Console, played: Sequence[Played]) -> None:
    names = [p.feature.name for p in played]
    table = show.grid("issue", *names, right=names, whole=["issue"])
    for issue in sorted({i for p in played for i in p.found}):
        cells = [
            Text(f"{p.found[issue]} / {p.acted_on[issue]}") if p.found[issue] else Text("·", "dim")
            for p in played
        ]
        table.add_row(issue, *cells)
    if table.row_count:
        title = "\nBy issue: items it was found in / items acted on because of it\n"
        screen.print(Text(title, "bold"))
        screen.print(table)


def _try_next(screen: Console) -> None:
    screen.print(Text("\nWhat to try next\n", "bold"))
    for command, what in TRY_NEXT:
        screen.print(Text.assemble("  ", (command, "cyan"), "\n", (f"      {what}", "dim")))
