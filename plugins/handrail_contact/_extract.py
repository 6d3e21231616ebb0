"""All contacts of a text: what each part finds, without overlaps, bounded in number and length."""

from __future__ import annotations

from collections.abc import Iterable

from handrail import Contact, Contacts, Context, Item

from ._crypto import crypto
from ._email import emails
from ._handle import handles, profiles
from ._lure import calls, lures
from ._payment import payments
from ._phone import phones
from ._plain import View
from ._services import mentioned

MOST = 200
"""Contacts kept of one item."""

LONGEST = 20_000
"""Characters read of one item; what stands behind them is not looked at."""


def find_contacts(item: Item, context: Context) -> Contacts:
    """Return the contacts in the text of *item*, in order; MissingExtraError without the extra."""
    raw = item.text[:LONGEST]
    if not raw:
        return Contacts()
    view = View(raw)
    named = mentioned(view)
    found = _apart((
        *payments(view),
        *crypto(view),
        *emails(view),
        *profiles(view),
        *(handles(view) if named else ()),
        *phones(view, item),
    ))  # fmt: skip
    invited = _apart((*(lures(view) if named else ()), *calls(view, found)))
    if not (found or invited):
        return Contacts()
    return Contacts(sorted((*found, *invited), key=_place)[:MOST])


def _apart(found: Iterable[Contact]) -> list[Contact]:
    """Those that overlap none before them: the surest kinds come first."""
    kept: list[Contact] = []
    taken: set[int] = set()
    for contact in found:
        covered = range(*contact.span)
        if taken.isdisjoint(covered):
            taken.update(covered)
            kept.append(contact)
    return kept


def _place(contact: Contact) -> tuple[int, int]:
    return contact.span
