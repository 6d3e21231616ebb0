"""What was asked for, as the options name it, and what is made of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import attrs
import click

from handrail import Safety
from handrail_cli import show
from handrail_eval import _judge, _shape
from handrail_eval._judge import ByModule, ByPolicy, Judge, Places
from handrail_eval._shape import Shape, Shapes

CONFIG = Path("handrail.yaml")
"""The settings file that is used with --feature where none is named."""


@attrs.frozen(kw_only=True)
class Asked:
    """The options of one run; each is named like its option."""

    setfile: tuple[Path, ...]
    modules: tuple[str, ...] = ()
    by: str = "module"
    scores: tuple[str, ...] = ()
    config: Path | None = None
    feature: str | None = None
    surface: str | None = None
    shape: Path | None = None
    text: str | None = None
    language: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    group: tuple[str, ...] = ()
    slices: tuple[str, ...] = ()
    part: tuple[int, int] | None = None
    threshold: float | None = None
    resamples: int = 500
    seed: int = 0
    examples: int = 0
    show_text: bool = False
    picture: Path | None = None
    out: Path | None = None
    day: datetime
    as_json: bool = False

    def shapes(self) -> Shapes:
        """Return what the fields of each set mean; raises HandrailError for what cannot be."""
        given = {"text": self.text, "language": self.language, "group": self.group}
        given["scores"] = self.scores
        default = Shape(**{key: value for key, value in given.items() if value})  # type: ignore[arg-type]  # Named alike.
        shapes = _shape.load(self.shape, default)
        labels = tuple(_shape.label(field, issues.split(",")) for field, issues in self.labels)
        return shapes.with_(labels, self.slices)

    @contextmanager
    def judge(self) -> Iterator[Judge]:
        """Yield who is measured; raises HandrailError if nothing could start."""
        self._check()
        if self.feature is not None:
            with _judge.configured(self.config or CONFIG, self.feature) as safety:
                feature = self.feature
                yield self._of(Places(lambda _: safety.feature(feature)), safety)
            return
        names = _judge.installed(self.modules)
        make = _judge.alone if self.by == "module" else _judge.starting
        with (
            _judge.alone(names, "comments") as safety,
            _judge.places(lambda surface: make(names, surface)) as places,
        ):
            yield self._of(places, safety)

    def _of(self, places: Places, safety: Safety) -> Judge:
        show.quarantined(show.screen(error=True), safety.quarantined)
        if self.by == "policy":
            return ByPolicy(places)
        loaded = {m.name: m for m in safety.modules if "pre_publish" in m.hooks}
        for name in self.modules:
            if name not in loaded:
                known = ", ".join(sorted(loaded)) or "none"
                raise show.Stop(f"--module: {name!r} is not loaded. Loaded: {known}.")
        return ByModule(places, {name: loaded[name] for name in self.modules or loaded})

    def _check(self) -> None:
        if self.config is not None and self.feature is None:
            raise click.UsageError(f"Name a feature of {self.config} with --feature.")
        if self.feature is not None and self.surface is not None:
            raise click.UsageError("A feature has its surface: leave --surface out.")
        if self.feature is not None and self.config is None and not CONFIG.is_file():
            raise click.UsageError("--feature needs the settings it stands in: --config FILE.")
