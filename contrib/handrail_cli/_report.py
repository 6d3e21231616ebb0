"""What ``check`` prints: a line of JSON for each line read, or one table at the end."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import attrs
from rich.text import Text

from handrail import Action, Decision, Item
from handrail_cli import show
from handrail_cli._read import Line

FEW = 25
"""Up to so many lines are all listed; of more, only those that are not a clean ALLOW.
Of reasons why lines could not be read, so many are listed at most."""

MOST = 1000
"""So many rows a table has at most."""


@attrs.define
class Report:
    """Collects what was decided, or prints it at once as JSON.

    Attributes:
        as_json: Whether to print JSON. show_text: Whether the table shows texts.
        errors: What could not be read: line number and reason.
    """

    as_json: bool
    show_text: bool
    errors: list[tuple[int, str]] = attrs.field(factory=list)
    _actions: Counter[Action] = attrs.field(factory=Counter, init=False)
    _notes: Counter[tuple[str, str]] = attrs.field(factory=Counter, init=False)
    _few: list[tuple[Item, Decision]] = attrs.field(factory=list, init=False)
    _notable: list[tuple[Item, Decision]] = attrs.field(factory=list, init=False)
    _unclean: int = attrs.field(default=0, init=False)

    def add(self, line: Line, decision: Decision | None) -> None:
        """Take in one line and what was decided about it; None if it could not be read."""
        if line.item is None or decision is None:
            self.errors.append((line.number, line.error or "not decided"))
            if self.as_json:
                show.emit({"line": line.number, "error": line.error})
        elif self.as_json:
            show.emit(decision.to_json())
        else:
            self._keep(line.item, decision)

    def _keep(self, item: Item, decision: Decision) -> None:
        self._actions[decision.action] += 1
        self._notes.update(show.gaps(decision))
        if len(self._few) <= FEW:
            self._few.append((item, decision))
        if not show.clean(decision):
            self._unclean += 1
            if len(self._notable) < MOST:
                self._notable.append((item, decision))

    def close(self) -> None:
        """Print the table, what could not be read, and the counts."""
        if self.as_json:
            return
        screen = show.screen()
        rows = self._few if self._actions.total() <= FEW else self._notable
        if rows:
            screen.print(show.decisions(rows, text=show.printable if self.show_text else None))
        if self._unclean > len(self._notable):
            screen.print(f"… and {self._unclean - MOST:,} more; --json prints them all.")
        self._print_errors()
        screen.print(self._summary())
        for note in show.notes(self._notes):
            screen.print(note)

    def _print_errors(self) -> None:
        if not self.errors:
            return
        table = show.grid("line", "could not be read, because", right=["line"])
        alike: dict[str, list[int]] = {}
        for number, reason in self.errors:
            alike.setdefault(reason, []).append(number)
        for reason, (first, *others) in islice(alike.items(), FEW):
            more = f" (and so in {len(others):,} more)" if others else ""
            table.add_row(Text(f"{first}"), Text(show.printable(reason) + more, "red"))
        screen = show.screen()
        screen.print()
        screen.print(table)
        if hidden := sum(map(len, islice(alike.values(), FEW, None))):
            screen.print(f"… and {hidden:,} more; --json prints them all.")
        screen.print()

    def _summary(self) -> Text:
        total = self._actions.total() + len(self.errors)
        parts = [Text.assemble(f"{n:,} ", show.action(a)) for a, n in sorted(self._actions.items())]
        if self.errors:
            parts.append(Text(f"{len(self.errors):,} could not be read", "red"))
        counted = Text(f"{total:,} {'line' if total == 1 else 'lines'}")
        return Text.assemble(counted, ": ", Text(" · ").join(parts)) if parts else counted
