"""The group of commands: found by entry point, loaded one at a time, a broken one only reported."""

from __future__ import annotations

import codecs
import contextlib
import logging
import os
import sys
from importlib.metadata import EntryPoint, entry_points

import click
import structlog

from handrail.errors import nearest
from handrail_cli.show import PLAIN, Stop

GROUP = "handrail.commands"
"""The entry-point group that commands register under."""

PIPE_CLOSED = 141
"""Exit code when the reader of the output went away, as the shell reports it (128 + SIGPIPE)."""


class BrokenCommand(click.Command):
    """Stands where a command should be that could not be loaded, and says why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, short_help=f"(broken: {reason})", add_help_option=False)
        self.reason = reason
        self.ignore_unknown_options = True
        self.allow_extra_args = True

    def invoke(self, ctx: click.Context) -> None:
        """Say why the command cannot run."""
        raise Stop(f"The command {self.name!r} is broken: {self.reason}.")


class Commands(click.Group):
    """The commands that installed packages offer."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, broken ones included."""
        return sorted({point.name for point in entry_points(group=GROUP)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command; what cannot be loaded becomes a BrokenCommand."""
        points = {p.value: p for p in entry_points(group=GROUP, name=cmd_name)}
        if not points:
            return None
        if len(points) > 1:
            return BrokenCommand(cmd_name, "offered twice, by " + " and ".join(sorted(points)))
        return _load(*points.values())

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant; of one that is not there, say what is near."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            near = nearest(args[0], self.list_commands(ctx))
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"No such command '{args[0][:80]}'.{hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a reader that goes away, such as ``head``, ends it quietly."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            _discard_output()
            ctx.exit(PIPE_CLOSED)


def broken_commands() -> dict[str, str]:
    """Return the commands that cannot be loaded, and why, by name."""
    group, found = Commands(), {}
    with click.Context(group) as context:
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if isinstance(command, BrokenCommand):
                found[name] = command.reason
    return found


def _load(point: EntryPoint) -> click.Command:
    try:
        command = point.load()
    except Exception as error:  # noqa: BLE001 - an import raises what it likes.
        return BrokenCommand(point.name, f"{type(error).__name__} while loading {point.value!r}")
    if not isinstance(command, click.Command):
        return BrokenCommand(point.name, f"{point.value!r} is no click.Command")
    _uncut(command)
    return command


def _uncut(command: click.Command) -> None:
    """Have lists of commands show whole sentences, over several lines where it has to be."""
    if command.short_help is None and command.help:
        command.short_help = command.help.partition("\n\n")[0]
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _uncut(each)


def _discard_output() -> None:
    """Point standard output at nothing, so that the flush at exit cannot fail either."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="handrail")
def cli() -> None:
    """Feature safety for product teams.

    Start with `handrail demo`.
    """


def run() -> None:
    """Run the group as a program: commands say themselves what matters, so nothing is logged."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    codecs.register_error("handrail", _plain)
    # Python writes UTF-8 under LC_ALL=C; who says so asks for ASCII.
    ascii_only = os.environ.get("LC_ALL") in {"C", "POSIX"} and "PYTHONIOENCODING" not in os.environ
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="handrail", encoding="ascii" if ascii_only else stream.encoding)
    cli(prog_name="handrail")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Write what an encoding does not have as something alike, or as a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign, "?") for sign in lost), error.end
