"""Look a module over before it is taken in: its manifest, hooks, settings, derivations."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_type_hints

import attrs

from handrail._hooks import HOOKS, PROJECT
from handrail._ladders import Mode, day, mode
from handrail._manifest import Manifest
from handrail._memory import Learner
from handrail._values import FOLDER, Placed, from_json
from handrail.errors import (
    ConfigError,
    HandrailError,
    InvalidValueError,
    MissingExtraError,
    ModuleError,
    unknown,
)

_KEY = re.compile(r"\w+(?=[.:\[])")


@attrs.frozen(kw_only=True)
class ModuleMode:
    """Whether a module counts: ``enforce``, ``shadow`` until a date, or ``off``.

    Attributes:
        mode: off, shadow or enforce. expires: The last day of a shadow; needed for one.
    """

    mode: Mode = attrs.field(default=Mode.ENFORCE, converter=mode)
    expires: date | None = attrs.field(default=None, converter=day)

    def __attrs_post_init__(self) -> None:
        if self.mode is Mode.SHADOW and self.expires is None:
            raise ModuleError("modes: a module in shadow says when that expires")

    @property
    def current(self) -> Mode:
        """The mode today: a shadow that has expired is off."""
        over = self.expires is not None and datetime.now(UTC).date() > self.expires
        return Mode.OFF if self.mode is Mode.SHADOW and over else self.mode


@attrs.frozen(kw_only=True, eq=False)
class Hook:
    """One implementation of a hook.

    Attributes:
        function: What is called.
        arguments: The names of its arguments, in order.
        cost: ``inline``, ``blocking`` or ``remote``.
        timeout_ms: A limit of its own, in milliseconds, or None.
    """

    function: Callable[..., Any]
    arguments: tuple[str, ...]
    cost: str
    timeout_ms: float | None


@attrs.frozen(kw_only=True, eq=False)
class Loaded:
    """A module that was taken in.

    Attributes:
        name: As coverage shows it; ``name@version`` for a second version. manifest: Its own.
        origin: Where it came from. implementations: Its hooks by stage. mode: Whether it counts.
        settings: An instance of its settings class, or None.
        provided: What it computes for others: function and type by name.
        learner: What it remembers between calls, or None.
    """

    name: str
    manifest: Manifest
    origin: str
    implementations: Mapping[str, Hook] = attrs.field(repr=False)
    mode: ModuleMode
    settings: object = attrs.field(default=None, repr=False)
    provided: Mapping[str, tuple[Any, type]] = attrs.field(factory=dict, repr=False)
    learner: Learner | None = attrs.field(default=None, repr=False)

    @property
    def memory(self) -> object:
        """What hooks are given as ``memory``."""
        return None if self.learner is None else self.learner.memory

    @property
    def version(self) -> str:
        """The module's version."""
        return self.manifest.version

    @property
    def hooks(self) -> dict[str, str]:
        """Cost by stage."""
        return {stage: hook.cost for stage, hook in self.implementations.items()}


@attrs.frozen
class Quarantined:
    """A module that could not be taken in, and why.

    Attributes:
        name: Its entry point. reason: What is wrong with it.
    """

    name: str
    reason: str


def read_settings(cls: type, given: Mapping[str, Any], where: str) -> Any:
    """Build a module's settings; raises ConfigError at the key that is wrong.

    Paths in settings of a file are seen from the file.
    """
    folder = given.folder if isinstance(given, Placed) else None
    token = FOLDER.set(folder or Path())
    try:
        return _read(cls, given, where)
    finally:
        FOLDER.reset(token)


def _read(cls: type, given: Mapping[str, Any], where: str) -> Any:
    if not isinstance(given, Mapping):
        raise ConfigError(f"{where}: expected keys and values, got {type(given).__name__}")
    try:
        return from_json(cls, given, where)
    except Exception as error:  # Whatever a settings class raises is a mistake.
        wrong = _named(cls, error, given)
        if wrong is None:
            wrong = tuple(given) if len(given) == 1 else ()
            for key in given if not wrong else ():
                _read_one(cls, given, key, where)
        place = placed_at(given, where, *wrong)
        # What else a class raises may repeat the value, which may be a secret.
        said = str(error) if isinstance(error, HandrailError) else type(error).__name__
        said = said.removeprefix(f"{wrong[0]}: ") if wrong else said
        lacks = error if isinstance(error, MissingExtraError) else None
        raise ConfigError(f"{place}: {said}") from lacks


def _named(cls: type, error: Exception, given: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The key that an error begins with, () if that is not given, None if it names no field.

    What is read from large files is so not read again.
    """
    key = _KEY.match(str(error)) if isinstance(error, InvalidValueError) else None
    if key is None or key[0] not in {f.alias for f in attrs.fields(cls)}:
        return None
    return (key[0],) if key[0] in given else ()


def _read_one(cls: type, given: Mapping[str, Any], key: str, where: str) -> None:
    """Raise what is wrong with a key alone, unless that is what is missing beside it."""
    alone: Mapping[str, Any] = {key: given[key]}
    try:
        from_json(cls, alone, where)
    except Exception as error:
        if _named(cls, error, alone) == ():
            return
        placed = Placed(alone, given.where) if isinstance(given, Placed) else alone
        _read(cls, placed, where)


def learner_of(manifest: Manifest, settings: object) -> Learner | None:
    """Make a module's memory; raises ModuleError where its class cannot be built."""
    if manifest.memory is None:
        return None
    try:
        memory = manifest.memory() if settings is None else manifest.memory(settings)
    except Exception as error:
        cls = getattr(manifest.memory, "__name__", "memory")
        made = f"{cls}()" if settings is None else f"{cls}(settings)"
        raise ModuleError(
            f"Module {manifest.name!r}: memory: {made} raises {type(error).__name__}. It takes the "
            "module's settings where the manifest names any, and nothing where it names none."
        ) from None
    return Learner(memory, manifest.counters, manifest.name)


def placed_at(given: Mapping[str, Any], where: str, *key: str) -> str:
    """Say where in a file a key stands, if the settings came from one."""
    return given.where(*key) if isinstance(given, Placed) else ".".join((where, *key))


def manifest_of(module: object) -> Manifest:
    """Return a module's manifest; raises ModuleError where there is none."""
    if isinstance(module, type):
        raise ModuleError(f"{module.__name__} is a class. Have you forgotten the () ?")
    manifest = getattr(module, "MANIFEST", None)
    if not isinstance(manifest, Manifest):
        label = getattr(module, "__name__", type(module).__name__)
        raise ModuleError(f"Module {label!r} has no MANIFEST = Manifest(name=…, version=…, …)")
    return manifest


def check_hooks(module: object, name: str) -> None:
    """Refuse misspelled, unmarked, wrapping or reordering hooks, and a module without any."""
    marked = 0
    for attribute in dir(module):
        value = inspect.getattr_static(module, attribute, None)
        function = getattr(value, "__func__", value)
        options = getattr(function, f"{PROJECT}_impl", None)
        if attribute in HOOKS and inspect.isroutine(function) and options is None:
            raise ModuleError(f"Module {name!r}: {attribute} is not marked. Put @hookimpl over it.")
        if not isinstance(options, dict):
            continue
        marked += 1
        if attribute not in HOOKS:
            raise unknown_hook(name, attribute)
        for option in ("hookwrapper", "wrapper", "tryfirst", "trylast"):
            if options.get(option):
                raise ModuleError(
                    f"Module {name!r}: {attribute} asks for {option}. Modules are isolated and the "
                    f"result does not depend on their order: use @hookimpl without it."
                )
    if not marked:
        raise ModuleError(
            f"Module {name!r} has no hook. Mark one of {', '.join(HOOKS)} with @hookimpl."
        )


def unknown_hook(name: str, attribute: str) -> ModuleError:
    """Say which hook was probably meant."""
    return ModuleError(f"Module {name!r}: {unknown('hook', attribute, HOOKS)}")


def hook_of(function: Any, arguments: tuple[str, ...]) -> Hook:
    """Take a hook's cost and limit off its function; raises ModuleError if they contradict it."""
    _check_filled(function, arguments)
    cost = getattr(function, "handrail_cost", None)
    limit = getattr(function, "handrail_timeout_ms", None)
    where = f"{getattr(function, '__module__', '?')}.{getattr(function, '__name__', '?')}"
    is_async = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    if is_async and cost not in (None, "remote"):
        raise ModuleError(f"{where}: async def cannot be {cost}: leave cost out, or say remote")
    if not is_async and cost == "remote":
        raise ModuleError(f"{where}: remote is for async def: say cost='blocking'")
    cost = "remote" if is_async else cost or "inline"
    if cost not in ("inline", "blocking", "remote"):
        raise ModuleError(f"{where}: {unknown('cost', cost, ('inline', 'blocking', 'remote'))}")
    if limit is not None and (cost == "inline" or not 0 < limit <= 60_000):
        raise ModuleError(f"{where}: timeout_ms: 0 to 60000, and only for blocking and remote")
    return Hook(function=function, arguments=arguments, cost=cost, timeout_ms=limit)


def _check_filled(function: Any, arguments: tuple[str, ...]) -> None:
    """Refuse an argument that would never be given: one with a default, keyword-only, a star."""
    for extra in inspect.signature(function).parameters.keys() - set(arguments):
        raise ModuleError(
            f"{function.__module__}.{function.__name__}: {extra!r} would never be given. Take "
            f"arguments by position, without a default."
        )


def narrowed(manifest: Manifest, settings: object) -> Manifest:
    """Return what a module finds with its settings: all, if they have no ``findable``."""
    findable = getattr(settings, "findable", None)
    if findable is None:
        return manifest
    return attrs.evolve(
        manifest, issues=manifest.issues & findable, hints=manifest.hints & findable
    )


def provided_by(name: str, key: str, function: Any, settings: object) -> tuple[Any, type]:
    """Return what computes a derivation, and its type; raises ModuleError without one.

    A function that takes ``settings`` is given those of its module.
    """
    annotation = getattr(function, "__annotations__", {}).get("return")
    try:
        # The return annotation alone: others may exist for the type checker only.
        kind = get_type_hints(
            SimpleNamespace(__annotations__={"return": annotation}),
            getattr(function, "__globals__", None),
        ).get("return")
    except NameError:
        kind = None
    if annotation is None or not isinstance(kind, type):
        raise ModuleError(
            f"Module {name!r}: provides {key!r}: annotate what the function returns with a class"
        )
    if "settings" in getattr(function, "__annotations__", ()):
        return partial(function, settings=settings), kind
    return function, kind


def check_need(
    module: str, name: str, kind: type, providers: Mapping[str, tuple[str, type]]
) -> None:
    """Refuse a need that no module meets, or meets with another type."""
    if name not in providers:
        raise ModuleError(
            f"Module {module!r} needs {name!r}, which no loaded module provides. "
            f"Load one that does; provided are: {', '.join(sorted(providers)) or 'none'}."
        )
    provider, provided = providers[name]
    if not issubclass(provided, kind):
        raise ModuleError(
            f"Module {module!r} needs {name!r} as {kind.__name__}, "
            f"but {provider!r} provides {provided.__name__}."
        )
