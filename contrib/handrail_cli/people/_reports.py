"""``handrail reports``: what people reported."""

from __future__ import annotations

from typing import TextIO

import click

from handrail_cli import show
from handrail_cli.people._say import (
    by_option,
    due,
    facts,
    fields,
    looking,
    looks_option,
    moment,
    more,
    plain,
    rows,
    text_option,
)
from handrail_cli.store._place import Place, placed

STATES = ("open", "repeated", "set_aside", "acted_on", "not_acted_on", "any")


@click.group()
def reports() -> None:
    """See what people reported, and decide it.

    Exit code: 0 if it was done, 2 if it could not be.
    """


@reports.command("list")
@click.option(
    "--state", type=click.Choice(STATES), help="Else those that are open; with --case, any."
)
@click.option("--reporter", help="Only by this person.")
@click.option("--case", help="Only those that this case answers.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many at most."
)
@placed
def list_reports(  # noqa: PLR0913 - one for each option
    *, place: Place, state: str | None, reporter: str | None, case: str | None, limit: int,
    as_json: bool,
) -> None:  # fmt: skip
    """List reports, the urgent ones first."""
    with place.store() as store:
        asked = state or ("open" if case is None else "any")
        wanted = None if asked == "any" else asked
        found = store.reports.list(state=wanted, reporter=reporter, case=case, most=limit)
        now = store.now()
    if rows(found, as_json=as_json):
        return
    for each in found:
        waits = each.state in {"open", "set_aside"}
        when = f"decided {moment(each.decided_at)}" if each.decided_at else ""
        show.screen().print(show.entry(
            (each.id, each.state, due(each.deadline, now) if waits else when),
            f"{each.source} {each.order or ''}".strip(), each.issue, each.feature,
            f"item {show.printable(each.item, 48)}", f"priority {each.priority:.2f}",
            f"came {moment(each.received_at)}",
            f"lacks {' and '.join(each.missing)}" if each.missing else "",
        ))  # fmt: skip
    more(found, limit)
    if not found:
        show.screen().print("No reports." if asked == "any" else f"No reports are {asked}.")


@reports.command("show")
@click.argument("report")
@text_option
@looks_option
@placed
def show_report(
    *, place: Place, report: str, show_text: bool, by: str | None, as_json: bool
) -> None:
    """Show one report; with --show-text also what its reporter gave."""
    who = looking(by, show_text=show_text)
    with place.store() as store:
        said = fields(store.reports.show(report, by=who))
    facts(said, as_json=as_json)


@reports.command("decide")
@click.argument("report")
@click.argument("action", metavar="ACTION", type=click.Choice(["allow", "limit", "block"]))
@click.option("--reason", default="", help="Why; kept sealed.")
@click.option("--unfounded", is_flag=True, help="It was manifestly unfounded.")
@click.option("--bad-faith", is_flag=True, help="It was meant so, as far as that can be seen.")
@by_option
@placed
def decide_report(  # noqa: PLR0913 - one for each option
    *, place: Place, report: str, action: str, reason: str, unfounded: bool, bad_faith: bool,
    by: str, as_json: bool,
) -> None:  # fmt: skip
    """Decide the case that answers a report, and with it all reports of that case."""
    with place.store() as store:
        from handrail_store import Verdict

        case = store.reports.show(report).case
        if case is None:
            raise show.Stop("This report was set aside: handrail reports take-up opens a case.")
        verdict = Verdict(
            by=by, action=action, reason=reason, unfounded=unfounded, bad_faith=bad_faith
        )
        made = store.cases.decide(case, verdict)
    if as_json:
        show.emit({"case": case, "decision": made.id, "action": action})
    else:
        click.echo(f"Decided: {action}, decision {made.id}.")


@reports.command("take-up")
@click.argument("report")
@by_option
@placed
def take_up_report(*, place: Place, report: str, by: str, as_json: bool) -> None:
    """Have a report looked at that was set aside."""
    with place.store() as store:
        case = store.reports.take_up(report, by=by)
    show.emit({"report": report, "case": case}) if as_json else click.echo(f"Case {case}.")


@reports.command("complain")
@click.argument("report")
@click.option("--text", type=click.File(), help="What they say: a file, or - for the input.")
@placed
def complain_about(*, place: Place, report: str, text: TextIO | None, as_json: bool) -> None:
    """Take in that a reporter does not agree with what was decided (DSA Article 20).

    Within six months, once for each decision; somebody else decides the case that it opens.
    """
    with place.store() as store:
        made = store.reports.complain(report, text="" if text is None else text.read())
    if as_json:
        show.emit(plain(made))
    else:
        click.echo(f"Case {made.case}, for somebody else than who decided before.")


@reports.command("answer")
@placed
def answer_reports(*, place: Place, as_json: bool) -> None:
    """Answer reports of decided cases that wait for it still, and say how many replies wait.

    The host sends replies: the process that registered a function with on_reply.
    """
    with place.store() as store:
        done = {"answered": store.cases.catch_up(), "waiting": store.replies.waiting()}
    if as_json:
        show.emit(done)
    else:
        click.echo(f"{done['answered']} answered, {done['waiting']} replies wait.")
