"""What a host can set, and the start of the model."""

from __future__ import annotations

import attrs

from handrail.settings import flag, fraction, whole

from ._model import model


@attrs.frozen(kw_only=True)
class Settings:
    """From which score on something is found, and how much of a long text is read.

    Attributes:
        floor: The lowest score that is a finding.
        windows: Parts of about a hundred words that are read of a long text, 1 to 64.
        elsewhere: Whether texts that are said to be in other languages than English are read.
    """

    floor: float = attrs.field(default=0.2, validator=fraction)
    windows: int = attrs.field(default=8, validator=whole(1, 64))
    elsewhere: bool = attrs.field(default=False, validator=flag)

    def __attrs_post_init__(self) -> None:
        # Loaded here, at start-up, so that the first item does not wait for it.
        model()

    def reads(self, language: str | None) -> bool:
        """Whether a text in *language* (BCP 47) is read; one of which nothing is said is."""
        return self.elsewhere or (language or "und").lower().partition("-")[0] in ("en", "und")
