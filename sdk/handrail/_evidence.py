"""What a finding points at: at once, or worked out when somebody first reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from handrail._values import FrozenMap
from handrail.errors import InvalidValueError


def _spans(value: Iterable[Iterable[int]]) -> tuple[tuple[int, int], ...]:
    if value == ():
        return ()
    try:
        return tuple((int(a), int(b)) for a, b in value)
    except (TypeError, ValueError):
        raise InvalidValueError("Evidence.spans: expected pairs of start and end") from None


_NO_COUNTS = FrozenMap()


def _counts(value: Mapping[str, Any] | None) -> FrozenMap:
    return value if type(value) is FrozenMap else FrozenMap(value)


@attrs.frozen
class Evidence:
    """Where and how much: character spans of the item's text, and counts; never the text.

    Attributes:
        spans: Half-open ranges of characters, ``((start, end), …)``.
        counts: Numbers by lower_snake name.
    """

    spans: tuple[tuple[int, int], ...] = attrs.field(default=(), converter=_spans)
    counts: FrozenMap = attrs.field(default=_NO_COUNTS, converter=_counts)

    @staticmethod
    def later(look: Callable[[], Evidence], counts: Iterable[str] = ()) -> Evidence:
        """Return evidence that *look* works out when it is first read: of most findings, never.

        It may be read in another thread, long after the call; until then *look* and what it
        closes over, a text for one, live as long as the evidence. *counts* names all that it may
        count. Where *look* raises or returns something else, a count ``failed`` is all there is.
        """
        return LateEvidence(look, frozenset(counts))

    def count(self, name: str) -> Any:
        """Return a count, 0 where there is none of that name."""
        return self.counts.get(name, 0)


NO_EVIDENCE = Evidence()
"""What a finding has that points at nothing."""

_FAILED = Evidence(counts={"failed": 1})


class LateEvidence(Evidence):
    """What ``Evidence.later`` returns; made with fields, as by ``attrs.evolve``, it has those."""

    __slots__ = ("_look", "_names")
    _look: Callable[[], Evidence] | None
    _names: frozenset[str]

    def __init__(
        self,
        look: Callable[[], Evidence] | None = None,
        names: frozenset[str] = frozenset(),
        **fields: Any,
    ) -> None:
        if look is None:
            known = Evidence(**fields)
            look, names = lambda: known, frozenset(known.counts)
        object.__setattr__(self, "_look", look)
        object.__setattr__(self, "_names", names)

    def count(self, name: str) -> Any:
        """Return a count; what is never counted is not worked out."""
        return self.counts.get(name, 0) if name in self._names else 0

    if not TYPE_CHECKING:  # Else no misspelled field would be an error.

        def __getattr__(self, name: str) -> Any:
            if name not in ("spans", "counts"):
                raise AttributeError(name)
            if (look := self._look) is not None:
                found = _looked(look, self._names)
                for field in ("spans", "counts"):
                    object.__setattr__(self, field, getattr(found, field))
                object.__setattr__(self, "_look", None)  # Last: another thread may be here, too.
            return object.__getattribute__(self, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Evidence):
            return NotImplemented
        return (self.spans, self.counts) == (other.spans, other.counts)

    __hash__ = Evidence.__hash__

    def __reduce__(self) -> tuple[type[Evidence], tuple[Any, ...]]:
        return Evidence, (self.spans, self.counts)


def _looked(look: Callable[[], Evidence], names: frozenset[str]) -> Evidence:
    try:
        found: object = look()
        if isinstance(found, Evidence) and found.counts.keys() <= names:
            return found if all(map(_is_number, found.counts.values())) else _FAILED
    except KeyboardInterrupt:
        raise
    except BaseException:
        return _FAILED
    return _FAILED


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float))
