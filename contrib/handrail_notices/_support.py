"""Support cards: who helps, by country; data that a platform must verify before use."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

import attrs

from handrail.errors import ConfigError

EVERYWHERE = "*"
"""The country of a line that helps wherever somebody is."""

BYTES_MOST = 1_000_000
"""Bytes a list of help lines may have."""

_COLUMNS = (
    "countries", "kind", "name", "phone", "text", "url", "languages", "source", "checked",
)  # fmt: skip


@attrs.frozen(kw_only=True)
class SupportCard:
    """Who helps: one line of a country, as a product shows it beside a notice.

    Attributes:
        kind: ``crisis``, ``child``, ``intimate_image``, ``domestic_violence``, ``fraud``,
            ``emergency``, or a host's own word.
        name: What it is called; in the reader's language for an emergency number.
        phone, text, url: How to reach it; any may be None. text is the number for messages,
            or the word to send and where to. languages: What is spoken, BCP 47.
        source: The page of whoever runs it. checked: When somebody verified it; None: nobody has.
    """

    kind: str
    name: str
    phone: str | None = None
    text: str | None = None
    url: str | None = None
    languages: tuple[str, ...] = ()
    source: str | None = None
    checked: date | None = None


@attrs.frozen
class Directory:
    """A list of help lines, each with the countries it is for."""

    rows: tuple[tuple[frozenset[str], SupportCard], ...]

    def find(self, kind: str, country: str | None) -> tuple[SupportCard, ...]:
        """The cards of one kind: the country's own, or those that help everywhere."""
        for place in (country, EVERYWHERE):
            cards = tuple(card for where, card in self.rows if card.kind == kind and place in where)
            if cards:
                return cards
        return ()

    def over(self, other: Directory) -> Directory:
        """This list over another: for a country and kind it has, the other's are left out."""
        mine = {(place, card.kind) for where, card in self.rows for place in where}
        kept = (
            (frozenset(p for p in where if (p, card.kind) not in mine), card)
            for where, card in other.rows
        )
        return Directory((*self.rows, *(row for row in kept if row[0])))


@cache
def shipped() -> Directory:
    """The list that comes along."""
    return read(Path(__file__).with_name("data") / "support.csv")


def read(path: Path) -> Directory:
    """Read a list of help lines; raises ConfigError with the file and line."""
    try:
        data = path.read_bytes()[: BYTES_MOST + 1]
        lines = data.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}:1:1: not UTF-8") from None
    if len(data) > BYTES_MOST:
        raise ConfigError(f"{path}: more than {BYTES_MOST} bytes, which no such file needs")
    kept = [(n, line) for n, line in enumerate(lines, 1) if line and not line.startswith("#")]
    if not kept or kept[0][1] != ",".join(_COLUMNS):
        raise ConfigError(f"{path}:1:1: expected the columns {','.join(_COLUMNS)}")
    return Directory(tuple(_row(path, n, line) for n, line in kept[1:]))


def _row(path: Path, number: int, line: str) -> tuple[frozenset[str], SupportCard]:
    cells = [cell.strip() for cell in next(csv.reader([line]))]
    if len(cells) != len(_COLUMNS) or not cells[0] or not cells[1]:
        raise ConfigError(f"{path}:{number}:1: expected {len(_COLUMNS)} columns, and a kind")
    row = dict(zip(_COLUMNS, cells, strict=True))
    if not line.isprintable():
        raise ConfigError(f"{path}:{number}:1: a control character, or one that turns text around")
    where = frozenset(row["countries"].split())
    return where, SupportCard(
        kind=row["kind"], name=row["name"], phone=row["phone"] or None, text=row["text"] or None,
        url=row["url"] or None, languages=tuple(row["languages"].split()),
        source=row["source"] or None, checked=_day(path, number, row["checked"]),
    )  # fmt: skip


def _day(path: Path, number: int, value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise ConfigError(f"{path}:{number}:1: checked: expected a day: 2026-11-01") from None


def wanted(
    lists: Directory, kinds: Iterable[str], country: str | None, language: str | None
) -> tuple[SupportCard, ...]:
    """The cards of each kind in turn, those that speak *language* first; an emergency one last."""
    spoken = (language or "").lower().split("-")[0]

    def foreign(card: SupportCard) -> bool:
        return spoken not in {tag.split("-")[0] for tag in card.languages}

    found = (lists.find(kind, country) for kind in dict.fromkeys(kinds) if kind != "emergency")
    cards = (card for each in found for card in sorted(each, key=foreign))
    return (*cards, *lists.find("emergency", country)[:1])
