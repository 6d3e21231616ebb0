"""From concepts to findings: one for each issue, with the places that say it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from handrail import Evidence, Finding, Text

from ._concepts import ANY, Found, Seen
from ._data import shipped
from ._model import shipped as model
from ._recipes import Recipe
from ._settings import LEARNED, Settings
from ._tokens import Tokens

SPANS = 5
"""Words that a finding of the learned part points at, at most."""

_SHARE = 0.3
"""What a word must add, as a share of what the first word adds."""

_COUNTS = frozenset({"words"})


def findings(text: Text, settings: Settings, language: str | None = None) -> Iterator[Finding]:
    """Yield a finding for each issue: from its best recipe, or as the learned part reads it."""
    concepts, recipes = shipped(language)
    read = Tokens(text)
    seen = _together(concepts.find(read.words))
    best: dict[str, tuple[Recipe, tuple[Seen, ...]]] = {}
    for said in seen:
        for recipe, places in recipes.find(said):
            kept = best.get(recipe.issue)
            if kept is None or recipe.score > kept[0].score:
                best[recipe.issue] = recipe, places
    found = {issue: _complete(*best[issue], read) for issue in best if issue in settings.issues}
    if settings.learned:
        for finding in _learned(read, seen):
            if finding.issue in settings.issues:
                before = found.get(finding.issue)
                if before is None or before.score < finding.score:
                    found[finding.issue] = finding
    yield from (found[issue] for issue in sorted(found))


def _together(found: Found) -> list[dict[str, list[Seen]]]:
    """What each language says, with what all say."""
    everywhere = found.pop(ANY, {})
    for seen in found.values():
        for name, places in everywhere.items():
            seen[name] = [*seen.get(name, ()), *places]
    return list(found.values()) or [everywhere]


def _complete(recipe: Recipe, places: tuple[Seen, ...], read: Tokens) -> Finding:
    spans = sorted({read.span(place.start, place.end) for place in places})
    return Finding(
        recipe.issue,
        score=recipe.score,
        reason=recipe.reason,
        evidence=Evidence(spans=tuple(spans), counts={"parts": len(places)}),
    )


def _learned(read: Tokens, said: list[dict[str, list[Seen]]]) -> Iterator[Finding]:
    """What the learned part reads, in what all languages say together."""
    seen: dict[str, list[Seen]] = {}
    for language in said:
        for name, places in language.items():
            seen.setdefault(name, []).extend(places)
    for head, (score, part) in model().scores(read.words, seen).items():
        issue, reason = LEARNED[head]
        proof = Evidence.later(partial(_words, head, part, read), _COUNTS)
        yield Finding(issue, score=round(score, 3), reason=reason, evidence=proof)


def _words(head: str, part: Seen, read: Tokens) -> Evidence:
    """Point at the words that weighed most."""
    added = model().weigh(head, read.words[part.start : part.end])
    best = sorted(range(len(added)), key=added.__getitem__, reverse=True)[:SPANS]
    least = _SHARE * max(added, default=0)
    chosen = [part.start + n for n in best if added[n] > 0 and added[n] >= least]
    spans = {read.span(n, n + 1) for n in chosen}
    return Evidence(spans=tuple(sorted(spans)), counts={"words": len(spans)})
