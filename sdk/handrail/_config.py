"""Settings in: ``handrail.yaml``, or the same as a mapping, becomes the arguments of Safety.

Every error says where: ``file:line:column`` in a file, the path of keys in a mapping.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from handrail._feature import TEXT_MOST, Feature
from handrail._hooks import PROJECT
from handrail._inspect import ModuleMode
from handrail._ladders import day, mode
from handrail._offers import beside, notices_of, state_of, store_of
from handrail._policy_settings import policies_of
from handrail._shared import Apart
from handrail._values import Placed, from_json
from handrail._yaml import Node, load_yaml
from handrail.errors import HandrailError, unknown

if TYPE_CHECKING:
    from handrail._counting import State
    from handrail._sinks import JsonlSink

T = TypeVar("T")


def read(source: str | Path | Mapping[str, Any] | Node, *, sink: bool = True) -> dict[str, Any]:
    """Return the arguments of Safety that a file or its content asks for; raises ConfigError.

    Without *sink* the configured one is left unopened, and counts stay in this process: what is
    only tried out must not count for everybody.
    """
    top = Node(source) if isinstance(source, Mapping) else source
    top = top if isinstance(top, Node) else load_yaml(Path(top))
    keys = top.keys(["version", "sink", "store", "state", *_READERS])
    version = keys.get("version")
    if version is None or type(version.value) is not int or version.value != 1:
        what = "expected version: 1, the only one there is"
        raise (version or top).fail(what)
    given: dict[str, Any] = {}
    for key, reader in _READERS.items():
        if key in keys:
            given.update(reader(keys[key]))
    # Last, for they open files.
    if sink and "sink" in keys:
        given["sink"] = _sink(keys["sink"])
    if sink and "store" in keys:
        given["store"] = store_of(keys["store"])
    if "state" in keys:
        given["state"] = _state(keys["state"], given) if sink else _tried(keys["state"])
    return {"features": (), **given}


def _state(node: Node, given: Mapping[str, Any]) -> State:
    """The State that is shared, in front of what a store brings."""
    try:
        return state_of(node, getattr(given.get("store"), "state", None))
    except BaseException:
        for part in ("sink", "store"):
            if given.get(part) is not None:
                given[part].close()
        raise


def _tried(node: Node) -> State:
    """What stands for it where something is only tried out; what is wrong is said all the same."""
    state_of(node, None)
    return Apart()


def _try_each(node: Node, build: Callable[[Any], T]) -> T:
    """Build from a node's value; if that fails, blame the key or item that fails by itself."""
    try:
        return build(node.value)
    except HandrailError as error:
        empty: Any = {} if isinstance(node.value, Mapping) else []
        for part in _parts(node) if _takes(build, empty) else ():
            _try_each(part, _around(node, part, build))
        raise node.fail(str(error)) from None


def _parts(node: Node) -> Sequence[Node]:
    if isinstance(node.value, Mapping):
        return list(node.keys().values())
    return node.items() if isinstance(node.value, (list, tuple)) else []


def _takes(build: Callable[[Any], object], value: object) -> bool:
    try:
        build(value)
    except HandrailError:
        return False
    return True


def _around(node: Node, part: Node, build: Callable[[Any], T]) -> Callable[[Any], T]:
    """Build from a part alone, in the shape of the whole."""
    if isinstance(node.value, Mapping):
        return lambda value: build({part.path[-1]: value})
    return lambda value: build([value])


def _features(node: Node) -> dict[str, Any]:
    return {"features": tuple(_feature(name, each) for name, each in node.keys().items())}


def _requires(node: Node) -> None:
    keys = node.keys(("issues", "modules"))
    if "modules" in keys:
        keys["modules"].texts()
    if (issues := keys.get("issues")) is not None:
        by_stage = isinstance(issues.value, Mapping)
        for each in issues.keys().values() if by_stage else [issues]:
            each.texts()


def _substitutes(node: Node) -> None:
    for each in node.keys().values():
        each.text()


_FEATURE: Mapping[str, Callable[[Node], object]] = {
    "surface": Node.text,
    "owner": Node.text,
    "markets": Node.texts,
    "audience": lambda node: node.keys(("min_age", "max_age")),
    "functionalities": Node.texts,
    "requires": _requires,
    "provides": Node.texts,
    "carries_out": Node.texts,
    "substitutes": _substitutes,
    "budget_ms": lambda node: node.number(60_000),
    "deep_budget_ms": lambda node: node.number(60_000),
    "max_text": lambda node: node.number(TEXT_MOST),
}
"""The keys of a feature, and what checks the shape of each."""


def _feature(name: str, node: Node) -> Feature:
    keys = node.keys(_FEATURE)
    if "surface" not in keys:
        raise node.fail("surface is missing: the kind of place it is, such as comments")
    with node.blame():
        Feature(name=name, surface="x")
    for key, each in keys.items():
        _FEATURE[key](each)
        _try_each(each, partial(_one, name, key))
    with node.blame():
        return Feature(name=name, **node.value)


def _one(name: str, key: str, value: Any) -> Feature:
    """A feature with only one key given, so that an error is about that key."""
    return Feature(**{"name": name, "surface": "x", key: value})


def _modules(node: Node) -> dict[str, Any]:
    keys = node.keys(("allow", "deny", "settings", "modes"))
    given: dict[str, Any] = {}
    if "allow" in keys:
        allow = keys["allow"]
        given["modules"] = "installed" if allow.value == "installed" else _installed(allow)
    if "deny" in keys:
        given["deny"] = _installed(keys["deny"])
    if "settings" in keys:
        each = keys["settings"].keys()
        given["settings"] = Placed({k: _settings(n) for k, n in each.items()}, keys["settings"].at)
    if "modes" in keys:
        each = keys["modes"].keys()
        given["modes"] = Placed({k: _mode(n) for k, n in each.items()}, keys["modes"].at)
    return given


def _installed(node: Node) -> list[str]:
    """A list of modules, each of which is installed: a misspelled denial would load a module."""
    if not isinstance(node.value, (list, tuple)):
        raise node.wrong("a list of modules" + (", or installed" * (node.path[-1] == "allow")))
    found = {entry.name for entry in entry_points(group=PROJECT)}
    for item in node.items():
        if item.text() not in found:
            raise item.fail(str(unknown("module", item.value, found)))
    return node.texts()


def _settings(node: Node) -> Placed:
    values = {} if node.value is None else {k: n.value for k, n in node.keys().items()}
    return Placed(values, node.at, None if node.file is None else node.file.parent)


def _mode(node: Node) -> ModuleMode:
    keys = node.keys(("mode", "expires"))
    for key, reader in (("mode", mode), ("expires", day)):
        if key in keys:
            with keys[key].blame():
                reader(keys[key].value)
    with node.blame():
        return from_json(ModuleMode, node.value, "modes")


def _sink(node: Node) -> JsonlSink:
    from handrail._sinks import JsonlSink

    keys = node.keys(("jsonl", "mask"))
    if "jsonl" not in keys:
        raise node.fail("jsonl is missing: the file to append to")
    mask = keys["mask"].flag() if "mask" in keys else True
    path = beside(keys["jsonl"])
    try:
        return JsonlSink(path, mask=mask)
    except OSError as error:
        raise keys["jsonl"].fail(f"cannot be written: {error.strerror}") from None


def _telemetry(node: Node) -> dict[str, Any]:
    return {k: n.number(1) for k, n in node.keys(("trace_share",)).items()}


def _budget(node: Node) -> dict[str, Any]:
    if node.number(60_000) == 0:
        raise node.fail("expected more than 0")
    return {"budget_ms": node.value}


_READERS: Mapping[str, Callable[[Node], dict[str, Any]]] = {
    "features": _features,
    "modules": _modules,
    "policies": policies_of,
    "notices": lambda node: {"notices": notices_of(node)},
    "strict": lambda node: {"strict": node.flag()},
    "budget_ms": _budget,
    "complete_share": lambda node: {"complete_share": node.number(1)},
    "telemetry": _telemetry,
}
