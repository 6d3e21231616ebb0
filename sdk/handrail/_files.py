"""Files that modules' settings were read from: a change is taken in by a running process.

The settings are made anew off the caller's thread, and swapped in at once. What cannot be read is
refused, and what ran before runs on.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from handrail._inspect import Loaded
from handrail._log import log
from handrail._reload import swap
from handrail.errors import HandrailError
from handrail.settings import Seen

if TYPE_CHECKING:
    from handrail._core import Core


@attrs.define(eq=False)
class Files:
    """What is known of the files of modules' settings.

    Attributes:
        refused: By module, why its files were refused when they were last read.
    """

    refused: dict[str, str] = attrs.field(factory=dict)
    _tried: dict[str, tuple[Seen, ...]] = attrs.field(factory=dict)

    def look(self, core: Core) -> None:
        """Housekeeping: have the settings made anew whose files have changed."""
        for module in tuple(core.registry.loaded):
            before = files_of(module.settings)
            now = tuple(Seen.now(seen.path) for seen in before)
            if before in (now, ()) or self._tried.get(module.name) == now:
                continue
            self._tried[module.name] = now
            reader = threading.Thread(
                target=self._read, args=(core, module.name), name="handrail-files", daemon=True
            )
            try:
                reader.start()
            except RuntimeError:  # The system may give no thread just now.
                self._tried.pop(module.name, None)

    def _read(self, core: Core, name: str) -> None:
        with core.reloading:
            try:
                module = next(m for m in core.registry.loaded if m.name == name)
                _put(core, core.registry.renewed(module))
            except HandrailError as error:
                self.refused[name] = str(error)
                log("handrail.settings_refused", "error", module=name, what=str(error))
            else:
                self.refused.pop(name, None)
                log("handrail.settings_loaded", "info", module=name)


def files_of(settings: Any) -> tuple[Seen, ...]:
    """The files that *settings* were read from."""
    files = getattr(settings, "files", ())
    named = isinstance(files, Sequence) and all(isinstance(seen, Seen) for seen in files)
    return tuple(files) if named else ()


def _put(core: Core, new: Loaded) -> None:
    """Put a module with other settings in the place of the same with those before."""
    with core.swapping:
        planner = copy.copy(core.planner)
        planner.modules = [new if m.name == new.name else m for m in core.registry.loaded]
        swap(core, planner, {})
        core.registry.loaded[:] = planner.modules
