"""Find, check, quarantine and order modules. Nothing a module gets wrong waits until midnight."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import attrs
import pluggy

from handrail import _hooks
from handrail._hooks import HOOKS, PROJECT
from handrail._inspect import (
    Hook,
    Loaded,
    ModuleMode,
    Quarantined,
    check_hooks,
    check_need,
    hook_of,
    learner_of,
    manifest_of,
    narrowed,
    placed_at,
    provided_by,
    read_settings,
)
from handrail._ladders import Mode
from handrail._manifest import Manifest
from handrail._values import Placed, from_json, strings
from handrail.errors import ConfigError, HandrailError, MissingExtraError, ModuleError, unknown

UNDER_TESTS = "PYTEST_VERSION"
"""While this is in the environment, ``installed`` loads nothing: tests name what they load."""


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
        self.named: set[str] = set()
        self.skipped_under_tests = False
        self.unasked: list[str] = []
        self.lacking: dict[str, str] = {}
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(_hooks)

    def add(self, module: object, origin: str = "code") -> Loaded:
        """Take in one module; raises ModuleError that says what to change."""
        manifest = manifest_of(module)
        check_hooks(module, manifest.name)
        name, current = self._place(manifest)
        settings = self._read_settings(manifest)
        manifest = narrowed(manifest, settings)
        provided = {k: provided_by(name, k, f, settings) for k, f in manifest.provides.items()}
        learner = learner_of(manifest, settings)
        loaded = Loaded(
            name=name,
            manifest=manifest,
            origin=origin,
            implementations=self._registered(module, name),
            mode=current,
            settings=settings,
            provided=provided,
            learner=learner,
        )
        self.loaded.append(loaded)
        self.loaded.sort(key=lambda m: m.name)
        return loaded

    def _registered(self, module: object, name: str) -> Mapping[str, Hook]:
        """Take a module's hooks in; one that cannot be taken in leaves nothing behind."""
        try:
            self._manager.register(module, name)
            return self._implementations(module, name)
        except BaseException as error:
            if self._manager.get_plugin(name) is module:
                self._manager.unregister(name=name)
            if not isinstance(error, (pluggy.PluginValidationError, ValueError)):
                raise
            text = " ".join(str(error).split())
            raise ModuleError(f"Module {name!r}: {text}") from None

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
                    found[stage] = hook_of(impl.function, tuple(impl.argnames))
        return found

    def _read_settings(self, manifest: Manifest) -> object:
        exact = f"{manifest.name}@{manifest.version}"
        given = self._settings.get(exact, self._settings.get(manifest.name)) or {}
        if manifest.settings is not None:
            return read_settings(manifest.settings, given, f"settings of {manifest.name!r}")
        if given:
            where = placed_at(given, f"settings of {manifest.name!r}")
            raise ConfigError(f"{where}: the module has no settings; remove them")
        return None

    def renewed(self, module: Loaded) -> Loaded:
        """Make a module's settings anew: a file they were read from may have changed."""
        stated = manifest_of(self._manager.get_plugin(module.name))
        settings = self._read_settings(stated)
        return attrs.evolve(
            module,
            settings=settings,
            manifest=narrowed(stated, settings),
            provided={
                k: provided_by(module.name, k, f, settings) for k, f in stated.provides.items()
            },
        )

    def install(self, allow: Iterable[str] | None, deny: Iterable[str] = ()) -> None:
        """Take in modules by entry point, one at a time; a broken one is quarantined.

        Args:
            allow: Entry-point names; None is every installed one, but none while tests run, none
                that sends something off the host, which takes its name, and none whose extra is
                missing.
            deny: Names that are never loaded; one that is not installed is refused, for it may
                be a misspelled one that is.
        """
        found: dict[str, list[EntryPoint]] = {}
        for entry in entry_points(group=PROJECT):
            found.setdefault(entry.name, []).append(entry)
        denied = _known(deny, found, "deny")
        if allow is None and UNDER_TESTS in os.environ:
            self.skipped_under_tests = True
            return
        names = sorted(found) if allow is None else list(_known(allow, found, "allow"))
        self.named |= set() if allow is None else set(names)
        for name in names:
            if name not in denied:
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
            module = entry.load()
            if name not in self.named and manifest_of(module).sends:
                self.unasked.append(name)
                return
            self.add(module, origin)
        except ConfigError as error:
            asked = name in self.named or name in self._settings
            if asked or not isinstance(error.__cause__, MissingExtraError):
                raise
            self.lacking[name] = str(error.__cause__)
        except KeyboardInterrupt:
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
                check_need(module.name, name, kind, providers)
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


def _known(names: Iterable[str], found: Iterable[str], key: str) -> dict[str, None]:
    """The names, each once; one that is not installed is refused."""
    known = dict.fromkeys(strings(names, f"modules: {key}"))
    for name in known:
        if name not in found:
            raise unknown("module", name, found, where=f"modules: {key}")
    return known
