r"""What links, contact and profiles find in texts that a stranger wrote for them.

    python tests/bench/scenes/written.py [mend|held|all] [links|contact|profiles] [--missed]

``written/`` has a table a module. Each kind is halved at random, with a fixed seed: one half is to
mend on, the other is only measured. Intervals are Wilson's, 95 %. Invisible characters are written
as ``\u200b``. A text is right where all that it expects is found, and nothing else is said:

- links: ``hosts`` are read (``?`` any), and ``issue`` is found: ``p`` phishing of 0.5 or more,
  ``P`` of any score, ``s`` spam, ``x`` any; without one no finding, without a host no link;
- contact: each ``kind=piece`` is covered by half by a contact of that kind, ``lure`` is found;
  ``third`` exposes with 0.7 or more, ``own`` with 0.3 or less; without any there is no contact;
- profiles: ``i`` impersonation, ``u`` an age below the least (13; 16 in ``age16``), ``a`` spam.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TypeAlias

from measure import half, interval

from handrail import Actor, Feature, Item, MemoryState, Policy, Safety, Text
from handrail_contact import find_contacts
from handrail_links import find_links

Row: TypeAlias = SimpleNamespace
AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
PROTECTED = [
    "Jane Quill", "Blorb Bank", "Tomás Herrera", "Vexel Games", "DJ Marlow", "Nimbus Air",
    "Ольга Снегова", "Kessler",
]  # fmt: skip
PROFILES = {
    "i": "fraud.impersonation", "u": "child_safety.underage_account", "a": "integrity.spam",
}  # fmt: skip


def table(name: str) -> list[Row]:
    """The rows of a table, their escapes read."""
    path = Path(__file__).parent / "written" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [Row(**{key: unescaped(cell) for key, cell in row.items()}) for row in rows]


def unescaped(cell: str) -> str:
    """A cell with the characters its escapes stand for."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), cell)


@cache
def asked(surface: str, min_age: int) -> Safety:
    """The three modules, on a surface."""
    return Safety(
        [Feature(name="f", surface=surface, budget_ms=60_000)],
        modules=["links", "contact", "profiles"], policy=Policy(name="p"),
        settings={"profiles": {"protected": PROTECTED, "min_age": min_age}},
        state=MemoryState(most=50_000),
    )  # fmt: skip


def scores(module: str, item: Item, surface: str, min_age: int = 13) -> dict[str, float]:
    """The scores of a module's findings on an item, by issue."""
    decision = asked(surface, min_age).feature("f").pre_publish(item)
    return {found.issue: found.score for found in decision.findings if found.module == module}


def links(row: Row) -> bool:
    """Whether a text has the hosts and the finding that it should."""
    item = Item("t", row.text)
    found = find_links(item, SimpleNamespace(text=Text(item.text or "")))
    hosts = {link.host.removeprefix("www.") for link in found}
    wanted = {host.removeprefix("www.") for host in row.hosts.split(",") if host}
    said = scores("links", item, "comments")
    phishing, spam = said.get("fraud.phishing", 0), said.get("integrity.spam", 0)
    enough = {"p": phishing >= 0.5, "P": phishing, "s": spam, "x": said, "": not said}
    read = wanted <= hosts | {"?"} if wanted else not hosts
    return read and bool(enough[row.issue])


def contact(row: Row) -> bool:
    """Whether a text has the contacts that it should."""
    author = Actor("a", region=row.region) if row.region else None
    item = Item("t", row.text, author=author, created_at=AT)
    if row.expected in ("third", "own"):
        said = scores("contact", item, "comments").get("privacy.doxxing", 0)
        return said >= 0.7 if row.expected == "third" else 0 < said <= 0.3
    found = find_contacts(item, SimpleNamespace(text=Text(row.text)))
    if row.expected == "lure":
        return any(each.kind == "lure" for each in found)
    spans = []
    for piece in filter(None, row.expected.split(";;")):
        kind, _, part = piece.partition("=")
        start = row.text.index(part)
        spans.append((kind, start, start + len(part)))
    return bool(spans or not found) and all(
        any(c.kind == k and 2 * (min(b, c.span[1]) - max(a, c.span[0])) >= b - a for c in found)
        for k, a, b in spans
    )


def profiles(row: Row) -> bool:
    """Whether a profile has the finding that it should, and no other."""
    named = {"display_name": row.name, "handle": row.handle}
    item = Item(
        "t", row.bio, kind="profile_change", author=Actor("somebody"), created_at=AT,
        attributes={field: name for field, name in named.items() if name},
    )  # fmt: skip
    said = scores("profiles", item, "profiles", 16 if row.kind == "age16" else 13)
    return set(said) == ({PROFILES[row.expected]} if row.expected else set())


def harmless(row: Row) -> str:
    """The kind of a row, apart where it is harmless."""
    expected = row.issue if hasattr(row, "issue") else row.expected
    return f"{row.kind}{'' if expected else ', harmless'}"


def main() -> None:
    """Print what is right, by module and kind."""
    which = next((word for word in ("mend", "held") if word in sys.argv), "all")
    judges = {"links": links, "contact": contact, "profiles": profiles}
    for name in [each for each in judges if each in sys.argv] or judges:
        by_kind: dict[str, list[bool]] = defaultdict(list)
        for row in half(table(name), which):
            hits = by_kind[harmless(row)]
            hits.append(judges[name](row))
            if "--missed" in sys.argv and not hits[-1]:
                print("   missed:", *filter(None, vars(row).values()), sep=" | ")
        for kind, hits in sorted(by_kind.items()):
            print(f"{name}, {which}: {kind}: {interval(sum(hits), len(hits))}")


if __name__ == "__main__":
    main()
