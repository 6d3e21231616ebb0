"""``handrail modules``: what is loaded, what it finds and where, and what was kept out."""

from __future__ import annotations

from pathlib import Path

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from handrail import Loaded, Manifest, Safety, issues
from handrail_cli import show
from handrail_cli._start import config_option, config_path, configured, installed, json_option


@click.command()
@config_option
@json_option
@show.apart()
def modules(*, config: Path | None, as_json: bool) -> None:
    """List the safety modules.

    Those that the settings load, or else all that are installed.

    Exit code: 0, or 1 if a module could not be taken in.
    """
    path = config_path(config)
    with configured(path) if path else installed() as safety:
        if as_json:
            show.emit(_json(safety))
        else:
            _print(safety)
        quarantined = bool(safety.quarantined)
    raise SystemExit(1 if quarantined else 0)


def _json(safety: Safety) -> dict[str, object]:
    return {
        "modules": [_module(m) for m in safety.modules],
        "quarantined": [{"name": q.name, "reason": q.reason} for q in safety.quarantined],
    }


def _module(module: Loaded) -> dict[str, object]:
    manifest = module.manifest
    return {
        "name": module.name,
        "version": module.version,
        "summary": manifest.summary,
        "surfaces": sorted(manifest.surfaces),
        "issues": sorted(manifest.issues),
        "hints": sorted(manifest.hints),
        "hooks": dict(module.hooks),
        "languages": sorted(manifest.languages),
        "sends": sorted(manifest.sends),
        "origin": module.origin,
        "mode": module.mode.current.value,
    }


def _print(safety: Safety) -> None:
    screen = show.screen()
    for module in safety.modules:
        screen.print(Text.assemble((module.name, "bold"), _mode(module)))
        screen.print(Padding(_told(module), (0, 0, 1, 1)))
    if not safety.modules:
        screen.print("No module is loaded. Install some, or name them in the settings.")
    show.quarantined(screen, safety.quarantined)


def _hints(manifest: Manifest) -> Text:
    """The issues it may give signs of; a module that takes others' word names any."""
    if manifest.findable == set(issues()):
        return Text("any issue that is named to it")
    return Text(", ".join(sorted(manifest.hints)))


def _told(module: Loaded) -> Table:
    """Return what a module is, one fact a row: names stay whole at any width."""
    manifest = module.manifest
    facts = Table.grid("", "", padding=(0, 1))
    rows = {
        "about": Text(show.printable(manifest.summary)),
        "covers": Text(", ".join(sorted(manifest.issues))),
        "hints of": _hints(manifest),
        "surfaces": Text(", ".join(sorted(manifest.surfaces)).replace("*", "all")),
        "languages": _languages(manifest),
        "runs": Text(_runs(module)),
        "sends": Text(", ".join(sorted(manifest.sends)), "yellow"),
        "from": Text(module.origin, "dim"),
    }
    for label, fact in rows.items():
        if fact:
            facts.add_row(Text(label, "dim"), fact)
    return facts


def _runs(module: Loaded) -> str:
    """Say what each cost is paid at, such as ``inline at pre_publish, report``."""
    costs: dict[str, list[str]] = {}
    for stage, cost in module.hooks.items():
        costs.setdefault(cost, []).append(stage)
    return "; ".join(f"{cost} at {', '.join(stages)}" for cost, stages in costs.items())


def _languages(manifest: Manifest) -> Text:
    if "*" in manifest.languages:
        return Text("any")
    return Text(", ".join(sorted(manifest.languages))) or Text("not measured", "yellow")


def _mode(module: Loaded) -> str:
    current = module.mode.current.value
    return f" {module.version}" + ("" if current == "enforce" else f" ({current})")
