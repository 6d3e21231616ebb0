"""The options of ``eval``: what is measured, how a set is read, how figures are made and shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import click

Command: TypeAlias = Callable[..., None]

FILE = click.Path(dir_okay=False, path_type=Path)
THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Part(click.ParamType[tuple[int, int]]):
    """A part of a set, such as ``3/3``."""

    name = "K/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return which part of how many."""
        which, slash, parts = str(value).partition("/")
        there = slash and which.isdecimal() and parts.isdecimal()
        if not there or not 1 <= int(which) <= int(parts):
            self.fail(f"{value!r} is no part: expected K/N such as 3/3", param, ctx)
        return int(which), int(parts)


def measured_options(command: Command) -> Command:
    """Add what is measured."""
    for option in reversed(
        (
            click.option("--module", "modules", multiple=True, help="A module to measure."),
            click.option(
                "--by", type=click.Choice(["module", "policy"]), default="module",
                help="Measure what modules find, or what the policy does.",
            ),
            click.option(
                "--score", "scores", multiple=True, metavar="FIELD",
                help="A field with somebody else's score, to compare with.",
            ),
            click.option("--config", type=THERE, help="Settings file, with --feature."),
            click.option("--feature", help="The feature of the settings to measure."),
            click.option("--surface", help="The surface of all rows; by default as each row says."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def set_options(command: Command) -> Command:
    """Add how a set is read."""
    for option in reversed(
        (
            click.option("--shape", type=THERE, help="A file that says what the fields mean."),
            click.option("--text", help="The field of the text; text by default."),
            click.option("--language", help="The field of the language; language by default."),
            click.option(
                "--label", "labels", nargs=2, multiple=True, metavar="FIELD[=VALUE] ISSUES",
                help="A field that says yes or no, and the issues it means.",
            ),
            click.option("--group", multiple=True, help="A field that makes rows alike."),
            click.option("--slice", "slices", multiple=True, help="A field to show apart."),
            click.option("--part", type=Part(), help="Only this part of the groups, such as 3/3."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def shown_options(command: Command) -> Command:
    """Add how figures are made and where they go."""
    for option in reversed(
        (
            click.option(
                "--threshold", type=click.FloatRange(0, 1), help="What counts as found: 0.5."
            ),
            click.option(
                "--resamples", type=click.IntRange(0, 100_000), default=500, show_default=True,
                help="Draws of the bootstrap.",
            ),
            click.option("--seed", type=int, default=0, show_default=True, help="Its seed."),
            click.option(
                "--examples", type=click.IntRange(0, 1000), default=0,
                help="Show so many of the rows scored most wrongly, masked.",
            ),
            click.option("--show-text", is_flag=True, help="Show their texts, unmasked."),
            click.option("--picture", type=FILE, help="Write curves, in SVG."),
            click.option("--out", type=FILE, help="Write a page, in Markdown."),
            click.option(
                "--date", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
                default=lambda: date.today().isoformat(),  # noqa: DTZ011 - the reader's day.
                help="The day the page bears; today by default.",
            ),
            click.option("--json", "as_json", is_flag=True, help="Print JSON for programs."),
        )
    ):  # fmt: skip
        command = option(command)
    return command
