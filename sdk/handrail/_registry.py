"""Find, check, quarantine and order modules. Nothing a module gets wrong waits until midnight."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import EntryPoint, entry_points
from typing import Any, get_type_hints

import attrs
import pluggy

from handrail import _hooks
from handrail._hooks import HOOKS, PROJECT
from handrail._manifest import Manifest
from handrail._rules import Mode, day, mode
from handrail._values import from_json
from handrail.errors import HandrailError, ModuleError, unknown

UNDER_TESTS = "PYTEST_VERSION"
"""While this is in the environment, ``installed`` loads nothing: tests name what they load."""


@attrs.frozen(kw_only=True)
class ModuleMode:
    """Whether a module counts: ``enforce``, ``shadow`` until a date, or ``off``."""

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
    """One implementation of a hook: the function, its arguments in order, cost and limit."""

    function: Any
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
    """

    name: str
    manifest: Manifest
    origin: str
    implementations: Mapping[str, Hook] = attrs.field(repr=False)
    mode: ModuleMode
    settings: object = attrs.field(default=None, repr=False)
    provided: Mapping[str, tuple[Any, type]] = attrs.field(factory=dict, repr=False)

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
    """A module that could not be taken in, and why."""

    name: str
    reason: str


class Registry:
    """The modules of one Safety.

    Args:
        settings: Settings by module name. modes: ModuleMode (or its mapping) by module name, or
            by ``name@version`` for one of two versions.
    """

    def __init__(
        self,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        modes: Mapping[str, ModuleMode | Mapping[str, Any]] | None = None,
    ) -> None:
        self._settings = dict(settings or {})
        self._modes = {
            k: m if isinstance(m, ModuleMode) else from_json(ModuleMode, m, f"modes: {k}")
            for k, m in (modes or {}).items()
        }
        self.loaded: list[Loaded] = []
        self.quarantined: list[Quarantined] = []
        self.skipped_under_tests = False
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(_hooks)

    def add(self, module: object, origin: str = "code") -> Loaded:
        """Take in one module; raises ModuleError that says what to change."""
        manifest = _manifest(module)
        check_hooks(module, manifest.name)
        name, current = self._place(manifest)
        try:
            self._manager.register(module, name)
        except (pluggy.PluginValidationError, ValueError) as error:
            text = " ".join(str(error).split())
            raise ModuleError(f"Module {name!r}: {text}") from None
        loaded = Loaded(
            name=name,
            manifest=manifest,
            origin=origin,
            implementations=self._implementations(module, name),
            mode=current,
            settings=self._read_settings(manifest),
            provided={k: _provided(name, k, f) for k, f in manifest.provides.items()},
        )
        self.loaded.append(loaded)
        self.loaded.sort(key=lambda m: m.name)
        return loaded

    def _place(self, manifest: Manifest) -> tuple[str, ModuleMode]:
        """The name under which a module is shown, and its mode; two of a name need a shadow."""
        plain, exact = manifest.name, f"{manifest.name}@{manifest.version}"
        current = self._modes.get(exact) or self._modes.get(plain) or ModuleMode()
        twins = [m for m in self.loaded if m.manifest.name == plain]
        if not twins:
            return (exact if exact in self._modes else plain), current
        if any(m.version == manifest.version for m in twins):
            raise ModuleError(f"Module {exact!r} is loaded twice. Remove one of the two.")
        if exact not in self._modes and not any(m.name != plain for m in twins):
            raise ModuleError(
                f"Two modules are called {plain!r} ({twins[0].version} and {manifest.version}). "
                f"Put one in shadow: modes: {{{exact!r}: {{mode: shadow, expires: DATE}}}}"
            )
        return (exact if exact in self._modes else plain), current

    def _implementations(self, module: object, name: str) -> Mapping[str, Hook]:
        found = {}
        for stage in HOOKS:
            for impl in getattr(self._manager.hook, stage).get_hookimpls():
                if impl.plugin_name == name:
                    found[stage] = _hook(impl.function, tuple(impl.argnames))
        return found

    def _read_settings(self, manifest: Manifest) -> object:
        given = self._settings.get(manifest.name)
        if manifest.settings is None:
            if given:
                raise ModuleError(f"Module {manifest.name!r} has no settings; remove them.")
            return None
        return from_json(manifest.settings, given or {}, f"settings of {manifest.name!r}")

    def install(self, allow: Iterable[str] | None, deny: Iterable[str] = ()) -> None:
        """Take in modules by entry point, one at a time; a broken one is quarantined.

        Args:
            allow: Entry-point names; None is every installed one, but none while tests run.
            deny: Names that are never loaded.
        """
        found = {e.name: e for e in entry_points(group=PROJECT)}
        if allow is None and UNDER_TESTS in os.environ:
            self.skipped_under_tests = True
            return
        names = sorted(found) if allow is None else list(allow)
        for name in names:
            if name not in found:
                raise unknown("module", name, found, where="modules: allow")
            if name not in set(deny):
                self._install(name, found[name])

    def _install(self, name: str, entry: EntryPoint) -> None:
        try:
            origin = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
            self.add(entry.load(), origin)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            said = str(error) if isinstance(error, (HandrailError, ImportError)) else ""
            self.quarantined.append(Quarantined(name, said or type(error).__name__))

    def check(self) -> None:
        """Check what only shows once all are in: needs, settings and modes for nobody."""
        providers: dict[str, tuple[str, type]] = {}
        for module in self.loaded:
            for name, (_, kind) in module.provided.items():
                if name in providers and module.mode.current is Mode.ENFORCE:
                    raise ModuleError(
                        f"Modules {providers[name][0]!r} and {module.name!r} both provide {name!r}"
                    )
                providers[name] = (module.name, kind)
        for module in self.loaded:
            for name, kind in module.manifest.needs.items():
                _check_need(module.name, name, kind, providers)
        known = {m.manifest.name for m in self.loaded} | {q.name for q in self.quarantined}
        for kind_, table in (("settings", self._settings), ("modes", self._modes)):
            for name in table:
                if name.partition("@")[0] not in known:
                    raise unknown("module", name, known, where=kind_)


def _manifest(module: object) -> Manifest:
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


def _hook(function: Any, arguments: tuple[str, ...]) -> Hook:
    cost = getattr(function, "handrail_cost", None)
    limit = getattr(function, "handrail_timeout_ms", None)
    where = f"{getattr(function, '__module__', '?')}.{getattr(function, '__name__', '?')}"
    is_async = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    if is_async and cost not in (None, "remote"):
        raise ModuleError(f"{where}: async def cannot be {cost}: leave cost out, or say remote")
    if not is_async and cost == "remote":
        raise ModuleError(f"{where}: remote is for async def: say cost='blocking', or make it async")
    cost = "remote" if is_async else cost or "inline"
    if cost not in ("inline", "blocking", "remote"):
        raise ModuleError(f"{where}: {unknown('cost', cost, ('inline', 'blocking', 'remote'))}")
    if limit is not None and (cost == "inline" or not 0 < limit <= 60_000):
        raise ModuleError(f"{where}: timeout_ms: 0 to 60000, and only for blocking and remote")
    return Hook(function=function, arguments=arguments, cost=cost, timeout_ms=limit)


def _provided(name: str, key: str, function: Any) -> tuple[Any, type]:
    kind = get_type_hints(function).get("return")
    if not isinstance(kind, type):
        raise ModuleError(
            f"Module {name!r}: provides {key!r}: annotate what the function returns with a class"
        )
    return function, kind


def _check_need(
    module: str, name: str, kind: type, providers: Mapping[str, tuple[str, type]]
) -> None:
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
