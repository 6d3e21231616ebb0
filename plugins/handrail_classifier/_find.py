"""From sums to findings: one for each issue, with the words that weighed most."""

from __future__ import annotations

from functools import cached_property, lru_cache, partial

from handrail import Evidence, Finding, Folded, Text, fold

from ._score import Model
from ._settings import ENGLISH, Settings, model
from ._tokens import HOW, MOST, places

REASONS = {
    "harassment.bullying": "reads like harassment or abuse",
    "harassment.gendered": "reads like sexism",
    "hate.speech": "reads like hate towards a group",
    "hate.threat": "reads like a hateful threat",
    "integrity.spam": "reads like spam",
    "self_harm.at_risk": "reads like a person at risk",
    "sexual.explicit": "reads like explicit sexual content",
    "violence.threat": "reads like a threat or a wish of violence",
}

_THREAT, _HATE = "hate.threat", "hate.speech"
"""A hateful threat is hate, so it never scores higher."""

_OURS = ("en", "und")
"""Languages of a text in which all issues are looked for."""

_COUNTS = frozenset({"words"})
"""What evidence counts: the words that a finding points at."""

SPANS = 5
"""Words a finding points at, at most."""

_SHOWN = 0.3
"""The score from which on a finding points at words; below, they would say little."""

_KEPT = 20_000
"""Findings without evidence that are kept to be given again."""

_SHARE = 0.25
"""What a word must add, as a share of what the first word adds."""


def findings(read: Text, language: str | None, settings: Settings) -> list[Finding]:
    """Return a finding for each issue that is looked for and whose score reaches its floor."""
    judge = model()
    spoken = (language or "en").partition("-")[0]
    scores = judge.scores(judge.sums(read.raw), spoken)
    scores[_THREAT] = min(scores[_THREAT], scores[_HATE])
    foreign = spoken not in _OURS
    words: _Words | None = None
    found: list[Finding] = []
    for issue, floor in settings.least:
        if foreign and issue in ENGLISH:
            continue
        score = scores[issue]
        if score < floor:
            continue
        if settings.evidence and score >= _SHOWN:
            words = words or _Words(judge, read.raw)
            proof = Evidence.later(partial(words.evidence, issue), _COUNTS)
            score = round(score, 4)
            found.append(Finding(issue, score=score, reason=REASONS[issue], evidence=proof))
        else:
            found.append(_plain(issue, round(score, 4)))
    return found


@lru_cache(maxsize=_KEPT)
def _plain(issue: str, score: float) -> Finding:
    """A finding without evidence: most texts get the same few, and they never change."""
    return Finding(issue, score=score, reason=REASONS[issue])


class _Words:
    """The words of a text that findings point at, and what each of them adds."""

    def __init__(self, judge: Model, text: str) -> None:
        self._judge, self._text = judge, text

    @cached_property
    def _folded(self) -> Folded:
        return fold(self._text, HOW)

    @cached_property
    def _found(self) -> list[tuple[str, int, int]]:
        return places(self._folded.plain)[:MOST]

    @cached_property
    def _parts(self) -> list[int]:
        return self._judge.parts([token for token, _, _ in self._found])

    def evidence(self, issue: str) -> Evidence:
        """Point at the words that weighed most."""
        added, span = self._judge.weigh(issue, self._parts), self._folded.span
        best = sorted(range(len(added)), key=added.__getitem__, reverse=True)[:SPANS]
        least = _SHARE * added[best[0]] if best and added[best[0]] > 0 else float("inf")
        spans = {span(*self._found[i][1:]) for i in best if added[i] >= least}
        return Evidence(spans=tuple(sorted(spans)), counts={"words": len(spans)})
