"""The type of the ``language`` derivation: the language of an item, as far as anyone can say."""

from __future__ import annotations

import attrs

UNSAID = "und"
"""The tag of a text whose language nobody can tell (BCP 47)."""


@attrs.frozen
class Language:
    """The language of an item's text.

    Attributes:
        tag: BCP 47; ``und`` where nobody can say.
        confidence: 0 to 1: how sure whoever detected it is; 1 where the host says it, 0 for
            ``und``.
        declared: Whether the host says it, rather than a module that read the text.
    """

    tag: str = UNSAID
    confidence: float = 0.0
    declared: bool = False

    @property
    def primary(self) -> str | None:
        """The primary subtag in lower case, as ``pt`` of ``pt-BR``; None for ``und``."""
        return None if self.tag == UNSAID else self.tag.partition("-")[0].lower()
