"""Modules: found, checked, quarantined; what a module gets wrong never waits until midnight."""

from __future__ import annotations

from types import FunctionType, ModuleType, SimpleNamespace

import attrs
import pluggy
import pytest

from handrail import (
    ConfigError,
    InvalidValueError,
    Item,
    Links,
    Manifest,
    ModuleError,
    ModuleMode,
    UnknownNameError,
    hookimpl,
)
from handrail._registry import PROJECT, Registry
from handrail.settings import whole

SHADOW = {"mode": "shadow", "expires": "2999-01-01"}


@attrs.frozen(kw_only=True)
class Settings:
    """Settings with a type to get wrong."""

    level: int = attrs.field(default=1, validator=attrs.validators.instance_of(int))
    name: str = attrs.field(default="x", validator=attrs.validators.instance_of(str))


@attrs.frozen(kw_only=True)
class Needy:
    """Settings that cannot do without two of their fields."""

    url: str = ""
    score: str = ""
    retries: int = attrs.field(default=0, validator=whole(0))

    def __attrs_post_init__(self):
        for name in ("url", "score"):
            if not getattr(self, name):
                raise InvalidValueError(f"{name}: missing")


def looks(item):
    """A hook that finds nothing."""
    return


def manifest(name="spam", version="1.0", **more):
    """A manifest that is right."""
    return Manifest(name=name, version=version, issues=["integrity.spam"], surfaces=["*"], **more)


def module(name="spam", version="1.0", *, hooks=None, **more):
    """A module that is right but for what is given."""
    hooks = hooks if hooks is not None else {"pre_publish": hookimpl(looks)}
    return SimpleNamespace(MANIFEST=manifest(name, version, **more), **hooks)


def fresh(function=looks):
    """A function of its own, so that marks of one test do not reach another."""
    return FunctionType(function.__code__, globals())


class TestAdd:
    """One module is taken in, or refused with the fix in the text."""

    def test_takes_an_object(self):
        """An object with a manifest and a marked hook is a module."""
        loaded = Registry().add(module())

        assert ("spam", "1.0", {"pre_publish": "inline"}) == (
            loaded.name,
            loaded.version,
            loaded.hooks,
        )

    def test_takes_a_python_module(self):
        """A file with a manifest and a marked hook is a module."""
        code = ModuleType("spamming")
        code.MANIFEST, code.pre_publish = manifest(), hookimpl(looks)

        assert "spam" == Registry().add(code).name

    @pytest.mark.parametrize(
        ("hooks", "said"),
        [
            pytest.param({}, "has no hook. Mark one of", id="no hook"),
            pytest.param({"pre_publish": fresh()}, "not marked. Put @hookimpl", id="unmarked"),
            pytest.param(
                {"pre_publish": hookimpl(fresh()), "report": fresh()},
                "report is not marked",
                id="one of two unmarked",
            ),
            pytest.param(
                {"pre_publsh": hookimpl(fresh())},
                "'pre_publsh'. Did you mean 'pre_publish'",
                id="misspelled",
            ),
            pytest.param(
                {"pre_publish": pluggy.HookimplMarker(PROJECT)(fresh(), hookwrapper=True)},
                "asks for hookwrapper",
                id="old wrapper",
            ),
            pytest.param(
                {"pre_publish": pluggy.HookimplMarker(PROJECT)(fresh(), wrapper=True)},
                "asks for wrapper",
                id="wrapper",
            ),
            pytest.param(
                {"pre_publish": pluggy.HookimplMarker(PROJECT)(fresh(), tryfirst=True)},
                "asks for tryfirst",
                id="first",
            ),
            pytest.param(
                {"pre_publish": pluggy.HookimplMarker(PROJECT)(fresh(), trylast=True)},
                "asks for trylast",
                id="last",
            ),
            pytest.param({"pre_publish": hookimpl(lambda itm: None)}, "itm", id="unknown argument"),
            pytest.param(
                {"pre_publish": hookimpl(lambda item, report: None)},
                "report",
                id="a report before publishing",
            ),
            pytest.param(
                {"pre_publish": hookimpl(lambda item, context=None: None)},
                "'context' would never be given",
                id="default",
            ),
            pytest.param(
                {"pre_publish": hookimpl(lambda item, *, settings: None)},
                "'settings' would never be given",
                id="keyword only",
            ),
            pytest.param(
                {"pre_publish": hookimpl(lambda *args: None)},
                "'args' would never be given",
                id="star",
            ),
            pytest.param(
                {"pre_publish": hookimpl(cost="remote")(fresh())}, "async def", id="sync remote"
            ),
            pytest.param(
                {"pre_publish": hookimpl(cost="blokcing")(fresh())}, "'blocking'", id="cost"
            ),
            pytest.param(
                {"pre_publish": hookimpl(timeout_ms=5)(fresh())}, "timeout_ms", id="inline limit"
            ),
            pytest.param(
                {"pre_publish": hookimpl(cost="blocking", timeout_ms=0)(fresh())},
                "timeout_ms",
                id="no time",
            ),
        ],
    )
    def test_refuses_hooks(self, hooks, said):
        """A hook that would not be called as its author thinks is refused."""
        with pytest.raises(ModuleError, match=said.replace(".", r"\.")):
            Registry().add(module(hooks=hooks))

    def test_refuses_an_async_hook_declared_inline(self):
        """A coroutine never runs in the caller's thread."""

        @hookimpl(cost="inline")
        async def pre_publish(item):
            return None

        with pytest.raises(ModuleError, match="async def cannot be inline"):
            Registry().add(module(hooks={"pre_publish": pre_publish}))

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            pytest.param(SimpleNamespace(pre_publish=hookimpl(looks)), "no MANIFEST", id="missing"),
            pytest.param(
                SimpleNamespace(MANIFEST={"name": "spam"}, pre_publish=hookimpl(looks)),
                "no MANIFEST",
                id="a mapping",
            ),
            pytest.param(
                type("Spam", (), {"MANIFEST": manifest(), "pre_publish": hookimpl(looks)}),
                r"Spam is a class. Have you forgotten the \(\)",
                id="a class",
            ),
            pytest.param(None, "no MANIFEST", id="nothing"),
        ],
    )
    def test_refuses_what_is_no_module(self, wrong, said):
        """A class, and what has no manifest, is refused with what to do."""
        with pytest.raises(ModuleError, match=said):
            Registry().add(wrong)

    @pytest.mark.parametrize(
        "hook",
        [
            pytest.param(hookimpl(lambda itm: None), id="unknown argument"),
            pytest.param(hookimpl(timeout_ms=5)(fresh()), id="limit of an inline hook"),
        ],
    )
    def test_refused_module_leaves_nothing_behind(self, hook):
        """After the mistake is mended, the same name is free."""
        registry = Registry()
        with pytest.raises(ModuleError):
            registry.add(module(hooks={"pre_publish": hook}))

        assert "spam" == registry.add(module()).name


class TestVersions:
    """Two modules of one name are two versions, one of which does not count."""

    def test_same_version_twice_is_refused(self):
        """One version is loaded once."""
        registry = Registry()
        registry.add(module())

        with pytest.raises(ModuleError, match=r"'spam@1\.0' is loaded twice"):
            registry.add(module())

    @pytest.mark.parametrize(
        "modes",
        [
            pytest.param({}, id="nothing said"),
            pytest.param({"spam@2.0": {"mode": "enforce"}}, id="both enforced"),
            pytest.param({"spam@1.0": {}, "spam@2.0": {}}, id="both by version"),
        ],
    )
    @pytest.mark.parametrize("order", [("1.0", "2.0"), ("2.0", "1.0")], ids="-".join)
    def test_two_that_count_are_refused(self, modes, order):
        """Two enforced versions are refused, in whatever order they come."""
        registry = Registry(modes=modes)
        registry.add(module(version=order[0]))

        with pytest.raises(ModuleError, match="Put one in shadow"):
            registry.add(module(version=order[1]))

    @pytest.mark.parametrize("order", [("1.0", "2.0"), ("2.0", "1.0")], ids="-".join)
    def test_one_in_shadow_is_fine(self, order):
        """A version in shadow stands beside the one that counts, under its full name."""
        registry = Registry(modes={"spam@2.0": SHADOW})
        for version in order:
            registry.add(module(version=version))

        assert {"spam": "enforce", "spam@2.0": "shadow"} == {
            m.name: m.mode.current for m in registry.loaded
        }

    def test_settings_can_be_for_one_version(self):
        """Settings of ``name@version`` beat those of the name."""
        registry = Registry(
            settings={"spam": {"level": 1}, "spam@2.0": {"level": 2}}, modes={"spam@2.0": SHADOW}
        )
        levels = [
            registry.add(module(version=v, settings=Settings)).settings.level
            for v in ("1.0", "2.0")
        ]
        registry.check()

        assert [1, 2] == levels

    def test_shadow_says_when_it_expires(self):
        """A shadow without an end is refused."""
        with pytest.raises(ModuleError, match="says when that expires"):
            ModuleMode(mode="shadow")

    def test_expired_shadow_is_off(self):
        """A shadow whose time is over does not run."""
        assert "off" == ModuleMode(mode="shadow", expires="2020-01-01").current


class TestSettings:
    """Settings reach their module, or are refused at the key."""

    def test_defaults_stand(self):
        """A module nobody sets up has its defaults."""
        assert Settings() == Registry().add(module(settings=Settings)).settings

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            pytest.param({"levle": 1}, r"levle: .*unknown field 'levle'.*'level'", id="misspelled"),
            pytest.param({"level": "hot"}, r"level: TypeError", id="wrong type"),
            pytest.param(
                {"name": "ok", "level": "hot"}, r"level: TypeError", id="the wrong one of two"
            ),
            pytest.param([1], "expected keys and values", id="a list"),
        ],
    )
    def test_refuses(self, given, said):
        """A wrong setting is refused by its key."""
        with pytest.raises(ConfigError, match=said):
            Registry(settings={"spam": given}).add(module(settings=Settings))

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            pytest.param({"url": "u", "retries": -1}, r"\.retries: expected", id="wrong"),
            pytest.param({"url": "u", "retries": 1}, r"'spam': score: missing", id="missing"),
            pytest.param({"url": "u"}, r"'spam': score: missing", id="missing beside one"),
            pytest.param({"retries": 1, "scope": "x"}, r"scope: .*unknown field", id="unknown"),
        ],
    )
    def test_blames_the_key_that_is_wrong(self, given, said):
        """A key is not to blame because another one is missing beside it."""
        with pytest.raises(ConfigError, match=said):
            Registry(settings={"spam": given}).add(module(settings=Needy))

    def test_error_keeps_the_value_to_itself(self):
        """A setting may be a secret, so its value is not repeated."""
        with pytest.raises(ConfigError) as caught:
            Registry(settings={"spam": {"level": "canary"}}).add(module(settings=Settings))

        assert "canary" not in str(caught.value)

    @pytest.mark.parametrize("table", ["settings", "modes"])
    @pytest.mark.parametrize("name", ["spma", "spam@9.9"])
    def test_refuses_names_that_nobody_has(self, table, name):
        """Settings and modes for a module that is not loaded are refused."""
        registry = Registry(**{table: {name: {}}})
        registry.add(module())

        with pytest.raises(ConfigError, match=f"{table}: unknown module '{name}'.*'spam"):
            registry.check()

    def test_unknown_field_of_a_mode_names_the_nearest(self):
        """A misspelled key of a mode is refused."""
        with pytest.raises(UnknownNameError, match=r"modes: spam.*'expires'"):
            Registry(modes={"spam": {"mode": "shadow", "expire": "2999-01-01"}})


def links(item, context) -> Links:
    """The links of an item."""
    return Links()


def words(item: Item, context) -> tuple:
    """Something else."""
    return ()


class TestNeeds:
    """What one module needs, another provides, by name and type."""

    @pytest.fixture(name="check")
    def _check(self):
        """Check a registry of modules with these needs and provisions."""

        def check(*modules, modes=None):
            registry = Registry(modes=modes)
            for each in modules:
                registry.add(each)
            registry.check()

        return check

    def test_met_need_is_fine(self, check):
        """A need that another module meets is no problem."""
        check(module("a", needs={"links": Links}), module("b", provides={"links": links}))

    @pytest.mark.parametrize(
        ("modules", "modes", "said"),
        [
            pytest.param(
                [module("a", needs={"links": Links})],
                {},
                "'a' needs 'links', which no loaded module provides",
                id="unmet",
            ),
            pytest.param(
                [module("a", needs={"links": Links}), module("b", provides={"links": words})],
                {},
                "needs 'links' as Links, but 'b' provides tuple",
                id="another type",
            ),
            pytest.param(
                [module("a", provides={"links": links}), module("b", provides={"links": links})],
                {},
                "both provide 'links'",
                id="two providers",
            ),
            pytest.param(
                [module("a", needs={"links": Links}), module("b", provides={"links": links})],
                {"b": {"mode": "off"}},
                "no loaded module provides",
                id="the provider is off",
            ),
        ],
    )
    def test_refuses(self, check, modules, modes, said):
        """An unmet need, a wrong type and two providers fail at start-up."""
        with pytest.raises(ModuleError, match=said):
            check(*modules, modes=modes)

    def test_a_module_that_is_off_needs_nothing(self, check):
        """What does not run has no needs."""
        check(module("a", needs={"links": Links}), modes={"a": {"mode": "off"}})

    @pytest.mark.parametrize("shadowed", ["a", "b"])
    def test_a_shadow_may_provide_what_is_there(self, check, shadowed):
        """A second version in shadow provides the same without a clash."""
        check(
            module("a", provides={"links": links}),
            module("b", provides={"links": links}),
            modes={shadowed: SHADOW},
        )

    @pytest.mark.parametrize(
        "provider",
        [
            pytest.param(lambda item, context: Links(), id="no annotation"),
            pytest.param(5, id="no function"),
        ],
    )
    def test_a_provider_says_what_it_returns(self, provider):
        """A provider without a class as its return annotation is refused."""
        with pytest.raises(ModuleError, match="annotate what the function returns"):
            Registry().add(module(provides={"links": provider}))

    def test_names_for_the_type_checker_do_no_harm(self):
        """Arguments may be annotated with names that exist for the type checker only."""

        def provider(item: OnlyForTheTypeChecker, context) -> Links:  # noqa: F821
            return Links()

        provider.__annotations__ = {"item": "OnlyForTheTypeChecker", "return": "Links"}

        assert Links is Registry().add(module(provides={"links": provider})).provided["links"][1]
