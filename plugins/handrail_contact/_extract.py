"""All contacts of a text: what each part finds, without overlaps, bounded in number and length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from handrail import Contact, Contacts, Context, Item

from ._asks import asks
from ._crypto import FIGURES_LEAST, crypto
from ._email import emails
from ._handle import handles, profiles
from ._hints import Hints, hints
from ._lure import calls, lures
from ._payment import LEAST_DIGITS, payments
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
    has = hints(raw)
    if has is None:
        return Contacts()
    view = View(raw)
    named = has.named and mentioned(view)
    found = _apart((
        *_certain(view, has),
        *(handles(view) if named else ()),
        *(phones(view, item, has.numerals) if has.called else ()),
    ))  # fmt: skip
    invited = _apart((
        *(lures(view) if named else ()),
        *(asks(view) if has.asked else ()),
        *calls(view, found),
    ))  # fmt: skip
    if not (found or invited):
        return Contacts()
    return Contacts(sorted((*found, *invited), key=_place)[:MOST])


def _certain(view: View, has: Hints) -> Iterator[Contact]:
    """What has a form of its own; a search that could find nothing is left out."""
    if has.paid or has.signs or has.figures >= LEAST_DIGITS:
        yield from payments(view)
    if has.long and has.figures >= FIGURES_LEAST:
        yield from crypto(view)
    if has.signs or has.spelled:
        yield from emails(view)
    if has.linked:
        yield from profiles(view)


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
