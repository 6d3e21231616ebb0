"""``handrail policy explain``: why it was decided so, and what would have to change."""

from __future__ import annotations

from pathlib import Path

import attrs
import click
from rich.text import Text

from handrail import (
    Condition,
    Decision,
    Feature,
    HandrailError,
    Item,
    Match,
    Policy,
    Preview,
    Rule,
    Safety,
)
from handrail_cli import show
from handrail_cli._start import config_path, json_option
from handrail_cli.policy import _why as why
from handrail_cli.policy._clauses import clauses
from handrail_cli.policy._load import Where, open_bundle, policies_option, where_of
from handrail_cli.policy._recorded import bundle_of, read, stored
from handrail_policyfiles import Bundle


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@policies_option
@click.option("--archive", type=click.Path(path_type=Path), help="Where older bundles are kept.")
@click.option("--item", type=click.Path(path_type=Path), help="The item of a recorded decision.")
@click.option("--feature", help="For an item: the feature of the settings.")
@click.option("--surface", help="For an item without settings: the kind of place.")
@click.option("--config", type=click.Path(path_type=Path), help="The settings file.")
@json_option
@show.apart()
def explain(
    *, file: Path, policies: Path, archive: Path | None, item: Path | None, feature: str | None,
    surface: str | None, config: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Explain the decision, or the item, in FILE.

    FILE holds one JSON object, or is the id of a decision in the store of the settings. A decision
    is explained with the policies of its own revision, from DIR or the archive; with --item its
    conditions are tested again. An item is decided first, with the modules of the settings.

    Exit code: 0, or 2 if nothing could start.
    """
    given = _given(file, config_path(config))
    if isinstance(given, Decision):
        bundle, place = bundle_of(given, policies, archive, surface)
        about = None if item is None else read(item)
        if isinstance(about, Decision):
            raise click.UsageError("--item: expected an item, and this is a decision.")
        if about is not None and (settings := config_path(config)) is not None:
            about = _linked(about, Where((place.name,), (), settings))
        case = _recorded(given, bundle, place, about)
    else:
        bundle = open_bundle(policies)
        where = where_of((feature,) if feature else (), (surface,) if surface else (), config)
        case = _decided(given, bundle, where)
    if as_json:
        show.emit(document(case, bundle))
    else:
        _print(case, bundle)


def _given(file: Path, settings: Path | None) -> Decision | Item:
    if file.exists() or settings is None:
        return read(file)
    return stored(str(file), settings) or read(file)


def _recorded(made: Decision, bundle: Bundle, place: Feature, item: Item | None) -> why.Case:
    try:
        preview = Preview(bundle.policies, place, made.stage, now=made.at)
        probe, parts = clauses(_covering(bundle, preview), bundle.lists, preview.stage)
        if item is not None:
            Preview([probe], place, made.stage, now=made.at).decide(item, made.findings)
    except HandrailError as error:
        raise show.Stop(str(error)) from None
    return why.Case(made, _covering(bundle, preview), item, preview, tuple(parts))


def _decided(item: Item, bundle: Bundle, where: Where) -> why.Case:
    (place, *more) = where.features()
    if more:
        raise click.UsageError("Name one --feature: the settings have several.")
    preview = Preview(bundle.policies, place)
    probe, parts = clauses(_covering(bundle, preview), bundle.lists, preview.stage)
    with where.safety(bundle.policies, [probe]) as safety:
        made = _asked(safety, place.name, item)
    item = _linked(item, attrs.evolve(where, names=(place.name,)))
    return why.Case(made, _covering(bundle, preview), item, preview, tuple(parts))


def _asked(safety: Safety, name: str, item: Item) -> Decision:
    try:
        return safety.feature(name).pre_publish(item)
    except HandrailError as error:
        raise show.Stop(str(error)) from None


def _linked(item: Item, where: Where) -> Item:
    """The item with the links in its text: deciding again has no module that looks for them."""
    found: list[str] = []

    def test(hosts: tuple[str, ...]) -> bool:
        found.extend(f"https://{host}" for host in hosts)
        return False

    when = Condition(["links.hosts"], test)
    rule = Rule(id="hosts", issue="integrity.spam", when=when, then="allow")
    with where.safety([Policy(name="hosts", rules=(rule,))]) as safety:
        _asked(safety, where.names[0], item)
    return attrs.evolve(item, links=found or item.links)


def _covering(bundle: Bundle, preview: Preview) -> tuple[Policy, ...]:
    place, stage = preview.feature, preview.stage
    return tuple(p for p in bundle.policies if p.covers(place.surface, place.name, stage))


def document(case: why.Case, bundle: Bundle) -> dict[str, object]:
    """Return the explanation as one JSON object."""
    made = case.decision
    return {
        "action": made.action.name.lower(),
        "decided_by": made.decided_by,
        "bundle": bundle.revision,
        "policy": made.policy and attrs.asdict(made.policy),
        "again": case.same,
        "rules": [
            {"rule": m.rule, "policy": m.policy, "action": m.action.name.lower(),
             "because": why.reasons(case, m)}
            for m in made.rules
        ],
        "stricter": [_other(o) for o in why.above(case)],
        "milder": [_other(o) for o in why.below(case)],
        "near": [attrs.asdict(near) for near in why.near(case)],
        "faults": [show.fault(fault) for fault in made.faults],
    }  # fmt: skip


def _other(other: why.Other) -> dict[str, object]:
    return {
        "issue": other.issue,
        "score": other.score,
        "at": other.at,
        "action": other.action.name.lower(),
        "by": other.by,
    }


def _print(case: why.Case, bundle: Bundle) -> None:
    made, screen = case.decision, show.screen()
    policy = f"{made.policy.name} {made.policy.revision}" if made.policy else "no policy"
    screen.print(Text.assemble(
        show.action(made.action), f"  {made.feature}, {made.stage.value}, {policy}, "
        f"bundle {bundle.revision}\n",
    ))  # fmt: skip
    table = show.grid("", "rule", "why", whole=[""])
    first = why.decider(made.rules, made.decided_by)
    rest = [match for match in made.rules if match is not first]
    for match in [first, *rest] if first else rest:
        table.add_row("decided" if match is first else "matched", _named(match),
                      "\n".join(why.reasons(case, match)))  # fmt: skip
    for each in why.near(case):
        name = Text(f"{each.rule}\n→ {each.then}")
        if each.state:
            name.append(f"\n{each.state}", "yellow")
        table.add_row("nearly", name, f"lacks {each.lacks}")
    if table.row_count:
        screen.print(table)
    else:
        screen.print("No rule matched, and none nearly did.")
    for fault in made.faults:
        screen.print(Text(show.fault(fault), "red"))
    _print_changes(case)


def _short(other: why.Other) -> str:
    """Whose step it is, in a narrow column: a rung's name repeats the issue."""
    rule, _, _ = (other.by or "").partition("/")
    return "ladder" if rule.startswith(f"{other.issue}:") else rule


def _named(match: Match) -> Text:
    return Text.assemble(match.rule, "\n→ ", show.action(match.action))


def _print_changes(case: why.Case) -> None:
    screen = show.screen()
    if not case.same:
        screen.print(Text(
            "\nDeciding again without the item comes to something else: name it with --item."
            if case.item is None else "\nDeciding again comes to something else.", "yellow",
        ))  # fmt: skip
        return
    table = show.grid("issue", "score", "if it were", "then", "by", right=["score"])
    for word, others in (("at least", why.above(case)), ("below", why.below(case))):
        for o in others:
            gap = f"{word} {o.at:.2f} ({o.at - o.score:+.2f})"
            table.add_row(o.issue, f"{o.score:.2f}", gap, show.action(o.action), _short(o))
    if table.row_count:
        screen.print(Text("\nWhat would have to change\n", "bold"))
        screen.print(table)
