"""What commands start from: a settings file, or a surface and its starting policy."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import attrs
import click

from handrail import Feature, HandrailError, Policy, Safety, UnknownNameError, starting_policy
from handrail_cli.show import Stop

PATIENT_MS = 5_000
"""Nobody waits for a line of a file: a busy machine must not change what is decided."""

CONFIG = Path("handrail.yaml")
"""The settings file that is used where none is named."""

config_option = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Settings file; by default {CONFIG} of this directory, if there is one.",
)
"""The option that names a settings file."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
"""The option that every command has."""


@attrs.frozen
class Wanted:
    """The feature to ask, as the options of a command name it.

    Attributes:
        name: The feature's name. surface: Its surface, where no settings hold.
        config: The settings file, where no surface is named.
    """

    name: str
    surface: str | None
    config: Path | None

    def safety(self) -> Safety:
        """Return the Safety that has the feature; raises Stop if there is none."""
        if self.surface is not None:
            return installed(self.name, self.surface)
        return configured(self.config or CONFIG)


def wanted_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* ``--feature``, ``--surface`` and ``--config``, as one argument ``wanted``."""

    @click.option("--feature", help="The feature of the settings whose items these are.")
    @click.option("--surface", help="Without settings: the surface, with its starting policy.")
    @config_option
    @functools.wraps(command)
    def with_wanted(
        *, feature: str | None, surface: str | None, config: Path | None, **rest: object
    ) -> None:
        command(wanted=_wanted(feature, surface, config), **rest)

    return with_wanted


def _wanted(feature: str | None, surface: str | None, config: Path | None) -> Wanted:
    if surface is not None:
        if config is not None:
            raise click.UsageError("--surface is for use without --config: name one of the two.")
        if CONFIG.is_file():
            click.echo(f"{CONFIG} is not used: --surface brings its starting policy.", err=True)
        return Wanted(feature or surface, surface, None)
    path = config_path(config)
    if path is None:
        raise click.UsageError(
            "Say which settings hold (--config FILE --feature NAME), "
            "or name a surface (--surface comments) to use its starting policy."
        )
    if feature is None:
        raise click.UsageError(f"Name a feature of {path} with --feature.")
    return Wanted(feature, None, path)


def config_path(named: Path | None) -> Path | None:
    """Return the settings file to use: the one named, else the one lying here, else None."""
    return named or (CONFIG if CONFIG.is_file() else None)


def configured(path: Path) -> Safety:
    """Return the Safety that a settings file describes, without its record."""
    try:
        return Safety.from_config(path, sink=None, budget_ms=PATIENT_MS)
    except (HandrailError, OSError) as error:
        raise Stop(str(error)) from None


def _starting(surface: str) -> Policy:
    try:
        return starting_policy(surface)
    except UnknownNameError as error:
        where = "Another surface needs settings: --config FILE --feature NAME."
        raise Stop(f"--surface: {error} {where}") from None


def installed(name: str | None = None, surface: str = "") -> Safety:
    """Return a Safety with every installed module.

    With a feature called *name*, its policy is the starting policy of *surface*.
    """
    try:
        if name is None:
            return Safety(modules="installed")
        policy = _starting(surface)
        feature = Feature(name=name, surface=surface)
        return Safety(features=[feature], modules="installed", policy=policy, budget_ms=PATIENT_MS)
    except HandrailError as error:
        raise Stop(str(error)) from None
