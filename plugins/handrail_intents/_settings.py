"""What a host can set: which issues are looked for."""

from __future__ import annotations

import attrs

from handrail.settings import some_of, words

from ._data import recipes, shipped

ISSUES = frozenset(each.issue for each in recipes())
"""What the shipped recipes find."""

_KNOWN = tuple(sorted(ISSUES))


@attrs.frozen(kw_only=True)
class Settings:
    """What is looked for.

    Attributes:
        issues: What is looked for; all that the recipes find by default.
    """

    issues: tuple[str, ...] = attrs.field(
        default=_KNOWN, converter=words, validator=some_of(_KNOWN)
    )

    def __attrs_post_init__(self) -> None:
        shipped()  # Words are read at start-up, not in the first call.
