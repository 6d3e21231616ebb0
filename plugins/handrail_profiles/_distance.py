"""How many edits lie between two names, up to a bound; a swap of two neighbours is one."""

from __future__ import annotations


def distance(one: str, other: str, most: int) -> int:
    """Return the edits between *one* and *other*, or *most* + 1 if there are more.

    Edits are an insertion, a deletion, a replacement, and a swap of neighbours (optimal string
    alignment).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for n, char in enumerate(one, 1):
        before, last, row = row, before, [n]
        for m, against in enumerate(other, 1):
            edits = min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (char != against))
            if n > 1 and m > 1 and char == other[m - 2] and one[n - 2] == against:
                edits = min(edits, last[m - 2] + 1)
            row.append(edits)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
