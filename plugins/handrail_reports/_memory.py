"""Who reported what, lately: ids as keyed hashes, texts as prints, all of it bounded."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from hashlib import blake2b

from handrail import Context, Count, Item, Report

from ._brigading import BURST, strangers
from ._filed import Filed, issue_of
from ._reputation import recalled
from ._settings import Settings

REPORTS = "reports"
"""The counter of an item's reports, by reporter."""

REPORTS_MOST = 200
"""Reports kept of one item, the latest."""

BURSTS_MOST = 200
"""Bursts of which it is remembered who took part."""


class Reports:
    """Remembers the reports of the last days by item, and who took part in bursts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._key = os.urandom(16)
        self._kept: OrderedDict[str, tuple[Filed, ...]] = OrderedDict()
        self._bursts: dict[str, frozenset[str]] = {}

    def learn(self, item: Item, context: Context) -> Iterator[Count]:
        """Remember the call's report."""
        report = context.report
        if report is None:
            return
        filed = self.read(item, report, context)
        kept = (*self.of(filed), filed)[-REPORTS_MOST:]
        self._kept[filed.item] = kept
        self._kept.move_to_end(filed.item)
        if len(self._kept) > self._settings.items:
            self._kept.popitem(last=False)
        self._note_burst(filed, kept)
        if report.reporter is not None:
            yield Count(REPORTS, item_key(item, context), report.reporter.id)

    def read(self, item: Item, report: Report, context: Context) -> Filed:
        """Return a report as it is remembered, its reporter as they stand now."""
        reporter, settings = report.reporter, self._settings
        known = "" if reporter is None else reporter.id
        trust = recalled(known, context, settings.half_life, settings.prior)
        return Filed(
            id=self._hide(report.id),
            item=self._hide(item_key(item, context)),
            at=context.at,
            issue=issue_of(report),
            source=report.source,
            reporter=None if reporter is None else self._hide(known),
            target=None if item.author is None else self._hide(item.author.id),
            text=report.text,
            tenure_days=None if reporter is None else reporter.tenure_days,
            credibility=trust.lower,
        )

    def of(self, filed: Filed) -> tuple[Filed, ...]:
        """Return the earlier reports of the same item within the window."""
        since = filed.at - self._settings.window
        return tuple(f for f in self._kept.get(filed.item, ()) if f.at > since)

    def bursts(self, filed: Filed) -> tuple[frozenset[str], ...]:
        """Return who reported other items in bursts, a set for each."""
        return tuple(people for item, people in self._bursts.items() if item != filed.item)

    def _note_burst(self, filed: Filed, kept: tuple[Filed, ...]) -> None:
        wave = self._settings.wave
        recent = [f for f in kept if f.at > filed.at - BURST]
        if len(recent) < wave.people:
            return
        people = frozenset(f.reporter for f in strangers(recent, wave) if f.reporter is not None)
        if len(people) < wave.people:
            return
        bursts = {k: v for k, v in self._bursts.items() if k != filed.item}
        for oldest in list(bursts)[: len(bursts) + 1 - BURSTS_MOST]:
            del bursts[oldest]
        bursts[filed.item] = people | self._bursts.get(filed.item, frozenset())
        self._bursts = bursts  # Hooks of other threads go through the old one undisturbed.

    def _hide(self, key: str) -> str:
        data = key.encode("utf-8", "surrogatepass")
        return blake2b(data, key=self._key, digest_size=12).hexdigest()


def item_key(item: Item, context: Context) -> str:
    """The key under which an item's reports are counted."""
    return f"{context.feature}/{item.id}"
