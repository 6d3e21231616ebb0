"""Reports that belong together: of one item, of one person, in the same words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Literal

import attrs

from ._filed import Filed
from ._prints import Print, alike, bands

By = Literal["item", "text", "target"]


@attrs.frozen
class Cluster:
    """Two reports or more that belong together.

    Attributes:
        by: ``item``: duplicates, one case answers all. ``text``: nearly the same words, whatever
            the item: a campaign, or a form letter. ``target``: several items of one person.
        reports: Ids of the reports, in the order they were given.
    """

    by: By
    reports: tuple[str, ...]


def clusters(reports: Iterable[Filed]) -> tuple[Cluster, ...]:
    """Return which of *reports* belong together, the largest clusters of each kind first.

    A report may stand in one cluster of each kind. Those by text are around the first report
    that reads so. Those by target have reports of two items or more.
    """
    listed = list(reports)
    found: list[Cluster] = []
    found += _sorted("item", _groups((r.item, r) for r in listed))
    found += _sorted("text", _same_words(listed))
    targets = _groups((r.target, r) for r in listed if r.target is not None)
    found += _sorted("target", (g for g in targets if len({r.item for r in g}) > 1))
    return tuple(found)


def _groups(pairs: Iterable[tuple[Hashable, Filed]]) -> Iterator[list[Filed]]:
    kept: defaultdict[Hashable, list[Filed]] = defaultdict(list)
    for key, report in pairs:
        kept[key].append(report)
    yield from kept.values()


def _same_words(reports: Sequence[Filed]) -> Iterator[list[Filed]]:
    """Group by print: each joins the first group whose first report reads nearly the same."""
    groups: list[list[Filed]] = []
    places: dict[Print, list[int]] = {}
    for report in reports:
        keys = bands(report.text)
        near = (n for key in keys for n in places.get(key, ()))
        home = next((n for n in near if alike(groups[n][0].text, report.text)), None)
        if home is not None:
            groups[home].append(report)
            continue
        groups.append([report])
        for key in keys:
            places.setdefault(key, []).append(len(groups) - 1)
    yield from groups


def _sorted(by: By, groups: Iterable[list[Filed]]) -> list[Cluster]:
    large = sorted((g for g in groups if len(g) > 1), key=len, reverse=True)
    return [Cluster(by, tuple(r.id for r in group)) for group in large]
