"""Changing one value of a policy file where it stands: comments and layout stay as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs
import yaml

from handrail.errors import unknown
from handrail_cli.policy._load import Refused

_ID = {"rules": "id", "overrides": "id"}
_BOM = "\ufeff"


@attrs.frozen
class Target:
    """A rule, override or policy in its file.

    Attributes:
        path: The file. policy: The policy's name. part: ``rules`` or ``overrides``; empty is the
            policy itself. name: Its id, or the policy's name.
    """

    path: Path
    policy: str
    part: str
    name: str


def targets(path: Path) -> Iterator[Target]:
    """Yield what can be put into a mode in a policy file."""
    root = _composed(_text(path))
    policy = str(_scalar(root, "policy") or "")
    yield Target(path, policy, "", policy)
    for part in _ID:
        for member in _members(root, part):
            yield Target(path, policy, part, str(_scalar(member, "id") or ""))


def found(directory: Path, name: str) -> Target:
    """Return what is called *name*, or ``POLICY/NAME``; raises Refused where it is not one."""
    every = [
        target
        for path in sorted(directory.glob("*.yaml"))
        if not path.name.endswith(".cases.yaml")
        for target in targets(path)
    ]
    policy, _, rule = name.rpartition("/")
    named = [t for t in every if t.name == (rule or name) and policy in ("", t.policy)]
    if len(named) == 1:
        return named[0]
    if not named:
        raise Refused(str(unknown("rule", name, {t.name for t in every}, where=str(directory))))
    choices = " or ".join(f"{t.policy}/{t.name}" if t.part else t.name for t in named)
    raise Refused(f"{directory}: several are called {name!r}: say {choices}.")


def changed(target: Target, keys: dict[str, str]) -> tuple[str, str]:
    """Return a file's text, and the text with *keys* of the target set to other values."""
    before = text = _text(target.path)
    for key, value in keys.items():
        bom, body = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
        text = bom + _with(body, _node(body, target), key, value, target)
    return before, text


def _text(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def _composed(text: str) -> yaml.MappingNode:
    node = yaml.compose(text.removeprefix(_BOM), Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.MappingNode):
        raise Refused("A policy file holds keys and values.")
    return node


def _node(text: str, target: Target) -> yaml.MappingNode:
    root = _composed(text)
    if not target.part:
        return root
    return next(n for n in _members(root, target.part) if _scalar(n, "id") == target.name)


def _members(root: yaml.MappingNode, part: str) -> list[yaml.MappingNode]:
    found_ = next((value for key, value in root.value if key.value == part), None)
    members = found_.value if isinstance(found_, yaml.SequenceNode) else []
    return [member for member in members if isinstance(member, yaml.MappingNode)]


def _scalar(node: yaml.MappingNode, key: str) -> str | None:
    return next((v.value for k, v in node.value if k.value == key and _plain(v)), None)


def _plain(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _with(text: str, node: yaml.MappingNode, key: str, value: str, target: Target) -> str:
    for name, old in node.value:
        if name.value == key:
            if not (_plain(old) or old.flow_style) or getattr(old, "style", None) in ("|", ">"):
                raise Refused(
                    f"{target.path}:{name.start_mark.line + 1}: {key} goes over several lines; "
                    f"change it by hand."
                )
            return text[: old.start_mark.index] + value + text[old.end_mark.index :]
    anchor, last = next(p for p in node.value if p[0].value == _ID.get(target.part, "policy"))
    if node.flow_style:
        return f"{text[: last.end_mark.index]}, {key}: {value}{text[last.end_mark.index :]}"
    return _inserted(text, last.end_mark.index, f"{' ' * anchor.start_mark.column}{key}: {value}")


def _inserted(text: str, after: int, line: str) -> str:
    """A line after the one that *after* stands in, ended as the others are."""
    end = text.find("\n", after)
    if end < 0:
        return f"{text}\n{line}"
    newline = "\r\n" if text[end - 1] == "\r" else "\n"
    return f"{text[: end + 1]}{line}{newline}{text[end + 1 :]}"
