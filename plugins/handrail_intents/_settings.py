"""What a host can set: which issues are looked for."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from handrail.settings import flag, some_of, words

from ._data import recipes, shipped
from ._model import shipped as model

LEARNED: Mapping[str, tuple[str, str]] = {
    "at_risk": ("self_harm.at_risk", "reads like a person at risk"),
    "bully": ("harassment.bullying", "reads like belittling somebody"),
    "crime": ("fraud.payment", "reads like an offer of forged or stolen papers, cards or accounts"),
    "cures": ("integrity.health_misinformation", "reads like a false cure"),
    "dox": ("privacy.doxxing", "reads like giving away where somebody is to be found"),
    "drugs": ("goods.drugs", "reads like an offer of drugs"),
    "eating": ("self_harm.eating_disorder", "reads like praise of starving"),
    "grooming": ("child_safety.grooming", "reads like a lure of a minor"),
    "incitement": ("violence.incitement", "reads like a call for violence"),
    "laundering": ("fraud.money_laundering", "reads like money passed on for a share"),
    "phishing": ("fraud.phishing", "reads like phishing"),
    "promotion": ("self_harm.promotion", "reads like a call to end one's life"),
    "scam": ("fraud.scam", "reads like a scam"),
    "sextortion": ("sexual.sextortion", "reads like extortion with intimate pictures"),
    "solicitation": ("sexual.solicitation", "reads like an offer of sex for money"),
    "spam": ("integrity.spam", "reads like spam"),
    "threat": ("violence.threat", "reads like a threat"),
    "unsolicited": ("sexual.unsolicited", "reads like an unwanted advance"),
    "weapons": ("goods.weapons", "reads like an offer of weapons"),
}
"""What each head of the learned part is a sign of, and how it is said."""

ISSUES = frozenset(each.issue for each in recipes()) | {issue for issue, _ in LEARNED.values()}
"""What recipes and the learned part find."""

_KNOWN = tuple(sorted(ISSUES))


@attrs.frozen(kw_only=True)
class Settings:
    """What is looked for.

    Attributes:
        issues: What is looked for; all that the module knows by default.
        learned: Whether the learned part looks, beside the recipes.
    """

    issues: tuple[str, ...] = attrs.field(
        default=_KNOWN, converter=words, validator=some_of(_KNOWN)
    )
    learned: bool = attrs.field(default=True, validator=flag)

    def __attrs_post_init__(self) -> None:
        shipped()  # Words and weights are read at start-up, not in the first call.
        model()
