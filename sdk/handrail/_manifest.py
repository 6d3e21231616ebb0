"""What a safety module says about itself, in data that tools read before any of it runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from handrail._issues import issue
from handrail._values import is_name, name, strings
from handrail.errors import InvalidValueError, unknown

PARTS = frozenset(
    {"text", "links", "media", "amount", "author", "participants", "recipients", "attributes"}
)
"""The parts of an item a module can say it reads."""

SENT = PARTS | {"url", "hash"}
"""What a module can say it sends off the host: parts of an item, an address, a hash of either."""

_VERSION = re.compile(r"\d+(\.\d+){0,3}([a-z0-9.+-]{0,20})")


def _is_version(value: object) -> bool:
    return isinstance(value, str) and _VERSION.fullmatch(value) is not None


def _set(value: Iterable[str] | str) -> frozenset[str]:
    return frozenset(strings(value, "Manifest"))


def _read_only(value: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidValueError("Manifest: needs and provides: expected values by name")
    return MappingProxyType(dict(value))


@attrs.frozen(kw_only=True, hash=False)
class Manifest:
    """What a module is, what it can find, where, and what it asks for.

    Attributes:
        name: lower_snake, unique among loaded modules. version: Such as ``1.4.2``.
        issues: The issues it covers: it is built and measured to find them, and a feature that
            requires them may rely on it.
        hints: More issues it may find signs of, without covering them. A finding of an issue that
            stands in neither is a fault.
        surfaces: The surfaces it works on; ``*`` is all.
        languages: BCP 47 languages it was measured in; ``*`` if language plays no role; empty
            means measured in none, and coverage says so.
        reads: The parts of an item it looks at.
        needs: Derivations it uses: their type by name.
        provides: Derivations it computes for others: a function of (item, context) by name,
            whose return annotation is the type.
        counters: Names of the counters its memory adds to.
        memory: The class of what it remembers between calls (see Memory); None if nothing.
        sends: What it sends off the host: a part of an item, ``url`` or ``hash``; empty means
            nothing.
        settings: An attrs class for its settings, each with a default; None if it has none.
        model_card: Where to read how it was built and measured.
        summary: One sentence for listings.

    Raises UnknownNameError for an issue that is not in the taxonomy, and for a part that no item
    has.
    """

    name: str = attrs.field()
    version: str = attrs.field()
    issues: frozenset[str] = attrs.field(converter=_set)
    surfaces: frozenset[str] = attrs.field(converter=_set)
    hints: frozenset[str] = attrs.field(default=frozenset(), converter=_set)
    languages: frozenset[str] = attrs.field(default=frozenset(), converter=_set)
    reads: frozenset[str] = attrs.field(default=frozenset({"text"}), converter=_set)
    needs: Mapping[str, type] = attrs.field(factory=dict, converter=_read_only)
    provides: Mapping[str, Callable[..., object]] = attrs.field(factory=dict, converter=_read_only)
    counters: frozenset[str] = attrs.field(default=frozenset(), converter=_set)
    sends: frozenset[str] = attrs.field(default=frozenset(), converter=_set)
    settings: type | None = None
    memory: type | None = None
    model_card: str | None = None
    summary: str = ""

    def __attrs_post_init__(self) -> None:
        name(self.name, "Manifest.name")
        where = f"Manifest of {self.name!r}"
        if not _is_version(self.version):
            raise InvalidValueError(f"{where}: version: expected something like '1.4.2'")
        self._check_issues(where)
        if not self.surfaces:
            raise InvalidValueError(f"{where}: surfaces: name at least one, or '*' for all")
        for surface in self.surfaces - {"*"}:
            name(surface, f"{where}: surfaces")
        for part in self.reads - PARTS:
            raise unknown("part of an item", part, PARTS, where=f"{where}: reads")
        for part in self.sends - SENT:
            raise unknown("part of an item", part, SENT, where=f"{where}: sends")
        self._check_shapes(where)
        for key in (*self.needs, *self.provides):
            if not all(map(is_name, key.split("."))):
                raise InvalidValueError(f"{where}: derivation {key!r}: expected a lower_snake name")

    def _check_issues(self, where: str) -> None:
        for each in self.issues:
            issue(each, where=f"{where}: issues")
        for each in self.hints:
            issue(each, where=f"{where}: hints")
            if each in self.issues:
                raise InvalidValueError(
                    f"{where}: hints: {each!r} is in issues, which says more; keep one of the two"
                )

    def _check_shapes(self, where: str) -> None:
        settings: object = self.settings
        if settings is not None and not (isinstance(settings, type) and attrs.has(settings)):
            raise InvalidValueError(f"{where}: settings: expected an attrs class")
        for field in attrs.fields(settings) if settings is not None else ():
            if field.default is attrs.NOTHING:
                raise InvalidValueError(f"{where}: settings: {field.name!r} needs a default")
        memory: object = self.memory
        if memory is not None and not callable(getattr(memory, "learn", None)):
            raise InvalidValueError(f"{where}: memory: expected a class with a method learn")
        if self.counters and memory is None:
            raise InvalidValueError(f"{where}: counters: they are kept by a memory; name its class")
        needs: Mapping[str, object] = self.needs
        for key, kind in needs.items():
            if not isinstance(kind, type):
                raise InvalidValueError(f"{where}: needs {key!r}: expected a class")

    @property
    def findable(self) -> frozenset[str]:
        """The issues that a finding of it may have: those it covers, and hints."""
        return self.issues | self.hints

    def serves(self, surface: str) -> bool:
        """Whether the module works on *surface*."""
        return "*" in self.surfaces or surface in self.surfaces

    def measured_in(self, language: str | None) -> bool:
        """Whether it was measured in *language*: the primary subtag counts, case does not."""
        if "*" in self.languages:
            return True
        if language is None:
            return False
        tag = language.casefold()
        return not {tag, tag.partition("-")[0]}.isdisjoint(map(str.casefold, self.languages))
