"""``handrail issues``: the taxonomy, to look a harm up before writing a module or a policy."""

from __future__ import annotations

from fnmatch import fnmatch

import click
from rich.text import Text

from handrail import Issue
from handrail import issues as taxonomy
from handrail.errors import nearest
from handrail_cli import show
from handrail_cli._start import json_option

SEVERITIES = {
    "info": "dim",
    "low": "green",
    "medium": "yellow",
    "high": "red",
    "critical": "bold red",
}
"""The severities, from the mildest, and their colours."""


@click.command()
@click.argument("pattern", required=False)
@click.option("--family", help="Only this family, such as fraud.")
@click.option("--flag", help="Only issues that carry this flag, such as mandatory_report.")
@json_option
def issues(*, pattern: str | None, family: str | None, flag: str | None, as_json: bool) -> None:
    """List the issues that modules find.

    PATTERN is a name (`harassment.bullying`), a pattern (`fraud.*`) or a word of the title.

    Exit code: 0 if any issue matches, 1 if none does, 2 for a family or flag that does not exist.
    """
    every = tuple(taxonomy().values())
    _known("family", family, {i.family for i in every})
    _known("flag", flag, {f for i in every for f in i.flags})
    found = [
        i
        for i in every
        if _matches(i, pattern) and family in (None, i.family) and (not flag or flag in i.flags)
    ]
    if as_json:
        show.emit({"issues": [_json(i) for i in found]})
    elif found:
        _print(found)
    else:
        near = nearest(pattern or "", [i.name for i in every])
        hint = f" Did you mean {' or '.join(near)}?" if near else " Try `handrail issues`."
        click.echo(f"No issue matches.{hint}", err=True)
    raise SystemExit(0 if found else 1)


def _known(kind: str, name: str | None, names: set[str]) -> None:
    if name is not None and name not in names:
        near = nearest(name, names) or sorted(names)
        raise show.Stop(f"There is no {kind} {show.printable(name)!r}. Try {', '.join(near)}.")


def _matches(issue: Issue, pattern: str | None) -> bool:
    if pattern is None:
        return True
    word = pattern.lower()
    return fnmatch(issue.name, word) or word in issue.name or word in issue.title.lower()


def _json(issue: Issue) -> dict[str, object]:
    return {
        "name": issue.name,
        "family": issue.family,
        "code": issue.code,
        "title": issue.title,
        "severity": issue.severity,
        "applies_to": sorted(issue.applies_to),
        "exposure": issue.exposure,
        "flags": sorted(issue.flags),
        "dsa_category": issue.dsa_category,
        "dsa_keywords": list(issue.dsa_keywords),
        "mappings": dict(issue.mappings),
    }


def _print(found: list[Issue]) -> None:
    table = show.grid("issue", "severity", "what it is", whole=["issue", "severity"])
    for issue, following in zip(found, [*found[1:], None], strict=True):
        what = Text(issue.title)
        if issue.flags:
            what.append(f"\n{', '.join(sorted(issue.flags))}", "dim")
        severity = Text(issue.severity, SEVERITIES.get(issue.severity, ""))
        last = following is None or following.family != issue.family
        table.add_row(Text(issue.name, "bold"), severity, what, end_section=last)
    screen = show.screen()
    screen.print(table)
    screen.print(f"\n{len(found)} {'issue' if len(found) == 1 else 'issues'}")
