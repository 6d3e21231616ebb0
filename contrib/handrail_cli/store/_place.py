"""Which database: that of the settings, or one named by its URL."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from handrail import HandrailError, NeutralNotices, Notices, load_yaml, notices_of
from handrail_cli._database import unusable
from handrail_cli._start import config_option, config_path, json_option
from handrail_cli.show import Stop

if TYPE_CHECKING:
    from handrail_store import Database, Store


@attrs.frozen
class Place:
    """Where the store is.

    Attributes:
        url: Its URL, where no settings are asked. config: The settings file.
    """

    url: str | None = attrs.field(repr=False)
    config: Path | None

    @contextmanager
    def database(self) -> Iterator[Database]:
        """The database by itself; raises Stop where it cannot be reached."""
        with _said(self):
            from handrail_store import Database, configured, url_of

            url = self.url or url_of(configured(self._settings()))
            with Database(url) as found:
                yield found

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, with the settings' times to keep and the environment's keys."""
        with _said(self):
            from handrail_store import Store, configured, keys_given, load

            if self.url is None:
                path = self._settings()
                made = load(configured(path))
                made.notices = _notices(path)
            else:
                made = Store(self.url, key=keys_given() or None)
            try:
                yield made
            finally:
                made.close()

    def named(self) -> str | None:
        """The database's URL, where it can be known."""
        from handrail_store import configured, url_of

        with suppress(HandrailError, OSError):
            return self.url or url_of(configured(self._settings()))
        return None

    def _settings(self) -> Path:
        path = config_path(self.config)
        if path is None:
            raise click.UsageError("Name the settings with --config, or the database with --url.")
        return path


def _notices(path: Path) -> Notices:
    """What authors are told, as the settings say; what a command decides is told as well."""
    node = load_yaml(path).keys().get("notices")
    return NeutralNotices() if node is None else notices_of(node)


@contextmanager
def _said(place: Place) -> Iterator[None]:
    """Say in one line what cannot work; a database's own words may hold a password."""
    try:
        yield
    except HandrailError as error:
        raise Stop(str(error)) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "sqlalchemy":
            raise
        raise Stop(unusable(error, place.named())) from None


def placed(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* ``--url``, ``--config`` and ``--json``, as ``place`` and ``as_json``."""

    @config_option
    @click.option("--url", help="The database, in the place of the settings' one.")
    @json_option
    @functools.wraps(command)
    def with_place(*, config: Path | None, url: str | None, **rest: object) -> None:
        command(place=Place(url, config), **rest)

    return with_place
