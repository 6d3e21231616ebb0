"""One thing of a list, on a terminal of any width."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

INDENT = 2
"""How far what is said of a thing stands to the right of its name, on each line."""


@attrs.frozen
class Entry:
    """What names a thing, and below it, to the right, what there is to say of it."""

    head: Text
    facts: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Write it; a line that is too long goes on below itself."""
        yield self.head
        for line in self.facts.wrap(console, max(options.max_width - INDENT, 20)):
            line.rstrip()
            yield Text(" " * INDENT).append_text(line)


def entry(head: Iterable[str], *facts: str) -> Entry:
    """Return one thing of a list: what names it, and what there is to say of it."""
    first, *rest = head
    named = Text.assemble((first, "bold"), *(f"  {each}" for each in rest if each))
    return Entry(named, Text(", ".join(filter(None, facts)), "dim"))
