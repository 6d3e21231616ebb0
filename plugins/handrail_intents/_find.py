"""From concepts to findings: one for each issue, with the places that say it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from handrail import Evidence, Finding, Text

from ._concepts import ANY, Concepts, Found, Reading, Seen
from ._data import COMMON, primary, shipped
from ._model import STEP, WORDS, parts
from ._model import shipped as model
from ._recipes import WINDOW, Recipe, Recipes
from ._settings import LEARNED, Settings
from ._tokens import Tokens

SPANS = 5
"""Words that a finding of the learned part points at, at most."""

_SHARE = 0.3
"""What a word must add, as a share of what the first word adds."""

_COUNTS = frozenset({"words"})

SHORTEST = 5
"""Words of a text that the learned part reads: of fewer, one word by chance would decide."""

LEAST, ELSEWHERE = 0.6, 0.7
"""The least that the learned part says: more in a language of which it knows few harmless texts."""

RARELY = {"child_safety.grooming": 0.75}
"""Issues that have people look at once: it says them only where it is surer still."""

MOST = {"child_safety.grooming": 0.6}
"""The most that the learned part says of an issue: where more would block, a person looks first."""


def findings(text: Text, settings: Settings, language: str | None = None) -> Iterator[Finding]:
    """Yield a finding for each issue: from its best recipe, or as the learned part reads it."""
    concepts, recipes = shipped(language)
    read = Tokens(text)
    there = concepts.read(read.words)
    found = {
        issue: _complete(recipe, places, read)
        for issue, (recipe, places) in _best(concepts, recipes, there).items()
        if issue in settings.issues
    }
    if settings.learned and len(read.words) >= SHORTEST:
        for finding in _learned(read, _told(concepts, there, language), language):
            if finding.issue in settings.issues:
                before = found.get(finding.issue)
                if before is None or before.score < finding.score:
                    found[finding.issue] = finding
    yield from (found[issue] for issue in sorted(found))


def _best(
    concepts: Concepts, recipes: Recipes, there: Reading
) -> dict[str, tuple[Recipe, tuple[Seen, ...]]]:
    """For each issue the best recipe that is complete."""
    best: dict[str, tuple[Recipe, tuple[Seen, ...]]] = {}
    possible = recipes.possible(there.names)
    if not possible:
        return best
    asked = frozenset[str]().union(*[each.asks for each in possible])
    # Where a text is read in stretches, what they are hangs on all that stands in it.
    said = concepts.places(there, asked if len(there.known) <= 2 * WINDOW else None)
    for seen in _together(said):
        for recipe, places in recipes.find(seen):
            kept = best.get(recipe.issue)
            if kept is None or recipe.score > kept[0].score:
                best[recipe.issue] = recipe, places
    return best


def _told(
    concepts: Concepts, there: Reading, language: str | None
) -> list[tuple[Seen, Collection[str]]]:
    """The parts of a text that the learned part reads, and the concepts that it is told of each."""
    count = len(there.known)
    if count <= WORDS:
        return [(Seen(0, count), there.told)]
    told: list[tuple[Seen, set[str]]] = [(part, set()) for part in parts(count)]
    for name, places in heard(concepts.places(there, there.told), language).items():
        for half in {place.start // STEP for place in places}:
            for _, names in told[max(0, half - 1) : half + 1]:
                names.add(name)
    return [*told]


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


def heard(said: Found, language: str | None) -> dict[str, list[Seen]]:
    """What the learned part is told: in the language of the item, English, and all languages.

    Where nobody says the language, words of others would say by chance what they do not mean.
    """
    seen: dict[str, list[Seen]] = {}
    for spoken in dict.fromkeys((primary(language) or COMMON, COMMON, ANY)):
        for name, places in said.get(spoken, {}).items():
            seen.setdefault(name, []).extend(places)
    return seen


def _learned(
    read: Tokens, told: list[tuple[Seen, Collection[str]]], language: str | None
) -> Iterator[Finding]:
    least = LEAST if primary(language) in ("", COMMON) else ELSEWHERE
    for head, (score, part) in model().scores(read.words, told).items():
        issue, reason = LEARNED[head]
        if score < max(least, RARELY.get(issue, 0.0)):
            continue
        proof = Evidence.later(partial(_words, head, part, read), _COUNTS)
        most = MOST.get(issue, 1.0)
        yield Finding(issue, score=round(min(score, most), 3), reason=reason, evidence=proof)


def _words(head: str, part: Seen, read: Tokens) -> Evidence:
    """Point at the words that weighed most."""
    added = model().weigh(head, read.words[part.start : part.end])
    best = sorted(range(len(added)), key=added.__getitem__, reverse=True)[:SPANS]
    least = _SHARE * max(added, default=0)
    chosen = [part.start + n for n in best if added[n] > 0 and added[n] >= least]
    spans = {read.span(n, n + 1) for n in chosen}
    return Evidence(spans=tuple(sorted(spans)), counts={"words": len(spans)})
