"""What the commands of the durable store open: the settings' store, or that of a program."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import update_wrapper
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from handrail import HandrailError, MissingExtraError, Safety
from handrail_cli._database import unusable
from handrail_cli._start import config_option, config_path
from handrail_cli.show import Stop

if TYPE_CHECKING:
    from handrail_store import Store


@attrs.frozen
class Opened:
    """A Safety, and the store that it keeps its record in."""

    safety: Safety
    store: Store


def with_opened(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* ``--config`` and ``--app``, as one argument ``opened``, closed at its end."""

    @config_option
    @click.option("--app", help="A program's own Safety, as package.module:name.")
    def opening(*, config: Path | None, app: str | None, **rest: Any) -> None:
        safety = _of_app(app) if app is not None else _of_config(config)
        try:
            command(opened=Opened(safety, _store_of(safety)), **rest)
        except _refusals() as error:
            raise Stop(unusable(error, str(_store_of(safety).engine.url))) from None
        finally:
            safety.close()

    return update_wrapper(opening, command, assigned=("__name__", "__doc__"), updated=())


def _refusals() -> tuple[type[Exception], ...]:
    with suppress(ModuleNotFoundError):
        from sqlalchemy.exc import DBAPIError

        return (DBAPIError,)
    return ()


def _of_config(named: Path | None) -> Safety:
    path = config_path(named)
    if path is None:
        raise click.UsageError("Say which settings hold: --config FILE, or --app module:name.")
    try:
        return Safety.from_config(path)
    except (HandrailError, OSError) as error:
        raise Stop(str(error)) from None
    except _refusals() as error:
        raise Stop(f"{path}: {unusable(error, None)}") from None


def _of_app(app: str) -> Safety:
    module, _, name = app.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: object = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        lost = isinstance(error, ModuleNotFoundError) and error.name
        what = f"no module {lost!r} here" if lost else type(error).__name__
        raise Stop(f"--app {app}: {what}: expected package.module:name.") from None
    if not isinstance(found, Safety):
        raise Stop(f"--app {app}: expected a handrail.Safety, got {type(found).__name__}.")
    return found


def _store_of(safety: Safety) -> Store:
    try:
        from handrail_store import Store
    except MissingExtraError as error:
        raise Stop(str(error)) from None
    if not isinstance(safety.store, Store):
        raise Stop("There is no durable store: the settings need the key store with a url.")
    return safety.store


def user() -> str:
    """Who types the command, for the audit log: ``HANDRAIL_USER``, or the user of this machine."""
    said = os.environ.get("HANDRAIL_USER")
    if said:
        return said[:256]
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


by_option = click.option(
    "--by", default=None, callback=lambda _context, _option, value: value or user(),
    help="Who does it, for the audit log; by default who is logged in.",
)  # fmt: skip
"""The option of commands that change something."""
