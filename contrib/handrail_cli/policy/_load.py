"""What the commands start from: a bundle, and the features that its policies are for."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import attrs
import click

from handrail import Feature, HandrailError, Item, Policy, Safety, UnknownNameError
from handrail.errors import unknown
from handrail_cli._progress import watched
from handrail_cli._read import read
from handrail_cli._start import CONFIG, PATIENT_MS, config_option, config_path, configured
from handrail_cli.show import Stop, output, watching
from handrail_policyfiles import Bundle, BundleError

REFUSED = 1
"""Exit code of findings, differences, failed cases and refusals."""


class Refused(click.ClickException):
    """It was looked at, and is not to be done: one line, exit code 1."""

    exit_code = REFUSED


def directory_argument(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """An argument that is a directory of policies."""
    return click.argument(name, type=click.Path(path_type=Path))


def check_directory(directory: Path) -> None:
    """Raise Stop where there is no directory of that name."""
    if directory.is_file():
        raise Stop(f"{directory}: a file; name the directory that it is in.")
    if not directory.is_dir():
        raise Stop(f"{directory}: no such directory.")


def say(text: str) -> None:
    """Print a line of the command's own, also where modules are kept apart."""
    click.echo(text, file=output())


policies_option = click.option(
    "--policies", type=click.Path(path_type=Path), required=True, help="Directory of policies."
)
"""The option that names a directory of policies."""


def open_bundle(directory: Path, day: date | None = None) -> Bundle:
    """Read a directory of policies with the laws of a day; raises Stop with all that is wrong."""
    check_directory(directory)
    try:
        return Bundle.read(directory, day=day)
    except HandrailError as error:
        raise Stop(str(error)) from None


@attrs.frozen
class Where:
    """The features to ask, as the options of a command name them.

    Attributes:
        names: Features of the settings; empty is all. surfaces: Kinds of place without settings.
        config: The settings file, where no surface is named.
    """

    names: tuple[str, ...]
    surfaces: tuple[str, ...]
    config: Path | None

    def features(self) -> tuple[Feature, ...]:
        """Return the features; raises Stop for one that is not there."""
        if self.config is None:
            return self._made()
        with configured(self.config) as safety:
            return self._chosen(safety.features)

    def safety(self, policies: Iterable[Policy], challenger: Iterable[Policy] = ()) -> Safety:
        """Return a Safety in which *policies* are in force; raises Stop where they cannot be."""
        if self.config is not None:
            safety = configured(self.config)
            try:
                safety.reload(policies, challenger=challenger)
            except HandrailError as error:
                safety.close()
                raise Stop(str(error)) from None
            return safety
        try:
            return Safety(
                self._made(), modules="installed", policy=policies, challenger=challenger,
                budget_ms=PATIENT_MS,
            )  # fmt: skip
        except HandrailError as error:
            raise Stop(str(error)) from None

    def _made(self) -> tuple[Feature, ...]:
        pairs = [(s, s) for s in self.surfaces]
        if self.names:
            pairs = [(name, self.surfaces[0]) for name in self.names]
        try:
            return tuple(Feature(name=name, surface=surface) for name, surface in pairs)
        except HandrailError as error:
            raise Stop(str(error)) from None

    def _chosen(self, known: Iterable[Feature]) -> tuple[Feature, ...]:
        by_name = {feature.name: feature for feature in known}
        try:
            for name in self.names:
                if name not in by_name:
                    raise unknown("feature", name, by_name, where=str(self.config))
        except UnknownNameError as error:
            raise Stop(str(error)) from None
        return tuple(by_name[name] for name in self.names or by_name)


def where_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* ``--feature``, ``--surface`` and ``--config``, as one argument ``where``."""

    @click.option("--feature", multiple=True, help="A feature of the settings; all by default.")
    @click.option("--surface", multiple=True, help="Without settings: the kind of place.")
    @config_option
    @functools.wraps(command)
    def with_where(
        *, feature: tuple[str, ...], surface: tuple[str, ...], config: Path | None, **rest: object
    ) -> None:
        command(where=where_of(feature, surface, config), **rest)

    return with_where


def where_of(names: tuple[str, ...], surfaces: tuple[str, ...], config: Path | None) -> Where:
    """Return which features to ask; raises UsageError for options that do not fit together."""
    if not surfaces:
        path = config_path(config)
        if path is None:
            raise click.UsageError(
                "Say which settings hold (--config FILE), "
                "or name a kind of place (--surface comments)."
            )
        return Where(names, (), path)
    if config is not None:
        raise click.UsageError("--surface is for use without --config: name one of the two.")
    if names and len(surfaces) > 1:
        raise click.UsageError("With --feature, name one --surface.")
    if CONFIG.is_file():
        click.echo(f"{CONFIG} is not used: --surface was named.", err=True)
    return Where(names, surfaces, None)


@contextmanager
def tried(directory: Path, changes: Mapping[str, str | None]) -> Iterator[Bundle]:
    """The bundle of a directory as it would be with other files; raises Refused if it is none.

    Args:
        directory: Where the policies are.
        changes: The text of each file that changes, by its path within the directory; None
            takes it away.
    """
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "policies"
        shutil.copytree(directory, copy, ignore=shutil.ignore_patterns("*.jsonl", ".*"))
        for name, text in changes.items():
            put(copy / name, text)
        try:
            yield Bundle.read(copy)
        except BundleError as error:
            told = str(error).replace(str(copy), str(directory))
            raise Refused(f"Nothing was changed: the policies could not be used.\n{told}") from None


def put(path: Path, text: str | None) -> None:
    """Write a file at once, so that nobody reads half of it; None takes it away."""
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    with draft.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
    if path.is_file():
        shutil.copymode(path, draft)
    draft.replace(path)


def items_of(path: Path, *, as_json: bool) -> tuple[list[Item], int]:
    """Read the items of a file, one JSON object a line; return them, and how many lines failed."""
    try:
        with path.open("rb") as stream:
            size = path.stat().st_size or None
            lines = [*watched(read(stream, "jsonl"), size, on=watching(as_json=as_json))]
    except OSError as error:
        raise Stop(f"{path}: {error.strerror or type(error).__name__}.") from None
    items = [line.item for line in lines if line.item is not None]
    if not items:
        raise Stop(f"{path}: no item in it can be read.")
    return items, len(lines) - len(items)


def moment(text: str | None) -> datetime:
    """Read a date, or a time with a zone; by default now."""
    if text is None:
        return datetime.now(UTC)
    try:
        read_at = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError("--at: expected a date such as 2027-01-15.") from None
    return read_at if read_at.tzinfo else read_at.replace(tzinfo=UTC)
