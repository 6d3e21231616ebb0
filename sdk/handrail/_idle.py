"""Policies that hold for no feature: by a slip, or because they are another service's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from handrail._feature import Feature
from handrail._policy import Policy
from handrail.errors import nearest


def idle(policies: Iterable[Policy], features: Sequence[Feature]) -> Iterator[tuple[str, ...]]:
    """Yield level, where, what and fix for policies that no feature falls under.

    One that names nearly what there is was hardly meant so; the others are told of together.
    """
    surfaces, names = {f.surface for f in features}, {f.name for f in features}
    others = []
    for policy in policies if features else ():
        applies = policy.applies
        if any(policy.covers(f.surface, f.name, s) for f in features for s in applies.stages):
            continue
        slips = [
            *_slips("surface", applies.surfaces, surfaces),
            *_slips("feature", applies.features, names),
        ]
        if slips:
            what = f"holds for no feature here, and names {', '.join(slips)}."
            yield "warning", f"Policy {policy.name!r}", what, "Mend the name in applies."
        else:
            others.append(policy.name)
    if others:
        what = f"no feature here falls under {', '.join(sorted(others))}."
        yield "note", "policies", what, "Nothing is to be done where other services need them."


def _slips(kind: str, named: Iterable[str], known: set[str]) -> Iterator[str]:
    for name in named:
        if name != "*" and name not in known and (near := nearest(name, known)):
            yield f"the {kind} {name!r}, which may be meant for {near[0]!r}"
