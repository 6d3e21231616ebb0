"""From reports to findings: the claim, by its urgency; a wave, as a finding about reporters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain, repeat

from handrail import Context, Evidence, Finding, Item, issue
from handrail.triage import SOURCES, Claim, Reputation, Triage, Voice, triage

from ._brigading import Suspicion, brigading
from ._filed import Filed
from ._memory import REPORTS, item_key
from ._settings import Settings

WAVE = "integrity.coordinated_inauthentic"
"""The issue of a wave: by the taxonomy it is about clusters, never about an author."""

CLAIM = 0.1
"""The score of what somebody says: no evidence that a ladder should act on."""

STRANGERS_MOST = 1000
_VIEWS_MOST = 10**9
_ADULT = 18
_NOTHING = timedelta(0)


def findings(
    item: Item,
    filings: Sequence[Filed],
    bursts: Sequence[frozenset[str]],
    settings: Settings,
    context: Context,
) -> Iterator[Finding]:
    """Yield what the latest of *filings* claims, and the wave it may be part of.

    Args:
        item: What was reported.
        filings: Its reports, the latest last.
        bursts: Who reported other items in bursts.
        settings: The module's.
        context: The call.
    """
    suspicion = brigading(filings, bursts, item.created_at, settings.wave)
    heard = [f for f in filings if f.supports(filings[-1])]
    voices = [*_voices(heard, suspicion, settings)]
    elsewhere = _elsewhere(item, filings, settings, context)
    stranger = Voice(Reputation(prior=settings.prior).lower, suspicion.score)
    result = triage(
        _claim(item, filings, heard, settings), chain(voices, repeat(stranger, elsewhere))
    )
    yield _claimed(filings[-1].issue, result, heard, settings, len(voices) + elsewhere)
    if suspicion.score >= settings.brigading and suspicion.people:
        yield _wave(suspicion, settings)


def _voices(heard: Sequence[Filed], suspicion: Suspicion, settings: Settings) -> Iterator[Voice]:
    """One voice a person, as they stand now; all who are unnamed may be one."""
    for filed in {f.reporter: f for f in heard}.values():
        trusted = filed.credibility >= settings.standing
        yield Voice(filed.credibility, 0.0 if trusted else suspicion.score)


def _elsewhere(item: Item, filings: Sequence[Filed], settings: Settings, context: Context) -> int:
    """How many more people have reported the item, in processes that share a store."""
    known = len({f.reporter for f in filings[:-1]} - {None})
    seen = context.state.distinct(REPORTS, item_key(item, context), settings.window, context.at)
    return min(STRANGERS_MOST, max(0, (seen or 0) - known))


def _claim(
    item: Item, filings: Sequence[Filed], heard: Sequence[Filed], settings: Settings
) -> Claim:
    now = filings[-1]
    people = [p for p in (item.author, *item.participants, *item.recipients) if p is not None]
    return Claim(
        now.issue,
        source=max((f.source for f in heard), key=[*SOURCES].index),
        views=_views(item.attributes.get(settings.views)),
        age=None if item.created_at is None else max(_NOTHING, now.at - item.created_at),
        waiting=max(_NOTHING, now.at - min(f.at for f in filings)),
        minor=any(p.age is not None and p.age.value < _ADULT for p in people),
    )


def _views(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(min(value, _VIEWS_MOST)) if value >= 0 else None


def _claimed(
    name: str, result: Triage, heard: Sequence[Filed], settings: Settings, people: int
) -> Finding:
    new = {f.reporter for f in heard if f.is_new(settings.new_days)}
    good = {f.reporter for f in heard if f.reporter and f.credibility >= settings.standing}
    official = sum(f.source in ("trusted_flagger", "authority") for f in heard)
    counts = {
        "reports": len(heard),
        "reporters": people,
        "new_reporters": len(new),
        "trusted": len(good) + official,
    }
    urgency = _percent(result.score)
    parts = {f"by_{part}": _percent(share) for part, share in result.parts}
    made_of = ", ".join(f"{k[3:].replace('_', ' ')} {share}" for k, share in parts.items())
    by = f"{people} {'person' if people == 1 else 'people'}"
    return Finding(
        name,
        round(result.score, 4) if settings.scored else CLAIM,
        f"urgency {urgency}: reported as {issue(name).title.lower()} by {by}; {made_of}",
        evidence=Evidence(counts={"urgency": urgency, **counts, **parts}),
    )


def _wave(suspicion: Suspicion, settings: Settings) -> Finding:
    signs = [
        (suspicion.burst, "within ten minutes"),
        (suspicion.new, "with new accounts"),
        (suspicion.same_text, "in the same words"),
        (suspicion.allies, "who were in one earlier wave together"),
    ]
    said = ", ".join(f"{count} {how}" for count, how in signs if count)
    return Finding(
        WAVE,
        round(suspicion.score, 4) if settings.scored else CLAIM,
        f"about the reporters, not the author: {suspicion.people} without standing, {said}",
        evidence=Evidence(
            counts={
                "suspicion": _percent(suspicion.score),
                "reporters": suspicion.people,
                "burst": suspicion.burst,
                "new_reporters": suspicion.new,
                "same_text": suspicion.same_text,
                "allies": suspicion.allies,
            }
        ),
    )


def _percent(share: float) -> int:
    """Hundredths, since conditions read counts as whole numbers."""
    return round(100 * share)
