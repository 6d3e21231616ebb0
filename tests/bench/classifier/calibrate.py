"""From sums to probabilities: Platt's way, on sums of weights that had not seen the text."""

from __future__ import annotations

from collections import Counter
from math import log

import numpy as np
from data import HEADS, LANGUAGES, Row
from sklearn.linear_model import LogisticRegression

from handrail_classifier._score import LONG

LINES = {
    "harassment.bullying": ("tox",), "harassment.gendered": ("gendered",),
    "hate.speech": ("hate",), "hate.threat": ("hate", "violence"),
    "integrity.spam": ("spam",), "self_harm.at_risk": ("self_harm",),
    "sexual.explicit": ("sexual",), "violence.threat": ("violence", "tox"),
}  # fmt: skip
"""The heads that each issue is read from; the first one names its labels."""

GROUPED = ("hate", "tox")
"""The heads that hate is read from where a group is named: then abuse is likely meant for it."""

PRIORS = {
    ("harassment.bullying", 0): 0.08, ("integrity.spam", 0): 0.05, ("hate.speech", 0): 0.07,
    ("hate.speech", 1): 0.25, ("hate.speech", 2): 0.7, ("sexual.explicit", 0): 0.03,
    ("violence.threat", 0): 0.03, ("self_harm.at_risk", 0): 0.01,
}  # fmt: skip
"""The share of positive texts that scores are calibrated for, where the sets' own would mislead.

Of hate: in texts that name no group, that name one, and that put one in a hostile frame. Long
texts that name one keep their own share.
"""

FOREIGN = {("harassment.bullying", language): 0.3 for language in LANGUAGES.values()}
"""The same share for issues that have a line of their own in another language than English."""

ABROAD = "frames"
"""The source of made-up sentences in other languages than English."""

WRITTEN = {"synthetic", "sentences", ABROAD}
MADE = {"terms", "civil_toxic_spans", "stream_irc", *WRITTEN}
"""Sources that scores are not calibrated on: made up, or chosen by their label."""


def lines(issue: str, learned: list[Row], sums: np.ndarray, groups: np.ndarray) -> list[dict]:
    """From sums to log-odds: of English, and of hate by how it speaks of groups."""
    head = "threat" if issue == "hate.threat" else LINES[issue][0]
    known = np.array(
        [head in r.labels and r.part > 0 and r.source not in (*LANGUAGES, ABROAD) for r in learned]
    )
    made = np.array([r.source in MADE for r in learned])
    written = np.array([r.source in WRITTEN for r in learned])
    asked = [known & ~made]
    if issue == "hate.speech":
        asked[0] &= groups != LONG
        asked += [known & (groups == n) & (written | ~made) for n in (1, 2)]
        asked.append(known & (groups == LONG) & ~made)
    found = []
    for chosen in asked:
        where = np.flatnonzero(chosen)
        y = np.array([learned[i].labels[head] for i in where])
        sources = [learned[i].source for i in where]
        names = GROUPED if found else LINES[issue]
        found.append(line(names, PRIORS.get((issue, len(found))), y, sources, sums[where]))
    return found


def foreign(learned: list[Row], sums: np.ndarray) -> dict[str, dict[str, list[dict]]]:
    """From sums to log-odds in other languages, for what is labelled there."""
    found: dict[str, dict[str, list[dict]]] = {}
    for (issue, language), prior in FOREIGN.items():
        head = LINES[issue][0]
        where = [
            i for i, r in enumerate(learned)
            if head in r.labels and LANGUAGES.get(r.source) == language
        ]  # fmt: skip
        y = np.array([learned[i].labels[head] for i in where])
        sources = [learned[i].source for i in where]
        fitted = line(LINES[issue], prior, y, sources, sums[where])
        found.setdefault(language, {})[issue] = [fitted]
    return found


def line(
    names: tuple[str, ...], prior: float | None, y: np.ndarray, sources: list[str], sums: np.ndarray
) -> dict[str, float]:
    """Platt's way; every set counts as much as any other, at the share of positives *prior*."""
    sizes = Counter(sources)
    weight = np.array([len(y) / len(sizes) / sizes[source] for source in sources])
    while True:
        x = sums[:, [HEADS.index(name) for name in names]]
        model = LogisticRegression(C=1e4, solver="lbfgs", max_iter=1000)
        model.fit(x, y, sample_weight=weight)
        if min(model.coef_[0]) > 0 or len(names) == 1:
            break
        names = names[:-1]
    bias = float(model.intercept_[0])
    if prior:
        share = float(weight[y == 1].sum() / weight.sum())
        bias += log(prior / (1 - prior)) - log(share / (1 - share))
    return {"bias": bias, **dict(zip(names, map(float, model.coef_[0]), strict=True))}
