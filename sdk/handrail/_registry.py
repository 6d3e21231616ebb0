"""Find, check, quarantine and order modules. Nothing a module gets wrong waits until midnight."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import EntryPoint, entry_points
from types import SimpleNamespace
from typing import Any, get_type_hints

import attrs
import pluggy

from handrail import _hooks
from handrail._hooks import HOOKS, PROJECT
from handrail._manifest import Manifest
from handrail._rules import Mode, day, mode
from handrail._values import Placed, from_json
from handrail.errors import ConfigError, HandrailError, ModuleError, unknown

UNDER_TESTS = "PYTEST_VERSION"
"""While this is in the environment, ``installed`` loads nothing: tests name what they load."""


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
    """One implementation of a hook: the function, its arguments in order, cost and limit."""

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
    """A module that could not be taken in, and why.

    Attributes:
        name: Its entry point. reason: What is wrong with it.
    """

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
        self._settings = settings or {}
        self._given = {"settings": self._settings, "modes": modes or {}}
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
        settings = self._read_settings(manifest)
        provided = {k: _provided(name, k, f) for k, f in manifest.provides.items()}
        try:
            self._manager.register(module, name)
            implementations = self._implementations(module, name)
        except BaseException as error:
            if self._manager.get_plugin(name) is module:
                self._manager.unregister(name=name)
            if not isinstance(error, (pluggy.PluginValidationError, ValueError)):
                raise
            text = " ".join(str(error).split())
            raise ModuleError(f"Module {name!r}: {text}") from None
        loaded = Loaded(
            name=name,
            manifest=manifest,
            origin=origin,
            implementations=implementations,
            mode=current,
            settings=settings,
            provided=provided,
        )
        self.loaded.append(loaded)
        self.loaded.sort(key=lambda m: m.name)
        return loaded

    def _place(self, manifest: Manifest) -> tuple[str, ModuleMode]:
        """The name under which a module is shown, and its mode; two of a name need a shadow."""
        plain, exact = manifest.name, f"{manifest.name}@{manifest.version}"
        current = self._modes.get(exact) or self._modes.get(plain) or ModuleMode()
        twins = [m for m in self.loaded if m.manifest.name == plain]
        if any(m.version == manifest.version for m in twins):
            raise ModuleError(f"Module {exact!r} is loaded twice. Remove one of the two.")
        if current.mode is Mode.ENFORCE and any(m.mode.mode is Mode.ENFORCE for m in twins):
            raise ModuleError(
                f"Two modules are called {plain!r} ({twins[0].version} and {manifest.version}). "
                f"Put one in shadow: modes: {{{exact!r}: {{mode: shadow, expires: DATE}}}}"
            )
        taken = any(m.name == plain for m in twins)
        return (exact if taken or exact in self._modes else plain), current

    def _implementations(self, module: object, name: str) -> Mapping[str, Hook]:
        found = {}
        for stage in HOOKS:
            for impl in getattr(self._manager.hook, stage).get_hookimpls():
                if impl.plugin_name == name:
                    found[stage] = _hook(impl.function, tuple(impl.argnames))
        return found

    def _read_settings(self, manifest: Manifest) -> object:
        exact = f"{manifest.name}@{manifest.version}"
        given = self._settings.get(exact, self._settings.get(manifest.name)) or {}
        if manifest.settings is not None:
            return read_settings(manifest.settings, given, f"settings of {manifest.name!r}")
        if given:
            where = _at(given, f"settings of {manifest.name!r}")
            raise ConfigError(f"{where}: the module has no settings; remove them")
        return None

    def install(self, allow: Iterable[str] | None, deny: Iterable[str] = ()) -> None:
        """Take in modules by entry point, one at a time; a broken one is quarantined.

        Args:
            allow: Entry-point names; None is every installed one, but none while tests run.
            deny: Names that are never loaded.
        """
        found: dict[str, list[EntryPoint]] = {}
        for entry in entry_points(group=PROJECT):
            found.setdefault(entry.name, []).append(entry)
        if allow is None and UNDER_TESTS in os.environ:
            self.skipped_under_tests = True
            return
        names = sorted(found) if allow is None else list(allow)
        for name in names:
            if name not in found:
                raise unknown("module", name, found, where="modules: allow")
            if name not in set(deny):
                self._install(name, found[name])

    def _install(self, name: str, entries: list[EntryPoint]) -> None:
        entry, *others = entries
        if any(e.value != entry.value for e in others):
            offers = " and ".join(sorted(e.value for e in entries))
            self.quarantined.append(
                Quarantined(name, f"{offers} both go by this name. Uninstall one of them.")
            )
            return
        try:
            origin = f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value
            self.add(entry.load(), origin)
        except (KeyboardInterrupt, ConfigError):
            raise
        except BaseException as error:
            said = str(error) if isinstance(error, (HandrailError, ImportError)) else ""
            self.quarantined.append(Quarantined(name, said or type(error).__name__))

    def check(self) -> None:
        """Check what only shows once all are in: needs, settings and modes for nobody."""
        providers: dict[str, tuple[str, type]] = {}
        running = [m for m in self.loaded if m.mode.current is not Mode.OFF]
        # What is enforced comes first: a shadow provides only what nobody else does.
        for module in sorted(running, key=lambda m: m.mode.current is Mode.SHADOW):
            for name, (_, kind) in module.provided.items():
                if name not in providers:
                    providers[name] = (module.name, kind)
                elif module.mode.current is Mode.ENFORCE:
                    raise ModuleError(
                        f"Modules {providers[name][0]!r} and {module.name!r} both provide "
                        f"{name!r}. Load one of them, or put one in shadow."
                    )
        for module in running:
            for name, kind in module.manifest.needs.items():
                _check_need(module.name, name, kind, providers)
        self._check_names()

    def _check_names(self) -> None:
        known = {m.manifest.name for m in self.loaded} | {q.name for q in self.quarantined}
        exact = {f"{m.manifest.name}@{m.version}" for m in self.loaded}
        for kind, table in self._given.items():
            for name in table:
                if name not in known | exact and name.partition("@")[0] not in (
                    q.name for q in self.quarantined
                ):
                    where = table.where(name) if isinstance(table, Placed) else kind
                    raise ConfigError(str(unknown("module", name, known | exact, where=where)))


def read_settings(cls: type, given: Mapping[str, Any], where: str) -> Any:
    """Build a module's settings; raises ConfigError at the key that is wrong."""
    if not isinstance(given, Mapping):
        raise ConfigError(f"{where}: expected keys and values, got {type(given).__name__}")
    try:
        return from_json(cls, given, where)
    except Exception as error:  # Whatever a settings class raises is a mistake.
        for key in given if len(given) > 1 else ():
            _read_one(cls, given, key, where)
        place = _at(given, where, *given) if len(given) == 1 else _at(given, where)
        # What else a class raises may repeat the value, which may be a secret.
        said = str(error) if isinstance(error, HandrailError) else type(error).__name__
        raise ConfigError(f"{place}: {said}") from None


def _read_one(cls: type, given: Mapping[str, Any], key: str, where: str) -> None:
    alone: Mapping[str, Any] = {key: given[key]}
    read_settings(cls, Placed(alone, given.where) if isinstance(given, Placed) else alone, where)


def _at(given: Mapping[str, Any], where: str, *key: str) -> str:
    return given.where(*key) if isinstance(given, Placed) else ".".join((where, *key))


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


def _provided(name: str, key: str, function: Any) -> tuple[Any, type]:
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
