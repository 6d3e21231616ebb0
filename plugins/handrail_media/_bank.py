"""A bank: known hashes from one file, what they stand for, and how near counts as the same."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from threading import Lock
from weakref import WeakValueDictionary

import attrs
import numpy as np

from handrail import InvalidValueError, MediaHash
from handrail.settings import Seen

from ._banks import BankSettings, Match
from ._entry import LENGTHS, Entry, digest_of, id_of
from ._lists import read
from ._store import ExactStore, Names, NearStore, words_of

ENTRIES_MOST = 20_000_000
"""Hashes a bank may hold."""


@attrs.frozen(eq=False)
class _Content:
    """Everything in a bank; the number of an entry is its place in ``ids`` and ``issues``.

    Attributes:
        near: PDQ hashes. exact: Digests by kind. ids: The bank's own names. issues: For each
            entry a number in ``named``. named: Issues, the bank's own first.
    """

    near: NearStore
    exact: Mapping[str, ExactStore]
    ids: Names
    issues: array[int]
    named: tuple[str, ...]


class Bank:
    """Known hashes that can be searched while they change.

    Attributes:
        settings: What the bank is. Its file is read at once; raises InvalidValueError with
            ``file:line``.
        issues: The issues its matches may have.
    """

    def __init__(self, settings: BankSettings) -> None:
        self.settings = settings
        self._lock = Lock()
        self._content = _load(settings)
        self.issues = frozenset(self._content.named)

    def __len__(self) -> int:
        content = self._content
        return len(content.near) + sum(map(len, content.exact.values()))

    @property
    def size(self) -> int:
        """Bytes it takes up."""
        content = self._content
        kept = content.near.size + sum(store.size for store in content.exact.values())
        return kept + content.ids.size + content.issues.itemsize * len(content.issues)

    def add(self, value: str, kind: str = "pdq", id: str = "") -> None:  # noqa: A002 - the word for it
        """Add a hash in hexadecimal, until the file changes; raises InvalidValueError."""
        digest, named = digest_of(value, kind), id_of(id)
        with self._lock:
            content = self._content
            number = len(content.issues)
            content.ids.append(named)
            content.issues.append(0)
            if kind == "pdq":
                content.near.add(words_of(digest), np.array([number]))
            else:
                content.exact[kind].add(digest, number)

    def remove(self, value: str, kind: str = "pdq") -> int:
        """Remove all entries of a hash, until the file changes; returns how many there were."""
        digest = digest_of(value, kind)
        with self._lock:
            content = self._content
            if kind == "pdq":
                found = content.near.near(words_of(digest), 0).row.tolist()
                content.near.remove(found)
            else:
                found = list(content.exact[kind].find(digest))
                content.exact[kind].remove(found)
        return len(found)

    def match(self, media: Sequence[MediaHash]) -> Iterator[tuple[int, Match]]:
        """Find which of *media* are in the bank: each with its number and its nearest entry."""
        best: dict[tuple[int, str], Match] = {}
        for number, match in (*self._same(media), *self._near(media)):
            known = best.get((number, match.issue))
            if known is None or match.distance < known.distance:
                best[number, match.issue] = match
        for (number, _), match in best.items():
            yield number, match

    def _same(self, media: Sequence[MediaHash]) -> Iterator[tuple[int, Match]]:
        content = self._content
        for number, medium in enumerate(media):
            for kind, store in content.exact.items():
                value = getattr(medium, kind)
                for entry in store.find(bytes.fromhex(value)) if value else ():
                    yield number, self._matched(content, entry, kind, 0, None)

    def _near(self, media: Sequence[MediaHash]) -> Iterator[tuple[int, Match]]:
        content, least = self._content, self.settings.quality
        asked = [
            (number, value, quality)
            for number, medium in enumerate(media)
            for value, quality in ((medium.pdq, medium.quality), *medium.others)
            if value is not None and (quality is None or quality >= least)
        ]
        if not asked:
            return
        queries = words_of(bytes.fromhex("".join(value for _, value, _ in asked)))
        hits = content.near.near(queries, self.settings.distance)
        columns = hits.query.tolist(), hits.row.tolist(), hits.distance.tolist()
        for query, entry, apart in zip(*columns, strict=True):
            number, _, quality = asked[query]
            yield number, self._matched(content, entry, "pdq", apart, quality)

    def _matched(
        self, content: _Content, entry: int, kind: str, apart: int, quality: int | None
    ) -> Match:
        return Match(
            issue=content.named[content.issues[entry]],
            kind=kind,
            distance=apart,
            quality=quality,
            entry=content.ids[entry],
        )


def _load(settings: BankSettings) -> _Content:
    entries = read(settings.path, settings.format, settings.kind)
    wanted = frozenset(settings.tags)
    return _collected(
        (e for e in entries if not wanted or not wanted.isdisjoint(e.tags)), settings.issue
    )


def _collected(entries: Iterable[Entry], own: str) -> _Content:
    digests = {kind: bytearray() for kind in LENGTHS}
    numbers = {kind: array("q") for kind in LENGTHS}
    ids, issues, named = Names(), array("H"), {own: 0}
    for number, entry in enumerate(entries):
        if number >= ENTRIES_MOST:
            raise InvalidValueError(f"more than {ENTRIES_MOST:,} hashes; split the bank")
        digests[entry.kind] += entry.digest
        numbers[entry.kind].append(number)
        ids.append(entry.id)
        issues.append(0 if entry.issue is None else named.setdefault(entry.issue, len(named)))
    columns = {kind: np.array(numbers[kind], np.int64) for kind in LENGTHS}
    near = NearStore(words_of(bytes(digests.pop("pdq"))), columns["pdq"])
    exact = {k: ExactStore(LENGTHS[k], bytes(d), columns[k]) for k, d in digests.items()}
    return _Content(near, exact, ids, issues, tuple(named))


_open: WeakValueDictionary[tuple[BankSettings, Seen], Bank] = WeakValueDictionary()
_opening = Lock()


def opened(settings: BankSettings, seen: Seen) -> Bank:
    """The bank of *settings* and of a state of its file, read once however many ask for it."""
    with _opening:
        bank = _open.get((settings, seen))
        if bank is None:
            bank = _open[settings, seen] = Bank(settings)
        return bank
