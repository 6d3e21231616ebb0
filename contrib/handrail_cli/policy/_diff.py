"""``handrail policy diff``: what a change of policies would change, on real items."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from rich.text import Text

from handrail import HandrailError, Item, Mode, Safety
from handrail_cli import show
from handrail_cli._start import json_option
from handrail_cli.policy._changes import Change, Changes
from handrail_cli.policy._load import (
    REFUSED,
    Where,
    directory_argument,
    items_of,
    open_bundle,
    where_options,
)
from handrail_policyfiles import Bundle


@click.command()
@directory_argument("old")
@directory_argument("new")
@click.option(
    "--on", "file", type=click.Path(path_type=Path), required=True,
    help="Items to decide, one JSON object a line.",
)  # fmt: skip
@where_options
@click.option("--show-text", is_flag=True, help="Show the texts of examples, unmasked.")
@json_option
@show.apart()
def diff(*, old: Path, new: Path, file: Path, where: Where, show_text: bool, as_json: bool) -> None:
    """Decide items with the policies of OLD and of NEW, and say what differs.

    The modules look at each item once; both bundles decide from what they found. Only what is
    enforced is compared.

    Exit code: 0 if nothing differs, 1 if something does, 2 if nothing could start.
    """
    bundles = open_bundle(old), open_bundle(new)
    items, unread = items_of(file, as_json=as_json)
    with where.safety(bundles[0].policies, bundles[1].policies) as safety:
        _say_shadows(safety)
        changes = _compared(safety, where, items)
    if as_json:
        show.emit({**_document(bundles, changes), "unread": unread})
    else:
        _print(bundles, changes, show.printable if show_text else show.masked)
        if unread:
            show.screen().print(Text(f"{unread} lines could not be read.", "red"))
    raise SystemExit(REFUSED if changes.counts else 0)


def _compared(safety: Safety, where: Where, items: Iterable[Item]) -> Changes:
    changes, names = Changes(), where.names or [f.name for f in safety.features]
    try:
        guarded = [safety.feature(name) for name in names]
    except HandrailError as error:
        raise show.Stop(str(error)) from None
    for item in items:
        for feature in guarded:
            changes.add(item, feature.pre_publish(item))
    return changes


def _say_shadows(safety: Safety) -> None:
    """Say which modules would blur the comparison: their findings reach the second bundle only."""
    show.quarantined(show.screen(error=True), safety.quarantined)
    for module in safety.modules:
        if module.mode.current is Mode.SHADOW:
            what = f"{module.name} is in shadow: NEW sees its findings, OLD does not."
            click.echo(what, err=True)


def _document(bundles: Iterable[Bundle], changes: Changes) -> dict[str, object]:
    old, new = bundles
    return {
        "old": old.revision,
        "new": new.revision,
        "items": dict(changes.totals),
        "changed": {name: changes.changed(name) for name in changes.totals},
        "changes": [_row(change, n, changes) for change, n in sorted(changes.counts.items())],
        "examples": [
            {"item": item.id, "feature": c.feature, "before": c.before.name.lower(),
             "after": c.after.name.lower()}
            for some in changes.examples.values() for item, c in some
        ],
    }  # fmt: skip


def _row(change: Change, count: int, changes: Changes) -> dict[str, object]:
    return {
        "feature": change.feature,
        "issue": change.issue,
        "before": change.before.name.lower(),
        "after": change.after.name.lower(),
        "effects": list(change.effects),
        "region": change.region,
        "age": change.age,
        "items": count,
        "share": count / changes.totals[change.feature],
    }


def _print(bundles: Iterable[Bundle], changes: Changes, text: Callable[[str], str]) -> None:
    screen = show.screen()
    screen.print(" → ".join(f"{b.directory} {b.revision}" for b in bundles))
    for name, total in changes.totals.items():
        changed = changes.changed(name)
        share = f"{changed:,} of {total:,} items decided otherwise ({changed / total:.1%})"
        screen.print(Text.assemble("\n", (name, "bold"), f": {share}\n"))
        _print_table(name, changes)
    _print_examples(changes, text)


def _print_table(feature: str, changes: Changes) -> None:
    table = show.grid("issue", "change", "region", "age", "items", "share",
                      right=["items", "share"], whole=["items", "share", "age"])  # fmt: skip
    rows = sorted((c, n) for c, n in changes.counts.items() if c.feature == feature)
    for change, count in rows:
        told = Text.assemble(show.action(change.before), " → ", show.action(change.after))
        for effect in change.effects:
            told.append(f"\n{effect}", "dim")
        share = f"{count / changes.totals[feature]:.1%}"
        table.add_row(change.issue, told, change.region, change.age, f"{count:,}", share)
    if rows:
        show.screen().print(table)


def _print_examples(changes: Changes, text: Callable[[str], str]) -> None:
    if not changes.examples:
        return
    screen = show.screen()
    screen.print(Text("\nSome of them\n", "bold"))
    table = show.grid("item", "change", "text", whole=["item", "change"])
    for some in changes.examples.values():
        for item, change in some:
            told = Text.assemble(show.action(change.before), " → ", show.action(change.after))
            table.add_row(Text(show.printable(item.id, 24)), told, Text(text(item.text)))
    screen.print(table)
