"""Nothing to set: it only shows at start-up whether the extra is there."""

from __future__ import annotations

import attrs

from ._model import model


@attrs.frozen(kw_only=True)
class Settings:
    """No settings; making them loads the model, so that the first item does not wait for it."""

    def __attrs_post_init__(self) -> None:
        model()
