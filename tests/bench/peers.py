"""OpenFeature's client with eight hooks, beside us in one run: the nearest thin SDK in shape."""

from __future__ import annotations

from calls import HOOKS, Bench, function
from harness import Row, paired
from openfeature import api
from openfeature.hook import Hook
from openfeature.provider.in_memory_provider import InMemoryFlag, InMemoryProvider


class Quiet(Hook):
    """A hook that has nothing to say."""

    def before(self, hook_context: object, hints: object) -> None:
        """Look, and say nothing."""


def rows() -> list[Row]:
    """One flag evaluation with eight ``before`` hooks, and one guarded call of ours."""
    api.set_provider(InMemoryProvider({"flag": InMemoryFlag("on", {"on": True, "off": False})}))
    client = api.get_client()
    client.add_hooks([Quiet() for _ in range(HOOKS)])
    bench = Bench(function)

    def evaluate(times: int) -> None:
        for _ in range(times):
            client.get_boolean_value("flag", False)

    row = paired(
        "OpenFeature get_boolean_value, 8 before hooks", evaluate,
        "pre_publish, 8 functions, drain counted", bench.call_and_drain, times=400,
    )  # fmt: skip
    bench.close()
    api.shutdown()
    return [row]
