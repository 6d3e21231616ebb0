"""The two facades, Safety and AsyncSafety: what is given to them, and what they hand out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import attrs

from handrail._arguments import Modules, several
from handrail._async_guarded import AsyncGuardedFeature
from handrail._check import Problem
from handrail._core import Core
from handrail._counting import State
from handrail._durable import Durable, with_store
from handrail._feature import Feature
from handrail._inspect import Loaded, ModuleMode, Quarantined
from handrail._judged import Notices
from handrail._policy import Policy
from handrail._radius import Cap
from handrail._reload import Source, reload, replace
from handrail._seams import Approvals, Intake, Sink
from handrail._sync_guarded import GuardedFeature
from handrail._yaml import Node


class _Facade:
    """What Safety and AsyncSafety have in common: everything but the calls."""

    def __init__(
        self,
        features: Iterable[Feature] = (),
        *,
        modules: Modules = None,
        deny: Iterable[str] = (),
        policy: Policy | Iterable[Policy] = (),
        budget_ms: float = 50,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        modes: Mapping[str, ModuleMode | Mapping[str, Any]] | None = None,
        sink: Sink | None = None,
        intake: Intake | None = None,
        state: State | None = None,
        notices: Notices | None = None,
        approvals: Approvals | None = None,
        challenger: Policy | Iterable[Policy] = (),
        cap: Cap | None = None,
        source: Source | None = None,
        store: Durable | None = None,
        strict: bool = True,
        complete_share: float = 0.01,
        trace_share: float = 0.01,
    ) -> None:
        parts = {"sink": sink, "intake": intake, "state": state, "approvals": approvals, "cap": cap}
        self._core = Core.make(
            features, modules=modules, deny=deny, policy=policy, budget_ms=budget_ms,
            settings=settings, modes=modes, notices=notices, challenger=challenger, source=source,
            store=store, strict=strict, complete_share=complete_share, trace_share=trace_share,
            **with_store(store, parts, notices),
        )  # fmt: skip

    @classmethod
    def from_config(
        cls,
        path: str | Path | Mapping[str, Any] | Node,
        *,
        sink: Sink | Literal["configured"] | None = "configured",
        policy: Policy | Iterable[Policy] = (),
        budget_ms: float | None = None,
    ) -> Self:
        """Read ``handrail.yaml`` (extra ``yaml``), or the same as a mapping.

        Args:
            path: The file, or its content; a Node knows where that stands.
            sink: Another sink than the configured one, or None for no record: for tests and dry
                runs. Either leaves a configured ``store`` unopened.
            policy: Policies in code, beside those that the file names.
            budget_ms: Another budget than the configured ones, for all features and stages: for
                dry runs.

        Raises ConfigError with file:line:column, or what the constructor raises.
        """
        from handrail._config import read

        given = read(path, sink=sink == "configured")
        if sink != "configured":
            given["sink"] = sink
        if budget_ms is not None:
            given["budget_ms"] = budget_ms
            given["features"] = [
                attrs.evolve(f, budget_ms=budget_ms, deep_budget_ms=None) for f in given["features"]
            ]
        more = several(policy)
        if given.get("source") is not None:
            given["source"].more = more
        try:
            return cls(**{**given, "policy": (*given.get("policy", ()), *more)})
        except BaseException:
            for part in ("sink", "store") if sink == "configured" else ():
                if given.get(part) is not None:
                    given[part].close()
            raise

    @property
    def store(self) -> Durable | None:
        """The durable store that was given or configured."""
        return self._core.store

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies in force."""
        return self._core.policies

    def _reload(
        self, policy: Policy | Iterable[Policy] | None, challenger: Policy | Iterable[Policy]
    ) -> None:
        if policy is None:
            reload(self._core)
        else:
            replace(self._core, several(policy), several(challenger))

    @property
    def modules(self) -> tuple[Loaded, ...]:
        """The modules taken in."""
        return tuple(self._core.registry.loaded)

    @property
    def quarantined(self) -> tuple[Quarantined, ...]:
        """The installed modules that could not be taken in, and why."""
        return tuple(self._core.registry.quarantined)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features declared."""
        return tuple(self._core.features.values())

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong, unguarded or unmeasured, worst first."""
        return self._core.problems()

    def counts(self, metric: str) -> dict[tuple[str, ...], int]:
        """A metric so far, by the values of its attributes; metrics are named in the docs."""
        self._core.flush()
        return dict(self._core.telemetry.counts(metric))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self._core.features)} features)"


class Safety(_Facade):
    """Feature safety for synchronous code: hands out guarded features.

    Args:
        features: The features declared.
        modules: None loads nothing; ``"installed"`` every installed module; else a list of
            modules, objects and entry-point names. deny: Names never to load.
        policy: One policy or several; those that apply to a feature are merged.
        budget_ms: How long a ``pre_publish`` may take where the feature does not say, in
            milliseconds.
        settings: Settings by module name. modes: ``{"mode": "shadow", "expires": …}`` by name.
        sink: Where the record goes. intake: What takes in ``post_publish`` and ``report`` durably.
        state: Counters and strikes. notices: What authors are told; one sentence per action.
        approvals: What people let pass, which rules then leave alone.
        challenger: Policies to compare with: shadow says what they would have decided.
        cap: The blast-radius cap of young rules; None watches none.
        source: Where ``reload`` reads policies from; ``from_config`` gives it.
        store: A durable store: sink, intake, state, approvals and memory of the cap in one, for
            each of these that is not given by itself. It is closed with this.
        strict: False turns an uncovered feature into a warning that stays visible.
        complete_share: Share of calls that run in full whatever is already decided, 0 to 1.
        trace_share: Share of clean calls that get a span of their own, 0 to 1.

    Raises HandrailError (see ``handrail.errors``) for whatever cannot work; calls never do.
    """

    def feature(self, name: str) -> GuardedFeature:
        """Get a feature ready; raises FeatureError if it is unknown or not covered."""
        self._core.open(name)
        return GuardedFeature(self._core, name)

    def reload(
        self, policy: Policy | Iterable[Policy] | None = None,
        *, challenger: Policy | Iterable[Policy] = (),
    ) -> None:  # fmt: skip
        """Put other policies in force: those given, or what their files say now.

        They are checked and compiled first, for every feature declared; then one assignment
        swaps them in. Raises PolicyError or FeatureError for what cannot work, and then what ran
        before runs on.
        """
        self._reload(policy, challenger)

    def flush(self) -> None:
        """Write out what is buffered."""
        self._core.flush()

    def close(self) -> None:
        """Write out what is buffered and let go of threads and files."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()


class AsyncSafety(_Facade):
    """Feature safety for asynchronous code: as Safety, with methods that are awaited."""

    def feature(self, name: str) -> AsyncGuardedFeature:
        """Get a feature ready; raises FeatureError if it is unknown or not covered."""
        self._core.open(name)
        return AsyncGuardedFeature(self._core, name)

    async def reload(
        self, policy: Policy | Iterable[Policy] | None = None,
        *, challenger: Policy | Iterable[Policy] = (),
    ) -> None:  # fmt: skip
        """Put other policies in force, as ``Safety.reload`` does, off the event loop."""
        await asyncio.to_thread(self._reload, policy, challenger)

    async def flush(self) -> None:
        """Write out what is buffered, off the event loop."""
        await asyncio.to_thread(self._core.flush)

    async def close(self) -> None:
        """Write out what is buffered and let go of threads and files."""
        await asyncio.to_thread(self._core.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        await self.close()
