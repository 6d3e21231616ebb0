"""What one message is a sign of: read off its text, or as the host has computed it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import attrs

from handrail import Contacts, Context, Item, UnseenError

from ._around import Span
from ._phrases import SIGNALS
from ._settings import Settings

_MOVES = frozenset({"email", "handle", "lure", "phone"})
_PAYS = frozenset({"card", "crypto", "iban", "pay_link"})
_KNOWN = frozenset(SIGNALS)
PRINT_MOST = 64
"""Characters of a fingerprint that a host has computed."""
_SAME_LEAST = 20
"""Characters from which two equal texts are copies; shorter ones everybody writes."""


def digest(*parts: str) -> str:
    """What stands for ids and texts in the memory: a hash, from which nothing can be read back."""
    joined = "\0".join(parts).encode("utf-8", "surrogatepass")
    return blake2b(joined, digest_size=12).hexdigest()


@attrs.frozen
class Signals:
    """What a message is a sign of.

    Attributes:
        spans: Where each signal stands in the text, by signal; nowhere if the host computed it.
        same: What is equal for equal texts; None if that is not known, or the text is short.
    """

    spans: Mapping[str, list[Span]]
    same: str | None = None

    @property
    def names(self) -> frozenset[str]:
        """The signals."""
        return frozenset(self.spans)


def signals(item: Item, context: Context, settings: Settings) -> Signals:
    """Return the signals of *item*; raises UnseenError for those a host sends wrongly.

    What the host has computed stands for the text, which then is not read.
    """
    if settings.private or "signals" in item.attributes:
        return _given(item.attributes.get("signals"), settings.least)
    spans = settings.phrases.signals(context.text.fold())
    for contact in context.derive("contacts", Contacts):
        signal = "move" if contact.kind in _MOVES else "payment" if contact.kind in _PAYS else None
        if signal:
            spans.setdefault(signal, []).append(contact.span)
    return Signals(spans, _text_print(context))


def _text_print(context: Context) -> str | None:
    plain = context.text.plain
    return digest(plain) if len(plain) >= _SAME_LEAST else None


def _given(given: object, least: float) -> Signals:
    if given is None:
        raise UnseenError("attributes", "signals_missing")
    if not isinstance(given, Mapping):
        raise UnseenError("attributes", "signals_no_mapping")
    same = given.get("fingerprint")
    if same is not None and (not isinstance(same, str) or not 0 < len(same) <= PRINT_MOST):
        raise UnseenError("attributes", "signals_fingerprint")
    strengths = {name: value for name, value in given.items() if name != "fingerprint"}
    if not strengths.keys() <= _KNOWN:
        raise UnseenError("attributes", "signals_unknown")
    if not all(type(v) in (int, float) and 0 <= v <= 1 for v in strengths.values()):
        raise UnseenError("attributes", "signals_not_0_to_1")
    found: Mapping[str, list[Span]] = {s: [] for s in SIGNALS if strengths.get(s, -1) >= least}
    return Signals(found, same and digest(same))
