"""What the fields of a set mean: where its text, labels, language and groups stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import attrs

from handrail import HandrailError, Node, UnknownNameError, expand, load_yaml

GROUPS = ("meta.thread", "thread_id", "meta.templ", "meta.user", "author.id")
"""The fields that make rows alike; the first that a row has counts."""

TRUE = frozenset({"1", "1.0", "true", "yes"})
FALSE = frozenset({"0", "0.0", "false", "no"})


@attrs.frozen
class Label:
    """What one label of a set says, and which issues a module should find there.

    Attributes:
        name: As people see it. field: Where it stands; dots lead into objects. value: The value
            that means yes; None where the label is a yes or no itself. issues: What should be
            found, without patterns.
    """

    name: str
    field: str
    value: str | None
    issues: frozenset[str]

    @property
    def asked(self) -> str:
        """What it is called where no row has its field."""
        return f"label {self.field}"

    def read(self, row: Mapping[str, Any]) -> bool | None:
        """Return whether *row* is positive; None where it does not say."""
        found = lookup(row, self.field)
        if found is None:
            return None
        said = str(found).casefold()
        if self.value is not None:
            return said == self.value.casefold()
        return True if said in TRUE else False if said in FALSE else None


@attrs.frozen(kw_only=True)
class Shape:
    """The shape of a set of labelled rows.

    Attributes:
        text, id, language, surface: The fields they stand in; dots lead into objects.
        labels: What its labels mean; empty looks for issues by name.
        group: Fields that make rows alike; the first that a row has counts.
        slices: Fields by whose values figures are shown apart, beside the language.
        scores: Fields with somebody else's scores, 0 to 1, which are measured too.
        where: Rows to take: what a field must be. whole: Whether all parts are measured, whatever
            part is asked for: of a set that nothing is trained on. title, licence: For the page.
    """

    text: str = "text"
    id: str = "id"
    language: str = "language"
    surface: str = "surface"
    labels: tuple[Label, ...] = ()
    group: tuple[str, ...] = GROUPS
    slices: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()
    where: Mapping[str, str] = attrs.field(factory=dict)
    whole: bool = False
    title: str = ""
    licence: str = ""

    def named(self) -> dict[str, tuple[str, ...]]:
        """The fields that were asked for: of each label and slice, and any of the groups."""
        named: dict[str, tuple[str, ...]] = {
            **{label.asked: (label.field,) for label in self.labels},
            **{f"slice {field}": (field,) for field in self.slices},
        }
        if self.group == GROUPS:
            return named
        return {**named, f"group {' or '.join(self.group)}": self.group}

    def takes(self, row: Mapping[str, Any]) -> bool:
        """Whether *row* is one of those to look at."""
        return all(str(lookup(row, field)) == value for field, value in self.where.items())


def lookup(row: Mapping[str, Any], path: str) -> Any:
    """Return what stands at a path such as ``meta.thread``; None if nothing does."""
    if path in row:
        return row[path]
    head, dot, rest = path.partition(".")
    while dot:
        if isinstance(inner := row.get(head), Mapping) and (
            (found := lookup(inner, rest)) is not None
        ):
            return found
        more, dot, rest = rest.partition(".")
        head = f"{head}.{more}"
    return None


def label(spec: str, issues: Iterable[str]) -> Label:
    """Return the label of ``FIELD`` or ``FIELD=VALUE``; raises UnknownNameError for an issue."""
    field, equals, value = spec.partition("=")
    name = value if equals else field.rpartition(".")[2] or field
    return Label(name, field, value if equals else None, expand(issues, where=f"label {field!r}"))


def by_name(row: Mapping[str, Any]) -> tuple[Label, ...]:
    """Return the labels of a row that are issues, or its one yes or no called ``label``."""
    labels = row.get("labels")
    found = [_issue(key) for key in labels] if isinstance(labels, Mapping) else []
    if "label" in row:
        found.append(label("label", ["*"]))
    return tuple(each for each in found if each is not None)


def _issue(key: object) -> Label | None:
    try:
        return Label(str(key), f"labels.{key}", None, expand([str(key)]))
    except UnknownNameError:
        return None


@attrs.frozen
class Shapes:
    """Shapes by the name of a set.

    Attributes:
        default: What holds where nothing else does. by_set: Shapes by name or pattern, such as
            ``hatecheck_*``; the first that fits.
    """

    default: Shape = attrs.field(factory=Shape)
    by_set: Mapping[str, Shape] = attrs.field(factory=dict)

    def with_(self, labels: tuple[Label, ...], slices: tuple[str, ...]) -> Shapes:
        """Return the same with other labels, and with more slices."""

        def changed(shape: Shape) -> Shape:
            more = (*shape.slices, *(s for s in slices if s not in shape.slices))
            return attrs.evolve(shape, labels=labels or shape.labels, slices=more)

        return Shapes(changed(self.default), {k: changed(v) for k, v in self.by_set.items()})

    def of(self, name: str) -> Shape:
        """Return the shape of the set called *name*."""
        fitting = (shape for glob, shape in self.by_set.items() if fnmatchcase(name, glob))
        return next(fitting, self.default)


def load(path: Path | None, default: Shape) -> Shapes:
    """Read a file of shapes, over *default*; raises ConfigError with file:line:column."""
    if path is None:
        return Shapes(default)
    top = load_yaml(path).keys(("version", "defaults", "sets"))
    if "defaults" in top:
        default = _over(default, top["defaults"])
    sets = top["sets"].keys() if "sets" in top else {}
    return Shapes(default, {name: _over(default, node) for name, node in sets.items()})


def _over(shape: Shape, node: Node) -> Shape:
    keys = node.keys([f.name for f in attrs.fields(Shape)])
    return attrs.evolve(shape, **{key: _READ.get(key, Node.text)(n) for key, n in keys.items()})


def _labels(node: Node) -> tuple[Label, ...]:
    return tuple(_label(spec, issues) for spec, issues in node.keys().items())


def _label(spec: str, node: Node) -> Label:
    try:
        return label(spec, _names(node))
    except HandrailError as error:
        raise node.fail(str(error)) from None


def _names(node: Node) -> tuple[str, ...]:
    return (node.text(),) if isinstance(node.value, str) else tuple(node.texts())


_READ: Mapping[str, Any] = {
    "labels": _labels,
    "group": _names,
    "slices": _names,
    "scores": _names,
    "whole": Node.flag,
    "where": lambda node: {key: str(n.value) for key, n in node.keys().items()},
}
