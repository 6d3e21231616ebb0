"""``handrail policy show``: the ladders that hold for a feature, region, age, stage and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs
import click
from rich.text import Text

from handrail import (
    Actor,
    Feature,
    HandrailError,
    Item,
    Policy,
    Preview,
    Stage,
    expand,
)
from handrail_cli import show
from handrail_cli._start import json_option
from handrail_cli.policy._ladder import Step, grouped, ladders
from handrail_cli.policy._load import Where, directory_argument, moment, open_bundle, where_options
from handrail_cli.policy._rules import Told, conditional


@click.command("show")
@directory_argument("directory")
@where_options
@click.option("--region", help="Where the author is, such as DE or US-CA.")
@click.option("--age", type=click.IntRange(0, 150), help="The author's age; unknown by default.")
@click.option(
    "--stage",
    type=click.Choice([s.value for s in Stage]),
    default="pre_publish",
    show_default=True,
    help="When it is decided.",
)
@click.option("--issue", multiple=True, help="Only these issues, or patterns such as hate.*.")
@click.option("--at", help="A date, or a time; now by default.")
@json_option
@show.apart()
def show_ladders(
    *, directory: Path, where: Where, region: str | None, age: int | None, stage: str,
    issue: tuple[str, ...], at: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Show the ladders of DIRECTORY as they hold for somebody.

    What a score leads to after overrides and exceptions, with effects and where each comes from;
    then the rules that have conditions. Shares are left out of account: a rule that counts for
    25 % is shown as if it counted.

    Exit code: 0, or 2 if nothing could start.
    """
    now = moment(at)
    bundle = open_bundle(directory, now.date())
    try:
        author = Actor("somebody", age=age, region=region)
        item, only = Item("item", author=author), expand(issue or ["*"])
        told = [
            _View(Preview(bundle.policies, each, stage, now=now), bundle.policies, item, only)
            for each in where.features()
        ]
        documents = [view.document() for view in told] if as_json else []
        if as_json:
            show.emit({"revision": bundle.revision, "at": now.isoformat(), "stage": stage,
                       "region": region, "age": age, "features": documents})  # fmt: skip
            return
        for view in told:
            _print(view, f"age {'unknown' if age is None else age}, region {region or 'unknown'}")
    except HandrailError as error:
        raise show.Stop(str(error)) from None


@attrs.define
class _View:
    """What holds for one feature."""

    preview: Preview
    policies: tuple[Policy, ...]
    item: Item
    only: frozenset[str]

    @property
    def feature(self) -> Feature:
        """The feature."""
        return self.preview.feature

    def covering(self) -> list[Policy]:
        """The policies that cover it."""
        surface, name = self.feature.surface, self.feature.name
        return [p for p in self.policies if p.covers(surface, name, self.preview.stage)]

    def ladders(self) -> Mapping[str, tuple[Step, ...]]:
        """The ladders, by family where they are the same."""
        found = ladders(self.preview, self.covering(), self.item)
        return grouped({name: steps for name, steps in found.items() if name in self.only})

    def rules(self) -> list[Told]:
        """What depends on a condition."""
        now, only = self.preview.now, self.only
        return [told for p in self.covering() for told in conditional(p, now, only)]

    def document(self) -> dict[str, object]:
        """All of it, for JSON."""
        return {
            "feature": self.feature.name,
            "surface": self.feature.surface,
            "policies": [p.name for p in self.covering()],
            "ladders": [
                {"issue": issue, "at": s.at, "action": s.action.name.lower(),
                 "effects": list(s.effects), "by": list(s.by)}
                for issue, steps in self.ladders().items() for s in steps
            ],
            "rules": [attrs.asdict(told) for told in self.rules()],
        }  # fmt: skip


def _print(view: _View, who: str) -> None:
    screen = show.screen()
    names = ", ".join(p.name for p in view.covering()) or "no policy"
    screen.print(Text.assemble(
        (view.feature.name, "bold"),
        f" on {view.feature.surface}, {view.preview.stage.value}, {who}, "
        f"{view.preview.now:%Y-%m-%d}\nby {names}",
    ))  # fmt: skip
    table = show.grid("issue", "from", "action", "effects", "by", right=["from"],
                      whole=["issue", "from", "action"])  # fmt: skip
    for issue, steps in view.ladders().items():
        for step in steps:
            table.add_row(*_cells(issue if step is steps[0] else "", step, names))
    if table.row_count:
        screen.print()
        screen.print(table)
    _print_rules(view.rules())


def _cells(issue: str, step: Step, only: str) -> Iterable[str | Text]:
    by = ", ".join("ladder" if name == only else name for name in step.by)
    return issue, f"{step.at:.2f}", show.action(step.action), "\n".join(step.effects), by


def _print_rules(rules: list[Told]) -> None:
    if not rules:
        return
    screen = show.screen()
    screen.print(Text("\nUnder a condition\n", "bold"))
    table = show.grid("rule", "when", "then")
    for told in rules:
        name = Text.assemble(told.rule, (f"\n{told.state}" if told.state else "", "yellow"))
        table.add_row(name, Text(show.printable(told.when, 2000)), told.then, end_section=True)
    screen.print(table)
