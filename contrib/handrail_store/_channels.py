"""How enforcements reach a feature: a function of the host's, a signed webhook, or a topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import attrs

from handrail import Enforcement, FeatureError, GuardedFeature, HandrailError, Safety

EVERY = "*"
"""The name under which the channel of all other features is given."""


class Channel(Protocol):
    """Takes enforcements to where they are carried out."""

    def deliver(self, enforcement: Enforcement) -> bool:
        """Deliver; True once it is carried out, False where that is still to be acknowledged.

        Raises where it was not delivered; then it is tried again later.
        """
        ...


class NotCarriedOutError(HandrailError):
    """The host's function raised, or said that it could not."""


@attrs.frozen
class Callback:
    """The function that the host registered with ``on_enforcement``, in this process."""

    feature: GuardedFeature

    def deliver(self, enforcement: Enforcement) -> bool:
        """Call it; raises NotCarriedOutError where it fails."""
        if not self.feature.enforce(enforcement):
            raise NotCarriedOutError(f"on_enforcement of {self.feature.name} did not carry it out")
        return True


@attrs.define
class Channels:
    """Which channel each feature has.

    Attributes:
        safety: Its features may have registered a function.
        given: Channels by the name of the feature; ``*`` for all others.
    """

    safety: Safety
    given: Mapping[str, Channel] = attrs.field(factory=dict)
    _callbacks: dict[str, Callback] = attrs.field(factory=dict, init=False)

    def of(self, feature: str) -> Channel | None:
        """The channel of a feature; its own before a function of the host's before ``*``."""
        if feature in self.given:
            return self.given[feature]
        callback = self._callback(feature)
        if callback is not None and callback.feature.carries:
            return callback
        return self.given.get(EVERY)

    def reachable(self) -> list[str] | None:
        """The features that have a channel; None where all have."""
        if EVERY in self.given:
            return None
        declared = [feature.name for feature in self.safety.features]
        return sorted(name for name in {*self.given, *declared} if self.of(name) is not None)

    def _callback(self, feature: str) -> Callback | None:
        if feature not in self._callbacks:
            try:
                self._callbacks[feature] = Callback(self.safety.feature(feature))
            except FeatureError:
                # Not declared, or not covered: then nobody can have registered.
                return None
        return self._callbacks[feature]
