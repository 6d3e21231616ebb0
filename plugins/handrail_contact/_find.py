"""From contacts to findings: hand-set severities by kind, whose it seems, and who can see it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import attrs

from handrail import Contact, Evidence, Finding, Item

from ._disposable import is_disposable
from ._settings import Settings
from ._whose import Whose, whose

DOXXING = "privacy.doxxing"
SCAM = "fraud.scam"
SPAM = "integrity.spam"
SPANS = 20
"""Spans a finding names at most."""

_NOUNS = {
    "card": "payment card number", "crypto": "crypto address", "email": "e-mail address",
    "handle": "name on another service", "iban": "bank account",
    "pay_link": "payment link", "phone": "phone number",
}  # fmt: skip
_PERSONAL = frozenset({"card", "email", "handle", "iban", "phone"})
_PAYABLE = frozenset({"card", "crypto", "iban", "pay_link"})
_IMPERSONAL = re.compile(
    r"(?:info|support|help|helpdesk|sales|contact|admin|office|press|abuse|noreply|no-reply|postmaster"
    r"|webmaster|security|privacy|legal|jobs|billing|service|team|feedback|newsletter|list|dev|users?"
    r"|bugs?|kontakt|hello|enquir\w+|inquir\w+)(?:[.\-+_]\w+)?@"
    r"|.*@(?:lists?\.|example\.(?:com|org|net)$|.*\.example$|.*\.invalid$|users\.noreply\.)"
    r"|\+(?:1(?:800|888|877|866|855|844|833)|44(?:800|808)|49800|33800|800)"
)
_SEVERITY = {
    # Whose, and the words for it: in public, among connections, in private.
    Whose.OTHER: ("that seems to be somebody else's", (0.8, 0.7, 0.4)),
    Whose.READER: ("that seems to be the reader's", (0.75, 0.6, 0.2)),
    Whose.OPEN: ("of nobody named", (0.5, 0.4, 0.0)),
    Whose.OWN: ("that seems to be the author's own", (0.2, 0.1, 0.0)),
}
_ACCOUNTS = frozenset({"card", "iban"})
_CHILD = 18
_PRIVATE = frozenset({"private", "direct", "recipients"})
_CLOSE = frozenset({"connections", "friends", "followers", "group", "members"})
_SECRET_SURFACES = frozenset({"messaging"})
_OWN_SURFACES = frozenset({"profiles"})
"""Where people write about themselves: what is nobody's by the words is the author's."""


@attrs.frozen
class _Sign:
    """One thing noticed, before it is a finding."""

    score: float
    reason: str
    contacts: tuple[Contact, ...]


def findings(
    contacts: Sequence[Contact], item: Item, surface: str, settings: Settings
) -> Iterator[Finding]:
    """Yield what *contacts* say about *item* on *surface*: at most one finding an issue."""
    judged = [c for c in contacts if not _excepted(c, settings)]
    seen = _seen(item, surface)
    for issue, signs in (
        (DOXXING, _exposed(judged, item, surface, seen)),
        (SCAM, _scam(judged, item, seen)),
        (SPAM, _spam(judged, seen, settings.flood)),
    ):
        if strong := sorted((s for s in signs if s.score > 0), key=lambda s: (-s.score, s.reason)):
            yield _finding(issue, strong)


def _excepted(contact: Contact, settings: Settings) -> bool:
    domain = contact.value.rpartition("@")[2] if contact.kind == "email" else contact.value
    return (
        contact.kind in settings.ignored
        or (contact.kind == "lure" and contact.service in settings.own_services)
        or (contact.kind == "handle" and contact.service in settings.own_services)
        or any(domain == a or domain.endswith(f".{a}") for a in settings.allowed)
        or contact.value.lower() in settings.allowed
    )


def _seen(item: Item, surface: str) -> int:
    """Who can see the item: 0 everybody, 1 connections, 2 the people addressed."""
    if item.visibility is None:
        return 2 if surface in _SECRET_SURFACES else 0
    return 2 if item.visibility in _PRIVATE else 1 if item.visibility in _CLOSE else 0


def _exposed(contacts: Sequence[Contact], item: Item, surface: str, seen: int) -> Iterator[_Sign]:
    """Personal data, by whose it seems."""
    for contact in contacts:
        if contact.kind not in _PERSONAL or _IMPERSONAL.match(contact.value):
            continue
        person = whose(item.text, *contact.span)
        if person is Whose.OPEN and surface in _OWN_SURFACES:
            person = Whose.OWN
        words, scores = _SEVERITY[person]
        score = scores[seen]
        if contact.kind == "handle":
            score = round(score / 2, 2) if person is Whose.OTHER else 0.0
        elif person is Whose.OPEN and contact.kind in _ACCOUNTS:
            score = round(score + 0.1, 2) if score else 0.0
        elif person is Whose.OWN and _child(item) and seen < 2:
            score, words = 0.5, "that seems to be the author's own, who is a minor"
        yield _Sign(score, f"{_a(contact.kind)} {words}", (contact,))


def _child(item: Item) -> bool:
    return (
        item.author is not None and item.author.age is not None and item.author.age.value < _CHILD
    )


def _scam(contacts: Sequence[Contact], item: Item, seen: int) -> Iterator[_Sign]:
    """Signs of a scam: a way to pay, a lure, both; nothing between people who know each other."""
    if seen > 0 and item.relation not in (None, "stranger"):
        return
    lures = tuple(c for c in contacts if c.kind == "lure")
    payable = tuple(c for c in contacts if c.kind in _PAYABLE and c.kind != "card")
    stranger = item.relation == "stranger"
    if lures and payable:
        yield _Sign(0.7, "a lure away from the platform and a way to pay", lures + payable)
    if lures:
        base = 0.5 if stranger else 0.3
        hidden = any(c.obfuscated for c in contacts)
        reason = (
            "a lure away from the platform" + ", to a stranger" * stranger + ", disguised" * hidden
        )
        yield _Sign(round(base + 0.15 * hidden, 2), reason, lures)
    for contact in payable:
        base = 0.4 if contact.kind == "crypto" else 0.2
        yield _Sign(round(base + 0.1 * stranger, 2), _a(contact.kind), (contact,))


def _spam(contacts: Sequence[Contact], seen: int, flood: int) -> Iterator[_Sign]:
    """Signs of advertising, where strangers read it."""
    distinct = {(c.kind, c.value) for c in contacts if c.kind != "lure"}
    if len(distinct) >= flood and seen < 2:
        score = min(0.9, round(0.5 + 0.1 * (len(distinct) - flood), 2))
        yield _Sign(score, f"{len(distinct)} different contacts", tuple(contacts))
    hidden = tuple(c for c in contacts if c.obfuscated and c.kind != "lure")
    if hidden and seen < 2:
        yield _Sign(0.5, "a contact written so as not to look like one", hidden)
    fleeting = tuple(c for c in contacts if c.kind == "email" and is_disposable(c.value))
    if fleeting and seen < 2:
        yield _Sign(0.4, "an e-mail address to throw away", fleeting)
    lures = tuple(c for c in contacts if c.kind == "lure")
    if lures and seen < 2:
        named = any(c.kind in ("handle", "phone", "email", "pay_link") for c in contacts)
        yield _Sign(
            0.5 if named else 0.3,
            "a lure away from the platform" + " with a contact" * named,
            lures,
        )


def _a(kind: str) -> str:
    noun = _NOUNS[kind]
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _finding(issue: str, signs: Sequence[_Sign]) -> Finding:
    contacts = dict.fromkeys(c for sign in signs for c in sign.contacts)
    reasons = dict.fromkeys(sign.reason for sign in signs)
    counts = Counter(c.kind for c in contacts)
    return Finding(
        issue,
        score=signs[0].score,
        reason=", ".join([*reasons][:4]),
        evidence=Evidence(spans=_spans(contacts), counts=dict(sorted(counts.items()))),
    )


def _spans(contacts: Iterable[Contact]) -> tuple[tuple[int, int], ...]:
    return tuple(c.span for c in contacts)[:SPANS]
