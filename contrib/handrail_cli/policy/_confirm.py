"""``handrail policy confirm``: let a rule go on that acted on too many established people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from handrail import Caps, FileCaps
from handrail_cli import show
from handrail_cli._start import config_option, json_option
from handrail_cli.policy._load import Refused, open_bundle, policies_option, say
from handrail_cli.store._place import Place
from handrail_policyfiles import Bundle


@click.command()
@click.argument("rule")
@click.option("--by", required=True, help="Who confirms it.")
@policies_option
@click.option(
    "--file", type=click.Path(path_type=Path),
    help="The file of the cap, as the settings name it; by default it is the settings' store.",
)  # fmt: skip
@config_option
@json_option
def confirm(
    *, rule: str, by: str, policies: Path, file: Path | None, config: Path | None, as_json: bool
) -> None:
    """Confirm RULE, which its blast-radius cap has demoted to shadow.

    It counts again within a second, and is not watched any more. What is confirmed is the rule as
    it stands now: once it says something else, it is watched anew.

    Exit code: 0 if it was done, 1 if that rule is not demoted, 2 if nothing could start.
    """
    with _caps(file, config) as caps:
        marks = _marks(rule, caps.tripped(), open_bundle(policies))
        for mark in marks:
            caps.confirm(mark, rule, by)
    if as_json:
        show.emit({"rule": rule, "hashes": marks, "by": by})
    else:
        say(f"{rule} ({', '.join(marks)}) is confirmed by {by}.")


@contextmanager
def _caps(file: Path | None, config: Path | None) -> Iterator[Caps]:
    """What the cap remembers: in its file, or in the store of the settings."""
    if file is None:
        with Place(None, config).store() as store:
            yield store.caps
    elif file.is_file():
        yield FileCaps(file)
    else:
        raise show.Stop(f"{file}: no such file.")


def _marks(rule: str, tripped: Mapping[str, str], bundle: Bundle) -> list[str]:
    """The hashes to confirm: those demoted, as far as the rule still says the same."""
    found = sorted(mark for mark, name in tripped.items() if name == rule)
    if not found:
        known = ", ".join(sorted(set(tripped.values()))) or "none"
        raise Refused(f"No rule {rule!r} is demoted. Demoted now: {known}.")
    now = {p.hashes[rule] for p in bundle.policies if rule in p.hashes}
    # A rung of a ladder is no rule of its own; it is known by the name it was demoted under.
    kept = [mark for mark in found if not now or mark in now]
    if not kept:
        raise Refused(f"{rule!r} says something else by now: what was demoted is gone.")
    return kept
