"""One look at a profile: its names, the age it states, whether it advertises, its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handrail import (
    Contacts,
    Context,
    DerivationError,
    Evidence,
    Finding,
    Item,
    Links,
    UnseenError,
)

from ._ages import Kind, stated
from ._impersonation import impersonation
from ._memory import NAMES, worn
from ._settings import Settings

UNDERAGE = "child_safety.underage_account"
SPAM = "integrity.spam"
FAKE = "integrity.fake_account"

_KINDS: Mapping[Kind, tuple[float, str]] = {
    "said": (0.8, "says that they are {}"),
    "alone": (0.7, "states an age of {}"),
    "born": (0.6, "states a year of birth, {} at most"),
    "grade": (0.5, "states a grade of school, {} at most"),
    "asl": (0.45, "states what may be an age of {}"),
}
_FIELDS = (*NAMES, "email")


def look(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    """Yield what there is to say about a profile; raises at the end what kept it from more."""
    wrong: Exception | None = None
    named = {f: text for f in NAMES if isinstance(text := item.attributes.get(f), str)}
    account = None if item.author is None else item.author.id
    yield from impersonation(named, account, settings.names, settings.staff)
    yield from _underage(item, context, settings)
    yield from _accounts(item, context, settings)
    try:
        yield from _advertising(item, context)
    except DerivationError as error:
        wrong = error
    if wrong is not None:
        raise wrong
    if any(not isinstance(item.attributes.get(field, ""), str) for field in _FIELDS):
        raise UnseenError("attributes", "name_is_no_text")


def _underage(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    age = item.author.age if item.author else None
    if age is not None and age.known_by == "verified" and age.value >= settings.min_age:
        return
    young = [s for s in stated(item.text, context.at.year) if s.age < settings.min_age]
    if not young:
        return
    best = max(young, key=lambda each: (_KINDS[each.kind][0], -each.age))
    score, reason = _KINDS[best.kind]
    counts = {"age": best.age, "statements": len(young), best.kind: 1}
    evidence = Evidence(spans=sorted(each.span for each in young)[:20], counts=counts)
    yield Finding(UNDERAGE, score, reason.format(best.age), evidence=evidence)


def _accounts(item: Item, context: Context, settings: Settings) -> Iterator[Finding]:
    counts: dict[str, int] = {}
    reasons, score = [], 0.0
    names = worn(item, context, settings)
    if names >= settings.renames:
        counts["names"] = names
        reasons.append(f"{names} names lately")
        score = min(0.7, 0.4 + 0.1 * (names / settings.renames - 1))
    email = item.attributes.get("email")
    if isinstance(email, str) and settings.is_thrown(email[-255:].rpartition("@")[2]):
        counts["disposable_email"] = 1
        reasons.append("an e-mail address for throwing away")
        score = min(0.8, score + 0.4)
    if reasons:
        evidence = Evidence(counts=counts)
        yield Finding(FAKE, round(score, 2), ", ".join(reasons), evidence=evidence)


def _advertising(item: Item, context: Context) -> Iterator[Finding]:
    links, contacts = context.derive("links", Links), context.derive("contacts", Contacts)
    elsewhere = [c for c in contacts if c.kind in ("lure", "handle", "phone", "email")]
    pay = [c for c in contacts if c.kind in ("crypto", "iban", "pay_link", "card")]
    ways = {"links": len(links), "elsewhere": len(elsewhere), "ways_to_pay": len(pay)}
    kinds = sum(map(bool, ways.values()))
    if kinds < 2:
        return
    tenure = None if item.author is None else item.author.tenure_days
    young = tenure is not None and tenure < 7
    score = round(0.2 + 0.15 * (kinds - 1) + 0.2 * young, 2)
    spans = sorted({s for s in (*(k.span for k in links), *(c.span for c in contacts)) if s})
    names = {"links": "links", "elsewhere": "places elsewhere", "ways_to_pay": "ways to pay"}
    listed = " and ".join(names[way] for way, number in ways.items() if number)
    reason = f"{listed} in a profile" + (", of a new account" if young else "")
    counts = ways | ({"new_account": 1} if young else {})
    yield Finding(SPAM, score, reason, evidence=Evidence(spans=spans[:20], counts=counts))
