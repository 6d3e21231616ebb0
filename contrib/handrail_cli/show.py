"""What commands print with: colours of actions, masked texts, tables, one line of JSON.

Public, so that commands of other packages look the same.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from contextvars import ContextVar
from typing import Any, TextIO

import click
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from handrail import Action, Decision, Effect, Fault, Finding, Item, Quarantined, Status
from handrail_cli._entry import entry as entry  # noqa: PLC0414 - public here
from handrail_cli._plain import masked as masked  # noqa: PLC0414 - public here
from handrail_cli._plain import printable as printable  # noqa: PLC0414 - public here
from handrail_commands import Stop as Stop  # noqa: PLC0414 - public here

STYLES = {
    Action.ALLOW: "green",
    Action.NUDGE: "cyan",
    Action.LIMIT: "yellow",
    Action.HOLD: "magenta",
    Action.BLOCK: "bold red",
}
"""The colour of each action, on every screen."""

LEAST = 0.1
"""The score from which on a finding that no rule acts on is shown."""

PLAIN = {"→": "->", "…": "...", "·": "-", "•": "*", "─": "-", "–": "-"}
"""Our signs where only ASCII may be written."""

_output: ContextVar[TextIO | None] = ContextVar("_output", default=None)


class Screen(Console):
    """A rich console that leaves a closed pipe to the command group."""

    def on_broken_pipe(self) -> None:
        """Let the error through."""
        self.quiet = True
        raise BrokenPipeError


class _Grid(Table):
    """A table that knows how wide our signs are where only ASCII may be written."""

    def add_row(self, *cells: RenderableType | None, **more: Any) -> None:
        """Add a row, each sign as it will be written."""
        super().add_row(*map(_written, cells), **more)


def _written(cell: RenderableType | None) -> RenderableType | None:
    """A cell as the output will have it: an arrow takes two signs in ASCII."""
    if not isinstance(cell, (str, Text)) or output().encoding != "ascii":
        return cell
    text = Text(cell) if isinstance(cell, str) else cell
    for sign, plain in PLAIN.items():
        text = Text(plain).join(text.split(sign, allow_blank=True))
    return text


@contextmanager
def apart() -> Iterator[None]:
    """Keep what modules print out of the output: meanwhile it goes to standard error."""
    token = _output.set(sys.stdout)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _output.reset(token)


def output() -> TextIO:
    """Return where a command's own words go: standard output, also inside ``apart``."""
    return _output.get() or sys.stdout


def screen(*, error: bool = False) -> Console:
    """Return the console for the output, or for standard error."""
    file = sys.stderr if error else output()
    return Screen(file=file, highlight=False, emoji=False, markup=False)


def emit(value: object) -> None:
    """Print one line of JSON, in ASCII: any text survives any terminal and pipe."""
    click.echo(json.dumps(value, allow_nan=False), file=output())


def action(value: Action) -> Text:
    """Return an action in its colour."""
    return Text(value.name, style=STYLES[value])


def grid(*columns: str, right: Iterable[str] = (), whole: Iterable[str] = ()) -> Table:
    """Return an empty table.

    Args:
        columns: The headings.
        right: Those of numbers, which stand to the right.
        whole: Those whose cells are never broken into lines.
    """
    numbers, unbroken = set(right), set(whole)
    table = _Grid(box=box.SIMPLE_HEAD, show_edge=False)
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in numbers else "left",
            no_wrap=column in unbroken,
            overflow="ellipsis" if column in unbroken else "fold",
        )
    return table


def clean(decision: Decision) -> bool:
    """Whether the decision is an ALLOW without effects and without anything that failed."""
    return decision.action is Action.ALLOW and not (
        decision.effects or decision.faults or decision.degraded
    )


def why(decision: Decision) -> Text:
    """Return why it was decided so, and what else is asked for: findings, faults, effects."""
    faint = _faint(decision)
    lines = [
        Text.assemble(
            (printable(f.issue), "bold"),
            f" {f.score:.2f}: {printable(f.reason)}",
            (f" ({f.module})", "dim"),
        )
        for f in sorted(decision.findings, key=lambda f: -f.score)
        if f not in faint
    ]
    if faint:
        told = f"and {len(faint)} weaker" if lines else f"{len(faint)} below {LEAST}"
        lines.append(Text(told, "dim"))
    lines += [Text(fault(f), "red") for f in decision.faults]
    if (by := decision.decided_by) and ":" not in by:
        lines.append(Text(f"→ by the rule {printable(by)}", "dim"))
    lines += _eased(decision)
    if (hold := decision.hold) and decision.at:
        hours = (hold.until - decision.at).total_seconds() / 3600
        lines.append(
            Text.assemble((f"→ held for {hours:.3g} h, then ", "dim"), action(hold.otherwise))
        )
    lines += [Text(f"→ {effect(e)}", "dim") for e in decision.effects]
    return Text("\n").join(lines)


def _faint(decision: Decision) -> list[Finding]:
    """The findings that no rule acts on, below LEAST or half of their module's highest score."""
    acted, top = {match.issue for match in decision.rules}, dict[str | None, float]()
    for found in decision.findings:
        top[found.module] = max(found.score, top.get(found.module, 0.0))
    least = {module: max(LEAST, score / 2) for module, score in top.items()}
    return [f for f in decision.findings if f.issue not in acted and f.score < least[f.module]]


def _eased(decision: Decision) -> list[Text]:
    """What lowered the rule that decided, where something did."""
    by = {name for m in decision.rules if m.rule == decision.decided_by for name in m.eased_by}
    if not by:
        return []
    named = (f", by {printable(', '.join(sorted(by)))}", "dim")
    return [Text.assemble(("→ no more than ", "dim"), action(decision.action), named)]


def fault(value: Fault) -> str:
    """Return a fault in a few words, such as ``fault: spam invalid (yielded int)``."""
    where = ", ".join(filter(None, (value.error, value.place)))
    told = f"fault: {value.source} {value.cause.value}" + (f" ({where})" if where else "")
    return printable(told)


def effect(value: Effect) -> str:
    """Return an effect in a few words, such as ``review trust: 24h``."""
    form = value.to_json()["value"]
    if isinstance(form, Mapping):
        form = ", ".join(f"{key}: {part}" for key, part in form.items())
    elif isinstance(form, list):
        form = ", ".join(map(str, form))
    on = "" if value.target == "item" else f" on {value.target.value}"
    return printable(f"{value.name} {form}{on}")


def decisions(
    rows: Iterable[tuple[Item, Decision]], *, text: Callable[[str], str] | None = None
) -> Table:
    """Return a table of decisions.

    Args:
        rows: Items and what was decided about them.
        text: How an item's text is shown, such as ``masked``; None hides it.
    """
    table = grid("item", "action", "why", whole=["item", "action"])
    for item, decision in rows:
        lines = [why(decision)]
        if text:
            lines.insert(0, Text(text(item.text) or f"({item.kind})", "italic"))
        told = Text("\n").join(filter(None, lines))
        table.add_row(Text(printable(item.id, 24)), action(decision.action), told)
    return table


def watching(*, as_json: bool) -> bool:
    """Whether somebody watches standard error, with nothing else written on that screen."""
    return sys.stderr.isatty() and not (as_json and output().isatty())


def gaps(decision: Decision) -> set[tuple[str, str]]:
    """Return what limits the decision: modules that did not run or were not measured, and why."""
    return {
        (c.module, c.reason or c.status.value)
        for c in decision.coverage
        if c.reason or c.status is not Status.RAN
    }


def notes(counts: Mapping[tuple[str, str], int]) -> Iterator[Text]:
    """Yield one dim line for each gap: how many items it touched."""
    for (module, reason), count in sorted(counts.items()):
        what = module if module.startswith("(") else f"module {module}"
        many = f"{count:,} {'item' if count == 1 else 'items'}"
        yield Text(f"{what}: {reason} ({many})", "dim")


def quarantined(screen: Console, modules: Iterable[Quarantined]) -> None:
    """Print one line for each module that was kept out, and why."""
    for kept_out in modules:
        name = (printable(kept_out.name), "bold")
        reason = printable(kept_out.reason, 1000)
        screen.print(Text.assemble(("quarantined ", "red"), name, f": {reason}"))
