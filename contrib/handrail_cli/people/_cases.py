"""``handrail cases``: what a person has to look at."""

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

STATES = ("open", "decided", "lapsed", "cancelled", "any")


@click.group()
def cases() -> None:
    """See what waits for a person, and decide it.

    Exit code: 0 if it was done, 2 if it could not be.
    """


@cases.command("list")
@click.option(
    "--state", type=click.Choice(STATES), default="open", show_default=True, help="Only these."
)
@click.option("--queue", help="Only of this queue.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many at most."
)
@placed
def list_cases(*, place: Place, state: str, queue: str | None, limit: int, as_json: bool) -> None:
    """List cases: the late ones first, then the urgent ones."""
    with place.store() as store:
        wanted = None if state == "any" else state
        found, now = store.cases.list(state=wanted, queue=queue, most=limit), store.now()
    if rows(found, as_json=as_json):
        return
    for each in found:
        when = due(each.deadline, now) if each.state == "open" else ""
        if each.closed_at is not None:
            when = f"closed {moment(each.closed_at)}"
        show.screen().print(show.entry(
            (each.id, each.state, when), f"queue {each.queue}", each.issue or "", each.feature,
            f"item {show.printable(each.item, 48)}", f"reports {each.reports}",
            f"priority {each.priority:.2f}",
        ))  # fmt: skip
    more(found, limit)
    if not found:
        show.screen().print("No cases." if wanted is None else f"No cases are {wanted}.")


@cases.command("show")
@click.argument("case")
@text_option
@looks_option
@placed
def show_case(*, place: Place, case: str, show_text: bool, by: str | None, as_json: bool) -> None:
    """Show one case, and what was found; with --show-text also what it is about."""
    who = looking(by, show_text=show_text)
    with place.store() as store:
        found, kept = store.cases.show(case, by=who), False
        said, asked = fields(found), store.decision(found.decision)
        if who is not None:
            item = store.snapshot(found.feature, found.item, found.revision or 0, by=who)
            kept = item is not None
            said["text"] = None if item is None else item.text
    if as_json:
        said["found"] = None if asked is None else asked.to_json()["findings"]
        said["faults"] = None if asked is None else asked.to_json()["faults"]
    facts(said, as_json=as_json)
    if as_json:
        return
    if who is not None and not kept:
        show.screen().print("No content of it is kept.")
    if asked is not None:
        show.screen().print(f"\n{asked.action.name} at {asked.stage}, by {asked.decided_by}")
        show.screen().print(show.why(asked))


@cases.command("decide")
@click.argument("case")
@click.argument("action", metavar="ACTION", type=click.Choice(["allow", "limit", "block"]))
@click.option("--issue", help="What it is, where that is not what the case says.")
@click.option("--reason", default="", help="Why; kept sealed.")
@click.option("--no-strike", is_flag=True, help="The violation is no strike for the author.")
@click.option("--unfounded", is_flag=True, help="The reports were manifestly unfounded.")
@click.option("--bad-faith", is_flag=True, help="They were meant so, as far as can be seen.")
@click.option("--notice", help="What the author is told, in the place of the usual words.")
@by_option
@placed
def decide_case(  # noqa: PLR0913 - one for each option
    *, place: Place, case: str, action: str, issue: str | None, reason: str, no_strike: bool,
    unfounded: bool, bad_faith: bool, notice: str | None, by: str, as_json: bool,
) -> None:  # fmt: skip
    """Decide a case: the feature is told, and so is everybody who reported.

    ACTION is allow, limit or block.
    """
    with place.store() as store:
        from handrail_store import Verdict

        made = store.cases.decide(case, Verdict(
            by=by, action=action, issue=issue, reason=reason, strike=not no_strike,
            unfounded=unfounded, bad_faith=bad_faith, notice=notice,
        ))  # fmt: skip
    if as_json:
        show.emit({"case": case, "decision": made.id, "action": action})
    else:
        click.echo(f"Decided: {action}, decision {made.id}.")


@cases.command("appeal")
@click.argument("decision")
@click.option("--author", required=True, help="Whose it is: the host's id of who appeals.")
@click.option("--text", type=click.File(), help="What they say: a file, or - for the input.")
@placed
def appeal_decision(
    *, place: Place, decision: str, author: str, text: TextIO | None, as_json: bool
) -> None:
    """Take in what an author says against a decision about what they made (DSA Article 20).

    Within six months, once for each decision; somebody else decides the case that it opens.
    """
    with place.store() as store:
        said = "" if text is None else text.read()
        made = store.cases.appeal(decision, by=author, text=said)
    if as_json:
        show.emit(plain(made))
    else:
        click.echo(f"Case {made.case}, for somebody else than who decided before.")
