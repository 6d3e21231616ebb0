"""What the commands about people share: who does it, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

import attrs
import click

from handrail import Json
from handrail_cli import show

text_option = click.option(
    "--show-text", is_flag=True, help="Show what people wrote; needs --by, for the audit log."
)
"""The option of commands that can show content."""

by_option = click.option("--by", required=True, help="Who does it.")
"""The option of commands that change something."""

looks_option = click.option("--by", help="Who looks, with --show-text.")
"""The option of commands that only change something where they show content."""


def looking(by: str | None, *, show_text: bool) -> str | None:
    """Who looks at content, or None where nobody does; raises UsageError for nobody who does."""
    if show_text and by is None:
        raise click.UsageError("--show-text needs --by: the audit log says who looked.")
    return by if show_text else None


def moment(at: datetime | None) -> str:
    """A time, to the minute, UTC."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def due(deadline: datetime | None, now: datetime) -> str:
    """By when it is due, and whether that is over."""
    if deadline is None:
        return ""
    return f"{'late since' if deadline <= now else 'due'} {moment(deadline)}"


def more(found: Sequence[object], limit: int) -> None:
    """Say that there may be more than are shown."""
    if len(found) == limit:
        show.screen(error=True).print(f"No more than {limit} are shown; --limit shows more.")


def fields(value: attrs.AttrsInstance) -> dict[str, object]:
    """The fields of a value."""
    return attrs.asdict(value, recurse=False)


def plain(value: attrs.AttrsInstance) -> dict[str, Json]:
    """The fields of a value as JSON can say them."""
    return {name: _plain(each) for name, each in fields(value).items()}


def _plain(value: object) -> Json:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, (bool, int, float)) or value is None else str(value)


def facts(said: Mapping[str, object], *, as_json: bool) -> None:
    """Print what is known of one thing."""
    if as_json:
        show.emit({name: _plain(each) for name, each in said.items()})
        return
    table = show.grid("", "")
    table.show_header = False
    for name, value in _flat(said):
        table.add_row(name, show.printable(_written(value), 2000))
    show.screen().print(table)


def _flat(said: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Each fact by itself; what nobody said is left out."""
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", each) for key, each in _flat(value))
        elif value is not None and value not in ((), []):
            yield name, value


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value))
    return moment(value) if isinstance(value, datetime) else str(value)


def rows(found: Iterable[attrs.AttrsInstance], *, as_json: bool) -> bool:
    """Print rows for programs; False where people are to read them."""
    if as_json:
        show.emit([plain(each) for each in found])
    return as_json
