"""From concepts to findings: one for each issue, with the places that say it."""

from __future__ import annotations

from collections.abc import Iterator

from handrail import Evidence, Finding, Text

from ._concepts import ANY, Found, Seen
from ._data import shipped
from ._recipes import Recipe
from ._settings import Settings
from ._tokens import Tokens


def findings(text: Text, settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each issue that a recipe is complete for, from its best recipe."""
    concepts, recipes = shipped()
    read = Tokens(text)
    found = concepts.find(read.words)
    if not found:
        return
    best: dict[str, tuple[Recipe, tuple[Seen, ...]]] = {}
    for seen in _by_language(found):
        for recipe, places in recipes.find(seen):
            kept = best.get(recipe.issue)
            if kept is None or recipe.score > kept[0].score:
                best[recipe.issue] = recipe, places
    for issue in sorted(best):
        if issue in settings.issues:
            yield _finding(*best[issue], read)


def _by_language(found: Found) -> Iterator[dict[str, list[Seen]]]:
    """What each language says, with what all say."""
    everywhere = found.pop(ANY, {})
    if not found:
        yield everywhere
    for seen in found.values():
        for name, places in everywhere.items():
            seen[name] = [*seen.get(name, ()), *places]
        yield seen


def _finding(recipe: Recipe, places: tuple[Seen, ...], read: Tokens) -> Finding:
    spans = sorted({read.span(place.start, place.end) for place in places})
    return Finding(
        recipe.issue,
        score=recipe.score,
        reason=recipe.reason,
        evidence=Evidence(spans=tuple(spans), counts={"parts": len(places)}),
    )
