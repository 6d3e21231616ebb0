"""``handrail reporters``: who reports, how far they are relied on, and whether they misuse it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import attrs
import click

from handrail import HandrailError
from handrail.settings import span
from handrail_cli import show
from handrail_cli.people._say import by_option, facts, fields, moment, more, plain
from handrail_cli.store._place import Place, placed

if TYPE_CHECKING:
    from handrail_store import Store

feature_option = click.option(
    "--feature", required=True, help="Where they reported: the feature whose reply it is."
)


def _span(_context: click.Context, _option: click.Parameter, value: str | None) -> timedelta | None:
    try:
        return None if value is None else span(value)
    except HandrailError:
        raise click.BadParameter("expected a duration, such as 30d") from None


def _check_known(store: Store, reporter: str) -> None:
    if not store.reports.knows(reporter):
        raise show.Stop("Nobody with that id has reported, as far as is remembered.")


@click.group()
def reporters() -> None:
    """See who reports; answer misuse: first warn, then suspend.

    As DSA Article 23 asks for.

    Exit code: 0 if it was done, 2 if it could not be.
    """


@reporters.command("list")
@click.option("--all", "everybody", is_flag=True, help="Also those with nothing to answer for.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many at most."
)
@placed
def list_reporters(*, place: Place, everybody: bool, limit: int, as_json: bool) -> None:
    """List who filed unfounded reports, is warned or suspended: the most unfounded first."""
    with place.store() as store:
        found = store.reports.reporters(misused=not everybody, most=limit)
        told = [(each, store.reports.weighed(each)) for each in found]
        now = store.now()
    if as_json:
        show.emit([{**plain(who), **plain(weighed)} for who, weighed in told])
        return
    for who, weighed in told:
        warned = f"warned {moment(who.warned_at)}" if who.warned_at else ""
        ends = f"suspended until {moment(who.suspended_until)}" if who.suspended_until else ""
        next_step = f"suggests: {weighed.suggests}" if weighed.suggests else ""
        if who.suspended(now):
            next_step = "suspended"
        show.screen().print(show.entry(
            (show.printable(who.id), next_step), f"unfounded {weighed.number:.1f}",
            f"share {weighed.share:.0%}", f"{who.today} within a day", warned, ends,
        ))  # fmt: skip
    more(told, limit)
    if not told:
        nobody = "Nobody has reported." if everybody else "Nobody; --all lists whoever reported."
        show.screen().print(nobody)


@reporters.command("show")
@click.argument("reporter")
@placed
def show_reporter(*, place: Place, reporter: str, as_json: bool) -> None:
    """Show what is remembered of one, and the four factors of DSA Article 23(3)."""
    with place.store() as store:
        _check_known(store, reporter)
        who = store.reports.reporter(reporter)
        said = {**fields(who), "credibility": who.credibility}
        said |= fields(store.reports.weighed(who))
    facts(said, as_json=as_json)


@reporters.command("warn")
@click.argument("reporter")
@feature_option
@by_option
@placed
def warn_reporter(*, place: Place, reporter: str, feature: str, by: str, as_json: bool) -> None:
    """Warn one: they are told, and the audit log says what spoke for it."""
    with place.store() as store:
        _check_known(store, reporter)
        store.reports.warn(reporter, by=by, feature=feature)
        weighed = store.reports.factors(reporter)
    if as_json:
        show.emit({"reporter": reporter, **attrs.asdict(weighed)})
    else:
        click.echo("Warned.")


@reporters.command("suspend")
@click.argument("reporter")
@feature_option
@click.option("--for", "lasts", callback=_span, help="For how long: 30d; else as settings say.")
@by_option
@placed
def suspend_reporter(  # noqa: PLR0913 - one for each option
    *, place: Place, reporter: str, feature: str, lasts: timedelta | None, by: str, as_json: bool
) -> None:
    """Set aside what one reports, for a time; they must have been warned."""
    with place.store() as store:
        until = None if lasts is None else store.now() + lasts
        ends = store.reports.suspend(reporter, by=by, feature=feature, until=until)
    if as_json:
        show.emit({"reporter": reporter, "suspended_until": ends.isoformat()})
    else:
        click.echo(f"Suspended until {moment(ends)}.")


@reporters.command("lift")
@click.argument("reporter")
@by_option
@placed
def lift_suspension(*, place: Place, reporter: str, by: str, as_json: bool) -> None:
    """End a suspension early."""
    with place.store() as store:
        done = store.reports.lift(reporter, by=by)
    if not done:
        raise show.Stop("Nobody with that id is suspended.")
    show.emit({"reporter": reporter, "lifted": True}) if as_json else click.echo("Lifted.")
