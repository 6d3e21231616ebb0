"""Names that look like protected ones, and what that says."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from handrail import Evidence, Finding

from ._protected import Near, Protected
from ._roles import office
from ._skeleton import Name, name

IMPERSONATION = "fraud.impersonation"
_WORDS = {
    "same": "the same as a protected name",
    "look_alikes": "a protected name in look-alike letters",
    "authority": "a protected name and a word of authority",
    "genuine": "a protected name and a word such as official",
    "digits": "a protected name and digits",
    "one_edit": "one letter from a protected name",
    "two_edits": "two letters from a protected name",
    "office": "the name of an office of the platform",
    "office_alone": "a word for an office of the platform",
}
_SCORES = {
    "same": 0.5, "look_alikes": 0.85, "authority": 0.8, "genuine": 0.7, "digits": 0.45,
    "one_edit": 0.45, "two_edits": 0.3, "office": 0.6, "office_alone": 0.45,
}  # fmt: skip
_IN_A_HANDLE = 0.15
"""Two people may be called the same, but handles are chosen."""


@attrs.frozen
class _Likeness:
    kind: str
    score: float
    where: str


def impersonation(
    named: dict[str, str], account: str | None, names: Protected, staff: frozenset[str]
) -> Iterator[Finding]:
    """Yield one finding if a name of *account* looks like a protected one, or like an office."""
    found = [
        likeness for where, text in named.items() for likeness in _in(text, where, account, names)
    ]
    if account not in staff:
        found += [each for where, text in named.items() for each in _offices(text, where)]
    if not found:
        return
    found.sort(key=lambda likeness: (-likeness.score, likeness.where))
    best = found[0]
    counts = {likeness.kind: 1 for likeness in found} | {"names": len({f.where for f in found})}
    reason = f"{best.where.replace('_', ' ')}: {_WORDS[best.kind]}"
    yield Finding(IMPERSONATION, best.score, reason, evidence=Evidence(counts=counts))


def _in(text: str, where: str, account: str | None, names: Protected) -> Iterator[_Likeness]:
    read = name(text)
    near = list(names.near(read))
    if any(account in each.entry.accounts for each in near):
        return
    for each in near:
        kind = _kind(read, each)
        score = _SCORES[kind] + _IN_A_HANDLE * (where == "handle" and kind in ("same", "one_edit"))
        yield _Likeness(kind, round(score, 2), where)


def _offices(text: str, where: str) -> Iterator[_Likeness]:
    if words := office(text):
        kind = "office" if words > 1 else "office_alone"
        yield _Likeness(kind, _SCORES[kind], where)


def _kind(read: Name, near: Near) -> str:
    if near.edits:
        return "one_edit" if near.edits == 1 else "two_edits"
    if not near.whole and read.added:
        return read.added
    return "same" if read.light == near.entry.light else "look_alikes"
