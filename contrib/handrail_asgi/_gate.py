"""Who may ask what: keys looked at anew every second."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from time import monotonic

from handrail.errors import nearest
from handrail_asgi._key import Key, Keys, Scope, matching
from handrail_asgi._ledger import Ledger
from handrail_asgi._rates import Rates
from handrail_asgi._refused import RefusedError, busy

EVERY_S = 1.0
"""Seconds between two looks at the keys: so soon a new key works, and a revoked one no more."""

STALE_S = 60.0
"""Seconds that known keys are trusted while they cannot be read anew."""

_REALM = {"www-authenticate": 'Bearer realm="handrail"'}
_NO_KEY = "Send a valid API key: Authorization: Bearer hr_…"


class Gate:
    """Lets requests in, by their key.

    Args:
        keys: Where keys are kept.
        ledger: What is shared with other processes; None counts in this one.
    """

    def __init__(self, keys: Keys, ledger: Ledger | None = None) -> None:
        self._keys, self.ledger, self.rates = keys, ledger, Rates(ledger)
        self._known: Mapping[str, Key] = {}
        self._looked = self._read = -math.inf
        self._looking = asyncio.Lock()
        self.reason: str | None = "The API keys have not been read yet."

    async def enter(self, authorization: bytes | None) -> Key:
        """Return the key of a request and count it; raises RefusedError 401, 429 or 503."""
        if monotonic() - self._looked > EVERY_S:
            await self.look()
        if monotonic() - self._read > STALE_S:
            raise busy("The API keys cannot be read.")
        key = self._named(authorization)
        if key.rate is not None:
            await self.rates.count(key, 1)
        return key

    async def look(self) -> None:
        """Read the keys anew, unless somebody just has."""
        async with self._looking:
            if monotonic() - self._looked <= EVERY_S:
                return
            try:
                keys = await asyncio.to_thread(self._keys.read)
            except Exception as error:  # noqa: BLE001 - a database raises what it likes.
                self.reason = f"The API keys cannot be read ({type(error).__name__})."
            else:
                self._known = {key.id: key for key in keys}
                self._read = monotonic()
                self.reason = None if keys else "There is no API key yet: handrail keys add."
                self.rates.forget(self._known.keys())
            self._looked = monotonic()

    def _named(self, authorization: bytes | None) -> Key:
        scheme, _, text = (authorization or b"").partition(b" ")
        key = None
        if scheme.lower() == b"bearer":
            key = matching(text.strip().decode("ascii", "replace"), self._known)
        if key is None or key.ended(datetime.now(UTC)):
            raise RefusedError(401, _NO_KEY, headers=_REALM)
        return key


def allow(key: Key, scope: Scope, feature: str | None = None) -> None:
    """Raise RefusedError 403 unless the key has the scope and is for the feature."""
    if scope not in key.scopes:
        raise RefusedError(403, f"This key has not the scope {scope.value!r}.")
    if feature is not None and not key.is_for(feature):
        near = nearest(feature, key.features)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise RefusedError(403, f"This key is not for this feature.{hint}")
