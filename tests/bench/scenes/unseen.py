"""What the starting stack does about a stranger's texts, in the manner of the public sets.

    python tests/bench/scenes/unseen.py [again|people] [open|held|all] [--own] [--with=MODULE,…]
        [--unsaid] [--languages] [--missed]

``unseen.jsonl`` has texts of up to 84 words in fifteen languages, each with the issues a moderator
would name, none where it is harmless. Each kind is halved at random, drawn again until languages
are nearly even, and a line says in which half it is: one half is to mend on, the other is only
measured. Harmful texts and the whole held half are in base64, so that nobody reads them by
accident; ``--missed`` prints texts of the open half only. Who wrote them knew no term list, no
training data and no module's code; the long kinds came last, after the misses of the open half had
been seen.

``unseen_again.jsonl`` (``again``) is by another, who had seen none of this either: 1,534 texts,
three in five English, half of them harmful, two thirds of the others near misses.

``unseen_people.jsonl`` (``people``) has biographies, first messages between people of known and
unknown age, and lines of a live chat after what was said before, kept in the same manner and always
judged with ``--own``; who wrote these had read the modules' pages, and no more.

A text is caught where the starting policy of its surface does anything at all: it asks, limits,
holds, blocks, offers help or calls somebody. ``found`` counts a score of 0.5 or more for an issue
of the labelled kind of harm. Modules are text, links, contact and classifier; ``--own`` adds what
a surface has of its own, ``--with`` others. ``--unsaid`` leaves the language out. Intervals are
Wilson's, 95 %.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
from measure import interval

from handrail import Action, Actor, Decision, Feature, Item, MemoryState, Safety
from handrail_policyfiles import starting_policy

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
STACK = ("text", "links", "contact", "classifier")
OWN = {
    "comments": ("behavior", "comments"), "messaging": ("behavior", "messaging"),
    "profiles": ("behavior", "profiles"), "live": ("behavior", "live"),
}  # fmt: skip
ENOUGH, FAINT, LONG = 0.5, 0.1, 180
KIN = (
    {"harassment", "hate", "violence"}, {"integrity", "fraud", "goods"},
    {"sexual", "child_safety"}, {"privacy", "violence"},
)  # fmt: skip


@attrs.frozen
class Written:
    """What somebody wrote, where, and which issues a moderator would name.

    Attributes:
        ages: Of the author and the recipient, None where it is not known. relation: Of these two.
        name, handle: Of a profile. stage: The ages of those on stage.
        before: What was said in the room, ``segment`` for the stage, ``chat`` for anybody else.
    """

    id: str
    text: str
    language: str
    kind: str
    surface: str
    issues: Sequence[str]
    half: str
    ages: Sequence[int | None] = ()
    relation: str | None = None
    name: str = ""
    handle: str = ""
    stage: Sequence[int | None] = ()
    before: Sequence[Sequence[str]] = ()

    @property
    def families(self) -> set[str]:
        """The families of its issues, and those that tell of the same harm."""
        own = {issue.partition(".")[0] for issue in self.issues}
        return own.union(*(kin for kin in KIN if kin & own))


def written(which: str, name: str = "unseen") -> Iterator[Written]:
    """The texts of one half, in the order of the file."""
    path = Path(__file__).with_name(f"{name}.jsonl")
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "coded" in row:
            row["text"] = b64decode(row.pop("coded")).decode("utf-8")
        if which in ("all", row["half"]):
            yield Written(**row)


def stack(surface: str, more: Sequence[str]) -> Safety:
    """The modules and the starting policy of a surface."""
    return Safety(
        [Feature(name="f", surface=surface, budget_ms=60_000)],
        modules=[*STACK, *more], policy=starting_policy(surface),
        state=MemoryState(most=50_000),
    )  # fmt: skip


def judged(
    texts: Iterable[Written], more: Sequence[str] = (), *, own: bool, said: bool
) -> Iterator[tuple[Written, Decision]]:
    """What becomes of each text, each by another author."""
    by_surface = defaultdict(list)
    for each in texts:
        by_surface[each.surface].append(each)
    for surface, some in by_surface.items():
        with stack(surface, [*(OWN[surface] if own else ()), *more]) as safety:
            judge = safety.feature("f").pre_publish
            for each in some:
                for earlier in said_before(each, said=said):
                    judge(earlier)
                yield each, judge(item(each, said=said))


def item(each: Written, *, said: bool) -> Item:
    """The item of a text, in a place of its own."""
    age, to = each.ages or (None, None)
    named = {"display_name": each.name, "handle": each.handle}
    return Item(
        each.id, each.text, author=Actor(f"by-{each.id}", age=age), created_at=AT,
        language=each.language if said else None,
        kind="profile_change" if each.surface == "profiles" else "text",
        recipients=[Actor(f"to-{each.id}", age=to, relation=each.relation)] if each.ages else [],
        attributes={field: name for field, name in named.items() if name}, **room(each),
    )  # fmt: skip


def room(each: Written) -> dict[str, Any]:
    """Where a text is said, and before whom."""
    if each.surface != "live":
        return {"thread_id": f"in-{each.id}"}
    on = [Actor(f"on-{n}-{each.id}", age=age) for n, age in enumerate(each.stage)]
    return {"session_id": f"in-{each.id}", "participants": on}


def said_before(each: Written, *, said: bool) -> Iterator[Item]:
    """The items of what was said in the room before, in the half minute before."""
    where = room(each)
    for number, (kind, text) in enumerate(each.before):
        segment = kind == "segment"
        yield Item(
            f"{number}-{each.id}", text, kind="live_segment" if segment else "text",
            author=where["participants"][0] if segment else Actor(f"before-{number}-{each.id}"),
            created_at=AT - timedelta(seconds=10 * (len(each.before) - number)),
            language=each.language if said else None, **where,
        )  # fmt: skip


def acts(made: Decision) -> bool:
    """Whether anything is done."""
    return made.action > Action.ALLOW or bool(made.effects)


def found(each: Written, made: Decision) -> bool:
    """Whether the labelled harm, or its kin, has a score that counts."""
    return any(
        finding.issue.partition(".")[0] in each.families and finding.score >= ENOUGH
        for finding in made.findings
    )


def table(made: Sequence[tuple[Written, Decision]], key: Callable[[Written], str]) -> None:
    """Print a line for all texts with the same key."""
    groups: dict[tuple[bool, str], list[tuple[Written, Decision]]] = defaultdict(list)
    for each, decision in made:
        groups[not each.issues, key(each)].append((each, decision))
    for (fine, name), some in sorted(groups.items()):
        caught = sum(acts(decision) for _, decision in some)
        row = f"{'false alarms' if fine else 'caught'} | {name} | {interval(caught, len(some))}"
        scored = sum(found(*one) for one in some)
        print(row if fine else f"{row} | found {interval(scored, len(some))}")


def mistakes(made: Sequence[tuple[Written, Decision]]) -> None:
    """Print what of the open half was let pass, or acted on for nothing, and why."""
    for each, decision in made:
        if each.half == "open" and acts(decision) != bool(each.issues):
            said = ", ".join(
                f"{f.issue} {f.score:.2f} {f.module}" for f in decision.findings if f.score >= FAINT
            )
            kind = "missed" if each.issues else "false alarm"
            print(f"{kind} | {each.id} | {decision.action.name} | {said or '-'} | {each.text!r}")


def main() -> None:
    """Print the totals, then each kind; and each language, and single mistakes, if asked."""
    which = next((word for word in ("open", "held", "all") if word in sys.argv), "open")
    name = next((f"unseen_{word}" for word in ("again", "people") if word in sys.argv), "unseen")
    own, said = "--own" in sys.argv or "people" in sys.argv, "--unsaid" not in sys.argv
    more = [m for word in sys.argv if word.startswith("--with=") for m in word[7:].split(",")]
    made = list(judged(written(which, name), more, own=own, said=said))
    table(made, lambda each: which)
    if "people" in sys.argv:
        table(made, lambda each: each.surface)
    table(made, lambda each: "English" if each.language == "en" else "other languages")
    table(made, lambda each: "180 letters or more" if len(each.text) >= LONG else "shorter")
    table(made, lambda each: each.kind)
    if "--languages" in sys.argv:
        table(made, lambda each: each.language)
    if "--missed" in sys.argv:
        mistakes(made)


if __name__ == "__main__":
    main()
